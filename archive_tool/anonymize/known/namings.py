"""Where JSON documents say who somebody is: names, addresses and ids, under keys that say so.

Exports nest as they like (``metadata.participantName``, ``user.name``, answers in lists), so a
document is walked whole, whatever column it stands in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = "name"
ID: Final = "id"

_VARIABLES: Final = frozenset({"variables", "variableSnapshot", "answers"})
"""Keys below which names of variables are keys."""
_VARIABLE: Final = re.compile(
    r"(?i)(?:e.?mail|surname|(?<!room)(?<!state)(?<!file)(?<!component)(?<!experiment)(?<!variable)"
    r"(?<!video)(?<!image)(?<!audio)(?<!media)(?<!stimulus)(?<!column)(?<!field)(?<!event)"
    r"(?<!condition)(?<!role)(?<!group)(?<!study)(?<!task)(?<!page)(?:[ _-]|(?<![ _-]))name)"
    r"(?![a-z]*(?:type|count))"
)
"""Keys of variables whose value names somebody: ``participant_name``, ``partnerEmail``."""
_QUESTION: Final = re.compile(
    r"(?i)\bname\b|_name\b|\bname_|(?:first|last|full|nick).?name|surname|e.?mail"
    r"|\b(?:vor|nach|ruf|familien)name|\bhei(?:ß|ss)(?:t|en) (?:du|sie|ihr)\b"
    r"|\bnombre\b|\bapellidos?\b|\b(?:pr[ée])?nom\b|\b(?:cog)?nome\b|naam\b|姓名|名前|이름|\bимя\b"
)
"""Questions that ask for a name or an address, in some languages."""
_FIELD: Final = re.compile(
    r"(?i)e.?mail|^(?:participant|partner|sender|user|display|full|first|last|given|family|nick|"
    r"vor|nach)[ _-]?name$|^surname$"
)
"""Other fields that name somebody; there are more called after devices, browsers and events."""
_ID_FIELD: Final = re.compile(
    r"(?i)^(?:participant|sender|recipient|prolific|worker|mturk|sona|external|panel|partner|subject|"
    r"student|matrikel)[ _-]?(?:p?id|number|nummer|code)$"
)
"""What people are called elsewhere; the second of two ids of a row is kept in ``extra``."""
_PART: Final = re.compile(r"(?i)^(?:first|middle|last|given|family|full|nick|vor|nach)$")
"""Keys of a name in parts: ``{"senderName": {"first": …, "last": …}}``."""
_PERSON: Final = re.compile(r"(?i)^(?:participant|partner|sender|recipient|user|author|person)s?$")
"""Keys whose object is about somebody: its ``name`` is theirs."""
_THING: Final = re.compile(
    r"(?i)device|browser|system|^os$|app|(?<!pro)file|media|video|stimul|component|experiment|room|agent"
)
"""Keys whose object has names of things."""
_ASKED: Final = ("questionId", "questionText", "question", "prompt")
_ANSWERS: Final = ("answer", "value", "response", "text")

MAY_NAME: Final = (
    r"(?i)(?:participant|partner|sender|user|display|full|first|last|given|family|nick|vor|nach)"
    r"[ _-]?name|surname|e.?mail|\"(?:participant|partner|sender|recipient|user|author|person)s?\":[\[{]"
)
"""RE2: documents without a match name nobody outside of variables and answers."""
MAY_IDENTIFY: Final = (
    r"(?i)name|mail|naam|hei(?:ß|ss)|nombre|apellido|nom|姓名|名前|이름|имя|"
    r"(?:participant|sender|recipient|prolific|worker|mturk|sona|external|panel|partner|subject|"
    r"student|matrikel)[ _-]?(?:p?id|number|nummer|code)\""
)
"""RE2: documents without a match identify nobody."""


def said(value: object, *, variables: bool = False) -> Iterator[tuple[str, str]]:
    """Give the kind and text of everything in a document that is said to be a name or an id.

    ``variables``: its keys are names of variables.
    """
    yield from _said(value, variables, "")


def _said(value: object, variables: bool, under: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            if isinstance(item, str) and _names(under, variables, ""):
                yield NAME, item
            else:
                yield from _said(item, variables, under)
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, dict | list):
                yield from _said(item, variables or key in _VARIABLES, key)
            elif isinstance(item, str | int) and _ID_FIELD.search(key):
                yield ID, str(item)
            elif isinstance(item, str) and _names(key, variables, under):
                yield NAME, item
        if any(isinstance(q, str) and _QUESTION.search(q) for q in map(value.get, _ASKED)):
            for key in _ANSWERS:
                yield from ((NAME, text) for text in _texts(value.get(key)))


def _names(key: str, variables: bool, under: str) -> bool:
    """Whether a text under a key is somebody's name or address."""
    if variables and _VARIABLE.search(key):
        return True
    if _PERSON.search(under) and key.lower() == "name":
        return True
    if _PART.search(key) and _FIELD.search(under):
        return True
    return bool(_FIELD.search(key)) and not _THING.search(under)


def _texts(answer: object) -> Iterator[str]:
    """Give the texts of an answer, and those one level below."""
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, dict | list):
        inside = answer.values() if isinstance(answer, dict) else answer
        yield from (item for item in inside if isinstance(item, str))
