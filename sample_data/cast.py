"""Who takes part: rooms on a calendar, and the people in them. All names are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from sample_data.draws import one, word

EXPERIMENT: Final = "exp_trust_2026"
FIRST_DAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
LAST_DAY: Final = datetime(2026, 10, 12, tzinfo=UTC)

ALNUM: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
HEX: Final = "0123456789abcdef"

FIRST_NAMES: Final = (
    "Marlene",
    "Leopold",
    "Cosima",
    "Benedikt",
    "Friederike",
    "Małgorzata",
    "François",
    "Ottilie",
    "Thaddäus",
    "Wilhelmina",
    "Jürgen",
    "Rosalind",
    "Ignatius",
    "Philippa",
    "Dmitrij",
    "Søren-Emil",
    "Henriette",
    "Valentin",
    "Katharina",
    "Augustin",
    "Sieglinde",
    "Emmerich",
    "Adelheid",
    "Kornelius",
    "Veronika",
    "Maximilian",
    "Josephine",
    "Alastair",
    "Theodora",
)
LAST_NAMES: Final = (
    "Brandstetter",
    "Kowalczyk",
    "Lindqvist",
    "Oberholzer",
    "Haverkamp",
    "Szymański",
    "Beaumont",
    "Ashdown",
    "Grünwald",
    "Pemberton",
    "Vanderlinden",
    "Castellano",
    "Thorvaldsen",
    "Ferreira",
    "Nakamura",
    "Okonkwo",
    "Silberstein",
    "Rautenberg",
    "Whitcombe",
    "Dubrovnik",
    "Eichendorf",
    "Fairweather",
    "Gutierrez",
    "Holmström",
    "Iwanowski",
    "Juarez-Luna",
    "Kristensen",
    "Lavoisier",
    "Montgomery",
    "Nightingale",
    "O'Sullivan",
)
ROLES: Final = ("participant_a", "participant_b", "participant_c", "participant_d")

Kind = Literal["person", "agent", "declined"]


@dataclass(frozen=True, kw_only=True)
class Room:
    """One session."""

    id: str
    zero: datetime
    """Start of the experiment in this room: the zero of every onset in it."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One participant, or the AI agent that sits in for one."""

    id: str
    name: str
    email: str
    phone: str
    handle: str
    role: str
    room: int
    """Index of the room."""
    kind: Kind = "person"


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Rooms in the order of their sessions, people in the order of their rooms."""

    rooms: tuple[Room, ...]
    people: tuple[Person, ...]

    def partner(self, index: int) -> Person:
        """The next person of the same room, in a circle; oneself when alone."""
        person = self.people[index]
        others = [p for p in self.people[max(0, index - 6) : index + 7] if p.room == person.room]
        return others[(others.index(person) + 1) % len(others)]


def make_cast(sizes: list[int]) -> Cast:
    """People for rooms of these sizes, sessions spread over the days of the study."""
    days = (LAST_DAY - FIRST_DAY).days
    rooms: list[Room] = []
    people: list[Person] = []
    for number, size in enumerate(sizes):
        start = FIRST_DAY + timedelta(days=number * days // len(sizes), hours=9 + number % 8)
        seconds = timedelta(
            seconds=one("second", number, 600), milliseconds=one("ms", number, 1000)
        )
        rooms.append(Room(id="room_" + word("room", number, ALNUM, 20), zero=start + seconds))
        for place in range(size):
            people.append(_person(len(people), number, ROLES[place % len(ROLES)]))
    return Cast(rooms=tuple(rooms), people=tuple(people))


def study_cast() -> Cast:
    """The committed study: 12 dyads, one group of four, one agent, one who declined."""
    cast = make_cast([2] * 12 + [4])
    agent = Person(
        id="agent_r5_p3",
        name="Study Assistant",
        email="",
        phone="",
        handle="",
        role="assistant",
        room=5,
        kind="agent",
    )
    outsider = _person(28, 9, "participant_b")
    declined = Person(**{**vars(outsider), "kind": "declined"})
    people = sorted((*cast.people, agent, declined), key=lambda person: person.room)
    return Cast(rooms=cast.rooms, people=tuple(people))


def _person(index: int, room: int, role: str) -> Person:
    first = FIRST_NAMES[index % len(FIRST_NAMES)]
    last = LAST_NAMES[(index * 7 + index // len(FIRST_NAMES)) % len(LAST_NAMES)]
    ascii_last = last.encode("ascii", "ignore").decode().replace("'", "").lower()
    prolific = index % 7 == 3
    return Person(
        id="prolific_" + word("pid", index, HEX, 24) if prolific else word("uid", index, ALNUM, 28),
        name=f"{first} {last}",
        email=f"{ascii_last}.{index}@{('example.org', 'mail.example.com')[index % 2]}",
        phone=_phone(index),
        handle=f"@{ascii_last}_{index}",
        role=role,
        room=room,
    )


def _phone(index: int) -> str:
    digits = word("phone", index, "0123456789", 7)
    shapes = ("+49 151 {a} {b}", "(555) {c}-{b}", "+1-555-{c}-{b}", "0151/{a}{b}")
    return shapes[index % 4].format(a=digits[:3], b=digits[3:], c=digits[:3])
