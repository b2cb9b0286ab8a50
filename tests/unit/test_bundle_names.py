"""What names suggest, and what they do not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive_tool.bundle import data_type_from_name
from archive_tool.bundle.names import hints_from_path
from archive_tool.model.bundle import Clock, NameHints
from archive_tool.model.datatypes import WITH_SCHEMA


@pytest.mark.parametrize("data_type", WITH_SCHEMA, ids=lambda one: one.stem)
def test_a_type_is_known_by_its_own_name(data_type):
    names = (data_type.name, data_type.stem, f"{data_type.stem}.csv")
    assert [data_type_from_name(name) for name in names] == [data_type.name] * 3


@pytest.mark.parametrize(
    ("name", "data_type"),
    [
        ("events.csv", "events"),
        ("events (1).csv", "events"),
        ("events - Copy.csv", "events"),
        ("Events.JSON", "events"),
        ("events_2024-10-20.csv", "events"),
        ("events_20241020_143000.csv", "events"),
        ("events_page_2.json", "events"),
        ("events_of_pilot.csv", "events"),
        ("experiment_exp1_all_events.json", "events"),
        ("experiment_events.csv", "events"),
        ("recordings_metadata.csv", "recordings"),
        ("textchat.json", "chat"),
        ("ratings_continuous.csv", "ratings/continuous"),
        ("continuousRatings", "ratings/continuous"),
        ("continuous_ratings", "ratings/continuous"),
        ("ratings/continuous", "ratings/continuous"),
        ("ratings_sparse_page2.json", "ratings/sparse"),
        ("ratings.csv", "ratings"),
        ("syncMetrics", "sync"),
        ("sync_metrics.csv", "sync"),
        ("components.csv", "components"),
        ("AGENT_DECISIONS", "agent_decisions"),
        ("agentDecisions", "agent_decisions"),
        ("comprehension.json", "instructions"),
        ("metadata.json", None),
        ("response.json", None),
        ("my ratings of the events.csv", None),
        ("prevents.csv", None),
        ("", None),
    ],
)
def test_a_name_tells_the_type_in_the_documented_forms_only(
    name: str, data_type: str | None
) -> None:
    assert data_type_from_name(name) == data_type


@pytest.mark.parametrize(
    ("path", "hints"),
    [
        (["room_abc", "x.csv"], NameHints(room_id="room_abc")),
        (["room_abc (1).zip", "x.csv"], NameHints(room_id="room_abc")),
        (["room_a", "room_b", "x.csv"], NameHints(room_id="room_b")),
        (
            ["data_R9_20241020_143000", "x.csv"],
            NameHints(room_id="R9", stamp=datetime(2024, 10, 20, 14, 30, tzinfo=UTC)),
        ),
        (
            ["experiment_123_2024-10-20", "room_abc", "x.csv"],
            NameHints(
                experiment_id="123",
                room_id="room_abc",
                stamp=datetime(2024, 10, 20, tzinfo=UTC),
                clock=Clock.DAY,
            ),
        ),
        (
            ["x_20241020_143000.csv"],
            NameHints(stamp=datetime(2024, 10, 20, 14, 30, tzinfo=UTC)),
        ),
        (["data_R9_20249999_143000", "x.csv"], NameHints(room_id="R9")),
        (["rooms", "database_1", "experiment_123", "x.csv"], NameHints()),
        (["x", "room_abc.csv"], NameHints()),
    ],
)
def test_the_innermost_folder_tells_room_experiment_and_stamp(
    path: list[str], hints: NameHints
) -> None:
    assert hints_from_path(path) == hints
