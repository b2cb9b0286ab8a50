"""The audit log: ``audit/log.jsonl``, one record per line, each holding the hash of the one before.

A line that is edited, moved, added or taken out breaks the chain there. A missing tail breaks
nothing by itself: the newest line is also written to ``audit/head.json``, into the vault and, as a
signed checkpoint, into every archive that is made. No line holds an id, a name or a value of the
data: the log of an erasure must not be a copy of what was erased.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.keys import signed, sshsig
from archive_tool.keys.shared import make_folder
from archive_tool.lifecycle import diverged, places
from archive_tool.lifecycle.audit_log import log_file, lost_lines
from archive_tool.lifecycle.audit_log.checkpoints import (
    CHECKPOINT_FORMAT,
    CHECKPOINT_NAMESPACE,
    Known,
    known_elsewhere,
    log_id,
    of_vault,
)
from archive_tool.lifecycle.audit_log.record import Record
from archive_tool.model.parsed import parsed
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.lost_lines import Acknowledged
    from archive_tool.lifecycle.unreadable import Unreadable

START: Final = "0" * 64
"""What the first line has for the hash of the line before."""

INTENT: Final = "intent"
DONE: Final = "done"
UNDONE: Final = "undone"


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """A log that passed."""

    lines: int
    head: str
    """Hash of the last line; 64 zeros for an empty log."""
    checkpoints: int
    """Checkpoints (in archives and vault) that it was compared with."""
    lost: tuple[Acknowledged, ...]
    """Lines that are lost, as somebody with the vault acknowledged."""
    records: tuple[Record, ...] = field(repr=False)

    def __repr__(self) -> str:
        """What ``audit verify`` says first."""
        return f"<AuditReport: {self.summary}>"

    def __str__(self) -> str:
        """All of it: the lost lines too, each time."""
        return "\n".join([self.summary, *(one.summary for one in self.lost)])

    @property
    def summary(self) -> str:
        """What was compared with what."""
        but = " but for lost lines" if self.lost else ""
        compared = (
            f"{count(self.lines, 'line')}, compared with {count(self.checkpoints, 'checkpoint')}"
        )
        return f"whole{but}: {compared}"


def append(
    store: Path,
    event: str,
    *,
    now: datetime,
    phase: str = DONE,
    detail: Mapping[str, Any] | None = None,
    heed_head: bool = True,
) -> Record:
    """Add one line and bring it to the disk. ``detail`` must hold no id, name or value.

    ``heed_head``: the log must have the line that was noted as its newest.

    Raises IntegrityError (16) when the last line was changed, LockError (21) when others are
    writing, after the time that somebody asked to wait, or else a minute.
    """
    folder = store / places.AUDIT
    make_folder(folder)
    with log_file.alone(folder):
        last = _last(folder / places.LOG)
        if heed_head:
            _check_head(store, last)
        record = Record(
            line=last.line + 1 if last else 1,
            time=now.astimezone(UTC),
            event=event,
            phase=phase,
            detail=dict(detail or {}),
            previous=last.hash if last else START,
        )
        record = replace(record, hash=record.digest())
        log_file.append(folder / places.LOG, places.canonical(record) + b"\n")
        places.write(folder / places.HEAD, _head(record))
    return record


def read(store: Path, *, heed_head: bool = True) -> tuple[Record, ...]:
    """Return all lines; IntegrityError (16) naming the first that is wrong, or missing.

    ``heed_head``: the line that was noted as the newest must be there. What comes after it without an
    end is no line yet: somebody writes it now, or a power cut tore it.
    """
    head = (
        noted(store) if heed_head else (0, START)
    )  # before the lines: each is noted after it is written
    content = places.read(store / places.AUDIT / places.LOG, most=log_file.LARGEST) or b""
    lines = content.split(b"\n")
    records: list[Record] = []
    previous = START
    for number, line in enumerate(lines[:-1], start=1):
        record = _parse(line, number)
        if record.line != number or record.previous != previous:
            raise _bad(number, "does not follow the line before it")
        previous = record.hash
        records.append(record)
    if lines[-1] and head[0] > len(records):
        raise _bad(len(lines), "is cut off")
    _compare(records, *head, source=places.HEAD)
    return tuple(records)


def read_known(store: Path, vault: Vault | None) -> tuple[Record, ...]:
    """Return all lines of a log that has the newest line that the vault knows, where there is one.

    Of a log that the vault has never seen, what its archives here know: whoever writes the first line
    anew makes another log of it. Nothing is destroyed by what such a log says, or lacks: a hold that
    was in it would not be heeded. Raises what :func:`read` and :func:`verify` raise.
    """
    records = read(store)
    if vault is None:
        return records
    seen = of_vault(vault, records) if records else None
    every = known_elsewhere(store, records).known if seen is None else (seen,)
    own = [known for known in every if vault.has_signed(sshsig.openssh_line(known.signer))]
    _refuse_lost(records, own)
    return records


def verify(store: Path, *, vault: Vault | None = None) -> AuditReport:
    """Check the chain, then every checkpoint that the archives (and the vault) hold.

    Lines that are lost and were acknowledged are told, not refused. With a vault also that no other
    copy of it has been at work in the store. What is wrong with the log is said first; of one that is
    whole as far as it could be compared, which archives could not say what they know of it.
    """
    records = read(store)
    elsewhere = known_elsewhere(store, records, vault)
    _refuse_lost(records, elsewhere.known)
    if vault is not None:
        diverged.refuse(store, vault)
    report = AuditReport(
        lines=len(records),
        head=records[-1].hash if records else START,
        checkpoints=len(elsewhere.known),
        lost=lost_lines.acknowledged(records),
        records=records,
    )
    if elsewhere.unread:
        raise _not_compared(report, elsewhere.unread)
    return report


def lost(records: Sequence[Record], every: Iterable[Known]) -> list[Known]:
    """Give what is known and is not in the log, and was not acknowledged either."""
    said = lost_lines.acknowledged(records)
    return [
        known
        for known in every
        if not known.is_in(records)
        and not any(one.excuses(known.line, known.hash, known.signer) for one in said)
    ]


def _refuse_lost(records: Sequence[Record], every: Iterable[Known]) -> None:
    for known in lost(records, every):
        _compare(records, known.line, known.hash, source=known.source)


def checkpoint(store: Path, vault: Vault, *, now: datetime) -> bytes:
    """Sign the newest line, for an archive or a custodian; the vault notes it too.

    Not where it knows a line that the log has no more: a log from a backup that goes on would be
    whole again, without what happened since the backup.
    """
    records = read(store)
    last = records[-1] if records else None
    line, digest = (last.line, last.hash) if last else (0, START)
    if last is not None and _holds_what_was_seen(records, vault):
        vault.note_checkpoint(log_id(records), line, digest)
    body = {
        "format": CHECKPOINT_FORMAT,
        "line": line,
        "hash": digest,
        "time": now.astimezone(UTC).isoformat(),
        "vault_id": vault.vault_id,
    }
    return signed.seal(body, vault.signing_key, namespace=CHECKPOINT_NAMESPACE)


def _holds_what_was_seen(records: Sequence[Record], vault: Vault) -> bool:
    line, digest = vault.checkpoint(log_id(records)) or (0, START)
    return not line or (line <= len(records) and records[line - 1].hash == digest)


def _parse(line: bytes, number: int) -> Record:
    record = parsed(line, Record)
    if record is None:
        raise _bad(number, "cannot be read")
    if record.digest() != record.hash or places.canonical(record) != line:
        raise _bad(number, "was changed: its hash does not fit")
    return record


def _check_head(store: Path, last: Record | None) -> None:
    """Compare the noted newest line with the last one of the log."""
    line, digest = noted(store)
    first = last.line if last else 1
    if line >= first:
        known = line - first + 1
        _compare([last] if last else [], known, digest, source=places.HEAD, first=first)


def noted(store: Path) -> tuple[int, str]:
    """Give line and hash of the line that was noted as the newest; line 0 where none was."""
    content = places.read(store / places.AUDIT / places.HEAD)
    if content is None:
        return 0, START
    head = parsed(content, tuple[int, str])
    if head is None:
        raise IntegrityError("cannot be read", where=f"{places.AUDIT}/{places.HEAD}")
    line, digest = head
    return line, digest


def _compare(
    records: Sequence[Record], line: int, digest: str, *, source: str, first: int = 1
) -> None:
    """Compare one line (counted from ``first``) with what somebody else knows of it."""
    before = first - 1
    if line > len(records):
        known = line + before
        raise _bad(len(records) + first, f"is missing, and {source} knows lines up to {known}")
    if line and records[line - 1].hash != digest:
        raise _bad(line + before, f"is not the one that {source} knows")


def _not_compared(report: AuditReport, archives: Sequence[Unreadable]) -> IntegrityError:
    first, *others = archives
    also = f", and not with that of {', '.join(one.archive for one in others)} either"
    return IntegrityError(
        f"its checkpoint of the log cannot be compared: {first.why}",
        where=first.archive,
        hint=f"the log itself is {report.summary}{also if others else ''}; put whole copies of "
        "the archives in their place, archive-tool verify names them",
        detail={
            "lines": report.lines,
            "head": report.head,
            "checkpoints": report.checkpoints,
            "unreadable": msgspec.to_builtins(archives),
        },
    )


def _bad(number: int, what: str) -> IntegrityError:
    return IntegrityError(
        what,
        where=f"audit log, line {number}",
        hint="the log was edited, or it or an archive came from a copy: put a whole one back; where lines "
        "are lost for good, or are of another store, see archive-tool audit acknowledge",
    )


def _head(record: Record) -> bytes:
    return places.canonical((record.line, record.hash)) + b"\n"


def _last(path: Path) -> Record | None:
    """Return the last line, checked."""
    line = log_file.last_line(path)
    if line is None:
        return None
    record = parsed(line, Record)
    if record is None or record.digest() != record.hash:
        raise IntegrityError(
            "the last line was changed", where="audit log", hint="see archive-tool audit verify"
        )
    return record
