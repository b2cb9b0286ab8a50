"""All checks of a run: batches go in one by one, findings come out at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import BY_NAME, EVENTS, RATINGS, RECORDINGS
from archive_tool.model.moments import in_utc
from archive_tool.model.pictures import MOST_ROOMS, ConsentSummary, Pictures
from archive_tool.model.validation import NotChecked
from archive_tool.validation.absence import Absence
from archive_tool.validation.completeness import (
    check_completeness,
    check_rows,
    counted_once,
    overview,
)
from archive_tool.validation.consent import check_consent, consent_summary
from archive_tool.validation.counts import counts_of
from archive_tool.validation.filled import check_filled
from archive_tool.validation.ids import check_ids
from archive_tool.validation.labels import naming
from archive_tool.validation.media import Recordings, check_urls
from archive_tool.validation.order import Order
from archive_tool.validation.pictures import RatingTimes, SyncDrift
from archive_tool.validation.presence import Presence
from archive_tool.validation.ratings import Meanings, check_ratings
from archive_tool.validation.recipients import Recipients
from archive_tool.validation.records import check_chat, check_recordings
from archive_tool.validation.references import (
    check_references,
    check_sessions,
    check_spellings,
    rooms_of,
    written,
)
from archive_tool.validation.repeats import Repeats
from archive_tool.validation.samples import Samples, check_samples
from archive_tool.validation.schema import check_schema, has_right_types
from archive_tool.validation.shown import Shown
from archive_tool.validation.states import States
from archive_tool.validation.survey import Survey, availability, samples, timelines
from archive_tool.validation.tally import Tally
from archive_tool.validation.timing import check_onset, check_window
from archive_tool.validation.twins import Twins
from archive_tool.validation.versions import Versions
from archive_tool.validation.view import View
from archive_tool.validation.zeros import RoomZeros

if TYPE_CHECKING:
    from datetime import datetime

    from archive_tool.model.bundle import Gap, Part, SourceFile
    from archive_tool.model.findings import FindingLog
    from archive_tool.model.tables import Batch
    from archive_tool.validation.counts import Counts, Evidence
    from archive_tool.validation.labels import Naming
    from archive_tool.validation.samples import Rated

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
        self._order = Order()
        self._repeats = Repeats()
        self._meanings = Meanings()
        self._zeros = RoomZeros()
        self._presence = Presence()
        self._shown = Shown()
        self._samples = Samples()
        self._states = States()
        self._recipients = Recipients()
        self._recordings = Recordings()
        self._rating_times = RatingTimes()
        self._drift = SyncDrift()
        self._twins = Twins()
        self._versions = Versions()

    def add(self, batch: Batch) -> None:
        """Look at one batch."""
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
        self._order.add(view, self._tally)
        self._repeats.add(view, self._tally)
        self._meanings.add(view, self._tally)
        for observer in (
            self._zeros,
            self._presence,
            self._shown,
            self._samples,
            self._states,
            self._recipients,
            self._recordings,
            self._rating_times,
            self._drift,
            self._twins,
            self._versions,
        ):
            observer.add(view)

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
        log, presence, shown = self._log, self._presence, self._shown
        self._zeros.finish(self._tally)
        self._meanings.finish(self._tally)
        self._recipients.check(presence, self._tally)
        self._versions.check(parts, self._tally)
        log.extend(self._recordings.check(presence, media, self._tally))
        log.extend(self._tally.findings(parts))
        log.extend(check_references(census, presence))
        log.extend(check_spellings(census, presence))
        log.extend(check_sessions(presence))
        log.extend(self._twins.check())
        declined = consent.declined if consent is not None else frozenset()
        absence = Absence(presence=presence, shown=shown, declined=declined)
        log.extend(check_rows(parts))
        log.extend(check_completeness(census, presence, declined=declined))
        log.extend(absence.rooms())
        log.extend(self._states.check())
        log.extend(shown.check())
        rated = self._samples.finish()
        log.extend(check_samples(rated))
        if consent is not None:
            log.extend(check_consent(presence, shown, consent))
        components = {one.series.group.component for one in rated} - {""}
        labels = naming(presence, components, written(census, presence))
        return Survey(
            overview=counted_once(
                overview(census, gaps, parts, agents=presence.agents), copies or {}
            ),
            people=len(labels.people.keys() - presence.agents),
            agents=len(presence.agents),
            rooms=len(rooms_of(census)),
            experiments=len(set().union(*presence.experiments.values())),
            pictures=self._pictures(absence, labels, rated, consent),
            not_checked=tuple(self._not_checked(census, parts, consent, media)),
            labels=labels.key(),
            media=self._recordings.of_files(media),
        )

    def _pictures(
        self, absence: Absence, labels: Naming, rated: Sequence[Rated], consent: Evidence | None
    ) -> Pictures:
        asked = ConsentSummary()
        if consent is not None:
            asked = consent_summary(self._presence, self._shown, consent, labels.people)
        return Pictures(
            timelines=timelines(self._presence, labels, rated, self._zeros.starts()),
            timelines_omitted=max(0, len(labels.rooms) - MOST_ROOMS),
            availability=availability(self._presence, absence, labels),
            coverage=self._rating_times.finish(),
            drift=self._drift.finish(labels.rooms),
            samples=samples(rated, labels),
            consent=asked,
        )

    def _not_checked(
        self,
        census: Counts,
        parts: Sequence[Part],
        consent: Evidence | None,
        media: Sequence[SourceFile],
    ) -> Iterator[NotChecked]:
        """Say what nothing was found about because nothing could be."""
        if counts_of(census, EVENTS.name) is None and not self._presence.roster:
            yield NotChecked(
                what="people and rooms of ratings, chat, sync and recordings against others",
                why="the bundle has neither events nor a participants table",
            )
        pages = [part.page for part in parts if part.data_type in BY_NAME]
        bare = sum(page is None or page.total is None for page in pages)
        if bare:
            yield NotChecked(
                what="whether tables are whole",
                why=f"{bare} of {len(pages)} tables carry no totals, as in CSV and bare arrays",
            )
        if counts_of(census, EVENTS.name) is not None and not self._states.has_exits:
            yield NotChecked(
                what="states that are entered against those that are left",
                why="the events have no exits",
            )
        for data_type in RATINGS:
            if not self._shown.judges(data_type):
                yield NotChecked(
                    what=f"components of {data_type} against those that were shown",
                    why="neither events nor components know a component of this kind",
                )
        if counts_of(census, RECORDINGS.name) is not None and not media:
            yield NotChecked(
                what="recordings against media files", why="the bundle has no media file"
            )
        if consent is None:
            yield NotChecked(what="consent", why="no evidence was gathered")
        if media:
            yield NotChecked(
                what="what media files show and say", why="only their names and sizes are read"
            )
        yield NotChecked(
            what="whether an export was filtered",
            why="exports carry no mark of the filters that were active",
        )
