"""A validation that does not tell in which order the sessions were.

Labels number rooms by time. Whoever holds a list of appointments would find every room of an archive by
that number and its row counts, though the policy took all clocks out. So every field of a picture
that is called ``room`` or ``person`` gets another label, wherever it stands, and every list of such
lines another order.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from archive_tool.model.pictures import DriftBands, Pictures
from archive_tool.validation.for_report.pictures import worst_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from random import Random

    from archive_tool.model.validation import Validation

ROOM: Final = "room"
PERSON: Final = "person"
_NUMBER: Final = re.compile(r"\d+")


def out_of_order(validation: Validation, chance: Random) -> Validation:
    """Number rooms anew, by chance, and people by their rooms, as they were."""
    pictures = {field.name: getattr(validation, field.name) for field in fields(Pictures)}
    places = [place for picture in pictures.values() for place in _places(picture)]
    shuffled = sorted({room for room, _ in places if room}, key=_number)
    chance.shuffle(shuffled)
    names = _numbered("R", shuffled)
    people = [place for place in places if place[1]]
    people.sort(key=lambda place: (not place[0], _number(names.get(place[0], ""))))
    names |= _numbered("P", [person for _, person in people])
    return replace(validation, **{name: _anew(one, names) for name, one in pictures.items()})


def _places(value: object, room: str = "") -> Iterator[tuple[str, str]]:
    """Give the labels of all rooms, and of all people with the room that they stand in."""
    if isinstance(value, tuple):
        for one in value:
            yield from _places(one, room)
    elif is_dataclass(value):
        room = getattr(value, ROOM, room)
        yield room, getattr(value, PERSON, "")
        for field in fields(value):
            yield from _places(getattr(value, field.name), room)


def _anew(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401
    """Give a picture, or a part of one, with other labels and in their order."""
    if isinstance(value, tuple):
        anew = [_anew(one, names) for one in value]
        labelled = any(hasattr(one, ROOM) or hasattr(one, PERSON) for one in anew)
        return tuple(sorted(anew, key=_order) if labelled else anew)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    inner = {field.name: getattr(value, field.name) for field in fields(value)}
    own = {name: names.get(inner[name], "") for name in (ROOM, PERSON) if name in inner}
    return replace(value, **{name: _anew(one, names) for name, one in inner.items()} | own)


def _order(line: object) -> tuple[object, ...]:
    """Where a line stands among others: by its labels, in the table of drift by how bad it is."""
    if isinstance(line, DriftBands):
        return worst_first(line)
    return _number(getattr(line, ROOM, "")), _number(getattr(line, PERSON, ""))


def _numbered(letter: str, labels: Iterable[str]) -> dict[str, str]:
    """Old label -> new label."""
    return {old: f"{letter}{number:02}" for number, old in enumerate(dict.fromkeys(labels), 1)}


def _number(label: str) -> tuple[int, str]:
    """Sort labels by their number: ``P100`` comes after ``P99``."""
    found = _NUMBER.search(label)
    return (int(found.group()) if found else 0), label
