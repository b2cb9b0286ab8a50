"""Texts inside texts: base64, percent, JSON and HTML escapes, and UTF-8 that was read as another."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHORTEST_BASE64: Final = 6
"""Characters; four letters of a name make six."""
DEEPEST: Final = 2
"""Levels of texts inside texts: base64 of base64."""
MOST_LEVELS: Final = 8
"""Levels of percent escapes and HTML references that are undone."""

_MIXED: Final = "(?:[a-z][A-Z]|[0-9][A-Za-z]|[A-Za-z][0-9])"
"""As base64 has letters of both cases and digits, and words have not."""
_BASE64_LETTERS: Final = "[A-Za-z0-9+/_-]"
_ANY_MIXED: Final = re.compile(f"{_MIXED}|=")
_RUN: Final = re.compile(r"[^\s\"<>]+")
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
BASE64: Final = re.compile(
    rf"(?<!{_BASE64_LETTERS})(?={_BASE64_LETTERS}*(?:{_MIXED}|=))"
    rf"{_BASE64_LETTERS}{{{SHORTEST_BASE64},}}={{0,2}}(?![A-Za-z0-9+/_=-])"
)
"""Tokens that may be base64."""

_BETWEEN_SIGNS: Final = re.compile(rf"[A-Za-z0-9]{{{SHORTEST_BASE64},}}={{0,2}}")
MAY_HIDE: Final = (
    r"%[0-9A-Fa-f]{2}|\\[ux]|&[#A-Za-z]|"
    rf"{_BASE64_LETTERS}{{2}}{_MIXED}|{_MIXED}{_BASE64_LETTERS}{{2}}|{_BASE64_LETTERS}{{4}}="
)
"""RE2: texts without a match hold no other text inside."""

_ESCAPE: Final = re.compile(
    r"(?<!\\)\\++(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,5})\})"
)
"""As JSON, JavaScript and Python write them; of escapes within escapes, with more backslashes."""
_SURROGATE: Final = range(0xD800, 0xE000)


def hidden(text: str) -> Iterator[tuple[int, int, str]]:
    """Give every stretch of a text that holds another text, and that text: start, end, inside."""
    if "%" in text or "\\" in text:
        for match in _RUN.finditer(text):
            run = match.group()
            if _PERCENT.search(run):
                yield match.start(), match.end(), _again(unquote, run)
            if _ESCAPE.search(run):
                yield match.start(), match.end(), _ESCAPE.sub(_character, run)
    if not _ANY_MIXED.search(text):
        return
    for match in BASE64.finditer(text):
        for start, end in _tokens(match):
            inside = from_base64(text[start:end])
            if inside:
                yield start, end, inside


def _tokens(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Give where a token may stand: all of a run, or a part between signs (``clip_QW5uYQ``)."""
    yield run.span()
    for part in _BETWEEN_SIGNS.finditer(run.group()):
        if part.group() != run.group():
            yield run.start() + part.start(), run.start() + part.end()


def from_base64(token: str) -> str:
    """Give the text that a token encodes; empty when that is no readable text."""
    body = token.rstrip("=").replace("-", "+").replace("_", "/")
    if len(body) % 4 == 1:
        return ""
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
        inside = raw.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    readable = inside.isprintable() or all(c.isprintable() or c.isspace() for c in inside)
    return inside if readable else ""


def from_json(text: str) -> str:
    """Give a text without JSON escapes; the text itself when it is not escaped that way."""
    if "\\" not in text:
        return text
    try:
        plain = str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
    return text if plain == text else plain


def unescaped(text: str) -> str:
    """Give the text with HTML references, also of references, as the characters that they mean."""
    return _again(html.unescape, text) if "&" in text else text


def _again(undo: Callable[[str], str], text: str) -> str:
    """Undo escapes, and escapes of those; not without end, or a long text would take hours."""
    for _ in range(MOST_LEVELS):
        plain = undo(text)
        if plain == text:
            return text
        text = plain
    return text


def repaired(text: str) -> str:
    """Give a text whose UTF-8 was read as Latin-1 or Windows-1252 as it was written.

    ``MÃ¼ller`` is ``Müller`` in a CSV that a script of the platform's guides saved; people read it.
    """
    return text if text.isascii() else _again(lambda one: _MISREAD.sub(_as_utf8, one), text)


def _misread_bytes() -> dict[str, bytes]:
    """What each byte of a character of UTF-8 looks like, as Latin-1 or as Windows-1252."""
    latin = {chr(code): bytes([code]) for code in range(0x80, 0xF5)}
    windows = {
        bytes([code]).decode("cp1252", "ignore"): bytes([code]) for code in range(0x80, 0xA0)
    }
    windows.pop("")  # bytes that Windows-1252 does not know
    return latin | windows


_BYTE: Final = _misread_bytes()
_AFTER: Final = "".join(letter for letter, byte in _BYTE.items() if byte < b"\xc0")
_MISREAD: Final = re.compile(
    f"[\xc2-\xdf][{_AFTER}]|[\xe0-\xef][{_AFTER}]{{2}}|[\xf0-\xf4][{_AFTER}]{{3}}"
)
"""A first byte and those that must follow it (RFC 3629, section 3)."""


def _as_utf8(match: re.Match[str]) -> str:
    try:
        return b"".join(map(_BYTE.__getitem__, match.group())).decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def forms(text: str) -> list[str]:
    """Give the text without HTML references, without JSON escapes, and as its UTF-8 was written.

    Where there is nothing to undo, there is no such form.
    """
    if text.isascii() and "&" not in text and "\\" not in text:
        return []
    return [form for form in (unescaped(text), from_json(text), repaired(text)) if form is not text]


def _character(match: re.Match[str]) -> str:
    code = int(next(filter(None, match.groups())), 16)
    return match.group() if code in _SURROGATE else chr(code)
