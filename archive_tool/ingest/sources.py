"""Columns as they come: lists of decoded JSON values, or arrays of CSV cells.

Both answer the same question, "give me this as that kind", and say which values could not be
read as the kind, so that everything after them is one code for every form of file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from archive_tool.ingest.arrow import without_empty
from archive_tool.ingest.cells.decimal_comma import perhaps_thousands, with_commas, with_points
from archive_tool.ingest.cells.times import zone_less_as_utc
from archive_tool.ingest.cells.unparsed import in_texts, unparsed
from archive_tool.ingest.cells.values import (
    ABSENT,
    DESTROYED,
    DESTROYED_TEXT,
    cell_value,
    id_list_value,
    json_text,
    unknown_cell_value,
)
from archive_tool.ingest.kinds import CONVERT, flag_of, number_of
from archive_tool.schemas import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

    from archive_tool.ingest.arrow import Array

STRINGS: Final = frozenset({Kind.ID, Kind.RECORD, Kind.LABEL, Kind.TEXT})


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column read as one kind, in its loose form: text, float64 or bool.

    Times stay text (or are timestamps already), JSON columns are canonical JSON text.
    """

    array: Array
    odd: Mapping[int, str] = field(default_factory=dict)
    """Row → canonical JSON text of a value that is not of the kind; null in ``array``."""
    null: Array | None = None
    """bool: the value was an explicit JSON null."""
    as_text: tuple[int, ...] = ()
    """Rows whose number was written as text in JSON."""
    unclear: tuple[int, ...] = ()
    """Rows whose number may be a thousand times as large: see :func:`perhaps_thousands`."""
    comma: tuple[int, ...] = ()
    """Rows whose text would be a number if its comma were a decimal one."""
    unparsed: tuple[int, ...] = ()
    """Rows whose cell begins like a nested value and is none."""


class Source(Protocol):
    """One column of an export."""

    def column(self, kind: Kind) -> Column:
        """Read it as a kind of column."""
        ...

    def values(self) -> Sequence[object]:
        """One JSON value per row; ABSENT where the row has none."""
        ...

    def unknown(self) -> Column:
        """Read as JSON what no schema knows: nothing is taken for what it may not be."""
        ...


