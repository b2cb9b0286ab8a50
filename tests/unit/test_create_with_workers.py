"""``create`` with a worker process: the same archive, the same gate, and nothing left of a failure."""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

from archive_tool.archive.verify import verify
from archive_tool.errors import DisclosureError
from archive_tool.pipeline.first_pass import checking, reading
from archive_tool.pipeline.processes import workers
from archive_tool.pipeline.processes.serve import load
from archive_tool.pipeline.processes.worker import Worker
from archive_tool.pipeline.second_pass import crew, shards
from archive_tool.policy import load_policy, parse
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support import elsewhere
from tests.support.pipelines import difference, keep_all, lab, rows_of_folder

POLICY = load_policy("pseudonymize")


@cache
def bundle():
    return write_form(small_study(), "api-csv", Path(tempfile.mkdtemp()) / "bundle")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A lab on a machine where even a small bundle is worth help."""
    monkeypatch.setattr(workers, "WORTH_A_WORKER", 1)
    monkeypatch.setattr(shards, "LEAST_ROWS", 1)
    return lab(tmp_path)


@pytest.fixture
def hired(monkeypatch):
    """What workers were hired for."""
    found = []
    hire = Worker.hire

    def noted(self, make, *args):
        if make is not load:
            found.append(make)
        return hire(self, make, *args)

    monkeypatch.setattr(Worker, "hire", noted)
    return found


@pytest.mark.parametrize("name", ["keep", "pseudonymize"])
def test_with_workers_or_without_the_archive_is_the_same(made, hired, name):
    alone = made.create(bundle(), policy=load_policy(name), workers=0)
    assert hired == []
    helped = made.create(bundle(), policy=load_policy(name), workers=2)
    assert hired == [checking.ChecksThere, crew.BenchElsewhere, crew.BenchElsewhere]
    assert helped.tables == alone.tables
    assert list(helped.findings) == list(alone.findings)
    folders = [rows_of_folder(made.extracted(one)) for one in (alone, helped)]
    assert difference(*folders) == {}
    report = verify(helped.path, vault=made.vault)
    assert report.rows == sum(table.rows_out for table in helped.tables.values())


def test_where_no_worker_answers_there_is_none(made, hired, monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    assert made.create(bundle(), policy=POLICY, workers=1).tables["chat"].rows_out > 0
    assert hired == []


def test_random_codes_are_given_out_in_one_place(made, hired):
    text = POLICY.text.replace('"derived"', '"random"').replace('"study"', '"release"')
    created = made.create(bundle(), policy=parse(text, where="random"), workers=1)
    assert created.tables["chat"].rows_out > 0
    assert hired == [checking.ChecksThere]


def test_what_a_worker_writes_is_attacked_too(made, monkeypatch):
    monkeypatch.setattr(crew, "BenchElsewhere", elsewhere.Blind)
    with pytest.raises(DisclosureError) as caught:
        made.create(bundle(), policy=POLICY, workers=1)
    assert {hit["table"] for hit in caught.value.detail["hits"]} >= {"chat"}
    assert list((made.store / "archives").iterdir()) == []


@pytest.mark.parametrize("breaks", [elsewhere.Dies, elsewhere.Full])
def test_a_worker_that_fails_leaves_nothing(made, monkeypatch, breaks):
    before = (made.folder / "vault" / "vault.age").read_bytes()
    with monkeypatch.context() as broken:
        broken.setattr(crew, "BenchElsewhere", breaks)
        with pytest.raises(OSError, match=breaks.says):
            made.create(bundle(), policy=POLICY, workers=1)
    assert {path.name for path in made.store.iterdir()} <= {"archives", ".store.lock"}
    assert list((made.store / "archives").iterdir()) == []
    assert (made.folder / "vault" / "vault.age").read_bytes() == before
    assert made.create(bundle(), policy=POLICY, workers=1).tables["chat"].rows_out > 0


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """The study in pages, one of which is missing and one is no page at all."""
    monkeypatch.setattr(reading, "MANY_PAGES", 4)
    monkeypatch.setattr(reading, "BLOCK_FILES", 2)
    folder = tmp_path / "pages"
    write_form(small_study(), "api-pages", folder)
    assert len(list(folder.iterdir())) > 6
    (folder / "ratings_continuous_page_001.json").unlink()
    (folder / "broken.json").write_text("<html>", encoding="utf-8")
    return folder


def zipped(folder):
    return Path(shutil.make_archive(str(folder), "zip", folder))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("count", [1, 2])
def test_pages_read_together_are_the_pages_read_alone(made, hired, pages, packed, count):
    bundle = zipped(pages) if packed else pages
    accept = {"policy": keep_all(), "skip_unreadable": True}
    alone = made.create(bundle, workers=0, **accept)
    helped = made.create(bundle, workers=count, **accept)
    assert hired.count(reading.BlocksThere) == count
    assert list(helped.findings) == list(alone.findings)
    assert {finding.code for finding in helped.findings} >= {"FILE-UNREADABLE", "PAGES-GAP"}
    assert helped.tables == alone.tables
    folders = [rows_of_folder(made.extracted(one)) for one in (alone, helped)]
    assert difference(*folders) == {}


def test_overlapping_pages_read_together_are_folded(made, pages):
    for number, page in enumerate(sorted(pages.rglob("*.json"))[:6]):
        shutil.copy(page, pages / f"again_{number}.json")
    accept = {"policy": keep_all(), "skip_unreadable": True}
    alone = made.create(pages, workers=0, **accept)
    helped = made.create(pages, workers=1, **accept)
    assert helped.tables == alone.tables
    assert list(helped.findings) == list(alone.findings)
