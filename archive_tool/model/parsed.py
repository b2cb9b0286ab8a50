"""JSON and MessagePack of our own kinds, and TOML, from files that anybody may have written or changed."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")

_NOT_IT = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""No JSON or not of this kind, no text, nested without end."""

_KEY: Final = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
MOST_PARTS: Final = 32
"""Of a key, more than any of ours: tomllib keeps every beginning of it, so that 100,000 parts, 200 kB,
take 40 GB."""
_DEEP: Final = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_KEY}){{{MOST_PARTS}}}")


def parsed(content: bytes, kind: type[T]) -> T | None:
    """Read a document of a kind; None for anything else."""
    try:
        return msgspec.json.decode(content, type=kind)
    except _NOT_IT:
        return None


def unpacked(content: bytes, kind: type[T]) -> T | None:
    """Read MessagePack of a kind; None for anything else."""
    try:
        return msgspec.msgpack.decode(content, type=kind)
    except _NOT_IT:
        return None


def of_kind(document: object, kind: type[T]) -> T | None:
    """Take what was read already for a document of a kind; None for anything else."""
    try:
        return msgspec.convert(document, kind)
    except _NOT_IT:
        return None


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML; TOMLDecodeError for anything else, nested without end or with endless numbers too."""
    try:
        if not _DEEP.search(text):
            return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (RecursionError, ValueError):  # digits by the thousand
        pass
    raise tomllib.TOMLDecodeError("nested too deeply, or a number is too long")
