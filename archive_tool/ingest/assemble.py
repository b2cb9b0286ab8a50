"""From the columns of an export to the columns of the schema, still in their loose form."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Any, Final

from archive_tool.ingest.arrow import as_mask, equals, plain
from archive_tool.ingest.cells.json_texts import null_names, object_texts
from archive_tool.ingest.cells.value_remarks import VALUE_DESTROYED, tell
from archive_tool.ingest.cells.values import ABSENT, DESTROYED_TEXT, json_text
from archive_tool.ingest.no_ids import NO_ID, only_ids
from archive_tool.ingest.roster import fields_of
from archive_tool.ingest.sources import Cells, Column, JsonValues, Source
from archive_tool.model.datatypes import ROSTER
from archive_tool.model.findings import Code, Severity
from archive_tool.model.tables import AT, EXTRA, NULLS
from archive_tool.schemas import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from archive_tool.ingest.arrow import Array
    from archive_tool.ingest.columns import ColumnPlan
    from archive_tool.ingest.remarks import TableRows

COLUMNS_DERIVED: Final = Code(
    name="COLUMNS-DERIVED",
    severity=Severity.NOTE,
    message="columns that a client computed or copied from others are dropped",
    meaning="Clients add columns that follow from others (`onset_sec`, `local_path`). "
    "Nothing is lost with them, and some hold paths of the researcher's computer.",
)
FIELDS_RENAMED: Final = Code(
    name="FIELDS-RENAMED",
    severity=Severity.NOTE,
    message="a column of another name is folded into this one",
    meaning="The platform has renamed fields; rows are read under one name.",
)
FIELDS_UNKNOWN: Final = Code(
    name="FIELDS-UNKNOWN",
    severity=Severity.NOTE,
    message="rows have fields that the schema does not know; the policy decides whether they leave",
    meaning="The platform adds fields; what no schema knows goes into one column, and "
    "leaves only if the policy says so.",
    hint="see what the policy says about extra, the column that they are read into",
)
UNIT_OTHER: Final = Code(
    name="UNIT-OTHER",
    severity=Severity.WARNING,
    message="the header states another unit than the field has; the column is kept in extra",
    meaning="A header may state the unit of its field, `Onset (ms)`. Numbers in seconds are not "
    "taken for milliseconds.",
    hint="use the file as it was downloaded",
)
ALIAS_CONFLICT: Final = Code(
    name="ALIAS-CONFLICT",
    severity=Severity.WARNING,
    message="two names of the same field have different values; the second one is kept in extra",
    meaning="Exports name some fields in two ways (`sessionId`, `roomId`). Where a row "
    "has both, they say the same.",
    advice="keep one of the two columns in the file",
)


def assemble(plan: ColumnPlan, sources: Mapping[str, Source], rows: TableRows) -> pa.Table:
    """Columns of the schema in loose form, then ``extra``, ``nulls`` and ``_at``.

    Columns that no key fills are left out. Text columns may be dictionary-encoded where the reader
    did so.
    """
    import pyarrow as pa

    assembly = _Assembly(plan=plan, sources=sources, rows=rows)
    for field in fields_of(rows.data_type):
        assembly.add_field(field)
    for key in plan.unknown:
        assembly.add_unknown(key)
    if plan.scale is not None:
        assembly.extra["scale"] = _scale_rest(sources[plan.scale])
    assembly.count()
    return pa.table(assembly.columns())


@dataclass(frozen=True, kw_only=True)
class _Assembly:
    """The columns of a table while they are put together."""

    plan: ColumnPlan
    sources: Mapping[str, Source]
    rows: TableRows
    out: dict[str, Array] = dataclass_field(default_factory=dict)
    nulls: dict[str, Array] = dataclass_field(default_factory=dict)
    """Column → mask of explicit nulls."""
    extra: dict[str, Array] = dataclass_field(default_factory=dict)
    """Key → JSON texts, or None when there are none."""
    beside: list[str] = dataclass_field(default_factory=list)
    """Flattened keys that have values where their column has one too."""

    @property
    def number(self) -> int:
        """How many rows there are."""
        return len(self.rows.at)

    def add_field(self, field: Field) -> None:
        """One column of the schema, from all keys that hold it."""
        name, plan = field.name, self.plan
        for key in plan.columns.get(name, ()):
            column = _read(self.sources[key], field)
            tell(column, field, self.rows)
            column, words = only_ids(column, field)
            if words is not None:
                self.rows.remark(NO_ID, words, column=name)
            odd = _odd_texts(column.odd, self.number) if column.odd else None
            if name in self.out:
                self._merge(field, key, column.array, odd)
            else:
                self.out[name] = column.array
                self.extra[name] = odd
                if column.null is not None:
                    self.nulls[name] = column.null
        if name in plan.nested:
            self._fill(name, plan.nested[name])
        if plan.scale is not None and name in ("scaleMin", "scaleMax"):
            end = _scale_end(self.sources[plan.scale], name)
            self.out[name] = _first_of(self.out.get(name), end)

    def add_unknown(self, key: str) -> None:
        """Put a key that the schema does not know into ``extra``."""
        texts = _unknown(self.sources[key])
        self.extra[key] = texts
        self.rows.remark(VALUE_DESTROYED, as_mask(equals(texts, DESTROYED_TEXT)), column=EXTRA)

    def count(self) -> None:
        """Note what was dropped and renamed."""
        data_type, remarks = self.rows.data_type, self.rows.remarks
        if data_type in ROSTER:
            return
        if self.plan.derived:
            remarks.note(COLUMNS_DERIVED, data_type=data_type, rows=self.number)
        for name in self.plan.other_unit.values():
            remarks.at(UNIT_OTHER, self.rows.at, data_type=data_type, column=name)
        for name in self.plan.renamed:
            remarks.note(FIELDS_RENAMED, data_type=data_type, column=name, rows=self.number)

    def columns(self) -> dict[str, Array]:
        """All columns with ``extra``, ``nulls`` and ``_at``."""
        import pyarrow as pa

        rows, data_type = self.number, self.rows.data_type
        members = {key: texts for key, texts in self.extra.items() if texts is not None}
        extra = object_texts(members, rows)
        with_unknown = rows - extra.null_count if self.plan.unknown or self.beside else 0
        if with_unknown and data_type not in ROSTER:
            self.rows.remarks.note(FIELDS_UNKNOWN, data_type=data_type, rows=with_unknown)
        nulls = null_names(self._still_null(), rows)
        return self.out | {EXTRA: extra, NULLS: nulls, AT: pa.array(self.rows.at, pa.int64())}

    def _still_null(self) -> dict[str, Array]:
        """Explicit nulls that no other name of the field has filled."""
        import pyarrow.compute as pc

        return {
            name: pc.and_(mask, self.out[name].is_null())
            if len(self.plan.columns[name]) > 1 or name in self.plan.nested
            else mask
            for name, mask in self.nulls.items()
        }

    def _fill(self, name: str, parts: Mapping[str, str]) -> None:
        """Rebuild a JSON column where it says nothing itself; beside a value the parts are extra.

        An answer that is an object in some rows and flat in others is flattened in both ways.
        """
        import pyarrow.compute as pc

        rebuilt = _rebuilt(parts, self.sources, self.number)
        if name not in self.out:
            self.out[name] = rebuilt
            return
        told = _told(parts, self.sources, self.number)
        both = pc.and_(told, self.out[name].is_valid())
        self.out[name] = pc.coalesce(self.out[name], pc.if_else(told, rebuilt, None))
        if pc.any(both).as_py():
            self.beside.extend(parts.values())
            for key in parts.values():
                self.extra[key] = pc.if_else(both, _unknown(self.sources[key]), None)

    def _merge(self, field: Field, key: str, array: Array, odd: Array) -> None:
        """Fill the gaps of a column from its second name; what differs is kept in ``extra``."""
        import pyarrow as pa
        import pyarrow.compute as pc

        first, second = plain(self.out[field.name]), plain(array)
        if first.type != second.type:
            first, second = pc.cast(first, pa.string()), pc.cast(second, pa.string())
        self.out[field.name] = pc.coalesce(first, second)
        differ = as_mask(pc.not_equal(first, second))
        if differ.any():
            self.rows.remark(ALIAS_CONFLICT, differ, column=field.name)
            is_json = field.kind is Kind.JSON
            texts = [
                (value if is_json else json_text(value)) if other else None
                for value, other in zip(second.to_pylist(), differ, strict=True)
            ]
            odd = _first_of(pa.array(texts, pa.string()), odd)
        self.extra[key] = odd


def _read(source: Source, field: Field) -> Column:
    if field.kind is Kind.JSON and isinstance(source, Cells):
        return source.ids() if field.lists_people else source.answers(numbers=field.is_number)
    return source.column(field.kind)


def _odd_texts(odd: Mapping[int, str], rows: int) -> Array:
    import pyarrow as pa

    return pa.array([odd.get(row) for row in range(rows)], pa.string())


def _first_of(one: Array, other: Array) -> Array:
    import pyarrow.compute as pc

    if one is None or other is None:
        return other if one is None else one
    return pc.coalesce(one, other)


def _unknown(source: Source) -> Array:
    """JSON texts of an unknown column; an explicit null stays one, ``null``."""
    import pyarrow.compute as pc

    column = source.unknown()
    texts = column.array
    if column.odd:
        texts = _first_of(texts, _odd_texts(column.odd, len(texts)))
    return texts if column.null is None else pc.if_else(column.null, "null", texts)


def _scale_end(source: Source, name: str) -> Array:
    key = "min" if name == "scaleMin" else "max"
    ends = [
        value.get(key, ABSENT) if isinstance(value, dict) else ABSENT for value in source.values()
    ]
    return JsonValues(items=ends).column(Kind.NUMBER).array


def _scale_rest(source: Source) -> Array | None:
    """Tell what a scale holds besides two numbers, as JSON texts."""
    import pyarrow as pa

    rest = [
        None if value is ABSENT or _is_plain_scale(value) else json_text(value)
        for value in source.values()
    ]
    return pa.array(rest, pa.string()) if any(text is not None for text in rest) else None


def _is_plain_scale(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= {"min", "max"}
        and all(
            isinstance(end, int | float) and not isinstance(end, bool) for end in value.values()
        )
    )


def _rebuilt(parts: Mapping[str, str], sources: Mapping[str, Source], rows: int) -> Array:
    """Rebuild a JSON column: ``{"timestamps.shown": key}`` becomes nested objects.

    Where ``value`` is an object in some rows and a number in others, it has columns of both names.
    """
    import pyarrow.compute as pc

    direct: dict[str, Any] = {}
    deeper: dict[str, dict[str, str]] = {}
    for path, key in parts.items():
        head, dot, rest = path.partition(".")
        if dot and rest:
            deeper.setdefault(head, {})[rest] = key
        else:
            direct[path] = _unknown(sources[key])
    for head, below in deeper.items():
        nested = _rebuilt(below, sources, rows)
        if head in direct:
            nested = pc.if_else(_told(below, sources, rows), nested, None)
            nested = _first_of(nested, direct[head])
        direct[head] = nested
    return object_texts(direct, rows)


def _told(parts: Mapping[str, str], sources: Mapping[str, Source], rows: int) -> Array:
    """Rows in which a flattened key has a value; a frame has a null for every key that a row lacks."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = pa.array([False] * rows)
    for key in parts.values():
        told = pc.or_(told, pc.fill_null(pc.not_equal(_unknown(sources[key]), "null"), False))
    return told
