"""Laws of ingest: the fast ways and the tolerant ways give the same, and nothing is lost."""

from __future__ import annotations

import csv
import io
import itertools
import json
import pickle
import tempfile
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archive_tool.ingest.cells.times import epoch_us, parse_times
from archive_tool.ingest.cells.values import cell_value, json_text
from archive_tool.ingest.json_files.rows import JsonRows
from archive_tool.ingest.json_files.structs import decoded
from tests.support.ingesting import page, read

LAWS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
NUMBERS = st.one_of(
    st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False, width=32)
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXT)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
TIMES = st.one_of(
    st.sampled_from(
        [
            "2024-10-20T14:30:45.123Z",
            "2024-10-20 14:30:45+0000",
            "2024-10-20T14:30:45.1234567Z",
            "2024-10-20T14:30:45",
            "3/9/2026, 11:03:48 PM",
            "2024-13-20T14:30:45Z",
            "1729434645123",
            "2024-10-20T14Z",
            "soon",
            "5",
        ]
    ),
    st.datetimes().map(lambda time: time.isoformat() + "Z"),
)
FIELDS: dict[str, Any] = {
    "metricId": st.one_of(TEXT, st.none()),
    "roomId": st.sampled_from(["room_a", "room_b", "", None, 7]),
    "participantId": st.one_of(TEXT, st.integers()),
    "timestamp": st.one_of(TIMES, st.integers(0, 2**60), st.none()),
    "onset": st.one_of(NUMBERS, st.none(), TEXT),
    "timeDrift": st.one_of(NUMBERS, st.booleans()),
    "unknown": VALUES,
    "other key": VALUES,
}
ROWS = st.lists(
    st.fixed_dictionaries({}, optional=FIELDS).map(lambda row: row | {"latency": 1}),
    min_size=1,
    max_size=12,
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {"id": TEXT, "eventType": st.just("x")},
        optional={
            "response": VALUES,
            "sessionId": TEXT,
            "roomId": TEXT,
            "content": TEXT,
            "z": VALUES,
        },
    ),
    min_size=1,
    max_size=12,
)


