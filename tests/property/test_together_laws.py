"""What is found in the rows of many files together is what is found file by file."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.lifecycle.mentioned import mentions
from archive_tool.lifecycle.mentioned.called import Called
from archive_tool.lifecycle.mentioned.together import together
from archive_tool.model.people import ERASED

WORDS = st.sampled_from(["ann_1", "P-7", "7", "Anna", "Anna Berg", "anna", "hello", '["ann_1"]'])
TEXTS = st.none() | st.lists(WORDS, max_size=3).map(" ".join)
ROOMS = st.sampled_from(["room_1", "room_2"])
WANTED = mentions.by_words(
    ["ann_1", "P-7", "7"],
    [Called(names=frozenset({"Anna Berg"}), rooms=frozenset({"room_1"}))],
)
CODED = pa.dictionary(pa.int32(), pa.string())
COLUMNS = {"content": pa.string(), "recipientIds": pa.string(), "senderId": CODED}

FILES = st.tuples(
    st.sets(st.sampled_from(sorted(COLUMNS)), min_size=1),
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(TEXTS, ROOMS), min_size=1, max_size=4),
)
"""Columns that a file has, whether it says the room, whether names in it are mentions, its rows."""


def table(columns: set[str], has_room: bool, rows: list[tuple[str | None, str]]) -> pa.Table:
    made = {name: pa.array([text for text, _ in rows], COLUMNS[name]) for name in sorted(columns)}
    if has_room:
        made["roomId"] = pa.array([room for _, room in rows], CODED)
    return pa.table(made)


def counted(tables: list[tuple[bool, pa.Table]]) -> Counter[str]:
    found = Counter[str]()
    for named, some in tables:
        for name in COLUMNS.keys() & set(some.column_names):
            found[name] += len(mentions.changes(some, name, WANTED, ERASED, named=named))
    return found


@given(st.lists(FILES, max_size=8), st.sampled_from([1, 200, 1 << 20]))
@settings(max_examples=200, deadline=None)
def test_as_many_mentions_are_found_together_as_file_by_file(
    files: list[tuple[set[str], bool, bool, list[tuple[str | None, str]]]], most: int
) -> None:
    tables = [(named, table(columns, room, rows)) for columns, room, named, rows in files]
    joined = list(together(tables, most))
    assert counted(joined) == counted(tables)
    assert sum(some.num_rows for _, some in joined) == sum(some.num_rows for _, some in tables)
    assert len(joined) <= len(tables)


def test_files_of_one_kind_become_one_table() -> None:
    tables = [(True, table({"senderId"}, True, [("ann_1", "room_1")])) for _ in range(50)]
    [(_, joined)] = together(tables)
    assert joined.num_rows == 50
    assert joined.column("senderId").num_chunks == 1
