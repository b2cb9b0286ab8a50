"""How a field of the platform is declared: the words that the schemas are written in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a column holds, and so how it lies in memory and on disk."""

    ID = "id"
    """Identifier with many rows each: dictionary<int32, string>."""
    RECORD = "record"
    """Identifier of the row itself: string."""
    LABEL = "label"
    """Word from a small open set: dictionary<int32, string>."""
    TEXT = "text"
    """Anything a person may have written: string."""
    NUMBER = "number"
    """float64; the platform is JavaScript, so an integer is a float without a fraction."""
    TIME = "time"
    """timestamp[us, UTC], read from ISO 8601 or epoch numbers."""
    FLAG = "flag"
    """bool."""
    JSON = "json"
    """Any JSON value as canonical JSON text: string."""


DICTIONARY: Final = (Kind.ID, Kind.LABEL)
"""Kinds whose columns are dictionary-encoded."""


class Sensitivity(StrEnum):
    """What a field can tell about a person. Policies decide by this unless a rule names the field.

    The letters are those of the data dictionary: D direct identifier, Q quasi-identifier,
    F free text, S sensitive content, H harmless.
    """

    PERSON = "person-id"
    """D. Id of a person: participantId, senderId, recipientIds."""
    ROOM = "room-id"
    """Q. Id of a room: with times and partners it singles out a session."""
    RECORD = "record-id"
    """Q. Id of a row, which other exports hold too."""
    NAME = "name"
    """D. Name or address of a person."""
    LOCATOR = "locator"
    """D. URL, storage path, file name, IP: leads to the person or carries a secret."""
    TIME = "time"
    """Q. Absolute point in time."""
    TEXT = "text"
    """F. Free text."""
    ANSWER = "answer"
    """S, F. What a person answered: a number, a choice, or text."""
    MEASURE = "measure"
    """S. Numeric rating or measure of behaviour."""
    QUASI = "quasi-identifier"
    """Q. Role and the like: singles out in small groups."""
    HARMLESS = "harmless"
    """H. Design and technical fields; durations and onsets."""


LETTERS: dict[Sensitivity, str] = {
    Sensitivity.PERSON: "D",
    Sensitivity.ROOM: "Q",
    Sensitivity.RECORD: "Q",
    Sensitivity.NAME: "D",
    Sensitivity.LOCATOR: "D",
    Sensitivity.TIME: "Q",
    Sensitivity.TEXT: "F",
    Sensitivity.ANSWER: "S, F",
    Sensitivity.MEASURE: "S",
    Sensitivity.QUASI: "Q",
    Sensitivity.HARMLESS: "H",
}


@dataclass(frozen=True, kw_only=True, eq=False)  # each is itself: it is looked up by the thousand
class Leaf:
    """A known place inside a JSON column.

    ``path`` is dotted; ``*`` stands for any one free-form key, ``[]`` for every element of an
    array, and the empty path for the value itself when it is a scalar: ``response`` may be
    ``{"value": 7}`` or just ``7``.
    """

    path: str
    sensitivity: Sensitivity
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of a data type."""

    name: str
    """The platform's name (camelCase)."""
    kind: Kind
    sensitivity: Sensitivity
    description: str
    source: str
    """Where it is documented: a key of reference section 0 (``S2``, ``FX``, ``RN`` …)."""
    required: bool = False
    """Must have a value in every row (an error finding otherwise)."""
    usual: bool = False
    """The documented examples have a value in every row, though a row can do without."""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    """Inclusive range; outside it is an error finding."""
    enum: tuple[str, ...] = ()
    """Known words of an open set: others are a warning, compared without case and punctuation."""
    leaves: tuple[Leaf, ...] = ()
    """Known places inside a JSON column; what is not listed is unknown to every policy."""
    aliases: tuple[str, ...] = ()
    """Other names that exports use for the same thing; folded at ingest and recorded."""
    since: str = ""
    """Platform version that introduced it; empty for the seeds' fields."""
    is_number: bool = False
    """A JSON column whose bare values are numbers: a decimal comma is one in it."""
    length: int = 0
    """Longest allowed text in characters; 0 for no limit."""
    inherited: bool = False
    """Ingest may supply it from the envelope, the file or the folder. Where nothing does, ingest
    has the finding, and a row without it is no error of its own."""

    @property
    def lists_people(self) -> bool:
        """Whether it is a list of ids of people."""
        return any(
            leaf.path == "[]" and leaf.sensitivity is Sensitivity.PERSON for leaf in self.leaves
        )
