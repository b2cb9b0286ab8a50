"""The checks of a run, in this process or in a worker: the same findings, the same survey."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from archive_tool.ingest.census import TypeCensus
from archive_tool.model.findings import FindingLog
from archive_tool.validation import Checks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from archive_tool.ingest.census import Census
    from archive_tool.model.bundle import Gap, Part, SourceFile
    from archive_tool.model.tables import Batch
    from archive_tool.pipeline.worker import Worker
    from archive_tool.validation import Survey
    from archive_tool.validation.counts import Evidence

HEAVY: Final = ("archive_tool.schemas.frames", "pandera.pandas")
"""Modules that the first batch needs: they are loaded while it is being read."""

ON_THE_WAY: Final = 3
"""Batches that a worker was sent and has not looked at: bounds the memory."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What checks need of a census: small, and it travels."""

    types: Mapping[str, TypeCensus]

    @classmethod
    def by(cls, census: Census) -> Counted:
        """Take the counts of a census."""
        return cls(
            types={
                name: replace(
                    counted,
                    rows_by_part=dict(counted.rows_by_part),
                    session_ends=dict(counted.session_ends),
                )
                for name, counted in census.types.items()
            }
        )

    def of(self, data_type: str) -> TypeCensus:
        """Give one type; without rows, an empty one."""
        return self.types.get(data_type) or TypeCensus(data_type=data_type)


class ChecksThere:
    """The checks as they stand in a worker."""

    def __init__(self, as_of: datetime) -> None:
        self._log = FindingLog()
        self._checks = Checks(self._log, as_of=as_of)

    def add(self, batch: Batch) -> None:
        """Look at one batch."""
        self._checks.add(batch)

    def finish(
        self,
        counted: Counted,
        gaps: Sequence[Gap],
        parts: Sequence[Part],
        consent: Evidence | None,
        media: Sequence[SourceFile],
        copies: Mapping[str, int] | None,
    ) -> tuple[FindingLog, Survey]:
        """Give the findings, and what else is known."""
        survey = self._checks.finish(
            counted, gaps, parts, consent=consent, media=media, copies=copies
        )
        return self._log, survey


class ChecksElsewhere:
    """The checks as this process sees them: like :class:`Checks`."""

    def __init__(self, log: FindingLog, *, as_of: datetime, worker: Worker) -> None:
        self._log = log
        self._there = worker.hire(ChecksThere, as_of)
        self._asked: deque[Future[None]] = deque()

    def add(self, batch: Batch) -> None:
        """Send one batch; raises what the checks said of an earlier one."""
        if len(self._asked) >= ON_THE_WAY:
            self._asked.popleft().result()
        self._asked.append(self._there.submit("add", batch))

    def finish(
        self,
        census: Census,
        gaps: Sequence[Gap],
        parts: Sequence[Part],
        *,
        consent: Evidence | None = None,
        media: Sequence[SourceFile] = (),
        copies: Mapping[str, int] | None = None,
    ) -> Survey:
        """As :meth:`Checks.finish`."""
        for asked in self._asked:
            asked.result()
        answer: Future[tuple[FindingLog, Survey]] = self._there.submit(
            "finish", Counted.by(census), gaps, parts, consent, media, copies
        )
        log, survey = answer.result()
        self._log.extend(log)
        return survey
