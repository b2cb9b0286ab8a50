"""A small study as the platform would answer it: JSON rows, absent keys absent, nulls null."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sample_data import model
from sample_data.cast import EXPERIMENT, Cast, study_cast
from sample_data.places import Ints, even, iso, spread
from sample_data.script import OPENING, ROUND

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
"""One record as parsed JSON."""

SEVEN: Final = (
    "events",
    "recordings",
    "chat",
    "ratings/continuous",
    "ratings/sparse",
    "sync",
    "components",
)
"""Data types that archives hold, and that the study has rows of."""
DOWNLOADED: Final = datetime(2026, 10, 30, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything a download can hold."""

    experiment_id: str
    rows: dict[str, list[Row]]
    """Rows by the platform's name of the data type, in the order of the listing."""
    downloaded_at: datetime = DOWNLOADED
    """``metadata.timestamp`` of the answers."""
    zeros: dict[str, str] = field(default_factory=dict)
    """``experimentStartedAt`` by room id, ISO 8601."""

    @property
    def rooms(self) -> tuple[str, ...]:
        """Room ids in the order of their first row."""
        seen = {room_of(row): None for rows in self.rows.values() for row in rows}
        return tuple(room for room in seen if room)

    def in_room(self, room: str) -> Study:
        """The part of the study that a room-scope download answers; rows without room stay out."""
        rows = {name: [r for r in rows if room_of(r) == room] for name, rows in self.rows.items()}
        return Study(
            experiment_id=self.experiment_id,
            rows=rows,
            zeros=self.zeros,
            downloaded_at=self.downloaded_at,
        )

    def only(self, *names: str) -> Study:
        """Some of the data types."""
        return Study(
            experiment_id=self.experiment_id,
            downloaded_at=self.downloaded_at,
            rows={name: self.rows[name] for name in names},
            zeros=self.zeros,
        )


def room_of(row: Row) -> str | None:
    """The room of a row; events of the seeds call it ``sessionId``."""
    room = row.get("roomId", row.get("sessionId"))
    return room if isinstance(room, str) else None


def rows_of(name: str, table: pa.Table) -> list[Row]:
    """Columns as JSON rows: Arrow nulls are absent keys, JSON text becomes JSON."""
    nested = model.JSON_COLUMNS.get(name, frozenset())
    return [
        {
            key: json.loads(value) if key in nested else value
            for key, value in row.items()
            if value is not None
        }
        for row in table.to_pylist()
    ]


def small_study() -> Study:
    """The committed study: 12 dyads, a group of four, an agent, and one who declined."""
    cast = study_cast()
    made = {
        "events": _rows("events", cast, _event_counts(cast)),
        "recordings": rows_of("recordings", model.recordings(cast)),
        "chat": _rows("chat", cast, even(cast, 9 * 29, frozenset({"person", "agent"}))),
        "ratings/continuous": _rows("ratings/continuous", cast, even(cast, 40 * 28)),
        "ratings/sparse": _rows("ratings/sparse", cast, even(cast, 5 * 28)),
        "sync": _rows("sync", cast, _viewer_counts(cast, 10)),
        "components": rows_of("components", model.components(cast)),
        "participants": rows_of("participants", model.participants(cast)),
    }
    zeros = {room.id: iso(room.zero) for room in cast.rooms}
    return Study(experiment_id=EXPERIMENT, rows=made, zeros=zeros)


TABLES: Final = {
    "events": model.events,
    "chat": model.chat,
    "ratings/continuous": model.ratings_continuous,
    "ratings/sparse": model.ratings_sparse,
    "sync": model.sync,
}
"""The types whose number of rows can be chosen."""


def _rows(name: str, cast: Cast, counts: Ints) -> list[Row]:
    return [row for places in spread(cast, counts) for row in rows_of(name, TABLES[name](places))]


def _event_counts(cast: Cast) -> Ints:
    whole = len(OPENING) + len(ROUND) + 1
    by_kind = {"person": whole, "agent": whole - 6, "declined": 1}
    return np.array([by_kind[person.kind] for person in cast.people], dtype=np.int64)


def _viewer_counts(cast: Cast, each: int) -> Ints:
    """Hosts report no sync metrics: the first person of a room is the host."""
    hosts = {person.room: index for index, person in reversed(list(enumerate(cast.people)))}
    return np.array(
        [
            each if person.kind == "person" and hosts[person.room] != index else 0
            for index, person in enumerate(cast.people)
        ],
        dtype=np.int64,
    )


def planted() -> list[dict[str, Any]]:
    """What must not leave: every marker, its kind, and where it lies in how many rows."""
    cast, study = study_cast(), small_study()
    kinds: dict[str, str] = {
        "Gwendolyn": "unlisted-name",
        "https://forum.example.net/u/": "url",
        "203.0.113.": "ip",
        "198.51.100.7": "ip",
    }
    for person in cast.people:
        named = {
            person.id: "participant-id",
            person.name: "name",
            person.name.split()[0]: "first-name",
            person.email: "email",
            person.phone: "phone",
            person.handle: "handle",
        }
        kinds |= {
            marker: kind for marker, kind in named.items() if marker and person.kind != "agent"
        }
    kinds |= {room.id: "room-id" for room in cast.rooms}
    kinds |= {row["downloadUrl"].split("=")[-1]: "signature" for row in study.rows["recordings"]}
    found: Counter[tuple[str, str, str]] = Counter()
    for name, rows in study.rows.items():
        for key, text in ((k, _text(v)) for row in rows for k, v in row.items()):
            found.update((marker, name, key) for marker in kinds if marker in text)
    return [
        {"marker": marker, "kind": kinds[marker], "type": name, "field": key, "rows": number}
        for (marker, name, key), number in sorted(found.items())
    ]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
