"""The contract's JSON examples, as the files that they would be, read by the real ingest."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archive_tool.bundle import open_bundle
from archive_tool.ingest import Ingest
from archive_tool.ingest.census import Census
from archive_tool.model.datatypes import WITH_SCHEMA
from archive_tool.model.findings import FindingLog, Severity
from archive_tool.schemas import Kind, field_of
from archive_tool.validation import Checks
from tests.vectors.test_seeds import FILES, SEEDS, example

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


def through(folder):
    """Ingest and validate a folder; give rows by type and all findings."""
    log = FindingLog()
    census, checks, rows = Census(), Checks(log, as_of=AS_OF), {}
    with open_bundle([folder]) as bundle:
        ingest = Ingest(bundle, log)
        for batch in ingest.batches():
            census.add(batch)
            checks.add(batch)
            rows.setdefault(batch.data_type, []).extend(batch.table.to_pylist())
        figures = checks.finish(census, ingest.gaps(), ingest.parts).overview
    assert [figure.rows for figure in figures] == [len(rows.get(dt.name, ())) for dt in WITH_SCHEMA]
    return rows, log


def page(data_type: str) -> str:
    """The answer that the documents describe: data and the metadata example."""
    fragment = (SEEDS / "response_metadata.fragment.json").read_text("utf-8")
    metadata = json.loads("{" + fragment + "}")["metadata"]
    name, _, kind = data_type.partition("/")
    metadata |= {"dataType": name, "pagination": {"total": 1, "returned": 1, "hasMore": False}}
    metadata |= {"ratingType": kind} if kind else {}
    return json.dumps({"status": "success", "data": [example(data_type)], "metadata": metadata})


@pytest.mark.parametrize("data_type", FILES)
@pytest.mark.parametrize("form", ["page", "array"])
def test_an_example_arrives_and_has_no_error(data_type, form, tmp_path):
    stem = data_type.replace("/", "_")
    text = page(data_type) if form == "page" else json.dumps([example(data_type)])
    (tmp_path / f"{stem}.json").write_text(text, encoding="utf-8")
    rows, log = through(tmp_path)
    assert [f for f in log if f.severity is Severity.ERROR] == []
    (arrived,) = rows[data_type]
    for name, value in example(data_type).items():
        field = field_of(data_type, "roomId" if name == "sessionId" else name)
        assert arrived[field.name] == _in_a_table(field, value), name


def test_the_examples_together_have_no_error(tmp_path):
    for data_type in FILES:
        (tmp_path / f"{data_type.replace('/', '_')}.json").write_text(page(data_type), "utf-8")
    rows, log = through(tmp_path)
    assert {name: len(its) for name, its in rows.items()} == dict.fromkeys(FILES, 1)
    assert [f for f in log if f.severity is Severity.ERROR] == []


def _in_a_table(field, value):
    if field.kind is Kind.JSON:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return datetime.fromisoformat(value) if field.kind is Kind.TIME else value
