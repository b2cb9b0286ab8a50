"""The policy applied to a table: a pure function of rows and context, column by column."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from archive_tool.anonymize.clocks import MAY_BE_EPOCH, days_of_rows, shift_column
from archive_tool.anonymize.columns import (
    code_column,
    drop_moments,
    drop_withdrawn,
    generalize_column,
    in_rooms,
    map_values,
    reduce_nulls,
)
from archive_tool.anonymize.nested.documents import rewrite_column
from archive_tool.anonymize.nested.leaves import Leaves
from archive_tool.model.datatypes import BY_NAME, CHAT
from archive_tool.model.policy import INDIVIDUAL, Action, Decision
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas import FIELDS, Field, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa

    from archive_tool.anonymize.context import Context
    from archive_tool.anonymize.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What leaves, and what was done to it."""

    table: pa.Table
    """Columns that leave, in the order of the schema; ``_at`` and unknown columns are not among
    them. Every column has the Arrow type of its kind (``schemas.arrow_schema``)."""
    kept: pa.BooleanArray | None
    """Which rows of the input are in ``table``, in order; None when all are."""
    touched: Mapping[str, int]
    """Cells changed or emptied, by ``column: action``."""
    dropped_leaves: Mapping[str, int] = field(default_factory=dict)
    """Unknown leaves dropped, by path; a key that no schema declares is shown as ``*``."""


@dataclass(kw_only=True)
class _Work:
    """One table on its way."""

    plan: Plan
    rooms: pa.Array
    """Room of each row: dictionary<int32, string>."""
    touched: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)

    @cached_property
    def days(self) -> np.ndarray:
        """Days by which the clocks of each row move."""
        return days_of_rows(self.rooms, self.plan.keys.shift_days)

    def note(self, column: str, action: str, cells: int) -> None:
        if cells:
            self.touched[f"{column}: {action}"] += cells


def apply(data_type: str, table: pa.Table, context: Context) -> Applied:
    """Apply the policy to rows of one data type, of as many subjects as there are.

    Row-wise: what happens to a row depends on that row and the context only, so that buckets,
    threads and processes may cut the rows as they like.
    """
    import pyarrow as pa

    plan = context.plan(data_type)
    table, kept = without_excluded(table, data_type, plan)
    table = table.unify_dictionaries().combine_chunks()
    work = _Work(plan=plan, rooms=_array(table, "roomId"))
    if data_type == CHAT.name:
        table, emptied = drop_withdrawn(table)
        work.note("content", "withdrawn", emptied)
    columns: dict[str, pa.Array] = {}
    for column in FIELDS[data_type]:
        if column.name not in table.column_names:
            continue
        decision = plan.decisions.of(data_type, column.name)
        changed = _column(_array(table, column.name), column, decision, work)
        if changed is not None:
            columns[column.name] = changed
    _add_extra(table, columns, work)
    if NULLS in table.column_names and columns:
        columns[NULLS] = reduce_nulls(_array(table, NULLS), frozenset(columns))
    return Applied(
        table=pa.table(columns),
        kept=kept,
        touched=dict(work.touched),
        dropped_leaves=dict(work.dropped),
    )


def without_excluded(
    table: pa.Table, data_type: str, plan: Plan
) -> tuple[pa.Table, pa.BooleanArray | None]:
    """Leave out the rows of people who are left out; also which rows stay, None for all."""
    import pyarrow as pa
    import pyarrow.compute as pc

    subject = BY_NAME[data_type].subject
    if not plan.excluded or subject not in table.column_names:
        return table, None
    people = table[subject].unify_dictionaries().combine_chunks()
    out = [who for who in people.dictionary.to_pylist() if who and plan.is_excluded(who)]
    if not out:
        return table, None
    theirs = pc.is_in(people.cast(pa.string()), pa.array(out, pa.string()))
    kept = pc.invert(theirs)
    return table.filter(kept), kept


