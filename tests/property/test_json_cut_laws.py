"""Laws of pages that are taken apart without decoding their rows: nothing changes but the time."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.ingesting import Read, read

LAWS = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

WORDS = st.one_of(
    st.sampled_from(
        ['},{"id":', '"data":[{', "}]}", "},\n{", '"rows"', "],", "[", "\\", '"', "a", "é", "😀"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(WORDS, st.just("data"), st.just("id")), inner, max_size=3),
        st.lists(st.fixed_dictionaries({"id": inner}), max_size=3),
    ),
    max_leaves=6,
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": st.uuids().map(str), "eventType": WORDS},
        optional={"response": VALUES, "content": WORDS, "onset": st.integers(0, 9), "z": VALUES},
    ),
    max_size=12,
)
SURROUNDINGS = st.dictionaries(
    st.one_of(WORDS, st.sampled_from(["data", "query", "_warnings"])), VALUES, max_size=2
)
SIZES = st.integers(1, 300)


@st.composite
def pages(draw: st.DrawFn) -> str:
    """A page with its keys in any order, written by any program."""
    members = {
        "status": "success",
        "metadata": {"dataType": "events"} | draw(SURROUNDINGS),
        "data": draw(ROWS),
    } | draw(st.dictionaries(WORDS.filter(lambda key: key != "error"), VALUES, max_size=1))
    order = draw(st.permutations(list(members)))
    return json.dumps(
        {key: members[key] for key in order},
        indent=draw(st.sampled_from([None, None, 1])),
        ensure_ascii=draw(st.booleans()),
        separators=draw(st.sampled_from([(",", ":"), (", ", ": ")])),
    )


def taken_apart(text: bytes, size: int) -> Read:
    """What is read when pages are cut into pieces of so many bytes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("archive_tool.ingest.json_files.pieces.BYTES", size),
    ):
        return read(Path(folder), {"a.json": text})


def as_a_whole(text: bytes) -> Read:
    """What is read when no page is cut."""
    with patch("archive_tool.ingest.json_files.read.cut_page", lambda _: None):
        return taken_apart(text, 1)


def rows_of(got: Read) -> list[dict[str, Any]]:
    return got.table("events").to_pylist() if got.batches else []


@LAWS
@given(pages=st.lists(pages(), min_size=1, max_size=2), size=SIZES)
def test_a_page_in_pieces_is_the_page(pages: list[str], size: int) -> None:
    text = "\n".join(pages).encode()
    cut, whole = taken_apart(text, size), as_a_whole(text)
    assert rows_of(cut) == rows_of(whole)
    assert [(part.data_type, part.form, part.rows, part.page) for part in cut.parts] == [
        (part.data_type, part.form, part.rows, part.page) for part in whole.parts
    ]
    assert (cut.findings, cut.unreadable) == (whole.findings, whole.unreadable)


@LAWS
@given(page=pages(), size=SIZES, data=st.data())
def test_what_is_broken_stays_broken_and_the_rows_before_are_rows(
    page: str, size: int, data: st.DataObject
) -> None:
    text = bytearray(page.encode())
    place = data.draw(st.integers(0, len(text) - 1))
    text[place : place + data.draw(st.integers(0, 3))] = data.draw(
        st.sampled_from([b"", b"{", b"}", b"]", b",", b'"', b"NaN", b"\\", b"\xff", b'},{"id":1'])
    )
    cut, whole = taken_apart(bytes(text), size), as_a_whole(bytes(text))
    assert cut.unreadable == whole.unreadable
    if whole.unreadable:
        rows = rows_of(cut)
        assert sum(part.rows for part in cut.parts) == len(rows)
        written = page.encode()
        assert all(row["id"] is None or str(row["id"]).encode() in written for row in rows)
    else:
        assert rows_of(cut) == rows_of(whole)
        assert cut.findings == whole.findings
