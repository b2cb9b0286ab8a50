"""What tables that no archive holds say of people: names and addresses, and nothing else of them.

A name that stands in such a table only is written in chats all the same, and can be found there only if
it is known. Strict, because every name is looked for in all texts: the keys that the platform's documents
name, and of variables those called after a name or an address. Labels of rooms and designs are none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from archive_tool.ingest.columns import simple
from archive_tool.ingest.no_ids import an_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SILENT: Final = frozenset({"eyetracking"})
"""Types of millions of rows that are figures of a device."""
LONGEST: Final = 200
"""Characters; a longer text is prose."""

_PEOPLE: Final = ("participantid", "senderid")
_NAMES: Final = {
    simple(key): key
    for key in (
        *("participantName", "participantEmail", "senderName", "email", "userEmail"),
        *("ownerName", "ownerEmail"),  # of experiments and deployments
    )
}
_OF_THE_ROW: Final = {simple(key): key for key in ("displayName", "userName", "fullName", "name")}
"""Names of the person whose id stands beside them; elsewhere they are those of things."""
_BY_WHOM: Final = frozenset({"createdby", "exportedby"})
"""Researchers, where it is an address."""
COLUMNS: Final = frozenset({*_PEOPLE, *_NAMES, *_OF_THE_ROW, *_BY_WHOM, "variable", "value"})
"""What is looked at in a row without nested values, simplified."""


class Telling(NamedTuple):
    """A text that is said to name somebody. Personal: never shown, never saved."""

    key: str
    """What it is called: ``participantName``, or a variable."""
    text: str
    person: str | None
    room: str | None


def told_by(row: Mapping[str, object], room: str | None) -> Iterator[Telling]:
    """Give what one row says; ``room``: what its page says of it."""
    told = {simple(key): value for key, value in row.items()}
    person = next((an_id(who) for who in map(told.get, _PEOPLE) if isinstance(who, str)), None)
    if isinstance(variable := told.get("variable"), str):
        yield from _telling(variable, told.get("value"), person, room)
        return
    for key in _OF_THE_ROW.keys() & told.keys() if person else ():
        yield from _telling("participantName", told[key], person, room)
    within: list[object] = [row]
    while within:
        value = within.pop()
        if isinstance(value, list):
            within += value
        elif isinstance(value, dict):
            for name, item in value.items():
                key = simple(name)
                if key in _NAMES:
                    yield from _telling(_NAMES[key], item, person, room)
                elif key in _BY_WHOM and isinstance(item, str) and "@" in item:
                    yield from _telling("email", item, person, room)
                within.append(item)


def told_in_states(timeline: Iterable[Mapping[str, object]], room: str | None) -> Iterator[Telling]:
    """Give what the timeline of a page of variables says: its keys are names of variables."""
    for state in timeline:
        for variable, value in state.items():
            yield from _telling(variable, value, None, room)


def _telling(key: str, text: object, person: str | None, room: str | None) -> Iterator[Telling]:
    if isinstance(text, str) and 0 < len(text.strip()) <= LONGEST:
        yield Telling(key, text, person, room)
