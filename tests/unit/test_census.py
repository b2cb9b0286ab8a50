"""What the census counts."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from archive_tool.ingest import fingerprint
from archive_tool.ingest.census import Census
from archive_tool.ingest.fingerprint import NULL, of_column
from tests.support.canonical import batch


def at(second: int) -> datetime:
    return datetime(2024, 10, 20, 12, 0, second, tzinfo=UTC)


def event(name: str, second: int, **more: object) -> dict[str, object]:
    return {"id": name, "participantId": "p1", "roomId": "r1", "timestamp": at(second), **more}


def test_counts_of_a_type_over_batches_and_parts() -> None:
    census = Census()
    census.add(batch("events", [event("a", 5, onset=-20), event("b", 3)], order=0))
    census.add(
        batch(
            "events",
            [
                event("c", 9, roomId="r2", participantId="p2", onset=70),
                event("d", 1, roomId=None, participantId=None, experimentId="x"),
                event("e", 2, timestamp=None),
            ],
            order=1,
        )
    )
    found = census.of("events")
    assert (found.rows, found.people, found.rooms) == (5, {"p1", "p2"}, {"r1", "r2"})
    assert (found.first, found.last) == (at(1), at(9))
    assert found.rows_by_part == {0: 2, 1: 3}
    assert found.session_ends == {"r1": at(5), "r2": at(9)}
    assert found.columns_seen == {
        "id", "participantId", "roomId", "timestamp", "onset", "experimentId",
    }  # fmt: skip
    assert set(census.types) == {"events"}


def test_the_subject_of_chat_is_its_sender() -> None:
    census = Census()
    census.add(batch("chat", [{"messageId": "m", "senderId": "p9", "roomId": "r"}]))
    assert census.of("chat").people == {"p9"}


def test_recordings_count_from_start_to_end() -> None:
    rows = [
        {"recordingId": "a", "roomId": "r", "startTime": at(3), "endTime": at(8)},
        {"recordingId": "b", "roomId": "r", "startTime": at(9)},
        {"recordingId": "c", "roomId": "q", "startTime": at(2), "endTime": None},
    ]
    census = Census()
    census.add(batch("recordings", rows))
    found = census.of("recordings")
    assert (found.first, found.last) == (at(2), at(9))
    assert found.session_ends == {"r": at(9), "q": at(2)}


def test_a_type_without_rows_is_empty() -> None:
    census = Census()
    census.add(batch("events", []))
    found = census.of("events")
    assert (found.rows, found.first, found.people) == (0, None, frozenset())
    assert not census.types
    assert not census.duplicates("events")


def test_merging_is_like_counting_together() -> None:
    batches = [
        batch("events", [event("a", 1), event("b", 2)], order=0),
        batch("events", [event("b", 7, roomId="r2")], order=1),
        batch("chat", [{"messageId": "m", "senderId": "p", "roomId": "r", "timestamp": at(4)}]),
    ]
    together, one, other = Census(), Census(), Census()
    for number, each in enumerate(batches):
        together.add(each)
        (one if number % 2 else other).add(each)
    one.merge(other)
    assert dict(one.types) == dict(together.types)
    left, right = one.duplicates("events"), together.duplicates("events")
    assert np.array_equal(left.fingerprints, right.fingerprints)


def test_duplicates_leave_over_only_the_rows_in_question() -> None:
    first = batch("events", [event("a", 1), event("b", 2), event(None, 2)], order=0)
    second = batch("events", [event("c", 3), event("a", 4), event(None, 2)], order=1)
    census = Census()
    census.add(first)
    census.add(second)
    duplicates = census.duplicates("events")
    assert duplicates
    assert [duplicates.filter(b).table["id"].to_pylist() for b in (first, second)] == [["a"], ["a"]]
    alone = Census()
    alone.add(first)
    assert not alone.duplicates("events")
    assert alone.duplicates("events").filter(first).table.num_rows == 0


def test_components_are_duplicates_only_across_parts() -> None:
    rows = [{"componentId": "c", "componentType": "text"}] * 2
    census = Census()
    census.add(batch("components", rows, order=0))
    assert not census.duplicates("components")
    census.add(batch("components", rows[:1], order=3))
    duplicates = census.duplicates("components")
    assert duplicates.filter(batch("components", rows)).table.num_rows == 2


@pytest.mark.parametrize(
    "values",
    [
        ["", "a", "b", "ab", "ba", "a\0", "abcdefgh", "abcdefghi", "abcdefg\0", "ö" * 9, "x" * 99],
        [f"rating_{n:06d}" for n in range(5000)],
        [f"{n}" for n in range(5000)],
        [float(n) for n in range(-2000, 2000)],
        ["x" * n for n in range(4090, 4104)],
        ["x" * 9999 + last for last in "yz"] + ["x" * n + "y" * (9999 - n) for n in range(9999)],
    ],
)
def test_different_values_have_different_fingerprints(values: list[object]) -> None:
    found = of_column(pa.array(values))
    assert len(set(found.tolist())) == len(values)
    assert NULL not in found


def test_rows_do_not_wait_for_one_long_text(monkeypatch: pytest.MonkeyPatch) -> None:
    taken_in: list[int] = []
    monkeypatch.setattr(fingerprint, "_chain", lambda found, _: taken_in.append(len(found)))
    of_column(pa.array(["long " * 100_000, *map(str, range(1_000))]))
    assert len(taken_in) == 1


@pytest.mark.parametrize("long", ["longer than a word", "longer than a page " * 1_000])
def test_a_fingerprint_is_of_the_value_and_not_of_its_place(long: str) -> None:
    plain = pa.array(["x", None, long, "", "x"])
    found = of_column(plain).tolist()
    assert of_column(pa.array([long])).tolist() == [found[2]]
    assert found[1] == NULL
    assert found[0] == found[4]
    assert of_column(plain.dictionary_encode()).tolist() == found
    assert of_column(plain.cast(pa.large_string())).tolist() == found
    assert of_column(plain.slice(2, 3)).tolist() == found[2:]
    assert of_column(pa.chunked_array([plain[:2], plain[2:]])).tolist() == found
    assert of_column(pa.array([0.0])).tolist() == of_column(pa.array([-0.0])).tolist()
