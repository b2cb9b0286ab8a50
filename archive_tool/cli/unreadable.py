"""How a command that looks through a store says which archives it could not look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.lifecycle.applying.work import Unreached
    from archive_tool.lifecycle.unreadable import Unreadable


def fields(archives: Sequence[Unreadable]) -> dict[str, Any]:
    """For ``--json``."""
    return {"unreadable": msgspec.to_builtins(list(archives))}


def exit_code(archives: Sequence[Unreadable], otherwise: int = 0) -> int:
    """Give what is wrong with archives that were not looked at: the rest is done all the same."""
    return max([otherwise, *(item.code for item in archives)])


def exit_code_after(not_reached: Sequence[Unreached]) -> int:
    """As :func:`exit_code`, of a destruction that is planned or done."""
    from archive_tool.lifecycle.planning import unreached

    return max((unreached.CODES.get(item.kind, 0) for item in not_reached), default=0)
