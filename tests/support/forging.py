"""A log that somebody without a key wrote anew: its own chain is whole, and so is the note beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archive_tool.lifecycle import places
from archive_tool.lifecycle.audit_log import audit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from archive_tool.lifecycle.audit_log.record import Record


def write_anew(store: Path, records: Iterable[Record]) -> tuple[Record, ...]:
    """Write a log of these lines, whatever they were: numbers, hashes and newest line fit."""
    chained: list[Record] = []
    previous = audit.START
    for line, record in enumerate(records, start=1):
        body = replace(record, line=line, previous=previous, hash="")
        chained.append(replace(body, hash=body.digest()))
        previous = chained[-1].hash
    lines = b"".join(places.canonical(record) + b"\n" for record in chained)
    (store / "audit" / "log.jsonl").write_bytes(lines)
    (store / "audit" / "head.json").write_bytes(places.canonical((len(chained), previous)) + b"\n")
    return audit.read(store)
