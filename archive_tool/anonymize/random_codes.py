"""Codes drawn at random, for rules that allow none derived from the person's information.

HIPAA Safe Harbor (45 CFR 164.514(c)) is such a rule: a keyed hash of an id does not qualify. Who
has which code is written down nowhere but in the archive's sealed linkage table
(:mod:`archive_tool.anonymize.linkage`). Records come by the million and nobody asks for one by its
code: their codes come from a key that is drawn for the run and forgotten with it, and so do the
days by which clocks move.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.codes import PURPOSES, PseudonymKeys, spelled
from archive_tool.model.people import canonical_person

if TYPE_CHECKING:
    from collections.abc import Callable

PERSON: Final = "person"
AGENT: Final = "agent"
ROOM: Final = "room"
LABEL: Final = "label"

_LETTER: Final = {PERSON: "P-", AGENT: "A-", ROOM: "R-", LABEL: "L-"}


@dataclass(frozen=True, kw_only=True)
class Link:
    """One line of a linkage table. Personal: it leads back to somebody."""

    kind: str
    """``person``, ``agent``, ``room`` or ``label``."""
    data_type: str
    """Where the code is used; empty for all tables of the archive."""
    id: str = field(repr=False)
    code: str


class CodeBook:
    """Draws a code the first time an id is met and gives the same one ever after; thread-safe."""

    def __init__(self, draw: Callable[[int], bytes]) -> None:
        """``draw``: that many random bytes; the operating system's, but for tests."""
        self._draw = draw
        self._codes: dict[tuple[str, str, str], str] = {}
        self._taken: set[str] = set()
        self._threads = Lock()

    def code(self, kind: str, data_type: str, text: str) -> str:
        """Give the code of an id; no two ids share one."""
        known = self._codes.get((kind, data_type, text))
        if known is not None:
            return known
        with self._threads:
            place = (kind, data_type, text)
            while place not in self._codes:
                code = _LETTER[kind] + spelled(self._draw(7))
                if code not in self._taken:
                    self._taken.add(code)
                    self._codes[place] = code
        return self._codes[place]

    def links(self) -> list[Link]:
        """Give everything that was drawn, sorted."""
        return [
            Link(kind=kind, data_type=data_type, id=text, code=code)
            for (kind, data_type, text), code in sorted(self._codes.items())
        ]


@dataclass(frozen=True, kw_only=True)
class RandomCodes(PseudonymKeys):
    """What :class:`PseudonymKeys` is for derived codes; nothing here comes from the vault."""

    book: CodeBook = field(repr=False)
    data_type: str = ""

    @classmethod
    def new(cls, draw: Callable[[int], bytes], *, linkability: str) -> RandomCodes:
        """Start with no code; ``linkability``: ``release``, or ``none`` for codes per data type."""
        secrets = {purpose: draw(32) for purpose in PURPOSES}
        per_type = linkability == "none"
        return cls(**secrets, per_type=per_type, book=CodeBook(draw), data_type="")

    def within(self, data_type: str) -> RandomCodes:
        """Give the codes to use in the tables of one data type."""
        if not self.per_type:
            return self
        keys = super().within(data_type)
        return replace(self, record=keys.record, data_type=data_type)

    def of_person(self, person_id: str) -> str:
        """Code of a person: ``P-7KQ2M9X4TB``."""
        return self.book.code(PERSON, self.data_type, canonical_person(person_id))

    def of_agent(self, agent_id: str) -> str:
        """Code of an AI agent: ``A-…``."""
        return self.book.code(AGENT, self.data_type, agent_id.strip())

    def of_room(self, room_id: str) -> str:
        """Code of a room: ``R-…``."""
        return self.book.code(ROOM, self.data_type, room_id.strip())

    def of_label(self, text: str) -> str:
        """Code of any other word or id: ``L-…``."""
        return self.book.code(LABEL, self.data_type, text)
