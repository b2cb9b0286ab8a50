"""Files that a user names for what comes out: one rule for all commands."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.lives import Life, custodian, usual

if TYPE_CHECKING:
    from pathlib import Path

A = "20261120-aaa"
SOUND = DEFECTS / "overlap-equal" / "bundle"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    (tmp_path / "ids").write_text("ann\n")
    return usual(tmp_path)


def plans(life: Life, plan: Path) -> dict[str, list[object]]:
    """The commands that write a plan."""
    places = ["--store", life.store, "--vault", life.vault_folder, "--plan", plan]
    ids = ["--id-file", plan.parent / "ids"]
    until = ["--archive", A, "--until", "2028-01-01", "--reason", "r"]
    return {
        "sweep": ["sweep", *places],
        "erase": ["subject", "erase", *places, *ids],
        "shorten": ["retention", "shorten", *places, *until],
    }


@pytest.mark.parametrize("name", ["sweep", "erase", "shorten"])
def test_a_plan_goes_over_an_earlier_plan_of_its_kind_and_nothing_else(
    life: Life, tmp_path: Path, name: str
) -> None:
    plan = tmp_path / "plan.json"
    arguments = plans(life, plan)[name]
    assert command(*arguments).code == 0
    first = plan.read_bytes()
    assert command(*arguments).code == 0
    others = {other: plans(life, tmp_path / f"{other}.json")[other] for other in plans(life, plan)}
    del others[name]
    kinds = [tmp_path / f"{other}.json" for other in others]
    for made in others.values():
        assert command(*made).code == 0
    edited, mine = tmp_path / "edited.json", tmp_path / "ids"
    edited.write_bytes(first.replace(b"2026", b"2025"))
    for taken in (*kinds, edited, mine):
        before = taken.read_bytes()
        ran = command(*[taken if word == plan else word for word in arguments])
        said = f"error: {taken}: exists already and is no plan of this kind\n"
        assert (ran.code, ran.err) == (2, said + "hint: name another file\n")
        assert taken.read_bytes() == before


def test_a_plan_can_be_read_by_who_signs_it(life: Life, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert command(*plans(life, tmp_path / "plan.json")["shorten"]).code == 0
    finally:
        os.umask(before)
    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o640


def test_a_folder_that_is_missing_is_not_made(life: Life, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    said = f"error: {nowhere}: no such folder\nhint: make it first\n"
    vault = ["--vault", life.vault_folder]
    named = (
        *(plans(life, tmp_path / "x")[name] for name in ("sweep", "erase", "shorten")),
        ["validate", SOUND, "--findings", nowhere / "x"],
        ["key", "linkage", life.folder(A), *vault, "--to", nowhere / "x"],
        ["policy", "review", SOUND, "--policy", "keep", "--sheet", nowhere / "x"],
        ["key", "grant", *vault, "--to", custodian(tmp_path, "c")[0], "--scope", "read:chat",
         "--expires", "2036-01-01", "--out", nowhere / "x"],
    )  # fmt: skip
    for arguments in named:
        ran = command(*[nowhere / "x" if word == tmp_path / "x" else word for word in arguments])
        assert (ran.code, ran.err) == (2, said), arguments
    assert not nowhere.exists()


def test_reports_go_over_others_when_that_is_said(tmp_path: Path) -> None:
    findings, html = tmp_path / "findings.jsonl", tmp_path / "report.html"
    html.write_text("mine")
    arguments = ["validate", SOUND, "--findings", findings, "--html", html]
    ran = command(*arguments)
    said = f"error: {html}: exists already\nhint: name another file, or give --replace\n"
    assert (ran.code, ran.err, findings.exists()) == (2, said, False)
    assert command(*arguments, "--replace").code == 0
    assert html.read_text(encoding="utf-8") != "mine"
    assert json.loads(findings.read_text(encoding="utf-8").splitlines()[0])


def test_nothing_is_written_into_a_store_an_archive_or_a_vault(life: Life, tmp_path: Path) -> None:
    vault = ["--vault", life.vault_folder]
    own = tmp_path / "identity.txt"
    (life.vault_folder / "identity.txt").rename(own)
    key = [*vault, "--identity", own]
    (tmp_path / "link").symlink_to(life.folder(A) / "data")
    x = "x"
    named: list[list[object]] = [
        *([*made, "--identity", own] for made in plans(life, tmp_path / x).values()),
        ["validate", SOUND, "--findings", tmp_path / x],
        ["validate", SOUND, "--html", tmp_path / x],
        ["extract", life.folder(A), *key, "--to", tmp_path / x],
        ["subject", "access", "--store", life.store, *key, "--id-file", tmp_path / "ids",
         "--to", tmp_path / x],
        ["key", "linkage", life.folder(A), *key, "--to", tmp_path / x],
        ["policy", "review", SOUND, "--policy", "pseudonymize", "--sheet", tmp_path / x],
        ["key", "grant", *key, "--to", custodian(tmp_path, "c")[0], "--scope", "read:chat",
         "--expires", "2036-01-01", "--out", tmp_path / x],
        ["key", "rotate", *key, "--out", tmp_path / x],
        ["key", "rekey", "--store", life.store, *key, "--out", tmp_path / x],
    ]  # fmt: skip
    places = {
        life.store / x: "lies inside a store",
        tmp_path / "link" / x: "lies inside an archive",
        life.vault_folder / x: "lies in the folder of a vault",
    }
    for place, what in places.items():
        for arguments in named:
            if arguments[1] in ("rotate", "rekey") and place.parent == life.vault_folder:
                continue  # where new identities are made
            ran = command(*[place if word == tmp_path / x else word for word in arguments])
            said = f"error: {place}: {what}\nhint: name a place of its own\n"
            assert (ran.code, ran.err) == (2, said), arguments
            assert not place.exists()


def test_a_report_never_goes_over_data_that_is_read(tmp_path: Path) -> None:
    bundle = shutil.copytree(SOUND, tmp_path / "bundle")
    data = min(path for path in bundle.rglob("*") if path.is_file())
    before = data.read_bytes()
    for given in (bundle, data):
        for option in ("--findings", "--html"):
            ran = command("validate", given, option, data, "--replace")
            said = f"error: {data}: is what is being read\nhint: name another file\n"
            assert (ran.code, ran.err, data.read_bytes()) == (2, said, before)
    both = ["--findings", bundle / "findings.jsonl", "--html", bundle / "report.html"]
    assert command("validate", bundle, *both).code == 0
    assert command("validate", bundle, *both, "--replace").code == 0
    findings = bundle / "findings.jsonl"
    ran = command("report", findings, "--html", findings, "--replace")
    assert (ran.code, findings.read_bytes()[:1]) == (2, b"{")


def test_two_outputs_have_two_names(tmp_path: Path) -> None:
    one = tmp_path / "out"
    ran = command("validate", SOUND, "--findings", one, "--html", one)
    said = f"error: {one}: is named for two outputs\nhint: name two files\n"
    assert (ran.code, ran.err, one.exists()) == (2, said, False)


def test_two_names_of_one_file_are_one_output(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    one, same = tmp_path / "out", tmp_path / "link" / ".." / tmp_path.name / "out"
    ran = command("validate", SOUND, "--findings", one, "--html", same)
    said = f"error: {one}: is named for two outputs\nhint: name two files\n"
    assert (ran.code, ran.err, one.exists()) == (2, said, False)
