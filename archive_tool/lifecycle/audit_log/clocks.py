"""What the audit log knows of the time: a clock that runs behind it, or years after it, may be wrong.

A line that was written under a clock that was ahead would keep every destruction waiting until that
day has come. Whoever has the vault says once that it was, in a line of its own; from then on the
lines before it that are later than it count no more.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from archive_tool.errors import RetentionError, UsageError
from archive_tool.lifecycle import places
from archive_tool.lifecycle.audit_log import audit, checkpoints, recording
from archive_tool.lifecycle.dates import holds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record

EVENT: Final = "clock-ahead"
LINES: Final = "lines"
"""Of the detail of such a line: how many lines were ahead."""

BESIDE: Final = timedelta(hours=1)
"""So much later may a line be of a command that ran beside this one, which took the time when it
began and then waited. A clock that is wrong by less moves no day that is not about to begin."""

QUIET: Final = timedelta(days=366)
"""So long may nothing have been written before somebody is asked to look at the clock."""

_GIVEN: Final = (recording.CREATE, recording.EXTRACT)
"""Events that a script may give a moment of its own: they prove no clock to be behind."""


def refuse_behind(records: Sequence[Record], made: datetime, now: datetime) -> None:
    """RetentionError (14) when the machine's clock runs behind a plan or the log.

    Such a clock was ahead when they were written, or is wrong now; both times dates mean nothing.
    """
    late = [record for record in _later(records, now) if record.event not in _GIVEN]
    if not late and now >= made - BESIDE:
        return
    hint = "set the clock of this machine right, then make another plan"
    if late:
        last = max(late, key=lambda record: record.time)
        hint = (
            f"line {last.line} of the log is of {last.time:%Y-%m-%d %H:%M} UTC: {hint}; if it is right "
            "and was ahead then, say so: archive-tool audit acknowledge --reason TEXT"
        )
    raise RetentionError(
        "the clock runs behind the plan or the audit log", where="clock", hint=hint
    )


def doubt(records: Sequence[Record], now: datetime) -> datetime | None:
    """Give the time of the newest line where the clock runs behind it, or over a year after it.

    None where nothing speaks against the clock. A store that nobody used for years gives a doubt
    too: only somebody with a calendar can tell.
    """
    newest = max((record.time for record in _counted(records)), default=now)
    return newest if newest - BESIDE > now or now - newest > QUIET else None


def acknowledge(store: Path, vault: Vault, *, reason: str, now: datetime) -> Record:
    """Write into the log that lines later than now are of clocks that were ahead.

    UsageError (2) where there is none; IntegrityError (16) for a log that lacks what the vault knows.
    """
    holds.check_text(reason, "reason")
    places.require_store(store)
    with vault.lock(take_newer=True), places.locked(store):
        records = audit.read_known(store, vault)
        late = _later(records, now)
        if not late:
            raise UsageError("no line is later than the clock of this machine", where="audit log")
        detail = {LINES: len(late), "reason": reason.strip()}
        line = audit.append(store, EVENT, detail=detail, now=now)
        vault.note_checkpoint(checkpoints.log_id(records), line.line, line.hash)
        vault.save(now)
    return line


def _later(records: Sequence[Record], now: datetime) -> list[Record]:
    return [record for record in _counted(records) if record.time - BESIDE > now]


def _counted(records: Sequence[Record]) -> list[Record]:
    """Leave out what was acknowledged to be ahead."""
    counted: list[Record] = []
    latest: datetime | None = None
    for record in reversed(records):
        if latest is None or record.time - BESIDE <= latest:
            counted.append(record)
        if record.event == EVENT:
            latest = record.time if latest is None else min(latest, record.time)
    return counted
