"""``--accept CODE --because TEXT``: findings that somebody answers for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archive_tool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive_tool.model.policy import Accepted

F = TypeVar("F", bound="Callable[..., Any]")


def option(function: F) -> F:
    """Take the codes, and the reason for all of them."""
    function = click.option("--because", metavar="TEXT", help="Why the findings are accepted.")(
        function
    )
    return click.option(
        "--accept",
        metavar="CODE",
        multiple=True,
        help="Accept findings of this code (docs/findings.md lists them); repeatable.",
    )(function)


def accepted(codes: Sequence[str], because: str | None) -> list[Accepted]:
    """What ``--accept`` and ``--because`` say together."""
    from archive_tool.model.policy import Accepted

    if codes and not (because or "").strip():
        raise UsageError("a finding is accepted without a reason", expected="--because TEXT")
    _refuse_unknown(codes)
    return [Accepted(code=code, because=because or "") for code in codes]


def _refuse_unknown(codes: Sequence[str]) -> None:
    """Raise UsageError for a code that no finding has: accepting it would change nothing."""
    if not codes:
        return
    from difflib import get_close_matches

    from archive_tool.validation.catalogue import entries

    known = [entry.code for entry in entries()]
    for code in codes:
        if code not in known:
            close = get_close_matches(code.upper(), known, n=1)
            hint = f"did you mean {close[0]}" if close else "docs/findings.md lists the codes"
            several = re.findall("[^, ]+", code)
            if len(several) > 1 and set(several) <= set(known):
                hint = "write --accept before each code"
            raise UsageError("no finding has this code", where=f"--accept {code}", hint=hint)
