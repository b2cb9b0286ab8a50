"""All checks of a run: batches go in one by one, findings come out at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from archive_tool.errors import UsageError
from archive_tool.model.datatypes import BY_NAME
from archive_tool.validate.completeness import TypeOverview, check_completeness, overview
from archive_tool.validate.presence import Presence
from archive_tool.validate.ratings import check_ratings
from archive_tool.validate.records import check_chat, check_recordings
from archive_tool.validate.references import check_references
from archive_tool.validate.schema import check_schema, has_right_types
from archive_tool.validate.tally import Tally
from archive_tool.validate.timing import check_onset, check_order, check_window
from archive_tool.validate.view import View
from archive_tool.validate.zeros import RoomZeros

if TYPE_CHECKING:
    from archive_tool.model.bundle import Gap, Part
    from archive_tool.model.findings import FindingLog
    from archive_tool.model.tables import Batch
    from archive_tool.validate.counts import Counts

RowCheck = Callable[[View, Tally], None]
"""Looks at one batch and counts the rows that break a rule."""

_ROW_CHECKS: Final[tuple[RowCheck, ...]] = (
    check_schema,
    check_window,
    check_onset,
    check_order,
    check_ratings,
    check_recordings,
    check_chat,
)


class Checks:
    """Validation of one bundle, in one pass and bounded memory.

    Nothing is said before :meth:`finish`: the count of a finding covers all batches.
    """

    def __init__(self, log: FindingLog, *, as_of: datetime) -> None:
        """Start; ``as_of`` is now, as far as the data is concerned (UsageError without a zone)."""
        if as_of.tzinfo is None:
            raise UsageError("the date has no time zone", where="as_of", expected="UTC")
        self._log = log
        self._as_of = as_of.astimezone(UTC)
        self._tally = Tally()
        self._zeros = RoomZeros()
        self._presence = Presence()

    def add(self, batch: Batch, parts: Sequence[Part]) -> None:
        """Look at one batch; ``parts`` are those known so far."""
        if not batch.table.num_rows:
            return
        if batch.data_type not in BY_NAME:
            self._presence.add_roster(batch.data_type, batch.table)
            return
        view = View.of(batch, as_of=self._as_of)
        if not has_right_types(view, self._tally):
            return
        for check in _ROW_CHECKS:
            check(view, self._tally)
        self._zeros.add(view)
        self._presence.add(view)

    def finish(
        self, census: Counts, gaps: Sequence[Gap], parts: Sequence[Part]
    ) -> tuple[TypeOverview, ...]:
        """Log the findings of all rows and across data types; give the figures per type."""
        self._zeros.finish(self._tally)
        self._log.extend(self._tally.findings(parts))
        self._log.extend(check_references(census, self._presence))
        self._log.extend(check_completeness(census, self._presence))
        return overview(census, gaps, parts)
