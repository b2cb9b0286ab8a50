"""The declarations as pandera schemas, for pandas frames made from Arrow tables.

A schema checks what can be said of one column by itself: type, missing values, range, length,
known words. What needs more than one column, or context, is in :mod:`archive_tool.validation`.

The checks are vectorised and see missing values (``ignore_na=False``), which spares a copy of
each column; comparisons with a missing value are false, so every check is phrased as "not bad".
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from archive_tool.schemas.fields import DICTIONARY, Field, Kind
from archive_tool.schemas.registry import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    import pyarrow as pa
    from pandera.pandas import Check, Column, DataFrameSchema

MISSING: Final = "FIELD-MISSING"
OUT_OF_RANGE: Final = "VALUE-OUT-OF-RANGE"
LENGTH: Final = "TEXT-LENGTH"
UNKNOWN_LABEL: Final = "LABEL-UNKNOWN"
WRONG_TYPE: Final = "COLUMN-TYPE"

_IDENTIFIER: Final = (Kind.ID, Kind.RECORD)
_NOT_A_WORD: Final = re.compile(r"[\W_]+")


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Convert canonical Arrow columns to the pandas types that the schemas expect."""
    import pandas as pd
    import pyarrow as pa

    extension: dict[pa.DataType, pd.BooleanDtype] = {pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=extension.get, split_blocks=True)
    return frame


def pandera_schema(data_type: str) -> DataFrameSchema:
    """Build the whole schema of a data type; KeyError when it has none."""
    return schema_of_columns(data_type, tuple(field.name for field in FIELDS[data_type]))


@cache
def schema_of_columns(data_type: str, columns: tuple[str, ...]) -> DataFrameSchema:
    """Build the schema of some columns of a data type.

    A batch leaves most optional columns empty, and pandera's cost is per column: callers leave
    out those that hold nothing and need to hold nothing.
    """
    from pandera.pandas import DataFrameSchema

    return DataFrameSchema(
        {field.name: _column(field) for field in FIELDS[data_type] if field.name in columns},
        name=data_type,
        strict=False,
    )


def words(text: str) -> str:
    """Reduce a label to what comparisons look at: letters and digits, lower case."""
    return _NOT_A_WORD.sub("", text).casefold()


def rule(field: Field, code: str) -> str:
    """Say a column rule as an expression over the column's name."""
    if code == OUT_OF_RANGE:
        low = "" if field.low is None else f"{field.low:g} <= "
        high = "" if field.high is None else f" <= {field.high:g}"
        return f"{low}{field.name}{high}"
    if code == LENGTH:
        return f"{shortest(field)} to {field.length} characters"
    if code == UNKNOWN_LABEL:
        return f"one of the {len(field.enum)} known words"
    if code == WRONG_TYPE:
        return f"{field.kind} column"
    return f"{field.name} is not empty"


def must_have_value(field: Field) -> bool:
    """Whether a missing value is an error of the row itself."""
    return field.required and not field.inherited


def _column(field: Field) -> Column:
    from pandera.pandas import Column

    return Column(
        _dtype(field.kind),
        checks=_checks(field),
        nullable=not must_have_value(field),
        required=must_have_value(field),
        title=field.name,
        description=field.description,
        metadata={
            "unit": field.unit,
            "sensitivity": str(field.sensitivity),
            "source": field.source,
            "since": field.since,
            "aliases": field.aliases,
        },
    )


def _dtype(kind: Kind) -> str | None:
    if kind in DICTIONARY:
        return "category"
    if kind is Kind.NUMBER:
        return "float64"
    if kind is Kind.TIME:
        return "datetime64[us, UTC]"
    if kind is Kind.FLAG:
        return "boolean"
    return _text_dtype()


@cache
def _text_dtype() -> str | None:
    """Text is ``str`` since pandas 3; before, ``object``, which says nothing worth checking."""
    import pandas as pd

    return "str" if int(pd.__version__.partition(".")[0]) >= 3 else None


def _checks(field: Field) -> list[Check]:
    from pandera.pandas import Check

    found: list[tuple[str, Callable[[pd.Series], pd.Series | bool]]] = []
    if field.low is not None or field.high is not None:
        found.append((OUT_OF_RANGE, _in_range(field)))
    if field.length:
        found.append((LENGTH, _by_word(field, _has_length(field))))
    if field.enum:
        found.append((UNKNOWN_LABEL, _by_word(field, _is_known(field))))
    return [Check(good, name=code, error=code, ignore_na=False) for code, good in found]


def _in_range(field: Field) -> Callable[[pd.Series], pd.Series]:
    low = float("-inf") if field.low is None else field.low
    high = float("inf") if field.high is None else field.high

    def good(column: pd.Series) -> pd.Series:
        return ~((column < low) | (column > high))

    return good


def _has_length(field: Field) -> Callable[[pd.Series], pd.Series]:
    least, most = shortest(field), field.length

    def good(texts: pd.Series) -> pd.Series:
        length = texts.str.len()
        return ~((length < least) | (length > most))

    return good


def _is_known(field: Field) -> Callable[[pd.Series], pd.Series]:
    known = frozenset(words(word) for word in field.enum)

    def good(labels: pd.Series) -> pd.Series:
        return labels.map(lambda label: words(label) in known).astype(bool)

    return good


def _by_word(
    field: Field, good: Callable[[pd.Series], pd.Series]
) -> Callable[[pd.Series], pd.Series | bool]:
    """Ask about each distinct word once where the column is a dictionary."""
    if field.kind not in DICTIONARY:
        return good

    def good_rows(column: pd.Series) -> pd.Series | bool:
        import numpy as np

        entries = column.cat.categories.to_series()
        bad = np.flatnonzero(~good(entries).to_numpy(dtype=bool)) if len(entries) else ()
        return True if not len(bad) else ~column.cat.codes.isin(bad)

    return good_rows


def shortest(field: Field) -> int:
    """Give the least length: an id without a character is no id; a label may be empty."""
    return 1 if field.kind in _IDENTIFIER else 0
