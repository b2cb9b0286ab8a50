"""From a name or an address to the ids of whoever has it, in archives that keep ids."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

import archive_tool
from archive_tool.archive import layout
from archive_tool.errors import SubjectError, UsageError
from archive_tool.lifecycle.audit_log import audit
from sample_data.defects import DEFECTS
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.defects import defect
from tests.support.lives import Life, begin
from tests.support.pipelines import Lab, lab
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS, TWICE = "nakamura.2@example.org", "nRudSekyBfWriulhCj6xz9r3PAnh"


@pytest.fixture
def listed(tmp_path: Path) -> Lab:
    """An archive with the list of a study in which somebody started twice."""
    made = lab(tmp_path)
    made.create(defect("person-started-twice").bundle)
    return made


def opened(where: Lab | Life) -> archive_tool.Store:
    return archive_tool.open_store(where.store, vault=where.vault)


def said(number: int, sender: str, name: str) -> dict[str, str]:
    return {"messageId": f"m{number}", "senderId": sender, "senderName": name, "content": "hi"}


def test_an_address_leads_to_every_id_of_its_person(listed: Lab) -> None:
    named = opened(listed).ids_of([f" {ADDRESS.upper()} ", "nobody@example.org"])
    assert named.ids == (TWICE, f"{TWICE}_again")
    assert (named.asked, named.unknown, named.several, named.unreadable) == (2, (2,), (1,), ())
    assert repr(named) == "<Named: 1 of 2 names known, 2 ids>"


@pytest.mark.parametrize("name", ["Ann-Marie Ox", "ox, ann-marie", "OX ANN MARIE"])
def test_a_whole_name_counts_in_any_case_and_order(tmp_path: Path, name: str) -> None:
    life = begin(tmp_path)
    rows = {("chat", "ann"): [said(1, "ann", "Ann-Marie Ox")], ("chat", "bo"): [said(2, "bo", "B")]}
    life.add("20261120-aaa", rows)
    assert opened(life).ids_of(name).ids == ("ann",)


@pytest.mark.parametrize("name", ["Ann", "Ann Ox", "Ann Marie Ox Lee"])
def test_a_part_of_a_name_is_nobody(tmp_path: Path, name: str) -> None:
    life = begin(tmp_path)
    life.add("20261120-aaa", {("chat", "ann"): [said(1, "ann", "Ann-Marie Ox")]})
    with pytest.raises(SubjectError):
        opened(life).ids_of(name)


def test_all_archives_of_a_store_are_looked_at(tmp_path: Path) -> None:
    life = begin(tmp_path)
    life.add("20261120-aaa", {("chat", "ann"): [said(1, "ann", "Ann Ox")]})
    life.add("20261120-bbb", {("chat", "x7"): [said(1, "x7", "Ann Ox")]})
    assert opened(life).ids_of("Ann Ox").ids == ("ann", "x7")


def test_a_code_in_the_place_of_an_id_is_no_id(tmp_path: Path) -> None:
    life = begin(tmp_path)
    life.add("20261120-aaa", {("chat", "ann"): [said(1, "P-7XK2", "Ann Ox")]})
    with pytest.raises(SubjectError):
        opened(life).ids_of("Ann Ox")


def test_who_was_erased_is_found_by_no_name(listed: Lab) -> None:
    store = opened(listed)
    store.erase(store.plan_erasure(TWICE))
    assert store.ids_of(ADDRESS).ids == (f"{TWICE}_again",)


def test_the_log_says_that_names_were_looked_up_and_not_which(listed: Lab) -> None:
    with pytest.raises(SubjectError):
        opened(listed).ids_of("nobody", now=NOW)
    opened(listed).ids_of(ADDRESS, now=NOW)
    lines = [(line.event, line.detail) for line in audit.read(listed.store)]
    assert lines[-2:] == [("ids", {"names": 1, "ids": 0}), ("ids", {"names": 1, "ids": 2})]


def test_a_damaged_archive_is_named(listed: Lab, tmp_path: Path) -> None:
    (other,) = [d for d in DEFECTS if d.name == "thousand-rows"]
    damaged = listed.create(defect(other.name).bundle).path
    (damaged / layout.INDEX).write_bytes(b"x")
    assert [one.archive for one in opened(listed).ids_of(ADDRESS).unreadable] == [damaged.name]
    asked = ["--store", listed.store, "--vault", listed.vault.folder]
    (tmp_path / "names").write_text(ADDRESS)
    to = tmp_path / "ids"
    ran = command("subject", "ids", *asked, "--name-file", tmp_path / "names", "--to", to)
    assert (ran.code, to.exists()) == (16, True)
    assert f"{damaged.name}" in ran.out


@pytest.mark.parametrize("names", [[], " ", 7, [7]])
def test_what_are_no_names_is_refused(listed: Lab, names: object) -> None:
    with pytest.raises(UsageError):
        opened(listed).ids_of(names)  # type: ignore[arg-type]


def test_an_empty_name_file_is_told_as_such(listed: Lab) -> None:
    said = problem(UsageError, lambda: opened(listed).ids_of(" "))
    assert said == "names: holds no name (expected whole names, or addresses)"


def test_the_ids_go_into_a_new_file_that_the_other_commands_take(
    listed: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stdin:
        buffer = io.BytesIO(f"{ADDRESS}\nnobody\n".encode())

    monkeypatch.setattr(sys, "stdin", Stdin())
    ids = tmp_path / "ids.txt"
    where = ["--store", listed.store, "--vault", listed.vault.folder]
    asked = ["subject", "ids", *where, "--name-file", "-", "--to", ids]
    ran = command(*asked, "--json")
    assert ran.code == 0
    assert (ran.json["names"], ran.json["ids"]) == (
        {"asked": 2, "unknown": [2], "several": [1]}, 2
    )  # fmt: skip
    assert ids.read_text() == f"{TWICE}\n{TWICE}_again\n"
    assert os.name == "nt" or ids.stat().st_mode & 0o077 == 0
    assert ADDRESS not in ran.out + ran.err
    assert TWICE not in ran.out + ran.err
    found = command("subject", "find", *where, "--id-file", ids, "--json").json
    assert found["ids"] == {"asked": 2, "known": 2, "erased": 0, "unknown": []}
    assert command(*asked).code == 2


def test_the_answer_says_which_name_to_look_at(listed: Lab, tmp_path: Path) -> None:
    names, ids = tmp_path / "names.txt", tmp_path / "ids.txt"
    names.write_text(f"one\n{ADDRESS}\ntwo\n")
    where = ["--store", listed.store, "--vault", listed.vault.folder]
    ran = command("subject", "ids", *where, "--name-file", names, "--to", ids)
    assert ran.out == (
        f"1 of 3 names known, 2 ids in {ids}\n"
        "nobody has names 1, 3 of the file: erased, misspelt, or in no such archive\n"
        "several ids have name 2 of the file: one person, or people of one name\n"
        "subject access of each id says in participant.json what is known of it\n"
        "delete it when it is done with\n"
    )
    names.write_text("nobody\n")
    none = command(
        "subject", "ids", *where, "--name-file", names, "--to", tmp_path / "none", "--json"
    )
    assert (none.code, (tmp_path / "none").exists()) == (20, False)
