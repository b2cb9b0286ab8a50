"""What a sweep would do to one archive, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.archive import layout
from archive_tool.archive.opening import open_stored
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import due, holds, terms
from archive_tool.lifecycle.mentioned import erased_words
from archive_tool.lifecycle.planning.sweep_item import Item
from archive_tool.model.policy import Ending

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.catalogue import Entry, Overview
    from archive_tool.lifecycle.dates.due import Due

PAST: Final = "past its retention date"
LOWERED: Final = "past its date: an archive that tells less is made of it first"
REPLACED: Final = "past its date, and replaced by an archive that tells less"
CAME_BACK: Final = "destroyed before, and came back from a copy"
HOLDS_ERASED: Final = "holds files of erased people: it came from a copy, or lay in another store"
NAMES_ERASED: Final = "names erased people: it came from a copy, or lay in another store"


@dataclass(frozen=True, kw_only=True)
class Looking:
    """A store on a day."""

    store: Path
    vault: Vault
    overview: Overview
    in_force: Sequence[holds.Hold]
    day: date

    def gone(self, entry: Entry) -> list[Due]:
        """Return what of an archive goes; nothing by dates that were changed since."""
        if self._has_older_dates(entry):
            return []
        return due.going(self.store, entry, self.overview, self.day)

    def item(self, entry: Entry, gone: list[Due]) -> Item | None:
        """Return what would happen to an archive of which that goes; None for nothing."""
        back = self.vault.is_destroyed(entry.archive_id)
        named = 0 if back else self._named(entry)
        if not gone and not back and not entry.erased_here and not named:
            return None
        whole = back or _is_all(entry, gone)
        successors = [] if back else due.successors(self.store, entry, self.overview, gone)
        is_missing = not back and not successors and due.to_make(entry, gone, self.day)
        why = _why(entry, gone, back=back, replaced=bool(successors))
        return Item(
            archive=entry.archive_id,
            seal=entry.seal,
            why=LOWERED if is_missing else why,
            whole=whole,
            due=gone,
            types=entry.types,
            lesser=entry.lesser if is_missing else None,
            successors=list(successors),
            named=0 if whole else named,
            revision=0 if whole else self._becomes(entry, named),
            files=_files(entry, gone, whole=whole),
            bytes=entry.bytes if whole else 0,
            # what came back was destroyed under the holds of its time
            holds=self._holds(entry, back=back) if gone else [],
        )

    def _named(self, entry: Entry) -> int:
        """Count the files of others that name erased people again and that nothing holds."""
        if not entry.named_here or not self.in_force:
            return entry.named_here
        return len(erased_words.of_stored(self.store, entry.archive_id, self.vault))

    def _becomes(self, entry: Entry, named: int) -> int:
        """Number the next revision: the newest there is, unless it still lacks something.

        A revision that was put back lacks what was done since. Files and mentions of the erased
        are taken out of it again, but not what a hold keeps; and dates that somebody changed since
        are not known any more. Then an older number keeps saying so.
        """
        if entry.revision >= entry.newest or named < entry.named_here:
            return 0
        return 0 if self._has_older_dates(entry) else entry.newest + 1

    def _has_older_dates(self, entry: Entry) -> bool:
        """Whether a revision came from a copy, from before somebody changed its dates."""
        return entry.revision < entry.newest and terms.changed_since(
            audit.read(self.store), entry.archive_id, entry.revision
        )

    def _holds(self, entry: Entry, *, back: bool) -> list[str]:
        subjects: frozenset[str] = frozenset()
        if not back and any(hold.subjects for hold in self.in_force):
            archive = open_stored(self.store, entry.archive_id, self.vault)
            subjects = frozenset(e.subject for e in archive.index)
        return list(holds.covering(self.in_force, entry.archive_id, subjects))


def was_made(item: Item, again: Item) -> bool:
    """Whether the only difference is that what tells less is there now."""
    before = msgspec.structs.replace(again, lesser=item.lesser, successors=[], why=item.why)
    return bool(again.successors) and before == item


def _is_all(entry: Entry, gone: Sequence[Due]) -> bool:
    """Whether nothing is left of an archive when that is gone."""
    dated = {term.data_type for term in entry.terms}
    tables = {name for name in entry.types if not layout.is_aggregate(name)}
    return len(gone) == len(dated) and tables <= dated


def _why(entry: Entry, gone: Sequence[Due], *, back: bool, replaced: bool) -> str:
    if back:
        return CAME_BACK
    if not gone:
        return HOLDS_ERASED if entry.erased_here else NAMES_ERASED
    return REPLACED if replaced and {what.action for what in gone} == {Ending.DOWNGRADE} else PAST


def _files(entry: Entry, gone: Sequence[Due], *, whole: bool) -> int | None:
    if entry.files is None:
        return None
    names = {what.data_type for what in gone}
    counted = sum(n for name, n in entry.files.items() if whole or name in names)
    return counted or entry.erased_here
