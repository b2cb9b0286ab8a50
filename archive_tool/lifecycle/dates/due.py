"""What of an archive is due on a day: to be destroyed, lowered or looked at again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.archive import layout
from archive_tool.lifecycle.stored_policy import decisions_of
from archive_tool.model.datatypes import MEDIA
from archive_tool.model.policy import Ending

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.lifecycle.catalogue import Entry, Overview, Term

RESTORED: Final = "restored"

IDENTIFIED: Final = 0
PSEUDONYMISED: Final = 1
AGGREGATED: Final = 2


class Due(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One data type of an archive that is past its date."""

    data_type: str
    since: date
    """First day on which it should not be there any more."""
    basis: str
    action: Ending


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is past its date and that only a human can settle."""

    archive: str
    data_type: str
    since: date
    action: str
    """``review``, ``downgrade``, or ``restored``: an older revision is in its place."""
    what: str
    """What to do."""


_ASK: Final = {
    Ending.REVIEW: "look at it, then: archive-tool retention extend, or shorten with the action destroy",
    Ending.DOWNGRADE: "make of it, or of its bundle, an archive under a policy that tells less; the next "
    "sweep then destroys this one",
    RESTORED: "an older revision, back from a copy; a sweep takes out of it again what was erased "
    "since; if its dates were changed since, nothing is destroyed by the old ones: put the newest "
    "revision back",
}


def since(last: date) -> date:
    """Return the first day on which something should not be there any more."""
    return last if last == date.max else last + timedelta(days=1)


def going(store: Path, entry: Entry, overview: Overview, day: date) -> list[Due]:
    """Return what goes on a day: what is to be destroyed, and what something less replaces.

    Where the policy named what tells less, that is made first if it is not there
    (:func:`to_make`); else somebody has to have made it.
    """
    past = [term for term in entry.terms if term.destroy_after < day]
    return [
        Due(data_type=t.data_type, since=since(t.destroy_after), basis=t.basis, action=t.action)
        for t in past
        if t.action == Ending.DESTROY
        or (t.action == Ending.DOWNGRADE and _can_go(store, entry, overview, t, day))
    ]


def _can_go(store: Path, entry: Entry, overview: Overview, term: Term, day: date) -> bool:
    """Whether what is to be lowered has been, can be now, or has no time left in any form.

    Of an older revision nothing is made: it lacks what was done since.
    """
    if entry.lesser is None:
        return bool(_replacing(store, entry, overview, term.data_type))
    if term.lesser_until is None or term.lesser_until < day:
        return True
    is_newest = entry.revision >= entry.newest
    return is_newest or bool(made_under(entry.lesser.digest, entry, overview))


def successors(
    store: Path, entry: Entry, overview: Overview, gone: Sequence[Due]
) -> tuple[str, ...]:
    """Name the archives that stand for what goes because something less replaces it."""
    lowered = [item.data_type for item in gone if item.action == Ending.DOWNGRADE]
    if lowered and entry.lesser is not None:
        return made_under(entry.lesser.digest, entry, overview)
    found = (_replacing(store, entry, overview, name) for name in lowered)
    return tuple(sorted({one for some in found for one in some}))


def to_make(entry: Entry, gone: Sequence[Due], day: date) -> bool:
    """Whether what goes is kept in a form that tells less, by the policy that names it."""
    names = {item.data_type for item in gone if item.action == Ending.DOWNGRADE}
    return entry.lesser is not None and any(
        term.lesser_until is not None and day <= term.lesser_until
        for term in entry.terms
        if term.data_type in names
    )


def made_under(policy: str, entry: Entry, overview: Overview) -> tuple[str, ...]:
    """Name the archives with what an archive has that were made under a policy, by its digest."""
    found = _from_the_same(entry, overview)
    return tuple(other.archive_id for other in found if other.policy == policy)


def undecided(entry: Entry, gone: Sequence[Due], day: date) -> list[Decision]:
    """Return what is past its date and does not go by itself, and what is not the newest."""
    settled = {item.data_type for item in gone}
    past = [
        Decision(
            archive=entry.archive_id,
            data_type=t.data_type,
            since=since(t.destroy_after),
            action=t.action,
            what=_ASK[t.action],
        )
        for t in entry.terms
        if t.destroy_after < day and t.data_type not in settled and t.action in _ASK
    ]
    if entry.revision >= entry.newest:
        return past
    restored = Decision(
        archive=entry.archive_id, data_type="", since=day, action=RESTORED, what=_ASK[RESTORED]
    )
    return [restored, *past]


def _replacing(store: Path, entry: Entry, overview: Overview, data_type: str) -> tuple[str, ...]:
    """Name the archives with what an archive has that tell less of a data type."""
    others = [
        other
        for other in _from_the_same(entry, overview)
        if other.aggregate or data_type in other.types
    ]
    own = _level(store, entry, data_type) if others else AGGREGATED
    return tuple(o.archive_id for o in others if _level(store, o, data_type) > own)


def _from_the_same(entry: Entry, overview: Overview) -> list[Entry]:
    """Give what was made of the bundle of an archive itself, or of the archive.

    What was made of another archive of the bundle may lack what only this one has.
    """
    made_of = {one.archive_id: one.source for one in overview.entries}

    def has_all(source: str) -> bool:
        return source in ("", entry.archive_id) or (
            bool(made_of.get(source)) and has_all(made_of[source])
        )

    return [
        other
        for other in overview.entries
        if other.bundle == entry.bundle
        and other.archive_id != entry.archive_id
        and has_all(other.source)
    ]


def _level(store: Path, entry: Entry, data_type: str) -> int:
    """How much an archive tells: the policy that was applied lies in it, under its signature.

    Faces and voices tell who somebody is whatever the policy does with the tables.
    """
    if entry.aggregate:
        return AGGREGATED
    if data_type == MEDIA:
        return IDENTIFIED
    decisions = decisions_of(layout.stored(store, entry.archive_id))
    return PSEUDONYMISED if decisions.hides_people(data_type) else IDENTIFIED
