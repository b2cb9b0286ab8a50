"""Values inside cells: one canonical JSON text for every JSON value.

Canonical means: keys sorted, no spaces, non-ASCII as it is, floats as their shortest text, and
integers without a fraction, because the platform is JavaScript: ``5000.0`` and ``5000`` are one
number there.
"""

from __future__ import annotations

import ast
import re
from typing import Final

import msgspec

ABSENT: Final = msgspec.UNSET
"""Stands for a key that a row does not have; ``None`` is an explicit JSON null."""

DESTROYED: Final = "[object Object]"
"""What JavaScript leaves of an object that is written as text."""
DESTROYED_TEXT: Final = f'"{DESTROYED}"'
"""The same as JSON."""

LONGEST_REPR: Final = 1_000_000
"""Characters of a Python-repr cell that are parsed; a longer one stays text."""
DEEPEST_REPR: Final = 60
"""Brackets of a Python-repr cell that may be open at once."""

NOT_JSON: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What msgspec raises for a text that is no JSON, no UTF-8, or nested too deeply."""

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_MAYBE_FLOAT: Final = re.compile(rb"\d(?:\.0(?!\d)|[eE])")
_WHOLE_FLOAT: Final = 1e21
"""Up to here JavaScript prints a whole number without an exponent."""
_POINT_FIRST: Final = re.compile(r"-?\.\d+")
"""``.5`` of SPSS and Stata."""
_BRACKETS: Final = {"{": "}", "[": "]"}


def json_text(value: object) -> str:
    """Canonical JSON text of a decoded JSON value."""
    if (
        type(value) is str
        and value.isascii()
        and value.isprintable()
        and not ('"' in value or "\\" in value)
    ):
        return f'"{value}"'
    try:
        text = _ENCODER.encode(value)
    except UnicodeEncodeError:
        text = _ENCODER.encode(without_surrogates(value))
    if _MAYBE_FLOAT.search(text):
        text = _ENCODER.encode(_whole_numbers(value))
    return text.decode()


def key_text(key: str) -> str:
    """``"key":`` as canonical JSON text."""
    return f"{json_text(key)}:"


def whole_characters(text: str) -> str:
    """Give a text with U+FFFD in the place of lone surrogates."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def without_surrogates(value: object) -> object:
    """Give the value with lone surrogates, which no UTF-8 text can hold, as U+FFFD."""
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, list):
        return [without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {whole_characters(key): without_surrogates(item) for key, item in value.items()}
    return value


def _whole_numbers(value: object) -> object:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _WHOLE_FLOAT else value
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in value.items()}
    return value


def number_text(value: float) -> str:
    """Give a number as JavaScript prints it, up to the form of the exponent."""
    return json_text(_whole_numbers(value))


def cell_value(text: str) -> object:
    """Tell what a CSV cell of a JSON column holds: JSON, else Python repr, else the text itself.

    A cell that says ``null``, ``None``, ``NaN`` or ``NA`` is an answer that somebody typed: the
    exports write missing values as empty cells.
    """
    if text in ("null", "None"):
        return text
    if text in ("True", "False"):
        return text == "True"
    if text[:1] not in '{["-.0123456789tf':
        return text
    if _POINT_FIRST.fullmatch(text):
        return float(text)
    try:
        return msgspec.json.decode(text)
    except NOT_JSON:
        return _python_value(text)


def unknown_cell_value(text: str) -> object:
    """Tell what a cell holds of a column that nobody knows.

    A number only where it is written as programs write one: ``1.10`` may be a version, ``1E+05`` an
    id.
    """
    value = cell_value(text)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return text if is_number and text not in (json_text(value), repr(value)) else value


def id_list_value(text: str) -> object:
    """Tell what a cell holds of a list of ids; JavaScript joins them by commas (trap E8)."""
    value = cell_value(text)
    if not isinstance(value, str) or "," not in value or value[0] in _BRACKETS:
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _python_value(text: str) -> object:
    """Parse a cell that pandas wrote with ``repr`` of a dict or list; it is never evaluated."""
    opened = text[:1]
    if opened not in _BRACKETS or not text.rstrip().endswith(_BRACKETS[opened]):
        return text
    if text == DESTROYED or len(text) > LONGEST_REPR or _depth(text) > DEEPEST_REPR:
        return text
    if _NO_ESCAPE.search(text) or _NO_NUMBER.search(_TEXT_OR_NAN.sub("", text)):
        return text  # Python would warn of it on the terminal, and reads it otherwise in later releases
    try:
        value = ast.literal_eval(_TEXT_OR_NAN.sub(lambda found: found[1] or "None", text))
        return _json_value(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text


_TEXT_OR_NAN: Final = re.compile(
    r"""('(?:[^'\\]|\\.)*(?:'|\\?\Z)|"(?:[^"\\]|\\.)*(?:"|\\?\Z))|(?<=[\[(:, ])nan(?=[\]),}])""",
    re.DOTALL,
)
"""A ``nan`` is no literal; within a text it is a word of somebody, as in ``my nan, my mum``. A text that
nobody ended goes to the end: looked for from each of its quotes it would take the square of its length."""


_NO_ESCAPE: Final = re.compile(r"""(?<!\\)(?:\\\\)*\\[^\\'"nrtxuU]""")
_NO_NUMBER: Final = re.compile(r"[0-9.](?:[A-DF-Za-df-z_]|[Ee](?![-+0-9]))")
"""What ``repr`` never writes: ``\\d`` in a text, and ``1or`` outside of one."""


def _depth(text: str) -> int:
    deepest = depth = 0
    for bracket in re.findall(r"[\[\](){}]", text):
        depth += 1 if bracket in "[({" else -1
        deepest = max(deepest, depth)
    return deepest


def _json_value(value: object) -> object:
    """Give the value as JSON has it; TypeError when JSON has no such thing."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError
        return {key: _json_value(item) for key, item in value.items()}
    raise TypeError
