"""Paths inside JSON columns: how they are written, matched and ranked.

``value[].label`` is the tokens ``("value", "[]", "label")``: keys are joined with dots and ``[]``
stands for every element of an array. In a pattern ``*`` stands for any one key; as the last token
it stands for everything below, arrays included.
"""

from __future__ import annotations

from functools import cache
from typing import Final

ITEM: Final = "[]"
ANY: Final = "*"


@cache
def tokens(path: str) -> tuple[str, ...]:
    """Split a written path; the empty path is the value itself."""
    parts: list[str] = []
    for piece in path.split("."):
        key, *items = piece.split(ITEM)
        if key:
            parts.append(key)
        parts.extend(ITEM for _ in items)
    return tuple(parts)


def written(path: tuple[str, ...]) -> str:
    """Inverse of :func:`tokens`."""
    text = ""
    for token in path:
        text += token if token == ITEM or not text else f".{token}"
    return text


def matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a pattern covers a path."""
    last = len(pattern) - 1
    if pattern[-1:] == (ANY,):
        path = path[: len(pattern)]
    return len(pattern) == len(path) and all(
        p == t or (p == ANY and (t != ITEM or i == last))
        for i, (p, t) in enumerate(zip(pattern, path, strict=True))
    )


def rank(pattern: tuple[str, ...]) -> tuple[int, int]:
    """How specific a pattern is: more literal tokens first, then fewer wildcards."""
    wild = sum(token == ANY for token in pattern)
    return (len(pattern) - wild, -wild)
