"""Bundles of any size, written column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import pyarrow as pa
import pyarrow.compute as pc

from sample_data import model
from sample_data.cast import EXPERIMENT, Cast, make_cast
from sample_data.forms import PAGE_ROWS, dumps, envelope, stem
from sample_data.places import even, spread
from sample_data.study import TABLES, Study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BULK_FORMS: Final = ("csv", "pages", "envelope")


def write_bulk(
    out: Path, rows: dict[str, int], *, people: int = 400, form: str = "csv", page: int = PAGE_ROWS
) -> None:
    """Write a bundle with so many rows per data type, everybody in dyads."""
    who = make_cast([2] * (people // 2) + [1] * (people % 2))
    out.mkdir(parents=True, exist_ok=True)
    for name, number in rows.items():
        blocks = tables(name, who, number)
        if form == "csv":
            _write_csv(out / f"{stem(name)}.csv", blocks)
        elif form == "pages":
            _write_pages(out, name, blocks, number, page)
        else:
            _write_envelope(out / f"{stem(name)}.json", name, blocks, number)


def tables(name: str, who: Cast, rows: int) -> Iterator[pa.Table]:
    """The rows of one type in blocks of at most a million."""
    for places in spread(who, even(who, rows)):
        yield TABLES[name](places)


def _write_csv(path: Path, blocks: Iterator[pa.Table]) -> None:
    with path.open("wb") as file:
        for number, block in enumerate(blocks):
            if not number:
                file.write(",".join(block.column_names).encode() + b"\n")
            file.write(_joined(csv_rows(block), "\n"))
            file.write(b"\n")


def _joined(texts: pa.Array, separator: str) -> pa.Buffer:
    """All texts as one piece of UTF-8."""
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    return pc.binary_join(whole, separator)[0].as_buffer()


def csv_rows(table: pa.Table) -> pa.Array:
    """Every row as a line, quoted only where RFC 4180 asks for it."""
    cells = []
    for column in table.columns:
        text = column.combine_chunks().cast(pa.string())
        if (
            pa.types.is_string(column.type)
            and pc.any(pc.match_substring_regex(text, _SPECIAL)).as_py()
        ):
            doubled = pc.replace_substring(text, '"', '""')
            wrapped = pc.binary_join_element_wise('"', doubled, '"', "")
            text = pc.if_else(pc.match_substring_regex(text, _SPECIAL), wrapped, text)
        cells.append(pc.fill_null(text, ""))
    return pc.binary_join_element_wise(*cells, ",")


_SPECIAL: Final = '[,"\r\n]'


def _frame(name: str, offset: int, limit: int, rows: int, total: int) -> tuple[str, str]:
    """The text of an answer before and after its rows."""
    study = Study(experiment_id=EXPERIMENT, rows={})
    answer = envelope(study, name, [{}] * rows, offset=offset, limit=limit, total=total)
    head, tail = dumps({**answer, "data": ["@"]}).split('"@"')
    return head, tail


def _write_pages(out: Path, name: str, blocks: Iterator[pa.Table], total: int, size: int) -> None:
    offset = 0
    held: list[str] = []
    for block in blocks:
        held += cast("list[str]", json_rows(name, block).to_pylist())
        last = offset + len(held) == total
        whole = len(held) if last else len(held) // size * size
        for at in range(0, whole, size):
            page = held[at : min(at + size, whole)]
            head, tail = _frame(name, offset, size, len(page), total)
            path = out / f"{stem(name)}_page_{offset // size + 1:06d}.json"
            path.write_bytes((head + ",".join(page) + tail).encode())
            offset += len(page)
        held = held[whole:]


def _write_envelope(path: Path, name: str, blocks: Iterator[pa.Table], total: int) -> None:
    head, tail = _frame(name, 0, total, total, total)
    with path.open("wb") as file:
        file.write(head.encode())
        for number, block in enumerate(blocks):
            file.write(b"," if number else b"")
            file.write(_joined(json_rows(name, block), ","))
        file.write(tail.encode())


def json_rows(name: str, table: pa.Table) -> pa.Array:
    """Every row as JSON text; a null is an absent key, and the first column is never null."""
    nested = model.JSON_COLUMNS.get(name, frozenset())
    parts = []
    for number, key in enumerate(table.column_names):
        column = table.column(key).combine_chunks()
        text = column.cast(pa.string())
        if pa.types.is_string(column.type) and key not in nested:
            text = _json_strings(text)
        labelled = pc.binary_join_element_wise(f'{"," if number else ""}"{key}":', text, "")
        parts.append(pc.fill_null(labelled, ""))
    return pc.binary_join_element_wise("{", *parts, "}", "")


def _json_strings(column: pa.Array) -> pa.Array:
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        column = pc.replace_substring(column, plain, escaped)
    return pc.binary_join_element_wise('"', column, '"', "")