@dataclass(frozen=True, kw_only=True)
class JsonValues:
    """Decoded JSON values, one per row."""

    items: Sequence[Any]
    typed: Kind | None = None
    """Kind that the decoder has made sure of already."""

    def values(self) -> Sequence[object]:
        """Give the values themselves."""
        return self.items

    def unknown(self) -> Column:
        """JSON says itself what a value is."""
        return self._json()

    def column(self, kind: Kind) -> Column:
        """Read as a kind; in one go where the decoder has checked the type."""
        if kind is Kind.JSON:
            return self._json()
        if self.typed is kind and (array := self._fast(kind)) is not None:
            return array
        return self._slow(kind)

    def _fast(self, kind: Kind) -> Column | None:
        import pyarrow as pa

        try:
            array = pa.array(self.items, loose_type(kind))
            return Column(array=array, null=array.is_null() if array.null_count else None)
        except (pa.ArrowInvalid, TypeError, UnicodeEncodeError, OverflowError):
            pass
        # Absent keys: they are no Arrow nulls yet.
        present = [None if item is ABSENT else item for item in self.items]
        try:
            array = pa.array(present, loose_type(kind))
        except (pa.ArrowInvalid, TypeError, UnicodeEncodeError, OverflowError):
            return None
        return Column(array=array, null=self._nulls())

    def _nulls(self) -> Array | None:
        import pyarrow as pa

        nulls = [item is None for item in self.items]
        return pa.array(nulls) if True in nulls else None

    def _json(self) -> Column:
        import pyarrow as pa

        texts = [None if item is ABSENT or item is None else json_text(item) for item in self.items]
        odd: dict[int, str] = {}
        if DESTROYED_TEXT in texts:
            odd = {row: text for row, text in enumerate(texts) if text == DESTROYED_TEXT}
            texts = [None if row in odd else text for row, text in enumerate(texts)]
        array = pa.array(texts, pa.string())
        return Column(array=array, odd=odd, null=self._nulls(), unparsed=in_texts(array))

    def _slow(self, kind: Kind) -> Column:
        import pyarrow as pa

        convert = CONVERT[kind]
        out: list[object] = []
        odd: dict[int, str] = {}
        as_text: list[int] = []
        for row, item in enumerate(self.items):
            if item is ABSENT or item is None:
                out.append(None)
                continue
            value = convert(item)
            if value is None and not (isinstance(item, str) and _means_missing(kind, item)):
                odd[row] = json_text(item)
            if kind is Kind.NUMBER and value is not None and isinstance(item, str):
                as_text.append(row)
            out.append(value)
        array = pa.array(out, loose_type(kind))
        return Column(array=array, odd=odd, null=self._nulls(), as_text=tuple(as_text))


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Cells of a CSV column: text (null where empty), or already of the kind."""

    array: Array
    decimal_comma: bool = False
    """The producer writes ``1,5``."""
    zone_less_utc: bool = False
    """The producer writes UTC without a zone."""

    def values(self) -> Sequence[object]:
        """Give the cells as JSON values."""
        encoded = self.array.dictionary_encode()
        distinct = [cell_value(text) for text in encoded.dictionary.to_pylist()]
        return [
            ABSENT if index is None else distinct[index] for index in encoded.indices.to_pylist()
        ]

    def unknown(self) -> Column:
        """Read as JSON, numbers only where programs write them so."""
        return self._by_distinct(Kind.JSON, lambda text: _cell_json(text, unknown_cell_value))

    def column(self, kind: Kind) -> Column:
        """Read as a kind; what the reader has typed already is taken as it is."""
        import pyarrow as pa

        if not pa.types.is_string(self.array.type) or kind in STRINGS:
            return Column(array=self.array)
        if kind is Kind.TIME:
            trimmed = _trim(self.array)
            return Column(array=zone_less_as_utc(trimmed) if self.zone_less_utc else trimmed)
        if kind is Kind.NUMBER:
            return self._numbers()
        if kind is Kind.FLAG:
            return self._by_distinct(kind, flag_of)
        return self.answers(numbers=True)

    def answers(self, *, numbers: bool) -> Column:
        """Read as JSON; a decimal comma is one where the column is one of ``numbers``.

        Elsewhere ``1,3`` may as well be the first and the third of several choices.
        """
        commas = self.decimal_comma
        cells = replace(self, array=with_points(self.array)) if commas and numbers else self
        found = cells._by_distinct(Kind.JSON, _cell_json)
        return replace(
            found,
            unclear=perhaps_thousands(self.array) if commas else (),
            comma=with_commas(self.array) if commas and not numbers else (),
            unparsed=unparsed(self.array, found.array),
        )

    def ids(self) -> Column:
        """Read as a list of ids in JSON; a decimal comma is none there."""
        found = self._by_distinct(Kind.JSON, lambda text: _cell_json(text, id_list_value))
        return replace(found, unparsed=unparsed(self.array, found.array))

    def _numbers(self) -> Column:
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = _trim(self.array)
        unclear = perhaps_thousands(texts) if self.decimal_comma else ()
        if self.decimal_comma:
            texts = pc.replace_substring(texts, ",", ".")
        try:
            numbers = pc.cast(texts, pa.float64())
        except pa.ArrowInvalid:
            numbers = None
        if numbers is not None and pc.all(pc.is_finite(numbers)).as_py() in (True, None):
            return Column(array=numbers, unclear=unclear)
        comma = "," if self.decimal_comma else "."
        found = self._by_distinct(Kind.NUMBER, lambda text: number_of(text.replace(comma, ".")))
        return replace(found, unclear=unclear)

    def _by_distinct(self, kind: Kind, convert: Callable[[str], object]) -> Column:
        import pyarrow as pa

        encoded = self.array.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        converted = [convert(text) for text in distinct]
        array = pa.array(converted, loose_type(kind)).take(encoded.indices)
        failed = {
            index: json_text(unknown_cell_value(text))
            for index, text in enumerate(distinct)
            if converted[index] is None and not _means_missing(kind, text)
        }
        places = enumerate(encoded.indices.to_pylist() if failed else ())
        odd = {row: failed[index] for row, index in places if index in failed}
        return Column(array=array, odd=odd)


def loose_type(kind: Kind) -> pa.DataType:
    """How a kind of column lies in memory before the last step of ingest."""
    import pyarrow as pa

    if kind is Kind.NUMBER:
        return pa.float64()
    return pa.bool_() if kind is Kind.FLAG else pa.string()


def _means_missing(kind: Kind, text: str) -> bool:
    text = text.strip()
    return not text or (kind is Kind.NUMBER and text.casefold() == "nan")


def _trim(texts: Array) -> Array:
    """Without blanks around; an empty cell is a missing one, whether it was quoted or not."""
    import pyarrow.compute as pc

    return without_empty(pc.utf8_trim_whitespace(texts))


def _cell_json(text: str, value_of: Callable[[str], object] = cell_value) -> str | None:
    return None if text == DESTROYED or not text.strip() else json_text(value_of(text))
