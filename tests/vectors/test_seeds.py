"""Every JSON example of the two documents that are the contract validates without an error.

``seeds/*.json`` are the examples of seed-data-types.md, word for word.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive_tool.model.datatypes import WITH_SCHEMA
from archive_tool.model.findings import Severity
from archive_tool.schemas import FIELDS
from tests.support.checking import findings, row

SEEDS = Path(__file__).parent / "seeds"
FILES = {dt.name: SEEDS / f"{dt.stem}.json" for dt in WITH_SCHEMA}


def example(data_type):
    return json.loads(FILES[data_type].read_text("utf-8"))


@pytest.mark.parametrize("data_type", FILES)
def test_an_example_alone_has_no_error(data_type):
    found = findings({data_type: [example(data_type)]})
    assert [f for f in found if f.severity is Severity.ERROR] == []


@pytest.mark.parametrize("data_type", FILES)
def test_the_schema_knows_every_field_of_an_example(data_type):
    known = {name for field in FIELDS[data_type] for name in (field.name, *field.aliases)}
    assert set(example(data_type)) <= known


def test_the_examples_together_have_other_zeros_and_an_unseen_recipient_and_no_error():
    found = findings({name: [example(name)] for name in FILES})
    assert [
        (f.code, f.severity, f.data_type) for f in found if f.severity is not Severity.NOTE
    ] == [
        ("CHAT-RECIPIENT-UNKNOWN", Severity.WARNING, "chat"),
        ("ONSET-ZERO", Severity.WARNING, "events"),
        ("ONSET-ZERO", Severity.WARNING, "ratings/sparse"),
        ("ONSET-ZERO", Severity.WARNING, "recordings"),
    ]


def test_negative_onsets_of_the_timing_example_are_no_finding():
    # seed-data-management.md, "Timestamps and Onset Times"
    rows = [
        row("events", timestamp="2024-10-20T14:29:55.000Z", onset=-5000),
        row("events", timestamp="2024-10-20T14:30:10.500Z", onset=10500),
    ]
    assert [f for f in findings({"events": rows}) if f.severity is not Severity.NOTE] == []
