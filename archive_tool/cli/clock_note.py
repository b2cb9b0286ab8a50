"""Tells of a clock that the audit log of a store speaks against, before days are counted from it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from archive_tool.cli.streams import say
from archive_tool.errors import ArchiveToolError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def tell_behind(store: Path, clock: datetime) -> None:
    """Say so of a clock that runs behind the newest line: what is archived would be due too early."""
    newest = _doubt(store, clock)
    if newest is not None and newest > clock:
        _say(clock, newest)


def tell_ahead(store: Path, clock: datetime) -> None:
    """Say so of one that is more than a year after it: what is destroyed may not be due."""
    newest = _doubt(store, clock)
    if newest is not None and newest < clock:
        _say(clock, newest)


def _doubt(store: Path, clock: datetime) -> datetime | None:
    from archive_tool.lifecycle.audit_log import audit, clocks

    with suppress(ArchiveToolError, OSError):  # what is wrong with the log is said where it counts
        return clocks.doubt(audit.read(store), clock)
    return None


def _say(clock: datetime, newest: datetime) -> None:
    say(
        f"note: the clock of this machine says {clock:%Y-%m-%d}, and the newest line of the audit log "
        f"is of {newest:%Y-%m-%d}: is it right?"
    )
