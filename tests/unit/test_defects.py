"""Every defect of ``sample_data/defects`` gets the answer that its folder promises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from archive_tool import info
from archive_tool.validation.catalogue import entries
from tests.support.commands import Ran, command
from tests.support.committed import require_same
from tests.support.defects import NAMES, codes_of, defect, found, validated
from tests.support.pipelines import Lab, lab

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NO_TABLES: Final = ("no-tables", "only-empty-files")

NAMED: Final = (10, 11)
"""Exit codes whose message names the file."""

UNPRODUCED: Final = {
    "COLUMN-TYPE": "ingest makes the columns; only a table that was built by hand has others",
}
"""Kinds of findings that no bundle can have, and why."""


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    return lab(tmp_path)


def contents(folder: Path) -> Mapping[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def created(bundle: Path, own: Lab, *more: str) -> Ran:
    return command(
        "create", bundle, "--policy", "pseudonymize", "--store", own.store,
        "--vault", own.vault.folder, "--as-of", "2026-11-20", "--json", *more,
    )  # fmt: skip


def test_there_is_a_defect_for_every_bad_input() -> None:
    assert len(NAMES) > 110
    assert {defect(name).create_exit for name in NAMES} == {0, 10, 11, 12}


def test_every_kind_of_finding_comes_from_some_defect() -> None:
    produced = {code for name in NAMES for code in codes_of(defect(name).findings)}
    bare = {entry.code for entry in entries()} - produced - UNPRODUCED.keys()
    assert bare == set(), "no bundle has it: sample_data/broken_rows.py, or a file beside it"
    assert produced.isdisjoint(UNPRODUCED)


@pytest.mark.parametrize("name", NAMES)
def test_validate_says_all_that_is_expected_and_nothing_else(name: str) -> None:
    wanted = defect(name)
    ran = validated(wanted.bundle)
    assert ran.code == ran.json["exit_code"] == wanted.validate_exit
    require_same(wanted.findings, found(ran), f"tests.vectors.list_defects {name}")
    assert wanted.codes <= codes_of(wanted.findings)
    if wanted.validate_exit in NAMED and "error" in ran.json:
        assert ran.json["error"]["message"].startswith("bundle")


@pytest.mark.parametrize("name", NAMES)
def test_create_answers_as_expected(name: str, own: Lab) -> None:
    wanted = defect(name)
    before = contents(wanted.bundle.parent), contents(own.vault.folder)
    ran = created(wanted.bundle, own)
    assert ran.code == ran.json["exit_code"] == wanted.create_exit
    assert contents(wanted.bundle.parent) == before[0]
    if wanted.create_exit:
        assert refusal(ran).startswith("error: ")
        assert contents(own.store) == {}
        assert {**contents(own.vault.folder)} == before[1]
    else:
        assert command("verify", own.store, "--vault", own.vault.folder).code == 0


def refusal(ran: Ran) -> str:
    """The first line on stderr."""
    return ran.err.splitlines()[0]


@pytest.mark.parametrize("name", [name for name in NAMES if defect(name).create_exit in NAMED])
def test_a_refused_file_is_named_with_its_place(name: str, own: Lab) -> None:
    wanted = defect(name)
    ran = created(wanted.bundle, own)
    said = refusal(ran).removeprefix("error: ")
    files = {path.name for path in wanted.bundle.rglob("*") if path.is_file()}
    if name in NO_TABLES:
        assert said.startswith("there is not a single table in the bundle (expected CSV, JSON")
    elif wanted.create_exit == 10:
        assert re.match(r"bundle\.zip(, entry \d+( \(.+\))?|!/.+)?: ", said)
    else:
        assert said.split(": ")[0].split("/")[-1] in files
    if wanted.create_exit == 11:
        assert ran.err.splitlines()[1].startswith("hint: ")


@pytest.mark.parametrize("name", [name for name in NAMES if defect(name).create_exit == 11])
def test_skip_unreadable_archives_the_rest(name: str, own: Lab) -> None:
    ran = created(defect(name).bundle, own, "--skip-unreadable")
    if name in NO_TABLES:
        assert ran.code == 11
    else:
        assert ran.code == 0, ran.err
        assert sum(table["rows_out"] for table in ran.json["tables"].values()) > 0
        (archive,) = info(ran.json["archive"]["path"])
        assert archive.manifest.accepted == ["FILE-UNREADABLE"]


@pytest.mark.parametrize("name", [name for name in NAMES if defect(name).create_exit == 12])
def test_accepted_findings_no_longer_stop(name: str, own: Lab) -> None:
    bundle = defect(name).bundle
    errors = {f["code"] for f in validated(bundle).json["findings"] if f["severity"] == "error"}
    accepts = [part for code in sorted(errors) for part in ("--accept", code)]
    ran = created(bundle, own, *accepts, "--because", "looked at, as it should be")
    assert ran.code == 0, ran.err
    (info,) = command("info", own.store, "--json").json["archives"]
    assert info["accepted"] == sorted(errors)


@pytest.mark.parametrize("name", [name for name in NAMES if defect(name).create_exit == 12])
def test_the_refusal_names_every_code(name: str, own: Lab) -> None:
    bundle = defect(name).bundle
    found = validated(bundle).json["findings"]
    errors = [finding["code"] for finding in found if finding["severity"] == "error"]
    number = "1 finding stops" if len(errors) == 1 else f"{len(errors)} findings stop"
    said = refusal(created(bundle, own))
    assert said == f"error: {number} the archive: {', '.join(sorted(set(errors)))}"
