"""How a command that looks through a store says which archives it could not look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from archive_tool.errors import VaultError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.lifecycle.catalogue import Unreadable
    from archive_tool.lifecycle.work import Unreached


def lines(archives: Sequence[Unreadable]) -> list[str]:
    """One line for each, and what to do."""
    said = [f"not looked at: {item.archive}: {item.why}" for item in archives]
    return [*said, "hint: put copies from after that in their place"] if said else []


def fields(archives: Sequence[Unreadable]) -> dict[str, Any]:
    """For ``--json``."""
    return {"unreadable": msgspec.to_builtins(list(archives))}


def exit_code(archives: Sequence[Unreadable | Unreached], otherwise: int = 0) -> int:
    """17 where an archive was not looked at: the rest is done all the same."""
    return max(otherwise, VaultError.exit_code) if archives else otherwise
