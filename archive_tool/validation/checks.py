"""All checks of a run: batches go in one by one, findings come out at the end.

A row check sees one batch and counts rows in the tally; some remember the rows of earlier batches. An
observer keeps what it needs of every batch, and is asked at the end (``_by_rows``, ``_by_types``). What
compares data types is a function of the census and of observers, called there too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.moments import in_utc
from archive_tool.model.pictures import MOST_ROOMS, ConsentSummary, Pictures
from archive_tool.validation.across_types.consent import check_consent, consent_summary
from archive_tool.validation.across_types.media import check_urls
from archive_tool.validation.across_types.references import (
    check_references,
    check_sessions,
    check_spellings,
    rooms_of,
    written,
)
from archive_tool.validation.for_report.labels import naming
from archive_tool.validation.missing.absence import Absence
from archive_tool.validation.missing.completeness import (
    check_completeness,
    check_rows,
    counted_once,
    overview,
)
from archive_tool.validation.missing.unchecked import not_checked
from archive_tool.validation.observers import Observers
from archive_tool.validation.one_type.filled import check_filled
from archive_tool.validation.one_type.ids import check_ids
from archive_tool.validation.one_type.order import Order
from archive_tool.validation.one_type.ratings import Meanings, check_ratings
from archive_tool.validation.one_type.records import check_chat, check_recordings
from archive_tool.validation.one_type.repeats import Repeats
from archive_tool.validation.one_type.samples import check_samples
from archive_tool.validation.one_type.schema import check_schema, has_right_types
from archive_tool.validation.one_type.timing import check_onset, check_window
from archive_tool.validation.survey import Survey, availability, samples, timelines
from archive_tool.validation.tally import Tally
from archive_tool.validation.view import View

if TYPE_CHECKING:
    from datetime import datetime

    from archive_tool.model.bundle import Gap, Part, SourceFile
    from archive_tool.model.findings import Finding, FindingLog
    from archive_tool.model.tables import Batch
    from archive_tool.validation.for_report.labels import Naming
    from archive_tool.validation.missing.counts import Counts, Evidence
    from archive_tool.validation.one_type.samples import Rated

RowCheck = Callable[[View, Tally], None]
"""Looks at one batch and counts the rows that break a rule."""

_ROW_CHECKS: Final[tuple[RowCheck, ...]] = (
    check_schema,
    check_filled,
    check_ids,
    check_window,
    check_onset,
    check_ratings,
    check_recordings,
    check_urls,
    check_chat,
)


class Checks:
    """Validation of one bundle, in one pass and bounded memory.

    Nothing is said before :meth:`finish`: the count of a finding covers all batches.
    """

    def __init__(self, log: FindingLog, *, as_of: datetime) -> None:
        """Start; ``as_of`` is now, as far as the data is concerned (UsageError without a zone)."""
        self._log = log
        self._as_of = in_utc(as_of, "as_of")
        self._tally = Tally()
        self._meanings = Meanings()
        self._seen = Observers()
        self._row_checks = (*_ROW_CHECKS, Order().add, Repeats().add, self._meanings.add)

    def add(self, batch: Batch) -> None:
        """Look at one batch."""
        if not batch.table.num_rows:
            return
        if batch.data_type not in BY_NAME:
            self._seen.presence.add_roster(batch.data_type, batch.table)
            return
        view = View.of(batch, as_of=self._as_of)
        if not has_right_types(view, self._tally):
            return
        for check in self._row_checks:
            check(view, self._tally)
        self._seen.add(view)

    def finish(
        self,
        census: Counts,
        gaps: Sequence[Gap],
        parts: Sequence[Part],
        *,
        consent: Evidence | None = None,
        media: Sequence[SourceFile] = (),
        copies: Mapping[str, int] | None = None,
    ) -> Survey:
        """Log the findings of all rows and across data types; give what else is known.

        ``consent`` is who agreed and declined, ``media`` the media files of the bundle, ``copies``
        rows by type for which a row of another download stands.
        """
        seen, presence = self._seen, self._seen.presence
        declined = consent.declined if consent is not None else frozenset()
        absence = Absence(presence=presence, shown=seen.shown, declined=declined)
        people = written(census, presence)
        starts = seen.zeros.starts()
        rated = seen.samples.finish(starts)
        self._log.extend(self._by_rows(parts, media, people))
        self._log.extend(self._by_types(census, parts, absence, rated, consent))
        components = {one.series.group.component for one in rated} - {""}
        labels = naming(presence, components, people)
        return Survey(
            overview=counted_once(
                overview(census, gaps, parts, agents=presence.agents), copies or {}
            ),
            people=len(labels.people.keys() - presence.agents),
            agents=len(presence.agents),
            rooms=len(rooms_of(census)),
            experiments=len(set().union(*presence.experiments.values())),
            pictures=self._pictures(absence, labels, rated, starts, consent),
            not_checked=tuple(not_checked(seen, census, parts, consent, media)),
            labels=labels.key(),
            media=seen.recordings.of_files(media),
        )

    def _by_rows(
        self, parts: Sequence[Part], media: Sequence[SourceFile], people: set[str]
    ) -> Iterator[Finding]:
        """Give what was counted row by row; what counts there at the end comes first."""
        seen, tally = self._seen, self._tally
        seen.zeros.finish(tally)
        self._meanings.finish(tally)
        seen.recipients.check(seen.presence, people, tally)
        seen.versions.check(parts, tally)
        yield from seen.recordings.check(seen.presence, media, tally)
        yield from tally.findings(parts)

    def _by_types(
        self,
        census: Counts,
        parts: Sequence[Part],
        absence: Absence,
        rated: list[Rated],
        consent: Evidence | None,
    ) -> Iterator[Finding]:
        """Give what data types say of each other, and of people, rooms and the bundle as a whole."""
        seen, presence = self._seen, self._seen.presence
        yield from check_references(census, presence)
        yield from check_spellings(census, presence)
        yield from check_sessions(presence)
        yield from seen.twins.check()
        yield from check_rows(parts)
        yield from check_completeness(census, presence, declined=absence.declined)
        yield from absence.rooms()
        yield from seen.states.check()
        yield from seen.shown.check()
        yield from check_samples(rated)
        if consent is not None:
            yield from check_consent(presence, seen.shown, consent)

    def _pictures(
        self,
        absence: Absence,
        labels: Naming,
        rated: Sequence[Rated],
        starts: Mapping[str, float],
        consent: Evidence | None,
    ) -> Pictures:
        seen = self._seen
        asked = ConsentSummary()
        if consent is not None:
            asked = consent_summary(seen.presence, seen.shown, consent, labels.people)
        return Pictures(
            timelines=timelines(seen.presence, labels, rated, starts),
            timelines_omitted=max(0, len(labels.rooms) - MOST_ROOMS),
            availability=availability(seen.presence, absence, labels),
            coverage=seen.rating_times.finish(),
            drift=seen.drift.finish(labels.rooms),
            samples=samples(rated, labels, seen.presence.agents),
            consent=asked,
        )
