"""Which summary table each data type gets when a policy declares none: its question in columns.

One table per data type and one margin per table: tables that share a margin could be subtracted
from each other (disclosure-control.md, "A suppressed cell beside a published total").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import (
    CHAT,
    COMPONENTS,
    CONTINUOUS,
    EVENTS,
    RECORDINGS,
    SPARSE,
    SYNC,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """One summary table."""

    name: str
    """Name of the table and of its file, without type suffix."""
    data_type: str
    dimensions: tuple[str, ...] = ()
    """Columns whose levels make the cells; none makes one cell."""
    measure: str | None = None
    """Number that is averaged; a JSON column counts where its value is a number."""
    between_people: bool = False
    """About what people do together: a cell also needs enough distinct rooms."""


DEFAULT: Final[Mapping[str, TableSpec]] = {
    spec.data_type: spec
    for spec in (
        TableSpec(
            name="events_by_type",
            data_type=EVENTS.name,
            dimensions=("eventType", "componentType"),
            measure="duration",
        ),
        TableSpec(
            name="recordings_by_format",
            data_type=RECORDINGS.name,
            dimensions=("format",),
            measure="duration",
        ),
        TableSpec(name="chat_overall", data_type=CHAT.name, between_people=True),
        TableSpec(
            name="ratings_continuous_by_component",
            data_type=CONTINUOUS.name,
            dimensions=("componentId",),
            measure="value",
        ),
        TableSpec(
            name="ratings_sparse_by_component",
            data_type=SPARSE.name,
            dimensions=("componentId",),
            measure="value",
        ),
        TableSpec(
            name="sync_overall", data_type=SYNC.name, measure="timeDrift", between_people=True
        ),
        TableSpec(
            name="components_by_type",
            data_type=COMPONENTS.name,
            dimensions=("componentType",),
            measure="responseTime",
        ),
    )
}
