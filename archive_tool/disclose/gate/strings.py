"""Texts out of columns: distinct ones, and those inside JSON documents without parsing each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.anonymize.codes import ALPHABET, LONG
from archive_tool.anonymize.texts.labels import CODE

_BACKSLASH: Final = "\x1d"
_QUOTE: Final = "\x1e"
"""Stand for escaped backslashes and quotes: JSON text never holds control characters."""


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Documents cut at their quotes: three arrays of the same length."""

    texts: pa.StringArray
    """A key, a text (JSON escapes as they are), or what stands between them."""
    documents: pa.Array
    """Which document a piece comes from."""
    inside: pa.BooleanArray
    """Whether a piece stood between quotes."""
    keys: pa.BooleanArray
    """Whether it is the key of an object."""


def distinct(column: pa.ChunkedArray) -> pa.StringArray:
    """Give the distinct values of a text or dictionary column, nulls apart."""
    if pa.types.is_dictionary(column.type):
        words = [chunk.dictionary for chunk in column.chunks if len(chunk.dictionary)]
        if not words:
            return pa.array([], pa.string())
        # What a dictionary holds lies in the file, used or not.
        column = pa.chunked_array(words)
    unique = pc.unique(column)
    return unique.drop_null() if unique.null_count else unique


def uncoded(values: pa.ChunkedArray | pa.StringArray, letters: str) -> int:
    """How many values are neither empty nor a code: one of the letters, and what codes end with."""
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    chunks = [chunk for chunk in chunks if not _all_long_codes(chunk, letters)]
    if not chunks:
        return 0
    coded = pc.match_substring_regex(pa.chunked_array(chunks), rf"^(?:{letters}{CODE}|\s*)$")
    return pc.sum(pc.invert(coded)).as_py() or 0


def _all_long_codes(texts: pa.StringArray, letters: str) -> bool:
    """Whether all values are codes of records, which come by the million: seen byte by byte."""
    width = 2 + LONG
    data, offsets = texts.buffers()[2], np.frombuffer(texts.buffers()[1] or b"", np.int32)
    offsets = offsets[texts.offset : texts.offset + len(texts) + 1]
    if data is None or texts.null_count or not bool(np.all(np.diff(offsets) == width)):
        return False
    first = int(offsets[0]) if len(offsets) else 0
    letter = np.frombuffer(data, np.uint8, width * len(texts), first).reshape(-1, width)
    parts = (letter[:, :1], letter[:, 1:2], letter[:, 2:])
    allowed = (letters.strip("[]").encode(), b"-", ALPHABET.encode())
    return not any(
        part.tobytes().translate(None, those) for part, those in zip(parts, allowed, strict=True)
    )


def cut(documents: pa.StringArray) -> Pieces:
    """Cut canonical JSON documents at their quotes."""
    plain = pc.replace_substring(documents, "\\\\", _BACKSLASH)
    plain = pc.replace_substring(plain, '\\"', _QUOTE)
    lists = pc.split_pattern(plain, '"')
    texts = lists.flatten()
    starts = lists.offsets.to_numpy()
    parents = np.repeat(np.arange(len(documents)), np.diff(starts))
    inside = (np.arange(len(texts)) - (starts - starts[0])[parents]) % 2 == 1
    after = pc.starts_with(texts, ":").to_numpy(zero_copy_only=False)
    keys = inside & np.append(after[1:], False)
    texts = pc.replace_substring(texts, _QUOTE, '\\"')
    return Pieces(
        texts=pc.replace_substring(texts, _BACKSLASH, "\\\\"),
        documents=pa.array(parents),
        inside=pa.array(inside),
        keys=pa.array(keys),
    )


def unescaped(piece: str) -> str | None:
    """Give a piece without its JSON escapes; None when no text has them."""
    try:
        return msgspec.json.decode(f'"{piece}"', type=str)
    except msgspec.MsgspecError:
        return None


def shapes(pieces: Pieces, documents: int) -> np.ndarray:
    """Give one document of each shape: the same keys in the same order, whatever the values."""
    if not len(pieces.texts):
        return np.arange(min(documents, 1))
    keys = pieces.keys.to_numpy(zero_copy_only=False)
    inside = pieces.inside.to_numpy(zero_copy_only=False)
    coded = pieces.texts.dictionary_encode()
    words = pc.replace_substring_regex(coded.dictionary, "-?[0-9][0-9.eE+-]*", "0")
    same = words.dictionary_encode().indices.to_numpy(zero_copy_only=False)[coded.indices]
    letters = np.where(keys | ~inside, 2 * same + keys, -1).astype(np.int64)
    parents = pieces.documents.to_numpy(zero_copy_only=False)
    starts = np.searchsorted(parents, np.arange(documents))
    places = np.arange(len(letters)) - starts[parents]
    mixed = (letters + 7) * _ODD + (places + 1) * _ODDER
    mixed ^= mixed >> 29
    sums = np.add.reduceat(mixed * _ODD, starts)
    chosen: np.ndarray = np.unique(sums, return_index=True)[1]
    return chosen


_ODD: Final = -7046029254386353131
_ODDER: Final = -4658895280553007687
"""Odd 64-bit constants (SplitMix64). Texts of shapes that should meet are searched all the same."""
