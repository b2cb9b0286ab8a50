"""Places inside JSON columns that the schema lists."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archive_tool.policy.paths import ANY, ITEM, tokens

if TYPE_CHECKING:
    from archive_tool.schemas import Field, Leaf, Sensitivity

    Places = tuple[dict[tuple[str, ...], Sensitivity], list[tuple[tuple[str, ...], Sensitivity]]]


def listed(column: Field, path: tuple[str, ...]) -> Sensitivity | None:
    """Give the sensitivity that the schema declares for a place, exact paths before ``*``.

    A ``*`` of the schema is one free-form key, also as the last token: what lies deeper is unknown.
    """
    exact, patterns = _places(column.leaves)
    if path in exact:
        return exact[path]
    for pattern, sensitivity in patterns:
        if len(pattern) == len(path) and all(
            p == t or (p == ANY and t != ITEM) for p, t in zip(pattern, path, strict=True)
        ):
            return sensitivity
    return None


@cache
def _places(leaves: tuple[Leaf, ...]) -> Places:
    """Give exact paths, and patterns with a ``*``, those with more literal keys first."""
    split = [(tokens(leaf.path), leaf.sensitivity) for leaf in leaves]
    patterns = [one for one in split if ANY in one[0]]
    patterns.sort(key=lambda one: one[0].count(ANY) - len(one[0]))
    return {path: kind for path, kind in reversed(split) if ANY not in path}, patterns
