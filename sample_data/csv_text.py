"""CSV as the different writers of the world make it; none of them asks for our opinion."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sample_data.study import Row

Cell = Callable[[Any], str]

DISPLAY: Final = {
    "onset": "Onset (ms)",
    "eventType": "Event Type",
    "componentType": "Component Type",
    "content": "Content",
    "timestamp": "Timestamp",
    "participantId": "Participant ID",
    "stateName": "State",
}
"""Headers seen in the platform's events table; the rest of the row is not exported there."""

PARSED_TIMES: Final = ("timestamp", "startTime", "endTime", "createdAt", "updatedAt")
FLATTENED: Final = ("sparseRatingData", "metadata")


def columns(rows: Iterable[Row]) -> list[str]:
    """Keys in the order in which they are first seen."""
    return list(dict.fromkeys(key for row in rows for key in row))


def quoted(text: str, *, always: bool = False) -> str:
    """RFC 4180: quotes around what needs them, quotes inside doubled."""
    if always or any(char in text for char in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def lines(header: Sequence[str], rows: Iterable[Row], cell: Cell, end: str = "\n") -> str:
    """A header and one record per row; a missing key is an empty cell."""
    out = [",".join(map(quoted, header))]
    out += [",".join(quoted(cell(row.get(key))) for key in header) for row in rows]
    return end.join(out) + end


def number(value: float) -> str:
    """As JavaScript prints it: no fraction where there is none."""
    return (
        str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    )


def json_cell(value: object) -> str:
    """Scalars as they are, nested values as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def api_csv(rows: list[Row]) -> str:
    """``?format=csv``, and what ``curl`` saves of it."""
    return lines(columns(rows), rows, json_cell) if rows else ""


def gui_csv(rows: list[Row]) -> str:
    """ "Export CSV" of the platform: UTF-8 with a byte-order mark, CRLF."""
    return "\ufeff" + lines(columns(rows), rows, json_cell, "\r\n")


def gui_events_csv(rows: list[Row]) -> str:
    """The events table as shown: display names, and only the columns on screen."""
    shown = [{title: row.get(key) for key, title in DISPLAY.items()} for row in rows]
    return "\ufeff" + lines(list(DISPLAY.values()), shown, json_cell, "\r\n")


def sdk_csv(rows: list[Row]) -> str:
    """A frame of the official SDK saved with pandas: Python literals, twins, ``onset_sec``."""
    twins = [key for key in FLATTENED if rows and isinstance(rows[0].get(key), dict)]
    wide = [
        {
            **row,
            **{
                f"{key}_{inner}": leaf
                for key in twins
                if isinstance(row.get(key), dict)
                for inner, leaf in row[key].items()
            },
        }
        for row in rows
    ]
    if any("onset" in row for row in rows):
        wide = [
            {**row, "onset_sec": row["onset"] / 1000} if "onset" in row else row for row in wide
        ]
    header = [
        *(key for key in columns(wide) if key != "onset_sec"),
        *(["onset_sec"] if any("onset_sec" in row for row in wide) else []),
    ]
    parsed = [{k: _pandas_time(v) if k in PARSED_TIMES else v for k, v in r.items()} for r in wide]
    return lines(header, parsed, python_cell)


def python_cell(value: object) -> str:
    """``str(value)``: nested values as Python literals, not JSON."""
    return "" if value is None else str(value)


def _pandas_time(value: object) -> object:
    if not isinstance(value, str):
        return value
    return str(datetime.fromisoformat(value)).replace("000+00:00", "+00:00")


def r_csv(rows: list[Row]) -> str:
    """``write.csv`` of the R guide: every text quoted, ``NA`` bare, nested values as JSON."""
    header = columns(rows)
    timed = any("onset" in row for row in rows)
    out = [
        ",".join(quoted(key, always=True) for key in [*header, *(["onset_sec"] if timed else [])])
    ]
    for row in rows:
        cells = [_r_cell(key, row.get(key)) for key in header]
        if timed:
            cells.append(_r_cell("", row["onset"] / 1000 if "onset" in row else None))
        out.append(",".join(cells))
    return "\n".join(out) + "\n"


def _r_cell(key: str, value: object) -> str:
    if value is None:
        return "NA"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number(value)
    if key == "timestamp" and isinstance(value, str):
        return value.replace("T", " ").removesuffix("Z")
    return quoted(json_cell(value), always=True)


def js_csv(rows: list[Row]) -> str:
    """The JavaScript guide's ``toCSV``: columns of the first row only, objects destroyed."""
    return lines(list(rows[0]), rows, _js_cell).removesuffix("\n") if rows else ""


def _js_cell(value: object) -> str:
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, list):
        return ",".join(map(_js_cell, value))
    return json_cell(value)
