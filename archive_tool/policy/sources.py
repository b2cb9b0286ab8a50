"""What summary tables may be made of: columns, leaves, and what the policy drops of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.errors import PolicyError
from archive_tool.model.aggregates import DATE, LENGTH, PERSON_COLUMNS, POSITION, Source
from archive_tool.model.datatypes import COMPONENTS, EVENTS, RATINGS
from archive_tool.model.policy import Action
from archive_tool.policy.listed import listed
from archive_tool.policy.paths import tokens
from archive_tool.policy.reader import did_you_mean
from archive_tool.schemas import FIELDS, Kind, Sensitivity, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.model.aggregates import TableSpec
    from archive_tool.model.policy import Policy
    from archive_tool.policy.decisions import Decisions
    from archive_tool.policy.reader import Section

FORMS: Final = (POSITION, LENGTH, DATE)


def source_of(section: Section, data_type: str) -> Source | None:
    """Read a column and perhaps a leaf; None, with the problem noted, for what is none."""
    written = section.text("column")
    form = section.word("as", FORMS, "")
    column, _, leaf = written.partition(".")
    if not written:
        return None
    known = {field.name: field for field in FIELDS[data_type]}
    if column in PERSON_COLUMNS and column not in known and not leaf and not form:
        return Source(column=column)
    field = known.get(column)
    if field is None:
        meant = did_you_mean(column, (*known, *PERSON_COLUMNS))
        section.refuse(f"unknown column{meant}", f"a column of {data_type}")
    elif leaf and field.kind is not Kind.JSON:
        section.refuse("this column has no leaves", "a JSON column")
    elif form == POSITION and (data_type not in RATINGS or column != "value"):
        section.refuse("has no scale", "the value of a rating")
    elif form == LENGTH and field.kind is not Kind.TEXT:
        section.refuse("has no length", "a text column")
    elif form == DATE and field.kind is not Kind.TIME:
        section.refuse("has no date", "a time column")
    else:
        return Source(column=column, leaf=leaf, form=form)
    return None


def nature(source: Source, data_type: str) -> tuple[Sensitivity, Kind]:
    """Say what a source can tell about a person, and of what kind it is.

    A leaf that the schema does not list tells what its column does.
    """
    if source.column in PERSON_COLUMNS and not has_column(data_type, source.column):
        return Sensitivity.QUASI, Kind.LABEL
    field = field_of(data_type, source.column)
    if source.form == POSITION:
        return field.sensitivity, Kind.NUMBER
    if field.kind is not Kind.JSON:
        return field.sensitivity, field.kind
    return listed(field, tokens(source.leaf)) or field.sensitivity, Kind.JSON


def has_column(data_type: str, column: str) -> bool:
    """Whether a data type has a column: ``role`` and ``condition`` may come with the person."""
    return any(field.name == column for field in FIELDS[data_type])


def refuse_dropped(policy: Policy, decisions: Decisions) -> None:
    """PolicyError when a declared table needs a column or a leaf that the policy drops."""
    problems = [
        f"aggregate table {spec.name}: {use} {source} is dropped by this policy"
        for spec in (*policy.aggregate.tables, *(one.table for one in policy.aggregate.noisy))
        for use, source in lost(spec, decisions)
    ]
    if problems:
        raise PolicyError(
            "; ".join(problems),
            where=f"policy {policy.name}",
            expected="columns that leave at least in summary",
        )


def uses(spec: TableSpec) -> Iterator[tuple[str, Source]]:
    """Everything that a table is made of, and what for."""
    for dimension in spec.dimensions:
        yield "dimension", dimension.source
    if spec.measure is not None:
        yield "measure", spec.measure
    for condition in spec.where:
        yield "filter", condition.source


def lost(spec: TableSpec, decisions: Decisions) -> Iterator[tuple[str, Source]]:
    """Everything that a table needs and that does not leave, and what for."""
    for use, source in uses(spec):
        if _is_dropped(decisions, spec.data_type, source) or is_gone(spec, source, decisions):
            yield use, source


def is_gone(spec: TableSpec, source: Source, decisions: Decisions) -> bool:
    """Whether the rows no longer have what a table needs of a source."""
    in_words = {d.source for d in spec.dimensions if d.bin is None and not d.edges}
    in_words |= {condition.source for condition in spec.where if condition.words}
    return not decisions.has(*_place(spec.data_type, source), in_words=source in in_words)


def _is_dropped(decisions: Decisions, data_type: str, source: Source) -> bool:
    """Whether the policy lets nothing of a source leave, not even in summary."""
    data_type, column, leaf = _place(data_type, source)
    if decisions.of(data_type, column).action is Action.DROP:
        return True
    if field_of(data_type, column).kind is not Kind.JSON:
        return False
    return decisions.leaf(data_type, column, leaf).action is Action.DROP


def _place(data_type: str, source: Source) -> tuple[str, str, str]:
    """Give data type, column and leaf that a source comes from: roles come with the person."""
    if has_column(data_type, source.column):
        return data_type, source.column, source.leaf
    home = {"role": (EVENTS.name, "participantRole", ""),
            "condition": (COMPONENTS.name, "variableSnapshot", "condition")}  # fmt: skip
    return home[source.column]
