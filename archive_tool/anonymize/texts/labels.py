"""What stands in a text in place of what was found there."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from archive_tool.anonymize.codes import ALPHABET, LONG, SHORT

NAME: Final = "[NAME]"
ID: Final = "[ID]"
EMAIL: Final = "[EMAIL]"
URL: Final = "[URL]"
IP: Final = "[IP]"
PHONE: Final = "[PHONE]"
HANDLE: Final = "[HANDLE]"
CARD: Final = "[CARD]"
IBAN: Final = "[IBAN]"
SSN: Final = "[SSN]"
ADDRESS: Final = "[ADDRESS]"
DATE: Final = "[DATE]"
TEXT: Final = "[TEXT]"
"""A whole text that would not come clean."""

LABELS: Final = (
    NAME, ID, EMAIL, URL, IP, PHONE, HANDLE, CARD, IBAN, SSN, ADDRESS, DATE, TEXT,
)  # fmt: skip

CODE: Final = f"-(?:[{ALPHABET}]{{{LONG}}}|[{ALPHABET}]{{{SHORT}}})"
"""What follows the first letter of a code; the same for ``re`` and RE2."""

LABEL_PATTERN: Final = "|".join(re.escape(label) for label in LABELS)
PLACEHOLDER: Final = rf"(?:{LABEL_PATTERN}|\[[PARLE]{CODE}\])"


class Span(NamedTuple):
    """A find: where, how sure, and what stands there instead."""

    start: int
    end: int
    rank: int
    """0 id, 1 pattern with a check, 2 name or looser pattern, 3 guess: the lowest gives the word."""
    label: str


def surest(span: Span) -> tuple[int, int]:
    """Sort finds, the surest first."""
    return span.rank, span.start


def merged(spans: list[Span]) -> list[Span]:
    """Give finds in order; those that overlap become one, under the surest label."""
    if len(spans) < 2:
        return spans
    apart: list[Span] = []
    for span in sorted(spans):
        if apart and span.start < apart[-1].end:
            last = apart[-1]
            best = min(last, span, key=surest)
            apart[-1] = Span(last.start, max(last.end, span.end), best.rank, best.label)
        else:
            apart.append(span)
    return apart


def replace(text: str, spans: list[Span]) -> str:
    """Put the labels in; ``spans``: :func:`merged`."""
    pieces: list[str] = []
    done = 0
    for span in spans:
        pieces += (text[done : span.start], span.label)
        done = span.end
    return "".join((*pieces, text[done:]))


def uncovered(text: str, spans: list[Span]) -> str:
    """Give a text of the same length with digits where something was found."""
    digits = [s._replace(label="0" * (s.end - s.start)) for s in merged(spans)]
    return replace(text, digits)
