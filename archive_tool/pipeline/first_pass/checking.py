"""The checks of a run, in this process or in a worker: the same findings, the same survey."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from archive_tool.ingest.census import TypeCensus
from archive_tool.model.findings import FindingLog
from archive_tool.pipeline.processes.serve import load
from archive_tool.validation import Checks, Survey, counted_once

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from archive_tool.ingest.census import Census
    from archive_tool.model.bundle import Gap, Part, SourceFile
    from archive_tool.model.tables import Batch
    from archive_tool.pipeline.processes.worker import Worker
    from archive_tool.validation.missing.counts import Evidence

ON_THE_WAY: Final = 3
"""Batches that a worker was sent and has not looked at: bounds the memory."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What checks need of a census: small, and it travels."""

    types: Mapping[str, TypeCensus]

    @classmethod
    def by(cls, census: Census | Counted) -> Counted:
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


@dataclass(frozen=True, kw_only=True)
class Whole:
    """What the checks are told of the whole bundle when all rows went by."""

    census: Census | Counted
    gaps: Sequence[Gap]
    parts: Sequence[Part]
    consent: Evidence | None
    media: Sequence[SourceFile]

    def told_to(self, checks: Checks, copies: Mapping[str, int] | None = None) -> Survey:
        """Let checks finish."""
        return checks.finish(
            self.census,
            self.gaps,
            self.parts,
            consent=self.consent,
            media=self.media,
            copies=copies,
        )


class ChecksThere:
    """The checks as they stand in a worker."""

    def __init__(self, as_of: datetime) -> None:
        self._log = FindingLog()
        self._checks = Checks(self._log, as_of=as_of)

    def add(self, batch: Batch) -> None:
        """Look at one batch."""
        self._checks.add(batch)

    def finish(self, whole: Whole) -> tuple[FindingLog, Survey]:
        """Give the findings, and what else is known."""
        return self._log, whole.told_to(self._checks)


Closing = Callable[[Mapping[str, int]], Survey]
"""Gives what is known besides findings; of the rows of each type, so many are copies."""


class ChecksHere:
    """The checks in this process."""

    def __init__(self, log: FindingLog, *, as_of: datetime) -> None:
        self._checks = Checks(log, as_of=as_of)
        self.add = self._checks.add

    def closing(self, whole: Whole) -> Closing:
        """Finish when the survey is asked for."""
        return lambda copies: whole.told_to(self._checks, copies)


class ChecksElsewhere:
    """The checks in a worker: the same findings."""

    def __init__(
        self, log: FindingLog, *, as_of: datetime, worker: Worker, soon: Sequence[str]
    ) -> None:
        self._log = log
        self._worker = worker
        self._there = worker.hire(ChecksThere, as_of)
        self._asked: deque[Future[None]] = deque()
        self._soon = soon

    def add(self, batch: Batch) -> None:
        """Send one batch; raises what the checks said of an earlier one."""
        if len(self._asked) >= ON_THE_WAY:
            self._asked.popleft().result()
        self._asked.append(self._there.submit("add", batch))
        if self._soon:  # while it waits for more
            self._worker.hire(load, *self._soon)
            self._soon = ()

    def closing(self, whole: Whole) -> Closing:
        """Let the worker finish; what it found is logged when the survey is asked for."""
        answer: Future[tuple[FindingLog, Survey]] = self._there.submit(
            "finish", replace(whole, census=Counted.by(whole.census))
        )

        def survey(copies: Mapping[str, int]) -> Survey:
            for asked in self._asked:
                asked.result()
            log, found = answer.result()
            self._log.extend(log)
            return replace(found, overview=counted_once(found.overview, copies))

        return survey
