"""What a table is, by the keys of its rows; a name alone decides nothing."""

import json
from pathlib import Path

import pytest

from archive_tool.ingest.classify import classify
from archive_tool.model.datatypes import WITH_SCHEMA

SEEDS = Path(__file__).parents[1] / "vectors" / "seeds"


@pytest.mark.parametrize("data_type", WITH_SCHEMA, ids=lambda one: one.stem)
def test_the_documented_example_of_a_type_is_known_by_its_keys(data_type):
    row = json.loads((SEEDS / f"{data_type.stem}.json").read_text("utf-8"))
    assert classify(row) == data_type.name


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (["onset", "colour", "shape"], None),
        (["onset", "roomId", "colour"], "sync"),
        ([], None),
    ],
    ids=["one column of the type", "two of them", "no column"],
)
def test_a_name_counts_where_two_columns_fit_it(keys, found):
    assert classify(keys, hint="sync") == found


def test_a_table_without_header_has_its_name_only():
    assert classify([], hint="sync", empty=True) == "sync"
