"""Whole columns at once: codes, coarser values, withdrawn messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.bins import all_lower_edges
from archive_tool.anonymize.clocks import moments_in
from archive_tool.ingest.arrow import without_zone
from archive_tool.schemas import Sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import numpy as np
    import pyarrow as pa

    from archive_tool.anonymize.plan import Plan
    from archive_tool.model.policy import Decision

OTHER: Final = "other"
"""What a label becomes that a map of labels does not name."""
WHOLE: Final = 2.0**52
"""Numbers from here on have no decimal places."""


def code_column(array: pa.Array, sensitivity: Sensitivity, plan: Plan) -> pa.Array:
    """Codes for a dictionary column of ids or labels."""
    if sensitivity is Sensitivity.PERSON:
        code: Callable[[str], str] = plan.person
    elif sensitivity is Sensitivity.ROOM:
        code = plan.room
    else:
        code = plan.label
    # Dictionaries are words of the whole batch; an empty id is nobody's and stays empty.
    return map_values(array, lambda text: code(text) if text.strip() else text)[0]


def map_values(array: pa.Array, change: Callable[[str], str]) -> tuple[pa.Array, int]:
    """Change the words of a dictionary column; also the number of cells changed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    old = array.dictionary.to_pylist()
    new = [None if word is None else change(word) for word in old]
    changed = [a != b for a, b in zip(old, new, strict=True)]
    if not any(changed):
        return array, 0
    cells = pc.sum(pa.array(changed, pa.bool_()).take(array.indices)).as_py() or 0
    # Two words may have become one: the dictionary is made anew, so that its words stay distinct.
    again = pa.array(new, pa.string()).dictionary_encode()
    indices = again.indices.take(array.indices)
    return pa.DictionaryArray.from_arrays(indices.cast(pa.int32()), again.dictionary), cells


def in_rooms(
    array: pa.Array,
    rooms: pa.Array,
    special: Collection[str],
    rewrite: Callable[[pa.Array, str, np.ndarray | None], tuple[pa.Array, int]],
) -> tuple[pa.Array, int]:
    """Rewrite the rows of each special room by themselves, and all others at once.

    ``rewrite`` gets texts, their room (empty for all others) and which rows they are (None for all
    rows), and gives new texts and the number of cells changed.
    """
    import numpy as np
    import pyarrow as pa

    names = rooms.dictionary.to_pylist() if special else []
    chosen = {code: name for code, name in enumerate(names) if name in special}
    if not chosen:
        return rewrite(array, "", None)
    place = rooms.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    groups = {"": np.flatnonzero(~np.isin(place, list(chosen)))}
    groups.update((name, np.flatnonzero(place == code)) for code, name in chosen.items())
    pieces = [
        rewrite(array.take(pa.array(rows)), room, rows)
        for room, rows in groups.items()
        if len(rows)
    ]
    changed = sum(cells for _, cells in pieces)
    if not changed:
        return array, 0
    back = np.argsort(np.concatenate(list(groups.values())), kind="stable")
    return pa.concat_arrays([piece for piece, _ in pieces]).take(pa.array(back)), changed


def generalize_column(array: pa.Array, decision: Decision) -> pa.Array:
    """Bins, rounding, coarser dates or mapped labels; nulls stay null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        return map_values(array, lambda word: decision.labels.get(word, OTHER))[0]
    if pa.types.is_timestamp(array.type):
        floored = pc.floor_temporal(without_zone(array), unit=decision.unit)
        return floored.cast(pa.int64()).cast(array.type)
    if decision.digits is not None:
        return _rounded(array, decision.digits)
    edges = all_lower_edges(array.to_numpy(zero_copy_only=False), decision.bin or 1.0)
    return pa.array(edges, array.type, mask=array.is_null().to_numpy(zero_copy_only=False))


def _rounded(numbers: pa.Array, digits: int) -> pa.Array:
    """Round numbers; the largest are whole, and Arrow refuses all where one would overflow."""
    import pyarrow.compute as pc

    are_whole = pc.greater_equal(pc.abs(numbers), WHOLE)
    rounded = pc.round(pc.if_else(are_whole, 0.0, numbers), ndigits=digits)
    return pc.add(pc.if_else(are_whole, numbers, rounded), 0.0)  # no negative zero


def drop_moments(array: pa.Array) -> tuple[pa.Array, int]:
    """Empty the numbers that are points in time, as where onsets count from 1970."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = moments_in(array)
    if found is None:
        return array, 0
    emptied: int = pc.sum(found).as_py()
    return pc.if_else(found.fill_null(False), pa.scalar(None, array.type), array), emptied


def drop_withdrawn(table: pa.Table) -> tuple[pa.Table, int]:
    """Empty the content of chat messages that their sender deleted (hyperstudy-traps.md, H21)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = table.column_names
    if "deleted" not in names or "content" not in names or table.num_rows == 0:
        return table, 0
    gone = table["deleted"].fill_null(False)
    emptied = pc.sum(pc.and_(gone, table["content"].is_valid())).as_py() or 0
    if not emptied:
        return table, 0
    content = pc.if_else(gone, pa.scalar(None, pa.string()), table["content"])
    return table.set_column(names.index("content"), "content", content), emptied


def reduce_nulls(array: pa.Array, leaving: frozenset[str]) -> pa.Array:
    """Explicit nulls of the columns that leave; the names of the others go."""
    import pyarrow as pa

    words = array.dictionary.to_pylist()
    left = [",".join(n for n in (w or "").split(",") if n in leaving) or None for w in words]
    if left == words:
        return array
    again = pa.array(left, pa.string()).take(array.indices).dictionary_encode()
    return again.cast(pa.dictionary(pa.int32(), pa.string()))
