"""The release of a hold, and of the erasures that waited for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.lifecycle.applying import changing, erase
from archive_tool.lifecycle.dates import deferred, holds
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.applying.destroy import Destroyed
    from archive_tool.lifecycle.dates.holds import Hold


@dataclass(frozen=True, kw_only=True)
class Released:
    """A hold that is over."""

    hold: Hold
    erased: tuple[Destroyed, ...]
    """Erasures, or parts of them, that waited for it and were run."""
    waiting: int
    """Erasures that still wait: for another hold, or for the vault."""

    def __repr__(self) -> str:
        """Which it was, and what became of the erasures that waited."""
        ran = count(len(self.erased), "erasure")
        return f"<Released {self.hold.id}: {ran} run, {self.waiting:,} waiting>"


def release(
    store: Path, hold_id: str, *, reason: str, now: datetime, vault: Vault | None = None
) -> Released:
    """Release a hold and run what waited for it.

    Without the vault nothing can be erased: then it stays noted, and runs with the next release,
    sweep or erasure that has the vault. Killed in between, the same. Raises UsageError (2) when
    there is no such hold.
    """
    hold = holds.release(store, hold_id, reason=reason, now=now)
    erased: list[Destroyed] = []
    if vault is not None and deferred.count(store):
        with changing.changing(store, vault, now=now):
            erased = erase.run_due(store, vault, now=now)
    return Released(hold=hold, erased=tuple(erased), waiting=deferred.count(store))
