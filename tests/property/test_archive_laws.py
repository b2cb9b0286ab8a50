"""Laws of the archive."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.archive import parquet
from archive_tool.archive.cutting import prepare
from archive_tool.archive.extraction.columns import text
from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.parquet import WORTH_A_LOOK
from archive_tool.errors import IntegrityError
from archive_tool.keys import primitives
from tests.support.archives import make, table

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
TIMES = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(
    lambda time: time.replace(tzinfo=UTC)
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)


def canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


ROW = st.fixed_dictionaries(
    {"id": TEXT},
    optional={
        "timestamp": TIMES,
        "onset": NUMBERS,
        "participantId": TEXT,
        "roomId": TEXT,
        "content": TEXT,
        "eventType": TEXT,
        "response": JSON.filter(lambda value: value is not None).map(canonical),
        "extra": st.dictionaries(TEXT.map("x-".__add__), JSON, min_size=1, max_size=2).map(
            canonical
        ),
    },
)
STUDY = st.dictionaries(TEXT, st.lists(ROW, min_size=1, max_size=4), min_size=1, max_size=3)


def with_nulls(row: dict[str, Any], names: list[str]) -> dict[str, Any]:
    absent = sorted(set(names) - set(row))
    return row | ({"nulls": ",".join(absent)} if absent else {})


@settings(max_examples=40, deadline=None)
@given(study=STUDY)
def test_read_inverts_write(study: dict[str, list[dict[str, Any]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder), {("events", who): rows for who, rows in study.items()})
        archive = made.open()
        for who, rows in study.items():
            found = archive.read("events", subjects=[who])
            assert found.to_pylist() == table("events", rows).to_pylist()


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(ROW, min_size=1, max_size=6),
    nulls=st.lists(st.sampled_from(["duration", "value", "category"]), unique=True),
)
def test_extracted_json_is_the_rows(rows: list[dict[str, Any]], nulls: list[str]) -> None:
    rows = [with_nulls(row, nulls) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder), {("events", "p"): rows})
        extract(made.open(), to=Path(folder), format="json")
        data = json.loads((Path(folder) / "events.json").read_bytes())["data"]
    assert sorted(map(canonical, data)) == sorted(canonical(as_json(row)) for row in rows)


def as_json(row: dict[str, Any]) -> dict[str, Any]:
    """The row as the platform would have sent it, written a second time."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name == "extra":
            found |= json.loads(value)
        elif name == "nulls":
            found |= dict.fromkeys(value.split(","))
        elif name == "response":
            found[name] = json.loads(value)
        elif name == "timestamp":
            exact = "milliseconds" if value.microsecond % 1000 == 0 else "microseconds"
            found[name] = value.isoformat(timespec=exact).replace("+00:00", "Z")
        elif isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
            found[name] = int(value)
        else:
            found[name] = value
    return found


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=6))
def test_extracted_csv_has_every_text_back(rows: list[dict[str, Any]]) -> None:
    rows = [row | {"id": f"i{number}", "content": row.get("content", "x")}
            for number, row in enumerate(rows)]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder), {("events", "p"): rows})
        extract(made.open(), to=Path(folder))
        text = (Path(folder) / "events.csv").read_bytes().decode()
    found = {row["id"]: row["content"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    for row in rows:
        written = row["content"]
        expected = f"'{written}" if written[:1] in tuple("=+-@\t\r") else written
        assert found[row["id"]] == expected


@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(ROW, min_size=1, max_size=9),
    size=st.integers(1, 4),
    order=st.sampled_from(["asc", "desc"]),
)
def test_pages_are_the_whole_cut_up(rows: list[dict[str, Any]], size: int, order: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [row | {"id": f"i{number}"} for number, row in enumerate(rows)]
        archive = make(Path(folder), {("events", "p"): rows}).open()

        def page(**options: Any) -> list[str]:
            to = Path(folder) / "out"
            extract(archive, to=to, format="ndjson", order=order, replace=True, **options)
            return (to / "events.ndjson").read_text().split("\n")[:-1]

        pages = [page(limit=size, offset=offset) for offset in range(0, len(rows), size)]
        assert [line for lines in pages for line in lines] == page()


@settings(max_examples=15, deadline=None)
@given(study=STUDY, size=st.integers(1, 3), format=st.sampled_from(["csv", "ndjson", "json"]))
def test_a_file_is_the_same_however_its_rows_are_gathered(
    study: dict[str, list[dict[str, Any]]], size: int, format: str
) -> None:
    module = extract.__globals__
    with tempfile.TemporaryDirectory() as folder, patch.dict(module, {"SORT_ROWS": 0}):
        made = make(Path(folder), {("events", who): rows for who, rows in study.items()})
        written = []
        for chunk in (module["CHUNK"], size):
            with patch.dict(module, {"CHUNK": chunk}):
                extract(made.open(), to=Path(folder), format=format, replace=True)
            written.append((Path(folder) / f"events.{format}").read_bytes())
    assert written[0] == written[1]


@given(
    numbers=st.lists(
        st.none()
        | st.floats()
        | st.sampled_from([-0.0, 0.0, 1e300, 2.0**53, 2.0**53 + 2, 0.1, -7.0]),
        min_size=1,
        max_size=8,
    ),
    finite=st.booleans(),
)
def test_a_number_is_spelt_the_same_among_many_and_alone(
    numbers: list[float | None], finite: bool
) -> None:
    many = pa.array(numbers * WORTH_A_LOOK, pa.float64())
    alone = [text(pa.array([n], pa.float64()), finite=finite)[0].as_py() for n in numbers]
    assert text(many, finite=finite).to_pylist() == alone * WORTH_A_LOOK


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=4), place=st.floats(0, 1, exclude_max=True))
def test_no_flipped_bit_is_read_as_other_data(rows: list[dict[str, Any]], place: float) -> None:
    key = primitives.random_bytes()
    plain = prepare(table("events", rows))
    content = bytearray(parquet.encode(plain, key))
    content[int(place * len(content))] ^= 1
    said = ""
    found = plain
    try:
        found = parquet.decode(bytes(content), key, where="file")
    except IntegrityError as error:
        said = str(error)
    assert said in (
        "",
        "file: was changed: it cannot be decrypted",
        "file: is not encrypted (expected an encrypted Parquet file)",
    )
    assert parquet.same_content(plain, found)


@given(plain=st.binary(max_size=64), number=st.integers(0, 2**40), place=st.integers(0, 10**6))
def test_open_inverts_seal_and_refuses_any_change(plain: bytes, number: int, place: int) -> None:
    key = primitives.random_bytes()
    sealed = primitives.seal(key, plain, bound_to=b"here")
    assert primitives.open_sealed(key, sealed, bound_to=b"here") == plain
    assert primitives.open_numbered(key, number, primitives.seal_numbered(key, number, plain)) == (
        plain
    )
    changed = bytearray(sealed)
    changed[place % len(sealed)] ^= 1
    for bad, context in ((bytes(changed), b"here"), (sealed, b"there"), (b"", b"here")):
        with pytest.raises(IntegrityError):
            primitives.open_sealed(key, bad, bound_to=context)
