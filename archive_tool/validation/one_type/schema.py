"""The schema of the data type: column types, then by pandera what the cells must be.

Types are compared on the Arrow schema, which costs nothing. pandera's cost is per column, and its
loading costs more than most bundles take: it gets those columns that may break a rule of theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.schemas import FIELDS, field_of
from archive_tool.schemas.frames import (
    MISSING,
    WRONG_TYPE,
    rule,
    schema_of_columns,
    to_frame,
)
from archive_tool.schemas.registry import arrow_type
from archive_tool.schemas.screen import in_doubt
from archive_tool.validation.codes import CODES
from archive_tool.validation.tally import Rule, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from pandera.pandas import DataFrameSchema

    from archive_tool.ingest.arrow import Positions
    from archive_tool.validation.view import View

_NOT_NULL: Final = "not_nullable"


def has_right_types(view: View, found: Tally) -> bool:
    """Check that every column of the schema is there with its type; otherwise count all rows.

    What has another type cannot be looked at by the other checks, and it is an error anyway.
    """
    schema = view.table.schema
    wrong = [
        field.name
        for field in FIELDS[view.data_type]
        if field.name not in schema.names or schema.field(field.name).type != arrow_type(field.kind)
    ]
    for name in wrong:
        found.add(_rule(view.data_type, name, WRONG_TYPE), view.at)
    return not wrong


def check_schema(view: View, found: Tally) -> None:
    """Run pandera over the columns that may break a rule."""
    columns = in_doubt(view.data_type, view.table)
    if not columns:
        return
    schema = schema_of_columns(view.data_type, columns)
    cases = _failure_cases(schema, to_frame(view.table.select(columns)))
    if cases is None:
        return
    at = view.at
    for column, code, index in _by_rule(cases):
        found.add(_rule(view.data_type, column, code), at if index is None else at[index])


def _rule(data_type: str, column: str, code: str) -> Rule:
    check = rule(field_of(data_type, column), code)
    return Rule(code=CODES[code], data_type=data_type, column=column, check=check)


def _failure_cases(schema: DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame | None:
    """Validate; give pandera's table of failures, or None.

    The exception holds the failing cells: it ends here, and nothing is raised from it.
    """
    from pandera.errors import SchemaErrors

    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as failed:
        cases: pd.DataFrame = failed.failure_cases[["column", "check", "index"]]
        return cases
    return None


def _by_rule(cases: pd.DataFrame) -> Iterator[tuple[str, str, Positions | None]]:
    """Split failures by column and code, with row numbers; None stands for all rows."""
    for (column, check), rows in cases.groupby(["column", "check"], sort=True, dropna=False):
        code = MISSING if check == _NOT_NULL else str(check)
        index = rows["index"]
        if code not in CODES or index.isna().any():
            yield str(column), WRONG_TYPE, None
        else:
            yield str(column), code, np.unique(index.to_numpy(dtype=np.int64))