def tables(rows: list[dict[str, Any]], chunk: int, *, fast: bool) -> list[dict[str, Any]]:
    """Rows of a JSON array through the fast or only the general way."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("archive_tool.ingest.json_files.pieces.BYTES", chunk),
    ):
        if fast:
            got = read(Path(folder), {"sync.json": page(rows, dataType="sync")})
        else:
            with patch.object(JsonRows, "_decode", lambda *_: (None, None)):
                got = read(Path(folder), {"sync.json": page(rows, dataType="sync")})
    return got.table("sync").to_pylist()


@LAWS
@given(rows=ROWS, chunk=st.integers(1, 400))
def test_the_fast_way_of_json_is_the_general_way(rows: list[dict[str, Any]], chunk: int) -> None:
    assert tables(rows, chunk, fast=True) == tables(rows, 1000, fast=False)


def elsewhere(*asked: Any) -> Future[Any]:
    """What a worker answers: it knows nothing but what it was asked, and its answer travels."""
    answer: Future[Any] = Future()
    answer.set_result(pickle.loads(pickle.dumps(decoded(*pickle.loads(pickle.dumps(asked))))))
    return answer


@LAWS
@given(
    rows=st.lists(ROWS, min_size=1, max_size=3).map(lambda some: list(itertools.chain(*some))),
    chunk=st.integers(1, 300),
    group=st.integers(1, 3),
    helpers=st.integers(1, 3),
)
def test_rows_decoded_elsewhere_are_rows_decoded_here(
    rows: list[dict[str, Any]], chunk: int, group: int, helpers: int
) -> None:
    found = []
    for who in ([], [elsewhere] * helpers):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch("archive_tool.ingest.json_files.pieces.BYTES", chunk),
            patch("archive_tool.ingest.json_files.rows.GROUP", group),
        ):
            files = {"sync.json": page(rows, dataType="sync")}
            got = read(Path(folder), files, helpers=who)
        found.append((got.table("sync").to_pylist(), got.findings))
    assert found[0] == found[1]


@LAWS
@given(rows=EVENTS)
@example(rows=[{"id": "", "eventType": "x", "sessionId": " "}])
def test_every_value_of_a_json_row_is_somewhere(rows: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        got = (
            read(Path(folder), {"e.json": page(rows, dataType="events")})
            .table("events")
            .to_pylist()
        )
    assert len(got) == len(rows)
    for row, out in zip(rows, got, strict=True):
        nulls = set((out["nulls"] or "").split(","))
        extra = json.loads(out["extra"] or "{}")
        for key in ("response", "content"):
            if key in row and row[key] is None:
                assert key in nulls
            elif key in row and row[key] != "":
                assert out[key] == (json_text(row[key]) if key == "response" else row[key])
        if "z" in row:
            assert json_text(extra["z"]) == json_text(row["z"])
        for key in ("roomId", "sessionId"):
            is_blank = not row.get(key, "").strip()  # an id of blanks is none
            assert is_blank or row[key] in (out["roomId"], extra.get("sessionId"))


def csv_text(rows: list[list[str]], header: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


CELLS = st.tuples(
    st.one_of(TEXT, st.just("")),
    st.sampled_from(["r1", "r2", ""]),
    st.one_of(TIMES, st.just("")),
    st.one_of(NUMBERS.map(str), st.sampled_from(["", " 5 ", "nan", "1e5", "+3", "x", ".5", "1."])),
    st.one_of(VALUES.map(json.dumps), VALUES.map(repr), TEXT),
    st.one_of(VALUES.map(json.dumps), TEXT),
)
HEADER = ["metricId", "roomId", "timestamp", "timeDrift", "unknown", "another"]


@LAWS
@given(cells=st.lists(CELLS.map(list), min_size=1, max_size=12), break_at=st.integers(0, 20))
def test_the_typed_way_of_csv_is_the_tolerant_way(cells: list[list[str]], break_at: int) -> None:
    # one cell that has no type sends the typed way over to the tolerant one in mid-file
    text = csv_text(cells, HEADER)
    with tempfile.TemporaryDirectory() as folder:
        typed = read(Path(folder), {"sync.csv": text}).batches
        with patch("archive_tool.ingest.csv_files.rows._TYPED", frozenset()):
            tolerant = read(Path(folder), {"sync.csv": text}).batches
    assert [b.table.to_pylist() for b in typed] == [b.table.to_pylist() for b in tolerant]


@LAWS
@given(plain=st.lists(st.integers(-9, 9), min_size=1, max_size=400), odd=st.integers(0, 400))
def test_a_csv_that_breaks_its_types_in_the_middle_has_every_row_once(
    plain: list[int], odd: int
) -> None:
    rows = [
        [f"m{place}", "r", "2024-10-20T14:30:45Z", str(value), "", ""]
        for place, value in enumerate(plain)
    ]
    rows[odd % len(rows)][3] = "x"
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("archive_tool.ingest.csv_files.rows.BLOCK", 256),
    ):
        got = read(Path(folder), {"sync.csv": csv_text(rows, HEADER)}).table("sync").to_pylist()
    assert [row["metricId"] for row in got] == [row[0] for row in rows]
    assert [row["_at"] for row in got] == list(range(len(rows)))


@LAWS
@given(texts=st.lists(st.one_of(TIMES, st.none()), max_size=30))
def test_times_in_one_go_are_times_one_by_one(texts: list[str | None]) -> None:
    together = parse_times(pa.array(texts, pa.string())).array.cast(pa.int64()).to_pylist()
    assert together == [None if text is None else epoch_us(text) for text in texts]


@LAWS
@given(value=VALUES)
def test_canonical_json_is_a_fixed_point(value: object) -> None:
    text = json_text(value)
    assert json_text(json.loads(text)) == text


@LAWS
@given(value=st.one_of(st.dictionaries(TEXT, VALUES, max_size=3), st.lists(VALUES, max_size=3)))
def test_python_repr_and_json_of_a_value_are_one_cell(value: object) -> None:
    assert json_text(cell_value(repr(value))) == json_text(cell_value(json.dumps(value)))


@LAWS
@given(rows=ROWS, sizes=st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_how_rows_are_cut_into_pages_does_not_matter(
    rows: list[dict[str, Any]], sizes: list[int]
) -> None:
    bounds = [0, *np.minimum(np.cumsum(sizes), len(rows)).tolist(), len(rows)]
    pages = [rows[a:b] for a, b in itertools.pairwise(bounds)]
    files = {
        f"p{number:02d}.json": page(some, dataType="sync") for number, some in enumerate(pages)
    }
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as many:
        whole = read(Path(one), {"p.json": page(rows, dataType="sync")}).table("sync")
        cut = read(Path(many), files, batch_rows=3).table("sync")
    assert cut.drop(["_at"]).to_pylist() == whole.drop(["_at"]).to_pylist()
