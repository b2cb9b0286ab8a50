"""JSON and MessagePack of our own kinds, read back from files that anybody may have changed."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")

_NOT_IT = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""No JSON or not of this kind, no text, nested without end."""


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
