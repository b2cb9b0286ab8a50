"""One archive of a store is damaged: it is named, with its exit code, and the others go on."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from archive_tool.lifecycle.dates import holds
from tests.support.archives import NOW
from tests.support.commands import Ran, command
from tests.support.defects import DEFECTS
from tests.support.lives import Life, usual

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"


def cut(name: str) -> Callable[[Path], None]:
    def damage(archive: Path) -> None:
        content = (archive / name).read_bytes()
        (archive / name).write_bytes(content[: len(content) // 2])

    return damage


def gone(name: str) -> Callable[[Path], None]:
    return lambda archive: (archive / name).unlink()


def emptied(archive: Path) -> None:
    shutil.rmtree(archive)
    archive.mkdir()


DAMAGES = {
    "manifest-cut": (cut("data/archive.json"), "data/archive.json: was changed: its sum does not fit"),
    "manifest-gone": (gone("data/archive.json"), "data/archive.json: is missing"),
    "sums-cut": (cut("tagmanifest-sha256.txt"), "tagmanifest-sha256.txt.sig: the signature does not fit"),
    "sums-gone": (gone("tagmanifest-sha256.txt"), "tagmanifest-sha256.txt: is missing"),
    "emptied": (emptied, "tagmanifest-sha256.txt: is missing"),
}  # fmt: skip


@pytest.fixture
def life(tmp_path: Path) -> Life:
    (tmp_path / "ids").write_text("ann\n")
    return usual(tmp_path)


@pytest.fixture(params=DAMAGES)
def said(life: Life, request: pytest.FixtureRequest) -> str:
    """Damages the first archive; gives what is to be said of it."""
    damage, words = DAMAGES[request.param]
    damage(life.folder(A))
    return words


def places(life: Life) -> list[object]:
    return ["--store", life.store, "--vault", life.vault_folder]


def names_a(ran: Ran, words: str) -> bool:
    (left,) = ran.json["unreadable"]
    assert (left["archive"], left["code"]) == (A, 16)
    return bool(left["why"].startswith(words))


def test_the_next_archive_is_made(life: Life, said: str) -> None:
    bundle = DEFECTS / "overlap-equal" / "bundle"
    made = command("create", bundle, "--policy", "pseudonymize", *places(life), "--json")
    assert made.code == 0, said
    assert command("verify", made.json["archive"]["path"], "--vault", life.vault_folder).code == 0


@pytest.mark.parametrize(
    ("damage", "code", "words"),
    [
        ("manifest-cut", 16, "/data/archive.json: was changed: it cannot be read"),
        ("manifest-gone", 16, "/data/archive.json: is missing"),
        ("emptied", 15, ": not an archive (expected the folder of an archive or of a store)"),
    ],
)
def test_info_lists_the_others(life: Life, damage: str, code: int, words: str) -> None:
    DAMAGES[damage][0](life.folder(A))
    ran = command("info", life.store, "--json")
    assert [archive["id"] for archive in ran.json["archives"]] == [B]
    assert (ran.code, ran.json["unreadable"]) == (code, [f"{A}{words}"])
    assert f"cannot be read: {A}{words}" in command("info", life.store).out


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_others_are_swept_when_it_went_bad_after_it_was_looked_at(
    life: Life, damage: str, tmp_path: Path
) -> None:
    """What the catalogue remembers of it would be in the plan, and stop it when it is applied."""
    plan, when = tmp_path / "plan.json", ["--as-of", "2031-01-01"]
    assert command("sweep", *places(life), *when, "--check").code == 14
    change, words = DAMAGES[damage]
    change(life.folder(A))
    planned = command("sweep", *places(life), *when, "--plan", plan, "--json")
    assert (planned.code, names_a(planned, words)) == (16, True)
    assert [item["archive"] for item in planned.json["due"]] == [B]
    done = command("sweep", *places(life), *when, "--apply", plan, "--json")
    assert [item["archive"] for item in done.json["destroyed"]] == [B]
    assert life.archives() == [A]


def test_the_others_are_swept(life: Life, said: str, tmp_path: Path) -> None:
    sweep, plan = ["sweep", *places(life), "--as-of", "2031-01-01"], tmp_path / "plan.json"
    assert command(*sweep, "--check").code == 16
    planned = command(*sweep, "--plan", plan, "--json")
    assert [item["archive"] for item in planned.json["due"]] == [B]
    assert (planned.code, names_a(planned, said)) == (16, True)
    applied = command(*sweep, "--apply", plan, "--json")
    assert [item["archive"] for item in applied.json["destroyed"]] == [B]
    assert (applied.code, names_a(applied, said)) == (16, True)
    assert "damaged-archive" in {item["kind"] for item in applied.json["not_reached"]}
    assert life.archives() == [A]


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_went_bad_is_named_every_night_and_not_only_when_it_is_due(
    life: Life, damage: str
) -> None:
    """A manifest that cannot be read has no known date, whatever was known of it yesterday."""
    check = ["sweep", *places(life), "--check", "--as-of", "2029-01-01", "--json"]
    assert (command(*check).code, command(*check).json["unreadable"]) == (0, [])
    change, words = DAMAGES[damage]
    change(life.folder(A))
    for ran in (command(*check), command(*check)):
        assert (ran.code, names_a(ran, words)) == (16, True)


def test_what_is_gone_from_the_store_is_named_by_the_sweep(life: Life, tmp_path: Path) -> None:
    """Its keys are there: moved elsewhere, it would outlive its date without anybody being told."""
    shutil.rmtree(life.folder(A))
    sweep, plan = ["sweep", *places(life), "--as-of", "2031-01-01"], tmp_path / "plan.json"
    planned = command(*sweep, "--plan", plan, "--json")
    assert (planned.code, names_a(planned, LOST)) == (16, True)
    assert f"not looked at: {A}: {LOST}\n" in command(*sweep).out
    done = command(*sweep, "--apply", plan, "--json")
    assert (done.code, names_a(done, LOST)) == (16, True)
    (left,) = [one for one in done.json["not_reached"] if one["kind"] == "damaged-archive"]
    assert left["what"] == f"archive {A} of the store, which could not be read: {LOST}"
    rekey = ["key", "rekey", *places(life), "--out", tmp_path / "new", "--without", A]
    assert command(*rekey).code == 0
    after = [*places(life), "--identity", tmp_path / "new"]
    assert command("sweep", *after, "--check").code == 0


def test_what_went_bad_after_the_plan_is_in_result_and_certificate(
    life: Life, tmp_path: Path
) -> None:
    sweep, plan = ["sweep", *places(life), "--as-of", "2030-02-01"], tmp_path / "plan.json"
    assert command(*sweep, "--plan", plan).code == 0
    cut("data/archive.json")(life.folder(B))
    done = command(*sweep, "--apply", plan, "--json")
    assert (done.code, [one["archive"] for one in done.json["unreadable"]]) == (16, [B])
    assert [one["kind"] for one in done.json["not_reached"]].count("damaged-archive") == 1


def test_what_only_the_plan_found_bad_is_in_the_result_too(life: Life, tmp_path: Path) -> None:
    sweep, plan = ["sweep", *places(life), "--as-of", "2031-01-01"], tmp_path / "plan.json"
    assert command(*sweep, "--check").code == 14
    seal = life.folder(A) / "tagmanifest-sha256.txt.sig"
    whole = seal.read_bytes()
    seal.unlink()  # no date is in doubt; what is due is read whole
    assert command(*sweep, "--plan", plan).code == 16
    words = "tagmanifest-sha256.txt.sig: is missing"
    seal.write_bytes(whole)
    done = command(*sweep, "--apply", plan, "--json")
    assert (done.code, names_a(done, words), life.archives()) == (16, True, [A])


def test_a_person_is_found_and_served_from_the_others(
    life: Life, said: str, tmp_path: Path
) -> None:
    person = [*places(life), "--id-file", tmp_path / "ids"]
    found = command("subject", "find", *person, "--json")
    assert [place["archive_id"] for place in found.json["places"]] == [B]
    assert (found.code, names_a(found, said)) == (16, True)
    handed = command("subject", "access", *person, "--to", tmp_path / "copy", "--json")
    assert (handed.code, handed.json["rows"], names_a(handed, said)) == (16, {"events": 1}, True)


def test_a_person_is_erased_and_a_whole_copy_loses_the_files_in_the_next_sweep(
    life: Life, tmp_path: Path
) -> None:
    whole = shutil.copytree(life.folder(A), tmp_path / "whole")
    cut("data/index.parquet")(life.folder(A))
    person = [*places(life), "--id-file", tmp_path / "ids"]
    assert command("subject", "erase", *person, "--plan", tmp_path / "plan.json").code == 16
    done = command("subject", "erase", *person, "--apply", tmp_path / "plan.json", "--json")
    assert (done.code, done.json["erased"], done.json["archives"]) == (16, 1, [B])
    (left,) = [one for one in done.json["not_reached"] if one["kind"] == "damaged-archive"]
    assert left["what"].startswith(f"archive {A} of the store, which could not be read: data/index")
    shutil.rmtree(life.folder(A))
    shutil.copytree(whole, life.folder(A))
    assert command("verify", life.store, "--vault", life.vault_folder, "--json").json["erased"] == 2
    sweep = ["sweep", *places(life), "--as-of", "2026-11-21"]
    again = command(*sweep, "--plan", tmp_path / "sweep.json", "--json")
    assert [(item["archive"], item["whole"]) for item in again.json["due"]] == [(A, False)]


@pytest.mark.parametrize("damage", [cut("data/archive.json"), shutil.rmtree], ids=["cut", "gone"])
def test_a_hold_on_what_cannot_be_looked_at_keeps_every_key(
    life: Life, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    placed = holds.place(life.store, reason="audit", owner="office", archives=[A], now=NOW)
    damage(life.folder(A))
    person, plan = [*places(life), "--id-file", tmp_path / "ids"], tmp_path / "plan.json"
    planned = command("subject", "erase", *person, "--plan", plan, "--json")
    assert (planned.code, planned.json["people"]["held"]) == (16, 1)
    assert json.loads(plan.read_text())["people"][0]["holds"] == [placed.id]
    done = command("subject", "erase", *person, "--apply", plan, "--json")
    assert (done.code, done.json["erased"], done.json["deferred"]) == (16, 0, 1)
    found = command("subject", "find", *person, "--json")
    assert found.json["ids"] == {"asked": 1, "known": 1, "erased": 0, "unknown": []}


LOST = "is missing: the audit log says that it was made, and nothing that it was destroyed"


def test_a_store_that_lost_an_archive_is_not_called_whole(life: Life) -> None:
    keys = ["--vault", life.vault_folder]
    assert command("verify", life.store, *keys).code == 0
    shutil.rmtree(life.folder(A))
    for ran in (command("verify", life.store, *keys), command("verify", life.store)):
        assert (ran.code, ran.out) == (16, "")
        assert (
            ran.err
            == f"error: {A}: {LOST}\nhint: put it back from a copy; the other archive is whole\n"
        )
    assert command("verify", life.folder(B), *keys).code == 0


def test_an_archive_that_is_gone_is_named_to_whoever_asks_about_a_person(
    life: Life, tmp_path: Path
) -> None:
    copy = shutil.move(life.folder(A), tmp_path / "away")
    person = [*places(life), "--id-file", tmp_path / "ids"]
    access = ["subject", "access", *person, "--to", tmp_path / "handed"]
    for asked in (["subject", "find", *person], access):
        ran = command(*asked, "--json")
        assert (ran.code, names_a(ran, LOST)) == (16, True)
    planned = command("subject", "erase", *person, "--plan", tmp_path / "plan.json", "--json")
    (left,) = [one for one in planned.json["not_reached"] if one["kind"] == "damaged-archive"]
    assert (planned.code, left["what"]) == (
        16,
        f"archive {A} of the store, which could not be read: {LOST}",
    )
    shutil.move(copy, life.folder(A))
    assert command("subject", "find", *person).code == 0


def test_an_archive_that_is_gone_is_named_in_the_list_of_its_store(
    life: Life, tmp_path: Path
) -> None:
    shutil.move(life.folder(A), tmp_path / "away")
    ran = command("info", life.store, "--json")
    assert (ran.code, [one["id"] for one in ran.json["archives"]]) == (16, [B])
    assert ran.json["unreadable"] == [f"{A}: {LOST}"]
    assert command("info", life.folder(B)).code == 0
    (tmp_path / "away").rename(life.store / "archives" / "20261120-ccc")
    assert command("info", life.store).code == 0
    log = life.store / "audit" / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"create", b"extract"))
    ran = command("info", life.store, "--json")
    assert (ran.code, len(ran.json["archives"])) == (16, 2)
    assert ran.json["unreadable"] == ["audit log, line 1: was changed: its hash does not fit"]


def test_verify_looks_at_all_archives_and_names_those_that_are_not_whole(
    life: Life, said: str, tmp_path: Path
) -> None:
    shutil.rmtree(life.folder(B))
    bundle = DEFECTS / "overlap-equal" / "bundle"
    command("create", bundle, "--policy", "pseudonymize", *places(life))
    ran = command("verify", life.store, "--vault", life.vault_folder, "--json")
    first, second = ran.json["wrong"]
    assert ran.code in (15, 16)
    assert first.startswith(A), said
    assert (second, ran.json["whole"]) == (f"{B}: {LOST}", 1)
    assert ran.json["error"]["hint"] == f"2 of 3 archives are not whole, also {B}"


def test_what_was_destroyed_is_not_missed_and_a_forged_tombstone_proves_nothing(
    life: Life, tmp_path: Path
) -> None:
    keys = ["--vault", life.vault_folder]
    sweep, plan = ["sweep", *places(life), "--as-of", "2030-02-01"], tmp_path / "plan.json"
    command(*sweep, "--plan", plan)
    assert command(*sweep, "--apply", plan).code == 0
    assert life.archives() == [B]
    assert command("verify", life.store, *keys).code == 0
    assert command("verify", life.store).code == 0
    (stone,) = (life.store / "state" / "tombstones").iterdir()
    stone.with_name(f"{B}.forged.json").write_text(stone.read_text().replace(A, B))
    shutil.rmtree(life.folder(B))
    assert command("verify", life.store).code == 0
    assert command("verify", life.store, *keys).err.startswith(f"error: {B}: {LOST}\n")


def test_a_hold_on_a_person_and_an_index_that_went_bad_do_not_stop_the_sweep(
    life: Life, tmp_path: Path
) -> None:
    holds.place(
        life.store, reason="r", owner="o", ids=["nobody"], vault=life.vault, now=NOW
    )  # who is in an archive has to be known then
    cut("data/index.parquet")(life.folder(A))
    sweep, plan = ["sweep", *places(life), "--as-of", "2031-01-01"], tmp_path / "plan.json"
    planned = command(*sweep, "--plan", plan, "--json")
    assert [item["archive"] for item in planned.json["due"]] == [B]
    assert (planned.code, names_a(planned, "data/index.parquet: was changed")) == (16, True)
    assert command(*sweep, "--apply", plan).code == 16
    assert life.archives() == [A]


def test_a_renewal_of_keys_names_the_archive_that_stops_it(life: Life) -> None:
    cut("data/archive.json")(life.folder(A))
    ran = command("key", "rekey", *places(life))
    assert (ran.code, ran.err.splitlines()[0]) == (
        16,
        f"error: {A}/data/archive.json: was changed: its sum does not fit",
    )
    assert command("verify", life.folder(B), "--vault", life.vault_folder).code == 0


def test_a_log_is_compared_with_what_is_whole_and_says_what_is_not(life: Life) -> None:
    verify = ["audit", "verify", "--store", life.store, "--vault", life.vault_folder]
    cut("data/archive.json")(life.folder(A))
    ran = command(*verify)
    why = "data/archive.json: was changed: its sum does not fit"
    put = "put whole copies of the archives in their place, archive-tool verify names them"
    assert (ran.code, ran.err.splitlines()) == (
        16,
        [
            f"error: {A}: its checkpoint of the log cannot be compared: {why}",
            f"hint: the log itself is whole: 4 lines, compared with 2 checkpoints; {put}",
        ],
    )
    emptied(life.folder(B))
    ran = command(*verify, "--json")
    assert (ran.code, [one["archive"] for one in ran.json["unreadable"]]) == (16, [A, B])
    also = f"the log itself is whole: 4 lines, compared with 1 checkpoint, and not with that of {B} either"
    assert ran.json["error"]["hint"] == f"{also}; {put}"
    assert (ran.json["lines"], ran.json["checkpoints"]) == (4, 1)


@pytest.mark.parametrize("change", [gone, cut])
def test_a_checkpoint_that_an_archive_should_have_is_missed(
    life: Life, change: Callable[[str], Callable[[Path], None]]
) -> None:
    change("data/audit.json")(life.folder(B))
    ran = command("audit", "verify", "--store", life.store)
    assert (ran.code, ran.err.splitlines()[0]) == (
        16,
        f"error: {B}: its checkpoint of the log cannot be compared: data/audit.json: "
        + ("is missing" if change is gone else "was changed: its sum does not fit"),
    )


def test_what_is_wrong_with_the_log_is_said_before_what_is_wrong_with_archives(life: Life) -> None:
    cut("data/archive.json")(life.folder(A))
    log = life.store / "audit" / "log.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    (life.store / "audit" / "head.json").unlink()
    said = f"audit log, line 3: is missing, and archive {B} knows lines up to 3"
    verify, keys = ["audit", "verify", "--store", life.store], ["--vault", life.vault_folder]
    assert command(*verify).err.splitlines()[0] == f"error: {said}"
    go_on = ["audit", "acknowledge", "--store", life.store, *keys, "--reason", "r"]
    assert command(*go_on).code == 0
    ran = command(*verify)
    assert (ran.code, "the log itself is whole but for lost lines: 3 lines" in ran.err) == (
        16,
        True,
    )


@pytest.mark.parametrize("name", ["@eaDir", "lost+found", "$RECYCLE.BIN", "notes of the lab"])
def test_folders_of_servers_and_desktops_are_no_archives(life: Life, name: str) -> None:
    junk = life.store / "archives" / name
    junk.mkdir()
    (junk / "thumb.db").write_bytes(b"x")
    keys = ["--vault", life.vault_folder]
    assert len(command("verify", life.store, *keys, "--json").json["archives"]) == 2
    assert len(command("info", life.store, "--json").json["archives"]) == 2
    checked = command("sweep", *places(life), "--check", "--as-of", "2026-11-21")
    assert (checked.code, "2 archives" in checked.out) == (0, True)


def test_an_archive_under_another_name_is_refused_and_not_called_lost(life: Life) -> None:
    life.folder(A).rename(life.store / "archives" / "copy of the pilot")
    verify = ["verify", life.store, "--vault", life.vault_folder]
    found = "copy of the pilot/data/archive.json: lies under the name of another archive"
    hint = f"if its folder was renamed: give it the name {A} again"
    ran = command(*verify)
    said = f"error: {found}\nhint: {hint}; the other archive is whole\n"
    assert (ran.code, ran.err) == (16, said)
    shutil.rmtree(life.folder(B))
    ran = command(*verify, "--json")
    assert (ran.code, ran.json["wrong"]) == (16, [found, f"{B}: {LOST}"])
    assert ran.json["error"]["hint"] == f"{hint}; 2 of 2 archives are not whole, also {B}"
