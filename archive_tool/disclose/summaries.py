"""Rows of many people become one line per cell, person and room: small, and mergeable.

Everything that is published is computed from these lines, so that rows never have to be in memory
together, and so that people, not rows, are what is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from archive_tool.disclose.tables import TableSpec

PERSON: Final = "_person"
ROOM: Final = "_room"
MEASURE: Final = "_measure"
MISSING: Final = "(missing)"
"""Level of rows without a value in a dimension: they are people too."""
NUMBER: Final = r"^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"


def summarize(
    spec: TableSpec, tables: Iterable[pa.Table], leave_out: frozenset[str] = frozenset()
) -> pa.Table:
    """One line per cell, person and room: ``rows``, ``n``, ``mean``, ``m2`` of the measure.

    ``m2`` is the sum of squared deviations from the line's own mean. ``leave_out`` (agents, people
    who are excluded) and rows of nobody count for nothing.
    """
    import pyarrow as pa

    pieces = [piece for table in tables if (piece := _piece(spec, table, leave_out)).num_rows]
    keys = [*spec.dimensions, PERSON, ROOM]
    if not pieces:
        return pa.table({key: pa.array([], pa.string()) for key in keys}).append_column(
            "rows", pa.array([], pa.int64())
        )
    return merge(pa.concat_tables(pieces), keys)


def merge(lines: pa.Table, keys: list[str]) -> pa.Table:
    """Lines with the same keys become one (Chan, Golub and LeVeque 1979, for ``m2``)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    weighted = pc.multiply(pc.cast(lines["n"], pa.float64()), lines["mean"].fill_null(0.0))
    squares = pc.multiply(weighted, lines["mean"].fill_null(0.0))
    wide = lines.append_column("_sum", weighted).append_column("_squares", squares)
    # No keys, one cell: a constant key keeps the grouping the same.
    wide = wide.append_column("_all", pa.repeat(0, wide.num_rows))
    grouped = wide.group_by([*keys, "_all"]).aggregate(
        [(column, "sum") for column in ("rows", "n", "m2", "_sum", "_squares")]
    )
    n = pc.cast(grouped["n_sum"], pa.float64())
    some = pc.greater(n, 0.0)
    mean = pc.if_else(some, pc.divide(grouped["_sum_sum"], pc.if_else(some, n, 1.0)), 0.0)
    between = pc.subtract(grouped["_squares_sum"], pc.multiply(grouped["_sum_sum"], mean))
    m2 = pc.max_element_wise(pc.add(grouped["m2_sum"], between), 0.0)
    columns = {key: grouped[key] for key in keys}
    return pa.table(
        {
            **columns,
            "rows": grouped["rows_sum"],
            "n": grouped["n_sum"],
            "mean": mean,
            "m2": m2,
        }
    )


def _piece(spec: TableSpec, table: pa.Table, leave_out: frozenset[str]) -> pa.Table:
    """Give the lines of one table of rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = _plain(spec, table)
    people = pc.and_(plain[PERSON].is_valid(), pc.not_equal(plain[PERSON], ""))
    out = pc.is_in(plain[PERSON], pa.array(sorted(leave_out), pa.string()))
    plain = plain.filter(pc.and_not(people, out))
    keys = [*spec.dimensions, PERSON, ROOM]
    grouped = plain.group_by(keys).aggregate(
        [
            ([], "count_all"),
            (MEASURE, "count"),
            (MEASURE, "mean"),
            (MEASURE, "variance"),
        ]
    )
    n = grouped[f"{MEASURE}_count"]
    return pa.table(
        {
            **{key: grouped[key] for key in keys},
            "rows": grouped["count_all"],
            "n": n,
            "mean": grouped[f"{MEASURE}_mean"].fill_null(0.0),
            "m2": pc.multiply(
                grouped[f"{MEASURE}_variance"].fill_null(0.0), pc.cast(n, pa.float64())
            ),
        }
    )


def _plain(spec: TableSpec, table: pa.Table) -> pa.Table:
    """Only what is needed, as plain strings and one float."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def words(column: str) -> pa.ChunkedArray:
        if column not in table.column_names:
            return pa.chunked_array([pa.nulls(table.num_rows, pa.string())])
        return pc.cast(table[column], pa.string())

    columns = {name: words(name).fill_null(MISSING) for name in spec.dimensions}
    columns[PERSON] = words(BY_NAME[spec.data_type].subject)
    columns[ROOM] = words("roomId").fill_null("")
    columns[MEASURE] = _numbers(spec, table)
    return pa.table(columns)


def _numbers(spec: TableSpec, table: pa.Table) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if spec.measure is None or spec.measure not in table.column_names:
        return pa.chunked_array([pa.nulls(table.num_rows, pa.float64())])
    column = table[spec.measure]
    if pa.types.is_string(column.type):
        numeric = pc.match_substring_regex(column, NUMBER).fill_null(False)
        column = pc.if_else(numeric, column, pa.scalar(None, pa.string()))
    numbers = pc.cast(column, pa.float64())
    return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))
