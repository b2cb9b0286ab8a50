"""Run the checks of validation over plain rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from archive_tool.model.findings import Finding, FindingLog
from archive_tool.model.tables import Batch
from archive_tool.validation import Checks
from archive_tool.validation.codes.fields import FIELD_EMPTY
from tests.support.canonical import batch, census, part

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from archive_tool.model.bundle import Gap, SourceFile
    from archive_tool.validation import Survey

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)

ROW: Mapping[str, Mapping[str, Any]] = {
    "events": {"id": "e1", "participantId": "p1"},
    "recordings": {"recordingId": "r1", "participantId": "p1"},
    "chat": {"messageId": "m1", "senderId": "p1"},
    "ratings/continuous": {"ratingId": "c1", "participantId": "p1"},
    "ratings/sparse": {"ratingId": "s1", "participantId": "p1"},
    "sync": {"metricId": "y1", "participantId": "p1"},
    "components": {"componentId": "k1"},
}
"""The least that a row of each type needs, beside room and time."""


class Log(FindingLog):
    """A log that leaves out which fields a row could have: rows of tests have what they are about."""

    def add(self, finding: Finding) -> None:
        """Keep all others."""
        if finding.code != FIELD_EMPTY.name:
            super().add(finding)


def row(data_type: str, **fields: Any) -> dict[str, Any]:
    """A good row, with other fields on top."""
    shared = {"experimentId": "x1", "roomId": "room1"}
    if data_type != "recordings":
        shared["timestamp"] = "2026-04-01T10:00:00Z"
    return {**shared, **ROW[data_type], **fields}


def findings_of(data_type: str, *rows: Mapping[str, Any]) -> list[Finding]:
    """What one file of rows is told, without what concerns the bundle as a whole."""
    found = findings({data_type: rows})
    return [finding for finding in found if finding.file is not None]


def findings(
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    gaps: Sequence[Gap] = (),
    log: FindingLog | None = None,
) -> list[Finding]:
    """What a bundle with one file per type is told; files are F001, F002 in the order given."""
    log = Log() if log is None else log
    checks = Checks(log, as_of=AS_OF)
    parts = []
    for order, (data_type, its_rows) in enumerate(rows.items()):
        parts.append(part(data_type, len(its_rows), order=order, label=f"F{order + 1:03}"))
        checks.add(batch(data_type, its_rows, order=order))
    checks.finish(census(rows), gaps, parts)
    return list(log)


def codes(found: Sequence[Finding]) -> list[tuple[str, str | None]]:
    """Code and column of each finding."""
    return [(finding.code, finding.column) for finding in found]


def findings_and_survey(
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    roster: Sequence[Mapping[str, Any]] = (),
    accepted: Collection[str] = (),
    declined: Collection[str] = (),
    media: Sequence[SourceFile] = (),
    as_of: datetime = AS_OF,
) -> tuple[list[Finding], Survey]:
    """What a bundle is told, and what else is known of it; consent is evidence of everybody."""
    log = Log()
    checks = Checks(log, as_of=as_of)
    if roster:
        checks.add(Batch(data_type="participants", table=pa.Table.from_pylist(list(roster))))
    parts = []
    for order, (data_type, its_rows) in enumerate(rows.items()):
        parts.append(part(data_type, len(its_rows), order=order, label=f"F{order + 1:03}"))
        checks.add(batch(data_type, its_rows, order=order))
    evidence = Evidence(accepted=frozenset(accepted), declined=frozenset(declined))
    survey = checks.finish(census(rows), [], parts, consent=evidence, media=media)
    return list(log), survey


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Who agreed and who declined."""

    accepted: frozenset[str]
    declined: frozenset[str]


def stamp(onset: float) -> str:
    """The time of an onset in a room that starts at ten o'clock."""
    return (datetime(2026, 4, 1, 10, tzinfo=UTC) + timedelta(milliseconds=onset)).isoformat()
