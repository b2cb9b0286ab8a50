"""JSON columns as wholes: each distinct document is parsed, rewritten and written once."""

from __future__ import annotations

from operator import is_not
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.anonymize.codes import LARGEST_SHIFT
from archive_tool.anonymize.nested.leaf_changes import GONE

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from archive_tool.anonymize.nested.leaves import Leaves

SCALAR: Final = r"^(?:-?[0-9][0-9.eE+-]*|true|false|null)$"
"""Documents that hold neither text nor structure."""

UNREADABLE: Final = object()
_DECODE: Final = msgspec.json.Decoder().decode
_ENCODE: Final = msgspec.json.Encoder().encode


def rewrite_column(
    texts: pa.Array, leaves: Leaves, days: np.ndarray | None
) -> tuple[pa.Array, int]:
    """Apply the decisions to a column of canonical JSON texts; also how many cells changed.

    ``days`` (per row) is given when clocks inside are shifted: then rows with the same document but
    different offsets are different. A document of which nothing is left becomes null, and so does
    one that is no JSON: it cannot be told what it holds.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if texts.null_count == len(texts):
        return texts, 0
    coded = texts.dictionary_encode()
    root = leaves.root
    if root.of_other is None and not root.gone and _all_scalars(coded.dictionary):
        return texts, 0
    if days is None:
        place = coded.indices
        before = coded.dictionary.to_pylist()
        index = place.drop_null().to_numpy(zero_copy_only=False)
        counts = np.bincount(index, minlength=len(before))
        shifts = [0] * len(before)
    else:
        place, before, counts, shifts = _by_days(coded, days)
    after = _rewrite_all(before, counts.tolist(), shifts, leaves)
    changed = np.fromiter(map(is_not, before, after), bool, len(before))
    touched = int(counts[changed].sum())
    if not touched:
        return texts, 0
    return pc.take(pa.array(after, pa.string()), place), touched


def _by_days(
    coded: pa.DictionaryArray, days: np.ndarray
) -> tuple[pa.Array, list[str | None], np.ndarray, list[int]]:
    """Distinct pairs of document and offset: which pair each row has, texts, counts, offsets."""
    import numpy as np
    import pyarrow as pa

    width = len(coded.dictionary) + 1
    index = coded.indices.fill_null(width - 1).to_numpy(zero_copy_only=False)
    keys = index.astype(np.int64) + (days.astype(np.int64) + LARGEST_SHIFT) * width
    kinds, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
    texts = [*coded.dictionary.to_pylist(), None]
    before = [texts[kind % width] for kind in kinds.tolist()]
    shifts = (kinds // width - LARGEST_SHIFT).tolist()
    return pa.array(place.reshape(-1)), before, counts, shifts


def _rewrite_all(
    texts: list[str | None], counts: list[int], shifts: list[int], leaves: Leaves
) -> list[str | None]:
    after: list[str | None] = []
    for text, count, days in zip(texts, counts, shifts, strict=True):
        document = None if text is None else _parse(text)
        leaves.weight, leaves.days = count, days
        new = document
        if document is UNREADABLE:
            new = GONE
            leaves.unreadable += count
        elif text is not None:
            new = leaves.rewrite(document)
        # An unchanged document keeps its very text, numbers to the last digit included.
        if new is GONE:
            after.append(None)
        elif new is document:
            after.append(text)
        else:
            after.append(_write(new))
    return after


def _parse(text: str) -> object:
    """One document, or ``UNREADABLE``. Never many joined: two bad ones could swap places."""
    try:
        return _DECODE(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return UNREADABLE


def _write(document: object) -> str | None:
    """None for what JSON cannot hold again, such as a number beyond 64 bits inside a change."""
    try:
        return _ENCODE(document).decode()
    except (msgspec.MsgspecError, RecursionError, OverflowError, UnicodeError):
        return None


def _all_scalars(texts: pa.Array) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.match_substring_regex(texts, SCALAR)).as_py())
