"""Local names for people, rooms and components: what a report may show in place of ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from archive_tool.model.people import canonical_people, canonical_person
from archive_tool.model.validation import Labels

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from archive_tool.validation.across_types.presence import Presence, Span


@dataclass(frozen=True, kw_only=True)
class Naming:
    """Id -> label. Holds ids: nothing but the labels may be printed."""

    people: Mapping[str, str] = field(repr=False)
    rooms: Mapping[str, str] = field(repr=False)
    """In the order of the sessions."""
    components: Mapping[str, str] = field(repr=False)
    written: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Person -> id, or ids, as the bundle writes them."""

    def key(self) -> Labels:
        """Give the way back, for those who ask for ids."""
        return Labels(
            people={label: self.written.get(name, name) for name, label in self.people.items()},
            rooms={label: name for name, label in self.rooms.items()},
            components={label: name for name, label in self.components.items()},
        )


def naming(presence: Presence, components: Iterable[str], ids: Collection[str]) -> Naming:
    """Number rooms by time, people by room and first row, components by name.

    ``ids``: all people as the bundle writes them; those without a row in any room come last.
    """
    spans = [item for by_pair in presence.spans.values() for item in by_pair.items()]
    rooms: dict[str, tuple[float, str]] = {}
    for (room, _), span in spans:
        rooms[room] = min((span.first, room), rooms.get(room, (inf, room)))
    room_labels = _numbered("R", sorted(rooms, key=rooms.__getitem__))
    people: dict[str, tuple[str, float, str]] = {}
    for (room, person), span in spans:
        place = (_padded(room_labels[room]), _earliest(span), person)
        people[person] = min(place, people.get(person, place))
    in_order = sorted(people, key=people.__getitem__)
    return Naming(
        people=_numbered("P", [*in_order, *sorted(canonical_people(ids) - {""} - people.keys())]),
        rooms=room_labels,
        components=_numbered("C", sorted(set(components))),
        written=_written(ids),
    )


def _numbered(letter: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{letter}{number:02}" for number, name in enumerate(names, start=1)}


def _written(ids: Iterable[str]) -> dict[str, str]:
    """Give all spellings of each person."""
    found: dict[str, str] = {}
    for one in sorted(ids):
        person = canonical_person(one)
        found[person] = f"{found[person]}, {one}" if person in found else one
    return found


def _padded(label: str) -> str:
    return label[1:].rjust(9, "0")


def _earliest(span: Span) -> float:
    return span.low if span.low <= span.high else span.first
