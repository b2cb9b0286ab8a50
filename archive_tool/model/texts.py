"""Texts that people write with any editor, read; names that others made up, told."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

STEERING: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Controls but for line feed and tab, and what ends lines or turns the order of letters around."""


def decoded(content: bytes) -> str | None:
    """Read UTF-8, with or without its mark, or UTF-16 with its mark; None for anything else.

    Notepad puts the mark before UTF-8, and Windows PowerShell writes UTF-16 for ``>``.
    """
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        return None


def is_text(given: str) -> bool:
    """Tell whether a text can be written: bytes of another encoding, typed into a command, cannot."""
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True


def several(given: str | Iterable[str]) -> tuple[str, ...]:
    """Give one text or many as many: a text alone would be taken letter by letter."""
    return (given,) if isinstance(given, str) else tuple(given)


def printable(name: str) -> str:
    """Strip a name of what could steer a terminal or is no character at all."""
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)


def unsteered(text: str) -> str:
    """Take out of a whole text what could steer a terminal: anybody may have written what it quotes."""
    return STEERING.sub("\N{REPLACEMENT CHARACTER}", text)
