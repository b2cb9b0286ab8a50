"""Texts inside texts: base64, percent escapes, JSON escapes and HTML references, taken apart."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_BASE64: Final = 6
"""Characters; four letters of a name make six."""

_ANY_MIXED: Final = re.compile("[a-z][A-Z]|[0-9][A-Za-z]|[A-Za-z][0-9]|=")
_RUN: Final = re.compile(r"[^\s\"<>]+")
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
BASE64: Final = re.compile(
    r"(?<![A-Za-z0-9+/_-])(?=[A-Za-z0-9+/_-]*(?:[a-z][A-Z]|[0-9][A-Za-z]|[A-Za-z][0-9]|=))"
    rf"[A-Za-z0-9+/_-]{{{SHORTEST_BASE64},}}={{0,2}}(?![A-Za-z0-9+/_=-])"
)
"""Tokens that may be base64: letters of both cases or digits in between, as base64 has them."""

_MIXED: Final = "(?:[a-z][A-Z]|[0-9][A-Za-z]|[A-Za-z][0-9])"
_BASE64_LETTERS: Final = "[A-Za-z0-9+/_-]"
MAY_HIDE: Final = (
    r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|&[#A-Za-z]|"
    rf"{_BASE64_LETTERS}{{2}}{_MIXED}|{_MIXED}{_BASE64_LETTERS}{{2}}|{_BASE64_LETTERS}{{4}}="
)
"""RE2: texts without a match hold no other text inside."""

_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})")
_SURROGATE: Final = range(0xD800, 0xE000)


def hidden(text: str) -> Iterator[tuple[int, int, str]]:
    """Give every stretch of a text that holds another text, and that text: start, end, inside."""
    if "%" in text or "\\u" in text:
        for match in _RUN.finditer(text):
            run = match.group()
            if _PERCENT.search(run):
                yield match.start(), match.end(), unquote(run)
            if "\\u" in run and _ESCAPE.search(run):
                yield match.start(), match.end(), _ESCAPE.sub(_character, run)
    if not _ANY_MIXED.search(text):
        return
    for match in BASE64.finditer(text):
        inside = from_base64(match.group())
        if inside:
            yield match.start(), match.end(), inside


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
    return inside if all(c.isprintable() or c.isspace() for c in inside) else ""


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
    """Give the text with HTML references as the characters that they stand for."""
    plain = html.unescape(text) if "&" in text else text
    return text if plain == text else plain


def forms(text: str) -> tuple[str, str]:
    """Give the text without HTML references and without JSON escapes: the very same without any."""
    return unescaped(text), from_json(text)


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return match.group() if code in _SURROGATE else chr(code)
