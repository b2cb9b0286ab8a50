"""What nothing was found about because nothing could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.model.datatypes import BY_NAME, EVENTS, RATINGS, RECORDINGS
from archive_tool.model.validation import NotChecked
from archive_tool.validation.missing.counts import counts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.model.bundle import Part, SourceFile
    from archive_tool.validation.missing.counts import Counts, Evidence
    from archive_tool.validation.observers import Observers


def not_checked(
    seen: Observers,
    census: Counts,
    parts: Sequence[Part],
    consent: Evidence | None,
    media: Sequence[SourceFile],
) -> Iterator[NotChecked]:
    """Say what was not looked at: across types, within them, and never."""
    has_events = counts_of(census, EVENTS.name) is not None
    if not has_events and not seen.presence.roster:
        yield NotChecked(
            what="people and rooms of ratings, chat, sync and recordings against others",
            why="the bundle has neither events nor a participants table",
        )
    yield from _of_totals(parts)
    if has_events and not seen.states.has_exits:
        yield NotChecked(
            what="states that are entered against those that are left",
            why="the events have no exits",
        )
    for data_type in RATINGS:
        if not seen.shown.judges(data_type):
            yield NotChecked(
                what=f"components of {data_type} against those that were shown",
                why="neither events nor components know a component of this kind",
            )
    if counts_of(census, RECORDINGS.name) is not None and not media:
        yield NotChecked(what="recordings against media files", why="the bundle has no media file")
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


def _of_totals(parts: Sequence[Part]) -> Iterator[NotChecked]:
    """Without a total nobody knows what a table should hold."""
    pages = [part.page for part in parts if part.data_type in BY_NAME]
    bare = sum(page is None or page.total is None for page in pages)
    if bare:
        yield NotChecked(
            what="whether tables are whole",
            why=f"{bare} of {len(pages)} tables carry no totals, as in CSV and bare arrays",
        )
