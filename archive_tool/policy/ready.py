"""The ready policies, and where a policy is found."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive_tool.errors import PolicyError
from archive_tool.model.files import open_named
from archive_tool.model.paths import as_path
from archive_tool.model.policy import Policy
from archive_tool.model.texts import decoded
from archive_tool.policy.document import LARGEST, parse
from archive_tool.policy.reader import did_you_mean

if TYPE_CHECKING:
    from archive_tool.model.paths import AnyPath

READY: Final = ("keep", "pseudonymize", "aggregate-only")
"""The three modes of the platform's own export (seed-data-management.md, Data Anonymization)."""


def ready_policies() -> list[str]:
    """Names of the policies that come with the tool."""
    return list(READY)


def policy_text(name: str) -> str:
    """Give the TOML of a ready policy; :class:`PolicyError` when there is none of that name."""
    if name in READY:
        installed = resources.files("archive_tool") / "policies" / f"{name}.toml"
        checkout = Path(__file__).parents[2] / "policies" / f"{name}.toml"
        for place in (installed, checkout):
            if place.is_file():
                return place.read_text(encoding="utf-8")
    raise PolicyError(
        f"there is no ready policy of that name{did_you_mean(name, READY)}",
        where="policy",
        expected=", ".join(READY),
    )


def load_policy(name_or_path: Policy | AnyPath) -> Policy:
    """Load a ready policy by its name, or a policy file by its path; one that is loaded is given back.

    A name wins over a file of the same name without a folder; write ``./keep`` for the file. Raises
    PolicyError (13) for a policy that is not there or cannot be read, with all that is wrong in it.
    What it decides, and what it leaves undecided, is for :func:`archive_tool.create` to say.
    """
    if isinstance(name_or_path, Policy):
        return name_or_path
    if isinstance(name_or_path, str) and name_or_path in READY:
        return parse(policy_text(name_or_path), where=f"policy {name_or_path}")
    path = as_path(name_or_path, "policy")
    text, reason = None, "not UTF-8"
    try:
        with open_named(path) as file:
            content = file.read(LARGEST + 1)
        text = decoded(content)
        if len(content) > LARGEST:
            text, reason = None, f"larger than {LARGEST} bytes"
    except OSError:
        none = f"no such policy or file{did_you_mean(str(name_or_path), READY)}"
        reason = "is a folder" if path.is_dir() else none
    if text is None:
        raise PolicyError(
            reason, where=str(path), expected=f"a policy file, or one of {', '.join(READY)}"
        )
    return parse(text.replace("\r\n", "\n"), where=path.name, folder=path.parent)


def load_lesser(policy: Policy) -> Policy | None:
    """Load the policy that another downgrades to; None when it names none.

    Raises PolicyError (13) when it cannot be found, or has mistakes.
    """
    named = policy.retention.downgrade_to
    if not named or named in READY:
        return load_policy(named) if named else None
    if policy.folder is None:
        raise PolicyError(
            "no folder to find it in",
            where="retention.downgrade_to",
            expected=f"a policy read from a file, or one of {', '.join(READY)}",
        )
    return load_policy(policy.folder / named)
