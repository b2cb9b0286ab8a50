"""The commands of the third job: exit codes, answers, nothing personal on any stream."""

from __future__ import annotations

import errno
import io
import json
import shutil
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, NoReturn

import pytest

from archive_tool.keys import grant as grants
from archive_tool.keys import vault_file
from archive_tool.keys.identities import read_identity
from archive_tool.lifecycle.applying import rekey
from archive_tool.lifecycle.audit_log import audit, log_file
from archive_tool.model.policy import Ending
from tests.support.archives import NOW, event
from tests.support.commands import command
from tests.support.lives import Life, begin, custodian, usual

if TYPE_CHECKING:
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    (tmp_path / "ids").write_text("ann\n")
    return usual(tmp_path)


def places(life: Life) -> list[object]:
    return ["--store", life.store, "--vault", life.vault_folder]


def test_a_sweep_from_check_to_certificate(life: Life, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    when = ["--as-of", "2030-02-01"]
    ahead = command("sweep", *places(life), "--check", "--as-of", "2030-01-31")
    assert (ahead.code, ahead.out) == (
        0, "2030-01-31: 2 archives, 0 to destroy, 0 under hold, 2 due in the next 90 days\n"
    )  # fmt: skip
    assert command("sweep", *places(life), "--check", *when).code == 14
    made = command("sweep", *places(life), "--plan", plan, *when, "--json").json
    assert made["plan"] == {"path": str(plan), "digest": json.loads(plan.read_text())["digest"]}
    assert [item["archive"] for item in made["due"]] == [A]
    assert command("sweep", *places(life), "--apply", plan).code == 14
    done = command("sweep", *places(life), "--apply", plan, *when, "--json")
    assert done.code == 0
    assert done.json["destroyed"] == [{"archive": A, "whole": True, "types": [], "successors": []}]
    again = command("sweep", *places(life), "--apply", plan, *when)
    assert again.code == 19
    assert again.err.startswith("error: plan: was applied already: line 6 of the audit log\n")
    assert life.archives() == [B]


def test_what_is_not_due_goes_only_when_its_day_is_written_down_twice(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look ahead is free; a variable that was left over from it destroys nothing."""
    plan, day = tmp_path / "plan.json", "2999-02-01"
    monkeypatch.setenv("ARCHIVE_TOOL_AS_OF", day)
    looked = command("sweep", *places(life), "--plan", plan)
    assert (
        "2999-02-01 is a day to come: nothing is destroyed before it is due, unless --as-of says "
        "that day again when the plan is applied\n"
    ) in looked.out
    refused = command("sweep", *places(life), "--apply", plan)
    assert refused.code == 2
    assert refused.err == (
        "error: sweep --apply: ARCHIVE_TOOL_AS_OF names a day to come, and what is not due today "
        "would be destroyed (expected --as-of DATE on the command line)\n"
        "hint: unset the variable, or give the day with --as-of if that is what you want\n"
    )
    assert life.archives() == [A, B]
    done = command("sweep", *places(life), "--apply", plan, "--as-of", day)
    assert "judged by 2999-02-01, a day to come: log and certificate say so\n" in done.out
    assert (done.code, life.archives()) == (0, [])


def test_a_sweep_by_a_day_that_has_come_speaks_of_no_day_to_come(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.add("19991231-old", {("events", "cy"): [event(7, "cy")]}, last=date(1999, 12, 31))
    monkeypatch.setenv("ARCHIVE_TOOL_AS_OF", "2000-01-01")
    plan = tmp_path / "plan.json"
    looked = command("sweep", *places(life), "--plan", plan)
    done = command("sweep", *places(life), "--apply", plan)
    assert (done.code, life.archives()) == (0, [A, B])
    assert "day to come" not in looked.out + done.out


def test_a_sweep_needs_a_vault_outside_the_store(life: Life) -> None:
    ran = command("sweep", "--store", life.store, "--vault", life.store / "keys")
    assert ran.code == 17
    assert command("sweep", *places(life), "--apply", "x", "--plan", "y").code == 2


def test_a_hold_makes_no_store_within_the_folder_of_the_vault(life: Life) -> None:
    store = life.vault_folder / "store"
    store.mkdir()
    asked = ["--vault", life.vault_folder, "--id-file", life.store.parent / "ids", "--reason", "r"]
    ran = command("hold", "place", "--store", store, *asked)
    assert (ran.code, list(store.iterdir())) == (17, [])
    assert "the store lies inside the folder of the vault" in ran.err


def test_holds_are_placed_listed_and_released(life: Life, tmp_path: Path) -> None:
    store = ["--store", life.store]
    placed = command(
        "hold", "place", *store, "--archive", A, "--reason", "audit", "--owner", "office", "--json"
    )
    hold = placed.json["hold"]["id"]
    assert placed.code == 0
    assert [h["id"] for h in command("hold", "list", *store, "--json").json["holds"]] == [hold]
    plan = tmp_path / "p.json"
    assert command("sweep", *places(life), "--plan", plan, "--as-of", "2030-02-01").code == 0
    refused = command("sweep", *places(life), "--apply", plan, "--as-of", "2030-02-01", "--json")
    assert (refused.code, refused.json["holds"]) == (14, [hold])
    assert command("hold", "release", *store, "--hold", hold, "--reason", "over").code == 0
    assert command("hold", "list", *store).out == "no holds\n"
    assert command("hold", "release", *store, "--hold", hold, "--reason", "over").code == 2


def test_an_erasure_from_find_to_refusal(life: Life, tmp_path: Path) -> None:
    ids = ["--id-file", tmp_path / "ids"]
    plan = tmp_path / "plan.json"
    found = command("subject", "find", *places(life), *ids, "--json").json
    assert found["ids"] == {"asked": 1, "known": 1, "erased": 0, "unknown": []}
    assert [place["rows"] for place in found["places"]] == [2, 1]
    out = tmp_path / "copy"
    assert command("subject", "access", *places(life), *ids, "--to", out).code == 0
    ran = command("subject", "erase", *places(life), *ids, "--plan", plan, "--json")
    people = {"asked": 1, "known": 1, "unknown": [], "to_erase": 1, "held": 0}
    assert ran.json["people"] == people
    assert "ann" not in ran.out.replace("planned", "").replace("plan", "")
    done = command("subject", "erase", *places(life), *ids, "--apply", plan, "--json")
    assert (done.code, done.json["erased"]) == (0, 1)
    assert command("subject", "erase", *places(life), *ids, "--apply", plan).code == 19
    assert command("subject", "find", *places(life), *ids).code == 17
    verified = command("verify", life.store, "--vault", life.vault_folder, "--json").json
    assert verified["erased"] == 2


def test_ids_come_from_stdin(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"zoe\n")

    monkeypatch.setattr(sys, "stdin", Stdin())
    ran = command("subject", "find", *places(life), "--id-file", "-")
    assert ran.code == 20
    assert ran.err.startswith("error: id-file: in none of the archives (expected ids as")


def test_the_log_is_shown_and_verified(life: Life) -> None:
    store = ["--store", life.store]
    shown = command("audit", "show", *store, "--json").json["lines"]
    assert [(line["event"], line["phase"]) for line in shown] == [
        ("create", "intent"), ("create", "done"), ("create", "intent"), ("create", "done"),
    ]  # fmt: skip
    assert command("audit", "verify", *store).out == (
        "whole: 4 lines, compared with 2 checkpoints\n"
    )
    log = life.store / "audit" / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"aaa", b"aab"))
    ran = command("audit", "verify", *store, "--vault", life.vault_folder)
    assert ran.code == 16
    assert ran.err.startswith("error: audit log, line 1: was changed: its hash does not fit\n")


def test_a_granted_scope_is_extracted_with_the_grant(life: Life, tmp_path: Path) -> None:
    command("key", "init", "--vault", tmp_path / "theirs")
    theirs = tmp_path / "theirs" / "identity.txt"
    public = theirs.read_text().splitlines()[1].removeprefix("# public key: ")
    out = tmp_path / "chat.grant"
    made = command(
        "key", "grant", "--vault", life.vault_folder, "--to", public, "--scope", "read:chat",
        "--expires", "2999-01-01", "--out", out, "--store", life.store,
    )  # fmt: skip
    assert made.code == 0, made.err
    grant = ["--vault", out, "--identity", theirs, "--to", tmp_path / "out"]
    assert command("extract", life.folder(A), *grant, "--type", "chat").code == 0
    refused = command("extract", life.folder(A), *grant, "--type", "events")
    assert refused.code == 17
    assert refused.err == (
        "error: read:events: was not granted (expected read:chat)\n"
        "hint: name what was granted: --type chat\n"
    )
    checked = command("verify", life.folder(A), "--vault", out, "--identity", theirs)
    assert checked.code == 0
    assert "every granted row of 1 archive checked\nnot read: 2 files" in checked.out
    shown = command("key", "show", "--vault", life.vault_folder, "--json").json
    assert [g["scopes"] for g in shown["grants"]] == [["read:chat"]]


def test_a_grant_opens_the_archives_of_the_store_that_is_named(life: Life, tmp_path: Path) -> None:
    public, _ = custodian(tmp_path, "partner")
    other = Life(tmp_path / "identified", life.vault_folder)
    other.store.mkdir()
    other.add("20261120-zzz", {("chat", "ann"): []})

    def opened(name: str, *more: object) -> list[str]:
        ran = command(
            "key", "grant", "--vault", life.vault_folder, "--to", public, "--scope", "read:chat",
            "--expires", "2999-01-01", "--out", tmp_path / name, "--json", *more,
        )  # fmt: skip
        assert ran.code == 0, ran.err
        return list(ran.json["grant"]["archives"])

    assert opened("one", "--store", life.store) == [A, B]
    assert opened("two", "--store", life.store, "--archive", B) == [B]
    assert opened("three") == [A, B, "20261120-zzz"]
    (tmp_path / "empty").mkdir()
    none = command(
        "key", "grant", "--vault", life.vault_folder, "--to", public, "--scope", "read:chat",
        "--expires", "2999-01-01", "--out", tmp_path / "four", "--store", tmp_path / "empty",
    )  # fmt: skip
    assert (none.code, (tmp_path / "four").exists()) == (2, False)
    assert none.err == "error: archive: there is none to open (expected archives of this vault)\n"
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "letter.txt").touch()
    no_store = command(
        "key", "grant", "--vault", life.vault_folder, "--to", public, "--scope", "read:chat",
        "--expires", "2999-01-01", "--out", tmp_path / "five", "--store", folder, "--archive", B,
    )  # fmt: skip
    assert (no_store.code, (tmp_path / "five").exists()) == (15, False)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_a_grant_that_the_log_cannot_say_is_not_written(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, _ = custodian(tmp_path, "partner")

    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(log_file, "append", full)
    ran = command(
        "key", "grant", *places(life), "--to", public, "--scope", "read:chat",
        "--expires", "2999-01-01", "--out", tmp_path / "one",
    )  # fmt: skip
    assert (ran.code, (tmp_path / "one").exists()) == (1, False)


def test_a_grant_verifies_the_rows_that_it_opens(life: Life, tmp_path: Path) -> None:
    public, theirs = custodian(tmp_path, "partner")
    out, ends = tmp_path / "g", NOW.replace(year=2900)
    grants.make(life.vault, to=public, scopes=["read:chat"], expires=ends, out=out, now=NOW)
    key = ["--vault", out, "--identity", theirs]
    whole = command("verify", life.folder(A), "--vault", life.vault_folder, "--json").json
    ran = command("verify", life.folder(A), *key, "--json")
    assert ran.code == 0, ran.err
    (archive,) = ran.json["archives"]
    read = command(
        "extract", life.folder(A), *key, "--to", tmp_path / "out", "--type", "chat", "--json"
    )
    assert 0 < archive["rows"] == read.json["files"][0]["rows"] < whole["rows"]
    assert (whole["archives"][0]["not_granted"], archive["not_granted"]) == (0, 2)
    assert command("verify", life.folder(A), *key).out.splitlines()[-2:] == [
        "whole: sums, signature and every granted row of 1 archive checked",
        "not read: 2 files that the grant does not open",
    ]
    granted = sorted(life.folder(A).glob("data/tables/chat/*.parquet"))[0]
    closed = sorted(life.folder(A).glob("data/tables/events/*.parquet"))[0]
    for file in (granted, closed):
        content = file.read_bytes()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert command("verify", life.folder(A), *key).code == 16
        file.write_bytes(content)


def test_dates_are_extended_and_shortened_by_two(life: Life, tmp_path: Path) -> None:
    archive = ["--archive", A, "--reason", "the board"]
    later = command("retention", "extend", *places(life), *archive, "--until", "2040-01-01")
    assert later.out.startswith("chat: kept until 2040-01-01\nevents: kept until 2040-01-01\n")
    nearer = command("retention", "extend", *places(life), *archive, "--until", "2030-01-01")
    assert nearer.code == 14
    key = tmp_path / "second"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = (tmp_path / "second.pub").read_text()
    vault = ["--vault", life.vault_folder]
    assert command("key", "add-recipient", *vault, "--to", public, "--present", key).code == 0
    plan = tmp_path / "c.json"
    shorten = ["retention", "shorten", *places(life)]
    planned = command(*shorten, *archive, "--until", "2030-01-01", "--plan", plan, "--json")
    assert planned.json["change"]["shortens"] is True
    assert command(*shorten, "--apply", plan).code == 14
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", "archive-tool-approval", "-f", key, plan],
        check=True, capture_output=True,
    )  # fmt: skip
    done = command(*shorten, "--apply", plan, "--approval", f"{plan}.sig", "--json")
    assert done.json["retention"] == {"chat": "2030-01-01", "events": "2030-01-01"}
    assert command("retention", "extend", *places(life)).code == 2


def test_a_release_with_the_vault_runs_the_erasure_that_waited(life: Life, tmp_path: Path) -> None:
    ids = ["--id-file", tmp_path / "ids"]
    held = command(
        "hold", "place", *places(life), *ids, "--reason", "audit", "--owner", "o", "--json"
    ).json["hold"]["id"]
    plan = tmp_path / "plan.json"
    command("subject", "erase", *places(life), *ids, "--plan", plan)
    refused = command("subject", "erase", *places(life), *ids, "--apply", plan, "--json")
    assert (refused.code, refused.json["holds"]) == (14, [held])
    listed = command("hold", "list", "--store", life.store)
    assert listed.out.endswith("\n1 erasure noted until a hold is released\n")
    done = command("hold", "release", *places(life), "--hold", held, "--reason", "over", "--json")
    assert (done.code, done.json["erased"], done.json["waiting"]) == (0, 1, 0)
    assert command("subject", "find", *places(life), *ids).code == 17


def test_keys_are_renewed_by_command(life: Life) -> None:
    done = command("key", "rekey", *places(life), "--json").json
    assert done["archives"] == [A, B]
    identity = ["--identity", done["identity"]]
    assert command("verify", life.store, "--vault", life.vault_folder, *identity).code == 0
    assert command("verify", life.store, "--vault", life.vault_folder).code == 17


@pytest.mark.parametrize("change", ["rotate", "rekey"])
def test_a_new_identity_is_said_to_be_open_or_protected(
    life: Life, tmp_path: Path, change: str
) -> None:
    (tmp_path / "word").write_text("a passphrase\n")
    key = ["key", change, *(places(life) if change == "rekey" else places(life)[2:])]
    ran = command(*key, "--out", tmp_path / "open.txt")
    assert f"new identity: {tmp_path / 'open.txt'} (readable by whoever copies it)" in ran.out
    protected = ["--new-passphrase-file", tmp_path / "word", "--out", tmp_path / "shut.txt"]
    ran = command(*key, "--identity", tmp_path / "open.txt", *protected)
    assert f"new identity: {tmp_path / 'shut.txt'} (protected by the passphrase)" in ran.out
    assert b"AGE-SECRET-KEY" not in (tmp_path / "shut.txt").read_bytes()
    lost = "warning: the old identity was protected by a passphrase, this one is not"
    assert lost not in ran.out
    old = ["--identity", tmp_path / "shut.txt", "--passphrase-file", tmp_path / "word"]
    assert lost in command(*key, *old, "--out", tmp_path / "again.txt").out


def test_verify_names_registered_copies_of_the_vault_that_are_behind(life: Life) -> None:
    vault = ["--vault", life.vault_folder]
    assert command("key", "register-copy", *vault, "--label", "safe").code == 0
    assert command("verify", life.store, *vault, "--json").json["vault_copies_behind"] == []
    assert command("key", "register-copy", *vault, "--label", "bank").code == 0
    ran = command("verify", life.store, *vault)
    assert ran.out.endswith("\nbehind: copy of the vault at epoch 4: safe; replace it\n")


def test_last_years_data_and_vault_are_refused_and_shredded_again(
    life: Life, tmp_path: Path
) -> None:
    backup = shutil.copytree(life.store, tmp_path / "backup")
    drawer = shutil.copytree(life.vault_folder, tmp_path / "drawer")
    ids = ["--id-file", tmp_path / "ids"]
    plan = tmp_path / "plan.json"
    command("subject", "erase", *places(life), *ids, "--plan", plan)
    assert command("subject", "erase", *places(life), *ids, "--apply", plan).code == 0
    before = (drawer / "vault.age").read_bytes()
    ran = command("verify", backup, "--vault", drawer, "--json")
    assert (ran.code, ran.json["rows"], ran.json["erased"]) == (0, 3, 2)
    assert ran.err == (
        "note: this copy of the vault is older than an erasure; what was erased since was taken "
        "out of it again\n"
    )
    assert (drawer / "vault.age").read_bytes() != before
    key = life.vault.subject_key("ann")
    assert (
        key
        not in vault_file.read(
            drawer / "vault.age", read_identity(drawer / "identity.txt", None)
        ).subjects
    )
    assert command("verify", backup, "--vault", drawer).err == ""
    find = ["subject", "find", "--store", backup, "--vault", drawer]
    assert command(*find, *ids).code == 17


def renewed_around_a_copy(life: Life, folder: Path) -> list[object]:
    """Renew the keys, and put the second archive from before in its place; gives the key."""
    older = shutil.copytree(life.folder(B), folder / "older")
    out = folder / "new.txt"
    rekey.rekey(life.store, life.vault, identity_out=out, now=NOW)
    shutil.rmtree(life.folder(B))
    shutil.copytree(older, life.folder(B))
    return ["--identity", out]


WHY = "was made before the keys were renewed on 2026-11-20"
SAID = (
    f"not looked at: {B}: {WHY}\n"
    "hint: put copies from after the renewal in their place, or use the vault that has their keys\n"
)


def test_an_archive_from_before_the_renewal_is_named_and_the_sweep_goes_on(
    life: Life, tmp_path: Path
) -> None:
    key = renewed_around_a_copy(life, tmp_path)
    sweep = ["sweep", *places(life), *key, "--as-of", "2030-02-01"]
    assert command(*sweep, "--check").code == 17
    planned = command(*sweep, "--plan", tmp_path / "plan.json", "--json")
    assert (planned.code, planned.json["unreadable"]) == (
        17,
        [{"archive": B, "why": WHY, "code": 17}],
    )
    applied = command(*sweep, "--apply", tmp_path / "plan.json")
    assert (applied.code, applied.out.endswith(SAID)) == (17, True)
    assert f"not reached: archive {B} of the store, which could not be read: {WHY}" in applied.out
    assert life.archives() == [B]
    nothing = command(*sweep, "--plan", tmp_path / "next.json")
    assert (nothing.code, nothing.out.endswith(SAID)) == (17, True)
    nothing = command(*sweep, "--apply", tmp_path / "next.json")
    assert (nothing.code, nothing.out) == (17, f"nothing was due\n{SAID}")


def test_an_archive_from_before_the_renewal_is_named_by_find_access_and_erase(
    life: Life, tmp_path: Path
) -> None:
    key = renewed_around_a_copy(life, tmp_path)
    person = [*places(life), *key, "--id-file", tmp_path / "ids"]
    found = command("subject", "find", *person)
    assert (found.code, found.out.endswith(SAID)) == (17, True)
    handed = command("subject", "access", *person, "--to", tmp_path / "copy")
    assert (handed.code, handed.out.endswith(SAID)) == (17, True)
    assert command("subject", "erase", *person, "--plan", tmp_path / "plan.json").code == 17
    done = command("subject", "erase", *person, "--apply", tmp_path / "plan.json", "--json")
    assert (done.code, done.json["erased"], done.json["archives"]) == (17, 1, [A])
    (left,) = [item["what"] for item in done.json["not_reached"] if item["kind"] == "archive"]
    assert left == f"archive {B} of the store, which could not be read: {WHY}"


def test_a_plan_tells_what_is_held_and_taking_people_out_is_not_destroying(
    life: Life, tmp_path: Path
) -> None:
    """The plan of an erasure names the holds; a sweep of a copy destroys no archive."""
    ids = ["--id-file", tmp_path / "ids"]
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    placed = command(
        "hold",
        "place",
        "--store",
        life.store,
        "--archive",
        B,
        "--reason",
        "r",
        "--owner",
        "o",
        "--json",
    ).json["hold"]["id"]
    plan = tmp_path / "erase.json"
    ran = command("subject", "erase", *places(life), *ids, "--plan", plan)
    heads, first, second, *rest = ran.out.splitlines()
    assert heads.split() == ["archive", "people", "rows", "files", "held", "by"]
    assert (first.split()[-1], second.split()[-1]) == ("-", placed)
    assert f"files of 1 person: the keys stay under {placed}" in "\n".join(rest)
    command("hold", "release", "--store", life.store, "--hold", placed, "--reason", "over")
    command("subject", "erase", *places(life), *ids, "--plan", plan)
    assert command("subject", "erase", *places(life), *ids, "--apply", plan).code == 0
    shutil.rmtree(life.folder(A))
    shutil.copytree(copy, life.folder(A))
    swept = command("sweep", *places(life), "--plan", tmp_path / "sweep.json").out
    assert (
        "2 archives, 0 to destroy, 0 under hold, 0 due in the next 90 days, 1 from which erased people "
        "are taken out\n"
    ) in swept


@pytest.mark.parametrize(
    ("held", "going"), [([], 3), (["--archive", A], 0), (["bob"], 0), (["ann"], 0), (["cy"], 3)]
)
def test_a_plan_says_which_mentions_wait_for_a_hold(
    life: Life, tmp_path: Path, held: list[str], going: int
) -> None:
    if held:
        (tmp_path / "held").write_text(held[0])
        of_people = ["--id-file", tmp_path / "held", "--vault", life.vault_folder]
        covered = held if held[0] == "--archive" else of_people
        place = ["hold", "place", "--store", life.store, "--reason", "r", "--owner", "o"]
        assert command(*place, *covered).code == 0
    plan = ["--id-file", tmp_path / "ids", "--rewrite-mentions", "--plan", tmp_path / "plan.json"]
    said = command("subject", "erase", *places(life), *plan)
    told = [line for line in said.out.splitlines() if line.startswith("3 places")]
    later = "3 places in rows of others will be rewritten when the hold is released"
    assert told == (["3 places in rows of others will be rewritten"] if going else [later])
    ran = command("subject", "erase", *places(life), *plan, "--json")
    assert sum(item["held"] for item in ran.json["mentions"]) == 3 - going
    mentioned = [item["what"] for item in ran.json["not_reached"] if item["kind"] == "mention"]
    assert mentioned == [
        "3 places in rows of others, in copies of the archives made before"
        if going
        else "3 places in rows of others that name the person and stay under hold"
    ]


def test_a_log_that_lost_lines_goes_on_and_says_so(life: Life) -> None:
    log = life.store / "audit" / "log.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    (life.store / "audit" / "head.json").unlink()
    refused = command("audit", "verify", *places(life))
    assert refused.code == 16
    assert refused.err.endswith("see archive-tool audit acknowledge\n")
    said = ["--reason", "restored from the backup of March"]
    done = command("audit", "acknowledge", *places(life), *said)
    assert done.code == 0
    assert done.out.startswith("lost: line 3 at most, acknowledged on 20")
    assert done.out.endswith(" in line 3: restored from the backup of March\n")
    ran = command("audit", "verify", *places(life))
    whole = "whole but for lost lines: 3 lines, compared with 3 checkpoints\n"
    assert (ran.code, ran.out) == (0, whole + done.out)
    (told,) = command("audit", "verify", *places(life), "--json").json["lost"]
    assert (told["first"], told["last"], told["line"]) == (3, 3, 3)
    shown = command("audit", "show", "--store", life.store).out.splitlines()[-1]
    assert shown.endswith("first=3 last=3 reason=restored from the backup of March")
    assert command("audit", "acknowledge", *places(life), *said).code == 2


def test_a_clock_that_was_ahead_is_told_and_acknowledged(life: Life) -> None:
    audit.append(life.store, "access", now=NOW.replace(year=9000))
    checked = command("sweep", *places(life), "--check", "--json")
    assert (checked.code, checked.json["newest_line"][:4]) == (14, "9000")
    said = ["--reason", "a laptop"]
    done = command("audit", "acknowledge", *places(life), *said)
    assert (done.code, done.out) == (0, "clock ahead: 1 line, acknowledged in line 6: a laptop\n")
    assert command("sweep", *places(life), "--check", "--json").json["newest_line"] is None
    again = command("audit", "acknowledge", *places(life), *said)
    assert again.err == "error: audit log: no line is missing that this vault knows of\n"


def test_what_waits_for_a_decision_is_counted_and_stays(tmp_path: Path) -> None:
    life = begin(tmp_path)
    chat = {"messageId": "m", "senderId": "ann", "content": "x"}
    rows = {("events", "ann"): [event(1, "ann")], ("chat", "ann"): [chat]}
    life.add(A, rows, action=Ending.REVIEW)
    sweep = ["sweep", *places(life), "--as-of", "2030-02-01"]
    lines = command(*sweep, "--plan", tmp_path / "plan.json").out.splitlines()
    assert lines[0].startswith(f"review {A} chat, events since 2030-02-01: look at it, then: ")
    assert lines[1] == (
        "2030-02-01: 1 archive, 0 to destroy, 0 under hold, 0 due in the next 90 days, 1 to decide on"
    )
    done = command(*sweep, "--apply", tmp_path / "plan.json")
    assert (done.code, done.out) == (
        0, "nothing was destroyed\nundecided 2 data types: see the plan\n"
    )  # fmt: skip


def test_a_clock_that_jumped_is_told_before_what_a_plan_says_goes(tmp_path: Path) -> None:
    life, plan = begin(tmp_path), tmp_path / "plan.json"
    long_ago = NOW.replace(year=2020)
    life.add(A, {("events", "ann"): [event(1, "ann")]}, now=long_ago, last=date(2021, 1, 1))
    assert "\nlook at the clock" in command("sweep", *places(life), "--plan", plan).out
    done = command("sweep", *places(life), "--apply", plan)
    assert done.code == 0
    assert done.err.endswith(
        ", and the newest line of the audit log is of 2020-11-20: is it right?\n"
    )
    assert life.archives() == []


def test_of_one_who_gives_the_day_nobody_asks_for_the_clock(tmp_path: Path) -> None:
    life, plan = begin(tmp_path), tmp_path / "plan.json"
    long_ago = NOW.replace(year=2020)
    life.add(A, {("events", "ann"): [event(1, "ann")]}, now=long_ago, last=date(2021, 1, 1))
    day = ("--as-of", "2021-01-02")
    assert command("sweep", *places(life), "--plan", plan, *day).code == 0
    done = command("sweep", *places(life), "--apply", plan, *day)
    assert (done.code, done.err) == (0, "")
