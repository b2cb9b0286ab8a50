"""Known phrases made ready to be found: prepared once, looked up by many scrubbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from archive_tool.anonymize.texts import pieces
from archive_tool.anonymize.texts.misspelt import Misspelt
from archive_tool.anonymize.texts.phrases import candidates, numerals
from archive_tool.anonymize.texts.unspaced import Unspaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.anonymize.texts.phrases import Candidates, Phrases


@dataclass(frozen=True, kw_only=True, eq=False)
class Lookup:
    """What is known, by how it is found in a text."""

    everywhere: Candidates
    rooms: Mapping[str, Candidates]
    """By room, what is looked for in its texts only."""
    misspelt: Misspelt
    unspaced: Unspaced[tuple[int, str]]
    unspaced_of: Mapping[str, Unspaced[tuple[int, str]]]
    """By room, as ``rooms``."""
    starts: frozenset[str]
    """First letters of all first words."""
    numerals: frozenset[str]
    """Ids of digits only: they may be written as numbers."""

    @classmethod
    def of(cls, phrases: Phrases, rooms: Mapping[str, Phrases] | None = None) -> Lookup:
        """Prepare phrases: words (:func:`words_of`) -> rank (0 id, 2 name) and replacement.

        ``rooms``: phrases that are looked for in the texts of one room only.
        """
        everywhere = candidates(phrases)
        by_room = {room: candidates(own) for room, own in (rooms or {}).items() if own}
        words = chain(everywhere.lengths, *(own.lengths for own in by_room.values()))
        return cls(
            everywhere=everywhere,
            rooms=by_room,
            misspelt=Misspelt(phrases),
            unspaced=Unspaced(phrases),
            unspaced_of={room: Unspaced(own) for room, own in (rooms or {}).items() if own},
            starts=frozenset(word[: pieces.SHORTEST] for word in words),
            numerals=numerals(phrases),
        )
