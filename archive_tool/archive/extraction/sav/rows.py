"""Rows to an SPSS file with its declarations: labels, measures and formats, so that nobody types them.

The header of such a file knows the longest text of every column, so all rows are there before the
first is written: :func:`write` takes a whole table.
"""

from __future__ import annotations

import errno
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from archive_tool.archive.extraction.columns import Column, flat
from archive_tool.archive.extraction.sav import header, names
from archive_tool.errors import UsageError
from archive_tool.model.tables import NULLS
from archive_tool.schemas import FIELDS, Kind, dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

LONGEST_TEXT: Final = 32_767
"""Bytes of a text in SPSS, in UTF-8."""

ONE_PIECE: Final = 255
"""Bytes of a text that lies in the file in one piece."""

LONGEST_LABEL: Final = 255
"""Bytes of a variable's label."""

_EPOCH: Final = 141_428 * 86_400
"""Seconds from 14 October 1582, where SPSS counts from, to 1970."""

_FLAGS: Final = {0: "false", 1: "true"}


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A column as SPSS declares it, with its values."""

    name: str
    label: str
    format: str
    measure: str
    """``nominal`` or ``scale``."""
    shown: int
    """Characters of it that the data window shows."""
    words: Mapping[int, str]
    """Labels of its values."""
    values: pa.ChunkedArray
    """Strings or doubles."""
    width: int
    """Bytes of the longest text; 0 for numbers."""


def refuse_uninstalled() -> None:
    """UsageError (2) when the extra that writes such files is not installed."""
    if importlib.util.find_spec("pyreadstat") is None:
        raise UsageError(
            "SPSS files need pyreadstat, which is not installed",
            where="format sav",
            hint="pip install 'archive-tool[spss]', or take --format csv",
        )


def write(
    path: Path,
    parts: Sequence[pa.Table],
    columns: tuple[Column, ...],
    *,
    data_type: str,
    title: str,
    created: datetime,
) -> None:
    """Write the rows of one data type; an empty text and a missing one are the same in SPSS.

    Raises UsageError (2) for a text that SPSS cannot hold, before anything is written.
    """
    variables = _declared(parts, columns, data_type)
    long = {one.name for one in variables if one.width > ONE_PIECE}
    called = names.standing_in([one.name for one in variables], long)
    _write(path, [(called.get(one.name, one.name), one) for one in variables], title)
    header.correct(path, created=created, names={other: name for name, other in called.items()})


def _declared(
    parts: Sequence[pa.Table], columns: tuple[Column, ...], data_type: str
) -> list[Variable]:
    written = [column for column in columns if column.name != NULLS]
    legal = names.legal(column.name for column in written)
    labels = _labels(data_type)
    return [
        _variable(
            name,
            labels.get(column.name) or column.name * (name != column.name),
            _values(parts, column),
            where=f"{data_type}.{column.name}",
        )
        for column, name in zip(written, legal, strict=True)
    ]


def _variable(name: str, label: str, values: pa.ChunkedArray, *, where: str) -> Variable:
    """Declare a column by its type."""
    import pyarrow as pa

    width, words, measure = 0, {}, "scale"
    if pa.types.is_string(values.type):
        width, measure = _longest(values, where), "nominal"
        form, shown = f"A{width}", min(max(width, 8), 40)
    elif pa.types.is_boolean(values.type):
        form, shown, words, measure = "F1.0", 8, _FLAGS, "nominal"
    elif pa.types.is_timestamp(values.type):
        form, shown = "DATETIME24.3", 24
    else:
        form, shown = ("F16.0" if _whole(values) else "F16.3"), 12
    return Variable(
        name=name, label=label, format=form, measure=measure, shown=shown, words=words,
        values=values if width else _numbers(values), width=width,
    )  # fmt: skip


def _values(parts: Sequence[pa.Table], column: Column) -> pa.ChunkedArray:
    """Return a column as in the other formats of plain types: nested values are JSON text."""
    import pyarrow as pa

    empty = flat(None, (column,)).column(0)
    chunks = [chunk for part in parts for chunk in flat(part, (column,)).column(0).chunks]
    return pa.chunked_array(chunks, empty.type)


def _longest(values: pa.ChunkedArray, where: str) -> int:
    """Return the bytes of the longest text, at least 1; UsageError where SPSS cannot hold one."""
    import pyarrow.compute as pc

    longest = int(pc.max(pc.binary_length(values)).as_py() or 0)
    hint = "take another --format, or leave this type out with --type"
    if longest > LONGEST_TEXT:
        raise UsageError(
            "holds a text that is too long for SPSS",
            where=where,
            expected=f"at most {LONGEST_TEXT:,} bytes",
            hint=hint,
        )
    if pc.any(pc.match_substring(values, "\0")).as_py():
        raise UsageError(
            "holds a text with a NUL character, which ends a text in SPSS", where=where, hint=hint
        )
    return max(longest, 1)


def _whole(values: pa.ChunkedArray) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.equal(values, pc.trunc(values))).as_py() is not False)


def _numbers(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return doubles; what is no number becomes null, which is SPSS's system-missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_timestamp(values.type):
        count = values.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
        # 285 years from 1970 and beyond, not every microsecond is a double
        microseconds = count.cast(pa.float64(), safe=False)
        return pc.add(pc.divide(microseconds, 1e6), float(_EPOCH))
    numbers = values.cast(pa.float64())
    return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))


def _labels(data_type: str) -> dict[str, str]:
    """Return what the dictionary says of each column; nothing for summary tables."""
    if data_type not in FIELDS:
        return {}
    return {
        row.field: _label(row.description, "UTC" if row.kind == Kind.TIME else row.unit)
        for row in dictionary.rows(data_type)
        if row.kind != "leaf"
    }


def _label(description: str, unit: str) -> str:
    """Put the unit behind as many whole words as a label holds."""
    ending = f" ({unit})" if unit else ""
    words = description.split()
    while len((" ".join(words) + ending).encode()) > LONGEST_LABEL:
        words.pop()
    return " ".join(words) + ending


def _write(path: Path, variables: list[tuple[str, Variable]], title: str) -> None:
    """Hand all of it to the library; OSError when the disk does not take it."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({name: _series(one) for name, one in variables})
    problem = pyreadstat.ReadstatError
    try:
        pyreadstat.write_sav(
            frame,
            path.absolute(),  # of a folder named ~ the library would make a home
            file_label=title,
            row_compress=True,
            column_labels=[one.label or None for _, one in variables],
            variable_value_labels={name: dict(one.words) for name, one in variables if one.words},
            variable_measure={name: one.measure for name, one in variables},
            variable_display_width={name: one.shown for name, one in variables},
            variable_format={name: one.format for name, one in variables},
        )
    except problem:
        written = False
    else:
        written = True
    if not written:
        raise OSError(errno.EIO, "the file cannot be written", path.name)


def _series(one: Variable) -> Any:  # noqa: ANN401  untyped
    import pandas as pd
    import pyarrow.compute as pc

    if not one.width:
        return pd.Series(one.values.to_numpy())
    # with nothing missing the library does not look at every cell for it
    return pd.Series(pc.fill_null(one.values, ""), dtype=pd.ArrowDtype(one.values.type))
