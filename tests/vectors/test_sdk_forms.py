"""What the official SDK fetches and people save is read back as the rows that the API sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hyperstudy import HyperStudy

from archive_tool.bundle import open_bundle
from archive_tool.ingest import Ingest
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.findings import FindingLog, Severity
from sample_data.forms import stem
from sample_data.study import SEVEN, Row, Study, small_study
from tests.vectors.sdk_server import KEY, serving

if TYPE_CHECKING:
    from pathlib import Path

STUDY = small_study()
ROOM = STUDY.rooms[4]

Rows = set[tuple[Any, ...]]
Fetch = Callable[..., Any]


@pytest.fixture(scope="module")
def client() -> Iterator[HyperStudy]:
    with serving(STUDY) as url:
        yield HyperStudy(api_key=KEY, base_url=url)


def fetch(client: HyperStudy, name: str, scope_id: str, **options: Any) -> Any:
    kind, _, rating = name.partition("/")
    get: Fetch = getattr(client, f"get_{kind}")
    if rating:
        options["kind"] = rating
    return get(scope_id, progress=False, **options)


def key_of(name: str, row: Row, value: str) -> tuple[Any, ...]:
    record = BY_NAME[name].record_id or "componentId"
    return (row.get(record), row.get(BY_NAME[name].subject), row.get("onset"), row.get(value))


VALUES = {
    "events": "eventType",
    "recordings": "videoOffset",
    "chat": "content",
    "sync": "timeDrift",
    "ratings/continuous": "value",
    "ratings/sparse": "responseTime",
    "components": "stateId",
}


def sent(study: Study) -> dict[str, Rows]:
    """Id, person, onset and a value of every row that the API holds."""
    return {name: {key_of(name, row, VALUES[name]) for row in study.rows[name]} for name in SEVEN}


def read(folder: Path) -> tuple[dict[str, Rows], dict[str, int], FindingLog]:
    """The same of every row that our ingest finds in a folder, with their numbers."""
    log, found, counts = FindingLog(), {}, dict.fromkeys(SEVEN, 0)
    with open_bundle([folder]) as bundle:
        for batch in Ingest(bundle, log).batches():
            if batch.data_type in VALUES:
                rows = batch.table.to_pylist()
                counts[batch.data_type] += len(rows)
                keys = {key_of(batch.data_type, row, VALUES[batch.data_type]) for row in rows}
                found.setdefault(batch.data_type, set()).update(keys)
    return found, counts, log


def save_pandas(frame: Any, path: Path) -> None:
    frame.to_csv(path.with_suffix(".csv"), index=False)


def save_pandas_index(frame: Any, path: Path) -> None:
    frame.to_csv(path.with_suffix(".csv"))


def save_dicts(rows: list[Row], path: Path) -> None:
    path.with_suffix(".json").write_text(json.dumps(rows), encoding="utf-8")


def save_polars(frame: Any, path: Path) -> None:
    """polars writes no nested columns to CSV: people turn them into JSON text first."""
    import polars as pl

    nested = [n for n, kind in zip(frame.columns, frame.dtypes, strict=True) if kind.is_nested()]
    as_text = [
        pl.Series(n, [None if v is None else json.dumps(_listed(v)) for v in frame[n]], pl.String)
        for n in nested
    ]
    frame.with_columns(as_text).write_csv(path.with_suffix(".csv"))


def _listed(value: Any) -> Any:
    return value.to_list() if hasattr(value, "to_list") else value


WAYS = {
    "pandas": ({"output": "pandas"}, save_pandas),
    "pandas with its index": ({"output": "pandas"}, save_pandas_index),
    "dicts": ({"output": "dict"}, save_dicts),
}


def errors(log: FindingLog) -> list[str]:
    return [finding.code for finding in log if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("way", WAYS)
def test_saved_frames_hold_the_rows_that_the_api_sent(
    client: HyperStudy, tmp_path: Path, way: str
) -> None:
    options, save = WAYS[way]
    for name in SEVEN:
        save(
            fetch(client, name, STUDY.experiment_id, **options),
            tmp_path / f"experiment_{stem(name)}",
        )
    found, counts, log = read(tmp_path)
    assert found == sent(STUDY)
    assert counts == {name: len(STUDY.rows[name]) for name in SEVEN}
    assert errors(log) == []


def test_times_survive_pandas(client: HyperStudy, tmp_path: Path) -> None:
    save_pandas(fetch(client, "chat", STUDY.experiment_id), tmp_path / "chat")
    with open_bundle([tmp_path]) as bundle:
        times = {
            (row["messageId"], row["timestamp"])
            for batch in Ingest(bundle, FindingLog()).batches()
            for row in batch.table.to_pylist()
        }
    expected = {
        (row["messageId"], datetime.fromisoformat(row["timestamp"]).astimezone(UTC))
        for row in STUDY.rows["chat"]
    }
    assert times == expected


def test_polars_frames_hold_the_rows_that_the_api_sent(client: HyperStudy, tmp_path: Path) -> None:
    kept = ("chat", "ratings/continuous", "ratings/sparse", "sync", "recordings", "components")
    for name in kept:
        save_polars(
            fetch(client, name, STUDY.experiment_id, output="polars"), tmp_path / stem(name)
        )
    found, _, _ = read(tmp_path)
    expected = sent(STUDY)
    assert found == {name: expected[name] for name in kept}


def test_everything_of_one_person_in_one_file(client: HyperStudy, tmp_path: Path) -> None:
    person = STUDY.in_room(ROOM).rows["recordings"][0]["participantId"]
    everything = client.get_all_data(person, room_id=ROOM, output="dict")
    (tmp_path / "all_data.json").write_text(json.dumps(everything), encoding="utf-8")
    found, _, log = read(tmp_path)
    expected = {
        name: {key for key in keys if key[1] == person} for name, keys in sent(STUDY).items()
    }
    assert found == {name: keys for name, keys in expected.items() if keys}
    assert errors(log) == []


def test_recordings_saved_with_their_metadata(client: HyperStudy, tmp_path: Path) -> None:
    frame = fetch(client, "recordings", ROOM, scope="room")
    frame["local_path"] = ["/home/someone/a.mp4"] * len(frame)
    frame["download_status"] = "downloaded"
    frame.to_csv(tmp_path / "recordings_metadata.csv", index=False)
    with open_bundle([tmp_path]) as bundle:
        tables = [batch.table for batch in Ingest(bundle, FindingLog()).batches()]
    assert sum(table.num_rows for table in tables) == len(STUDY.in_room(ROOM).rows["recordings"])
    assert not any("someone" in str(table.to_pydict()) for table in tables)