def _column(array: pa.Array, column: Field, decision: Decision, work: _Work) -> pa.Array | None:
    """One column under one action; None where it does not leave."""
    action, cells = decision.action, len(array) - array.null_count
    if action not in INDIVIDUAL:
        work.note(column.name, action, cells)
        return None
    if column.kind is Kind.JSON:
        return _json(array, column, action, work)
    if column.kind is Kind.NUMBER and (work.plan.drops_clocks or work.plan.moves_clocks):
        array, moments = drop_moments(array)
        work.note(column.name, Action.DROP, moments)
        cells -= moments
    match action:
        case Action.KEEP | Action.SCRUB:
            return _kept(array, column, action, work)
        case Action.PSEUDONYMIZE:
            work.note(column.name, action, cells)
            if column.kind is Kind.RECORD:
                return work.plan.keys.of_records(array)
            return code_column(array, column.sensitivity, work.plan)
        case Action.GENERALIZE:
            work.note(column.name, action, cells)
            return generalize_column(array, decision)
        case Action.SHIFT:
            moved = shift_column(array, work.days)
            left = len(moved) - moved.null_count
            work.note(column.name, action, left)
            work.note(column.name, Action.DROP, cells - left)
            return moved
        case Action.DROP | Action.AGGREGATE | Action.BY_LEAF:
            return None  # nothing of it leaves; only JSON is decided by leaf


def _kept(array: pa.Array, column: Field, action: Action, work: _Work) -> pa.Array:
    """Rewrite words that stay: they lose what is known, more where they are scrubbed."""
    if column.kind in (Kind.ID, Kind.LABEL):
        return _words(array, column, action, work)
    scrubber = work.plan.full if action is Action.SCRUB else work.plan.kept
    kept_name = action is Action.KEEP and column.sensitivity is Sensitivity.NAME
    if column.kind is not Kind.TEXT or scrubber is None or kept_name:
        return array
    array, cells = in_rooms(
        array, work.rooms, scrubber.rooms, lambda texts, room, _: scrubber.column(texts, room)
    )
    work.note(column.name, Action.SCRUB, cells)
    return array


def _words(array: pa.Array, column: Field, action: Action, work: _Work) -> pa.Array:
    """Rewrite dictionary columns: ids and labels, a few words for many rows."""
    plan = work.plan
    change = plan.kept_text if column.kind is Kind.LABEL else plan.kept_id
    if action is Action.SCRUB:
        change = plan.scrub_text
    identity = column.sensitivity in (Sensitivity.PERSON, Sensitivity.ROOM)
    if change is None or (identity and action is Action.KEEP):
        return array
    array, cells = map_values(array, change)
    work.note(column.name, Action.SCRUB, cells)
    return array


def _json(array: pa.Array, column: Field | None, action: Action, work: _Work) -> pa.Array:
    """Rewrite a JSON column leaf by leaf; kept whole only when no text in it needs a look."""
    import pyarrow.compute as pc

    hidden = column is None and work.plan.hidden
    if action is Action.KEEP and not (work.plan.kept_text or work.plan.excluded or hidden):
        return array
    clocks = bool(pc.any(pc.match_substring_regex(array, MAY_BE_EPOCH)).as_py())
    leaves = Leaves(work.plan, column, clocks=clocks)
    days = work.days if work.plan.decisions.policy.time == "shift" else None

    def rewrite(texts: pa.Array, room: str, rows: np.ndarray | None) -> tuple[pa.Array, int]:
        leaves.room = room
        return rewrite_column(texts, leaves, days if days is None or rows is None else days[rows])

    array, _ = in_rooms(array, work.rooms, work.plan.rooms, rewrite)
    name = column.name if column else EXTRA
    touched, unknown = leaves.totals()
    for rule, cells in touched.items():
        work.note(name, rule, cells)
    work.dropped.update(unknown)
    return array


def _add_extra(table: pa.Table, columns: dict[str, pa.Array], work: _Work) -> None:
    if EXTRA not in table.column_names:
        return
    decision = work.plan.decisions.of(work.plan.data_type, EXTRA)
    array = _array(table, EXTRA)
    if decision.action in INDIVIDUAL:
        columns[EXTRA] = _json(array, None, decision.action, work)
    else:
        work.note(EXTRA, decision.action, len(array) - array.null_count)


def _array(table: pa.Table, column: str) -> pa.Array:
    """Give a column as one array."""
    import pyarrow as pa

    if column not in table.column_names:
        return pa.nulls(table.num_rows, pa.dictionary(pa.int32(), pa.string()))
    chunks = table[column]
    return chunks.chunk(0) if chunks.num_chunks == 1 else chunks.combine_chunks()
