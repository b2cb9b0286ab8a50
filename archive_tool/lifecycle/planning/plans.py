"""Plans: what would be destroyed, written down, so that exactly that is destroyed later."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from archive_tool.errors import PlanError, UsageError
from archive_tool.keys import disk
from archive_tool.lifecycle import places
from archive_tool.lifecycle.audit_log import audit
from archive_tool.model.outputs import refuse_homeless, refuse_ours

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.lifecycle.audit_log.record import Record

PlanT = TypeVar("PlanT", bound=msgspec.Struct)

DIGEST: Final = "digest"
LARGEST: Final = 256 * 2**20
"""Bytes of a plan."""

_TAKEN_BY: Final = {
    "archive-tool/sweep-plan/1": "sweep",
    "archive-tool/erase-plan/1": "subject erase",
    "archive-tool/retention-change/1": "retention shorten",
}
"""The command that applies a plan, by its schema."""


def digest_of(body: dict[str, Any]) -> str:
    """SHA-256 of the canonical form of a plan without its digest, hex."""
    plain = {name: value for name, value in body.items() if name != DIGEST}
    return places.digest(plain)


def save(plan: msgspec.Struct, path: Path) -> str:
    """Write a plan with its digest, and return that; others may have to read and sign it."""
    body = msgspec.to_builtins(plan)
    body[DIGEST] = digest_of(body)
    disk.replace(path, places.pretty(body), mode=disk.USUAL)
    return str(body[DIGEST])


def refuse_other(path: Path | None, kind: type[msgspec.Struct], schema: str) -> None:
    """Raise UsageError (2) for a file that is there and no plan of this kind; before long work.

    A plan is made again and again under one name: an earlier one may go, and nothing else.
    """
    if path is None:
        return
    refuse_homeless((path,))
    refuse_ours((path,))
    if not path.exists():
        return
    earlier = None
    with suppress(PlanError, OSError):
        earlier = load(path, kind, schema)
    if earlier is None:
        raise UsageError(
            "exists already and is no plan of this kind",
            where=str(path),
            hint="name another file",
        )


def load(path: Path, kind: type[PlanT], schema: str) -> PlanT:
    """Read a plan; PlanError (19) when it was edited or is a plan of something else."""
    content = places.read(path)
    if content is None:
        raise PlanError(
            "there is no such file", where=path.name, expected="the file that --plan wrote"
        )
    if len(content) > LARGEST:
        raise PlanError("cannot be read", where="plan", expected="the file that --plan wrote")
    return parse(content, kind, schema)


def parse(content: bytes, kind: type[PlanT], schema: str) -> PlanT:
    """Read the bytes of a plan."""
    body: Any = None
    plan = None
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        body = msgspec.json.decode(content)
    if not isinstance(body, dict) or body.get("schema") != schema:
        taken = _TAKEN_BY.get(str(body.get("schema"))) if isinstance(body, dict) else None
        raise PlanError(
            "is not a plan for this",
            where="plan",
            expected=schema,
            hint=f"archive-tool {taken} --apply takes it" if taken else "",
        )
    if body.get(DIGEST) != digest_of(body):
        raise PlanError(
            "was edited: its digest does not fit", where="plan", hint="make another plan"
        )
    with suppress(msgspec.ValidationError):
        plan = msgspec.convert(body, kind)
    if plan is None:
        raise PlanError(
            "is not a plan for this",
            where="plan",
            expected=schema,
            hint="a newer release may have written it: use that one",
        )
    return plan


def refuse_applied(records: Sequence[Record], digest: str) -> None:
    """PlanError (19) when the log says that a plan was applied already."""
    for record in records:
        if record.detail.get("plan") == digest and record.phase == audit.DONE:
            raise PlanError(
                f"was applied already: line {record.line} of the audit log",
                where="plan",
                hint="make another plan",
            )


def stale(what: str) -> PlanError:
    """Make the error for a plan that no longer fits the store."""
    return PlanError(what, where="plan", hint="make another plan and look at it again")
