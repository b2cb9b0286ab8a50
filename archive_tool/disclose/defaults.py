"""Which summary tables each data type gets when a policy declares none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from archive_tool.model.aggregates import (
    DATE,
    LENGTH,
    POSITION,
    PRECISIONS,
    Dimension,
    Source,
    TableSpec,
)
from archive_tool.model.datatypes import (
    BY_NAME,
    CHAT,
    COMPONENTS,
    CONTINUOUS,
    EVENTS,
    RECORDINGS,
    SPARSE,
    SYNC,
)
from archive_tool.policy.dates import at_precision, dated
from archive_tool.policy.sources import lost
from archive_tool.policy.tables import preferred

if TYPE_CHECKING:
    from archive_tool.policy.decisions import Decisions

SECOND: Final = 1000.0
MINUTE: Final = 60_000.0
TENTHS: Final = tuple(step / 10 for step in range(11))
QUALITY: Final = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
LENGTHS: Final = (0.0, 1.0, 20.0, 50.0, 100.0, 200.0, 500.0, 2000.0)


def _by(name: str, *, bin: float | None = None, leaf: str = "", called: str = "",
        edges: tuple[float, ...] = (), form: str = "", design: bool = True,
        outcome: bool = False) -> Dimension:  # fmt: skip
    source = Source(column=name, leaf=leaf, form=form)
    return Dimension(name=called or str(source), source=source, bin=bin, edges=edges,
                     design=design and not outcome, outcome=outcome)  # fmt: skip


def _table(name: str, data_type: str, *dimensions: Dimension, measure: str = "",
           leaf: str = "", form: str = "", totals: str = "margins") -> TableSpec:  # fmt: skip
    return TableSpec(
        name=name,
        data_type=data_type,
        dimensions=dimensions,
        measure=Source(column=measure, leaf=leaf, form=form) if measure else None,
        totals=totals,
        prefer=preferred(len(dimensions)),
        between_people=BY_NAME[data_type].between_people,
        signed=True,
    )


_ROLE: Final = _by("role", design=False)
_CONDITION: Final = _by("condition", design=False)

DEFAULT: Final = (
    _table("events_by_type", EVENTS.name, _by("eventType"), _by("componentType"),
           measure="duration"),
    _table("events_by_role", EVENTS.name, _by("participantRole", design=False),
           measure="response", leaf="responseTime"),
    _table("events_by_state", EVENTS.name, _by("stateName"), measure="response",
           leaf="responseTime"),
    _table("events_answers", EVENTS.name, _by("componentId"),
           _by("response", leaf="value", outcome=True), totals="none"),
    _table("sessions_by_date", EVENTS.name, _by("timestamp", form=DATE, called="date",
                                                design=False)),
    _table("recordings_by_format", RECORDINGS.name, _by("format"), measure="duration"),
    _table("chat_overall", CHAT.name),
    _table("chat_by_role_and_minute", CHAT.name, _ROLE, _by("onset", bin=MINUTE),
           measure="content", form=LENGTH),
    _table("chat_lengths", CHAT.name,
           _by("content", form=LENGTH, edges=LENGTHS, called="length", outcome=True)),
    _table("ratings_continuous_by_component", CONTINUOUS.name, _by("componentId"),
           measure="value"),
    _table("ratings_continuous_by_state", CONTINUOUS.name, _by("stateId"), measure="value"),
    _table("ratings_continuous_by_role", CONTINUOUS.name, _ROLE, measure="value"),
    _table("ratings_continuous_by_condition", CONTINUOUS.name, _CONDITION, measure="value"),
    _table("ratings_continuous_histogram", CONTINUOUS.name, _by("componentId"),
           _by("value", form=POSITION, edges=TENTHS, called="position", outcome=True),
           totals="none"),
    _table("ratings_continuous_course", CONTINUOUS.name, _by("componentId"),
           _by("onset", bin=SECOND), measure="value", totals="none"),
    _table("ratings_sparse_by_component", SPARSE.name, _by("componentId"), measure="value"),
    _table("ratings_sparse_by_state", SPARSE.name, _by("stateId"), measure="value"),
    _table("ratings_sparse_by_role", SPARSE.name, _ROLE, measure="value"),
    _table("ratings_sparse_by_condition", SPARSE.name, _CONDITION, measure="value"),
    _table("ratings_sparse_histogram", SPARSE.name, _by("componentId"),
           _by("value", form=POSITION, edges=TENTHS, called="position", outcome=True),
           totals="none"),
    _table("ratings_sparse_times", SPARSE.name, _by("componentId"), measure="responseTime"),
    _table("sync_overall", SYNC.name, measure="timeDrift"),
    _table("sync_bands", SYNC.name, _by("syncQuality", edges=QUALITY), measure="timeDrift"),
    _table("components_by_type", COMPONENTS.name, _by("componentType"), measure="responseTime"),
    _table("components_completed", COMPONENTS.name, _by("componentType"), measure="completed"),
)  # fmt: skip
"""Every table asks one question. Tables of one data type share their totals, and are protected
together, so that none can be subtracted from another (disclosure-control.md, "A suppressed cell
beside a published total")."""


def specs_for(data_type: str, decisions: Decisions) -> list[TableSpec]:
    """Give the tables of a data type: the declared ones, or defaults without what is dropped.

    A default table loses a dropped measure, and is left out when it needs a dropped dimension.
    """
    declared = decisions.policy.aggregate.tables
    if declared or decisions.policy.aggregate.noisy:
        return [spec for spec in declared if spec.data_type == data_type]
    if not decisions.aggregates(data_type):
        return []
    specs = []
    dates = decisions.policy.aggregate.dates
    for default in DEFAULT:
        if default.data_type != data_type or (dated(default) and dates not in PRECISIONS):
            continue
        spec = at_precision(default, dates)
        dropped = {use for use, _ in lost(spec, decisions)}
        if "dimension" in dropped or ("measure" in dropped and _twice(spec)):
            continue
        specs.append(without_measure(spec) if "measure" in dropped else spec)
    return specs


def without_measure(spec: TableSpec) -> TableSpec:
    """Only count."""
    return replace(spec, measure=None)


def _twice(spec: TableSpec) -> bool:
    """Whether another default counts the same cells already."""
    first = next((one for one in DEFAULT if one.data_type == spec.data_type
                  and one.dimensions == spec.dimensions), spec)  # fmt: skip
    return first.name != spec.name
