"""The declarations and what is generated from them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pandas as pd
import pytest

from archive_tool.model.datatypes import BY_NAME, WITH_SCHEMA
from archive_tool.schemas import FIELDS, Kind, arrow_schema, field_of
from archive_tool.schemas.dictionary import csv_text, json_text, markdown, rows
from archive_tool.schemas.fields import LETTERS, Sensitivity
from archive_tool.schemas.frames import pandera_schema, rule, to_frame, words
from archive_tool.schemas.sources import SOURCES
from tests.support.canonical import batch

TYPES = [data_type.name for data_type in WITH_SCHEMA]


@pytest.mark.parametrize("data_type", TYPES)
class TestDeclarations:
    def test_names_and_aliases_are_unique(self, data_type):
        names = [n for f in FIELDS[data_type] for n in (f.name, *f.aliases)]
        assert len(names) == len(set(names))

    def test_every_source_is_documented(self, data_type):
        for field in FIELDS[data_type]:
            assert set(field.source.split(", ")) <= set(SOURCES), field.name

    def test_only_json_columns_have_leaves_and_all_of_them_do(self, data_type):
        for field in FIELDS[data_type]:
            assert bool(field.leaves) == (field.kind is Kind.JSON), field.name
            paths = [leaf.path for leaf in field.leaves]
            assert len(paths) == len(set(paths)), field.name

    def test_known_words_differ_after_folding(self, data_type):
        for field in FIELDS[data_type]:
            assert len({words(word) for word in field.enum}) == len(field.enum), field.name

    def test_identifiers_have_a_length_and_numbers_a_range_in_order(self, data_type):
        for field in FIELDS[data_type]:
            if field.kind in (Kind.ID, Kind.RECORD, Kind.LABEL):
                assert field.length > 0, field.name
            if field.low is not None and field.high is not None:
                assert field.low < field.high, field.name

    def test_record_id_and_subject_are_columns(self, data_type):
        contract = BY_NAME[data_type]
        assert field_of(data_type, contract.subject).sensitivity is Sensitivity.PERSON
        if contract.record_id is not None:
            assert field_of(data_type, contract.record_id).required

    def test_arrow_schema_is_the_fields_then_extra_and_nulls(self, data_type):
        names = [field.name for field in FIELDS[data_type]]
        assert arrow_schema(data_type).names == [*names, "extra", "nulls"]

    def test_pandera_columns_carry_the_declaration(self, data_type):
        schema = pandera_schema(data_type)
        assert list(schema.columns) == [field.name for field in FIELDS[data_type]]
        for field in FIELDS[data_type]:
            column = schema.columns[field.name]
            assert column.title == field.name
            assert column.description == field.description
            assert column.nullable == (not field.required or field.inherited)
            assert column.metadata == {
                "unit": field.unit,
                "sensitivity": str(field.sensitivity),
                "source": field.source,
                "since": field.since,
                "aliases": field.aliases,
            }

    def test_dictionary_has_every_field_and_every_leaf(self, data_type):
        expected = [
            name
            for f in FIELDS[data_type]
            for name in (f.name, *(f"{f.name}:{leaf.path}" for leaf in f.leaves))
        ]
        assert [row.field for row in rows(data_type)] == [*expected, "extra", "nulls"]

    def test_empty_frames_have_the_types_of_the_schema(self, data_type):
        frame = to_frame(batch(data_type, []).table)
        assert pandera_schema(data_type).validate(frame, lazy=True) is not None


def test_field_of_does_not_know_other_columns():
    with pytest.raises(KeyError):
        field_of("events", "nothing")


def test_words_fold_case_and_punctuation():
    assert words("Show_Video") == words("ShowVideo") == words("show-video") == "showvideo"


def test_a_rule_is_said_over_the_column():
    quality = field_of("sync", "syncQuality")
    assert rule(quality, "VALUE-OUT-OF-RANGE") == "0 <= syncQuality <= 1"
    assert rule(field_of("events", "duration"), "VALUE-OUT-OF-RANGE") == "0 <= duration"
    assert rule(field_of("events", "id"), "TEXT-LENGTH") == "1 to 200 characters"
    assert rule(field_of("events", "id"), "FIELD-MISSING") == "id is not empty"
    assert rule(field_of("recordings", "format"), "LABEL-UNKNOWN") == "one of the 6 known words"
    assert rule(quality, "COLUMN-TYPE") == "number column"


def test_flags_stay_flags_in_frames():
    frame = to_frame(batch("chat", [{"deleted": True}, {}]).table)
    assert frame["deleted"].dtype == pd.BooleanDtype()


def test_csv_reads_back():
    lines = list(csv.DictReader(io.StringIO(csv_text())))
    assert len(lines) == sum(len(rows(name)) for name in TYPES)
    quality = next(line for line in lines if line["field"] == "syncQuality")
    assert (quality["data_type"], quality["low"], quality["high"]) == ("sync", "0", "1")


def test_json_reads_back():
    document = json.loads(json_text())
    assert document["schema"] == "archive-tool/dictionary/1"
    assert list(document["types"]) == TYPES
    assert document["types"]["chat"][0]["field"] == "messageId"


def test_markdown_names_every_field_and_class():
    text = markdown()
    for name in TYPES:
        assert f"## {name}\n" in text
        for field in FIELDS[name]:
            assert f"| `{field.name}` | {field.kind} |" in text
    assert set(LETTERS) == set(Sensitivity)


def test_declarations_load_without_heavy_modules():
    heavy = "{'pandas', 'pandera', 'pyarrow', 'numpy'} & set(sys.modules)"
    code = f"import sys, archive_tool.schemas, archive_tool.schemas.dictionary; print({heavy})"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout == "set()\n"
