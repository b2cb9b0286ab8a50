"""Withdrawal: somebody is gone from the store, from its backups and from older vaults."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    IntegrityError,
    PlanError,
    SubjectError,
    UsageError,
    VaultError,
)
from archive_tool.keys import Vault
from archive_tool.keys.vault_file import GrantNote
from archive_tool.lifecycle import certificates
from archive_tool.lifecycle.applying import sweep
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.planning import plans, sweep_items, sweep_plan
from archive_tool.lifecycle.subjects import people
from archive_tool.lifecycle.subjects import where as subjects
from archive_tool.lifecycle.subjects.access import access
from tests.support.archives import NOW, Rows, event
from tests.support.erasing import LATER, apply, hold, planned
from tests.support.lives import Life, begin, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def test_find_says_where_and_how_much(life: Life) -> None:
    found = subjects.find(life.store, life.vault, ["ann", "nobody"])
    assert (found.asked, found.known, found.erased) == (2, 1, 0)
    assert [(p.archive_id, p.data_type, p.rows, p.files) for p in found.places] == [
        (A, "events", 2, 1),
        (B, "events", 1, 1),
    ]
    assert [(m.archive_id, m.data_type, m.column, m.rows) for m in found.mentions] == [
        (A, "chat", "content", 1),
        (A, "chat", "recipientIds", 1),
        (A, "events", "response", 1),
    ]


def test_another_spelling_of_the_id_finds_the_same_person(life: Life) -> None:
    assert subjects.find(life.store, life.vault, ["prolific_ann"]).known == 1


def test_nobody_is_20_and_the_erased_are_17(life: Life) -> None:
    said = problem(SubjectError, lambda: subjects.find(life.store, life.vault, ["zoe"]))
    assert said == (
        "id-file: in none of the archives (expected ids as the platform writes them, not codes)"
    )
    apply(life, planned(life, "ann"))
    said = problem(VaultError, lambda: subjects.find(life.store, life.vault, ["ann"]))
    assert said == "vault: the subject was erased"
    assert subjects.find(life.store, life.vault, ["ann", "bob"]).erased == 1


def test_a_plan_holds_no_id(life: Life) -> None:
    text = planned(life, "ann", "bob").read_text()
    assert "ann" not in text.replace("annotate", "")
    assert "bob" not in text


def test_an_erased_person_is_gone_from_store_and_vault(life: Life) -> None:
    before = life.vault.epoch
    done = apply(life, planned(life, "ann"))
    assert done.epoch == before + 1
    (first, second) = verify(life.store, vault=life.vault).archives
    assert (first.rows, first.erased, second.rows, second.erased) == (2, 1, 1, 1)
    archive = open_archive(life.folder(A), vault=life.vault)
    assert archive.read("events").column("id").to_pylist() == ["e3"]
    assert life.vault.subject_key("ann") not in {entry.subject for entry in archive.index}
    assert (archive.manifest.revision, archive.manifest.erased) == (2, 1)
    assert archive.manifest.files == {"chat": 1, "events": 1}
    said = problem(VaultError, lambda: archive.read("events", subjects=["ann"]))
    assert said == "vault: the subject was erased"


def test_a_backup_of_the_store_is_refused_for_the_erased(life: Life, tmp_path: Path) -> None:
    shutil.copytree(life.store, tmp_path / "backup")
    apply(life, planned(life, "ann"))
    report = verify(tmp_path / "backup", vault=life.vault)
    assert (report.rows, report.erased) == (3, 2)
    copy = open_archive(tmp_path / "backup" / "archives" / A, vault=life.vault)
    assert copy.read("events").column("id").to_pylist() == ["e3"]


def test_an_older_vault_is_refused_by_the_record_of_the_store(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(life.vault_folder, tmp_path / "old-vault")
    backup = shutil.copytree(life.store, tmp_path / "backup")
    apply(life, planned(life, "ann"))
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "another machine"))
    old = Vault.open(tmp_path / "old-vault")
    assert not old.behind
    assert open_archive(life.folder(B), vault=old).erased == 1
    assert old.behind
    said = problem(VaultError, lambda: old.subject_secret("ann"))
    assert said == "vault: the subject was erased"
    # what is not promised: nothing in these three knows of the erasure
    unaware = Vault.open(tmp_path / "old-vault")
    assert open_archive(backup / "archives" / A, vault=unaware).erased == 0


@pytest.mark.parametrize(
    ("working", "given"),
    [(f"store/archives/{B}", "."), (f"store/archives/{B}/data", ".."), ("store/archives", B),
     (".", "link")],
)  # fmt: skip
def test_the_record_of_the_store_is_found_whatever_the_archive_is_called(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, working: str, given: str
) -> None:
    shutil.copytree(life.vault_folder, tmp_path / "old-vault")
    apply(life, planned(life, "ann"))
    (tmp_path / "link").symlink_to(life.folder(B))
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "another machine"))
    monkeypatch.chdir(tmp_path / working)
    old = Vault.open(tmp_path / "old-vault")
    open_archive(given, vault=old)
    assert old.behind
    assert problem(VaultError, lambda: old.subject_secret("ann")) == "vault: the subject was erased"


@pytest.mark.parametrize("witness", ["identity", "machine"])
def test_an_older_vault_is_refused_by_the_record_outside_the_store(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, witness: str
) -> None:
    old_folder = shutil.copytree(life.vault_folder, tmp_path / "old-vault")
    backup = shutil.copytree(life.store, tmp_path / "backup")
    apply(life, planned(life, "ann"))
    identity = old_folder / "identity.txt"
    if witness == "identity":
        monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "another machine"))
        identity = life.vault_folder / "identity.txt"
    old = Vault.open(old_folder, identity=identity)
    assert old.behind
    report = verify(backup, vault=old)
    assert (report.rows, report.erased) == (3, 2)
    old.save(LATER)  # writes a vault without the secret: shredded again
    fresh = old.reopened()
    assert not fresh.behind
    assert fresh.epoch > life.vault.epoch
    assert problem(VaultError, lambda: fresh.subject_secret("ann")).endswith("was erased")


def test_files_that_come_back_are_shredded_by_the_next_sweep(life: Life, tmp_path: Path) -> None:
    shutil.copytree(life.folder(A), tmp_path / "copy")
    apply(life, planned(life, "ann"))
    shutil.rmtree(life.folder(A))
    shutil.copytree(tmp_path / "copy", life.folder(A))
    decided = sweep_plan.plan(life.store, life.vault, as_of=NOW, now=LATER)
    assert [(item.archive, item.why, item.files) for item in decided.items] == [
        (A, sweep_items.HOLDS_ERASED, 1)
    ]
    path = tmp_path / "sweep.json"
    plans.save(decided, path)
    sweep.apply(life.store, life.vault, path, as_of=NOW, now=LATER)
    archive = open_archive(life.folder(A), vault=life.vault)
    assert {entry.subject for entry in archive.index} == {life.vault.subject_key("bob")}


def test_what_came_back_is_counted_in_files_and_not_in_people(life: Life, tmp_path: Path) -> None:
    shutil.copytree(life.folder(A), tmp_path / "copy")
    apply(life, planned(life, "bob", rewrite_mentions=True), ("bob",))
    shutil.rmtree(life.folder(A))
    shutil.copytree(tmp_path / "copy", life.folder(A))
    (item,) = sweep_plan.plan(life.store, life.vault, as_of=NOW, now=LATER).items
    assert (item.files, item.why) == (2, sweep_items.HOLDS_ERASED), "his events and his messages"


def test_mentions_are_rewritten_when_the_plan_says_so(life: Life) -> None:
    path = planned(life, "ann", rewrite_mentions=True)
    said = problem(PlanError, lambda: apply(life, path))
    assert said == "plan: the plan rewrites mentions, and there are no ids"
    apply(life, path, ("ann",))
    archive = open_archive(life.folder(A), vault=life.vault)
    chat = archive.read("chat").to_pylist()[0]
    assert chat["content"] == "hello [erased], annotate it"
    assert chat["recipientIds"] == '["[erased]","cy"]'
    assert archive.read("events").to_pylist()[0]["response"] == '{"partner":"[erased]"}'
    assert verify(life.store, vault=life.vault).erased == 2


def test_codes_are_mentions_too(life: Life) -> None:
    from archive_tool.anonymize import PseudonymKeys

    keys = PseudonymKeys.derive(
        life.vault.pseudonym_key, linkability="release", archive_id="20261120-ccc"
    )
    code = keys.of_person("ann")
    life.add(
        "20261120-ccc",
        {("events", "bob"): [event(1, "bob", response=f'{{"partner":"{code}"}}')]},
        policy='name = "p"\nlinkability = "release"\n',
    )
    found = subjects.find(life.store, life.vault, ["ann"])
    assert [(m.column, m.rows) for m in found.mentions if m.archive_id == "20261120-ccc"] == [
        ("response", 1)
    ]


def test_a_plan_goes_stale(life: Life) -> None:
    path = planned(life, "ann")
    life.add("20261120-ccc", {("events", "bob"): [event(1, "bob")]})
    placed = hold(life, archives=[B])
    assert problem(PlanError, lambda: apply(life, path)) == "plan: holds have changed since"
    holds.release(life.store, placed.id, reason="over", now=NOW)
    said = problem(PlanError, lambda: apply(life, path, ("bob",)))
    assert said == "plan: was made for other ids"
    life.add("20261120-ddd", {("events", "ann"): [event(1, "ann")]})
    said = problem(PlanError, lambda: apply(life, path))
    assert said == "plan: archives have changed since, or new ones hold files of the people"
    path = planned(life, "ann")
    apply(life, path)
    said = problem(PlanError, lambda: apply(life, path))
    assert said.startswith("plan: was applied already: line ")


def test_an_archive_of_others_does_not_make_a_plan_stale(life: Life) -> None:
    path = planned(life, "ann")
    life.add("20261120-ccc", {("events", "bob"): [event(1, "bob")]})
    assert apply(life, path, ("ann",)).work.people == 1


def test_a_forged_record_of_erasures_is_16(life: Life, tmp_path: Path) -> None:
    apply(life, planned(life, "ann"))
    record = next((life.store / "state" / "erasures").iterdir())
    content = record.read_bytes()
    record.write_bytes(
        content.replace(b'"subjects":{', b'"subjects":{"aa":"2026-01-01T00:00:00Z",')
    )
    said = problem(IntegrityError, lambda: open_archive(life.folder(A), vault=life.vault))
    assert said == f"{record.name}: the signature does not fit what it signs"
    other = Vault.create(tmp_path / "v2", study="x", passphrase=None, now=NOW)
    other.erase_subjects(["aa"], now=NOW)
    record.write_bytes(other.erasure_record() or b"")
    said = problem(IntegrityError, lambda: open_archive(life.folder(A), vault=life.vault))
    assert said == f"{record.name}: is the record of another vault"


def test_a_key_that_is_still_on_the_disk_is_not_certified_as_gone(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vault is read again from the disk and asked: what this process remembers proves nothing."""
    path = planned(life, "ann")
    with monkeypatch.context() as patch:
        patch.setattr(Vault, "save", lambda *_, **__: None)
        said = problem(IntegrityError, lambda: apply(life, path))
    assert said == "vault: still has a key that was to be destroyed"
    assert not [*(life.store / "state").glob("certificates/*")]
    assert open_archive(life.folder(A), vault=life.vault).read("events").num_rows == 3


@pytest.mark.parametrize("rewrite", [False, True])
def test_the_certificate_names_the_revision_that_the_files_went_from(
    life: Life, rewrite: bool
) -> None:
    """Where mentions are taken out first, that is a revision of its own."""
    done = apply(life, planned(life, "ann", rewrite_mentions=rewrite), ("ann",))
    body = certificates.read(done.certificate, signer=life.vault.public_key)
    stated = {name: open_archive(life.folder(name)).manifest for name in (A, B)}
    assert stated[A].revision == 2 + rewrite
    assert {one["id"]: one["digest_before"] for one in body["archives"]} == {
        name: one.predecessor for name, one in stated.items()
    }


def test_a_plan_of_another_vault_erases_nobody(life: Life, tmp_path: Path) -> None:
    path = planned(life, "ann")
    body = json.loads(path.read_bytes()) | {"vault_id": "0" * 32}
    path.write_text(json.dumps(body | {"digest": plans.digest_of(body)}), encoding="utf-8")
    assert problem(PlanError, lambda: apply(life, path)) == "plan: was made with another vault"
    assert open_archive(life.folder(A), vault=life.vault).erased == 0


def test_archives_of_another_vault_in_the_store_are_not_reached(life: Life, tmp_path: Path) -> None:
    theirs = Life(life.store, begin(tmp_path / "theirs").vault_folder)
    theirs.add("20261120-zzz", {("events", "ann"): [event(9, "ann")]})
    done = apply(life, planned(life, "ann"), ("ann",))
    told = {item.kind: item.what for item in done.work.not_reached}
    assert told["other-vault"] == "1 archive of this store that is another vault's"
    body = certificates.read(done.certificate, signer=life.vault.public_key)
    assert "other-vault" in {one["kind"] for one in body["not_reached"]}


def test_the_certificate_names_no_one_and_counts_everything(life: Life) -> None:
    done = apply(life, planned(life, "ann"))
    body = certificates.read(done.certificate, signer=life.vault.public_key)
    assert (body["kind"], body["people"]) == ("erase", 1)
    assert [(a["id"], a["files"]) for a in body["archives"]] == [(A, 1), (B, 1)]
    assert [r["answer"] for r in body["failed_reads"]] == ["the subject was erased"]
    assert [item["kind"] for item in body["not_reached"]] == ["vault-copy", "mention"]
    keys = people.subject_keys(life.vault, ["ann"])
    for path in [*life.store.rglob("*.json"), life.store / "audit" / "log.jsonl"]:
        content = path.read_text()
        assert '"ann"' not in content
        assert "erasures" in path.parts or not any(key in content for key in keys), path.name


def test_the_certificate_counts_the_files_of_others_that_were_written_anew(life: Life) -> None:
    """Also in an archive that only names the person, and has no file of theirs to destroy."""
    life.add("20261120-ccc", {("events", "bob"): [event(1, "bob", response='{"partner":"ann"}')]})
    done = apply(life, planned(life, "ann", rewrite_mentions=True), ("ann",))
    body = certificates.read(done.certificate, signer=life.vault.public_key)
    assert body["mentions_taken_out"] == {A: 2, "20261120-ccc": 1}
    without = {one["id"]: one["files_written_without_names"] for one in body["archives"]}
    assert without == {A: 2, B: 0}
    stones = (life.store / "state" / "tombstones").glob(f"{A}.*.json")
    told = [json.loads(s.read_text())["archive"]["files_written_without_names"] for s in stones]
    assert told == [2]
    page = done.certificate.with_suffix(".html").read_text()
    assert "<p>Files of others that were written without their names: 3</p>" in page


def test_access_gives_the_own_rows_without_the_others(life: Life, tmp_path: Path) -> None:
    handed = access(life.store, life.vault, "bob", to=tmp_path / "out", now=NOW)
    assert handed.rows == {"events": 1, "chat": 1}
    chat = list(csv.DictReader((tmp_path / "out" / A / "chat.csv").open()))
    assert chat[0]["content"] == "hello [other person], annotate it"
    assert json.loads(chat[0]["recipientIds"]) == ["[other person]", "[other person]"]
    events = json.loads((tmp_path / "out" / A / "events.json").read_text())["data"]
    assert [row["id"] for row in events] == ["e3"]
    assert events[0]["response"] == {"partner": "[other person]"}
    review = json.loads((tmp_path / "out" / "to-review.json").read_text())
    assert {(r["type"], r["column"], r["rows"]) for r in review} >= {
        ("chat", "content", 1),
        ("chat", "recipientIds", 1),
        ("events", "response", 1),
    }
    words = {(r["type"], r["column"]): r["rows"] for r in review if r["why"].startswith("words")}
    assert words == {("chat", "content"): 1, ("events", "response"): 1}
    assert "events: 1 row\n" in (tmp_path / "out" / "README.txt").read_text()
    said = problem(
        UsageError,
        lambda: access(life.store, life.vault, "bob", to=tmp_path / "out", now=NOW),
    )
    assert said == "to: is not empty (expected a new folder)"


def test_names_beside_recordings_are_names_of_others_too(life: Life, tmp_path: Path) -> None:
    film = {"recordingId": "v1", "participantId": "ann", "participantName": "Ottoline"}
    talk = {"messageId": "m9", "senderId": "bob", "content": "hello Ottoline"}
    life.add("20261120-ccc", {("recordings", "ann"): [film], ("chat", "bob"): [talk]})
    access(life.store, life.vault, "bob", to=tmp_path / "out", now=NOW)
    chat = list(csv.DictReader((tmp_path / "out" / "20261120-ccc" / "chat.csv").open()))
    assert [row["content"] for row in chat] == ["hello [other person]"]


def test_access_takes_names_of_others_out_as_an_erasure_does(life: Life, tmp_path: Path) -> None:
    def talk(number: int, who: str, name: str, content: str, room: str = "r1") -> dict[str, str]:
        return {
            "messageId": f"m{number}", "senderId": who, "senderName": name, "roomId": room,
            "content": content,
        }  # fmt: skip

    told = "carla winter and CARLA came, Winter is cold, I am Dan"
    life.add(
        "20261120-ccc",
        {
            ("chat", "ann"): [talk(1, "ann", "Carla Winter", "hi")],
            ("chat", "bob"): [
                talk(2, "bob", "Dan Winter", told),
                talk(3, "bob", "Dan Winter", "carla is my sister", "r2"),
            ],
        },
    )
    access(life.store, life.vault, "bob", to=tmp_path / "out", now=NOW)
    chat = list(csv.DictReader((tmp_path / "out" / "20261120-ccc" / "chat.csv").open()))
    other = "[other person]"
    assert [(row["senderName"], row["content"]) for row in chat] == [
        ("Dan Winter", f"{other} and {other} came, Winter is cold, I am Dan"),
        ("Dan Winter", "carla is my sister"),
    ]


def test_access_gives_the_rows_under_both_spellings_of_the_id(tmp_path: Path) -> None:
    life = begin(tmp_path)
    both = ("ann", "prolific_ann")
    rows: Rows = {("events", one): [event(n, one)] for n, one in enumerate(both)}
    chat = {"senderName": "Ann Archer", "content": "I am Ann Archer", "roomId": "room-1"}
    for n, one in enumerate(both):
        rows = {**rows, ("chat", one): [{"messageId": f"m{n}", "senderId": one, **chat}]}
    life.add(A, rows)
    for n, one in enumerate(both):
        out = tmp_path / f"out{n}"
        assert access(life.store, life.vault, one, to=out, now=NOW).rows == {"events": 2, "chat": 2}
        events = list(csv.DictReader((out / A / "events.csv").open()))
        assert [row["participantId"] for row in events] == list(both)
        written = list(csv.DictReader((out / A / "chat.csv").open()))
        assert {(row["senderName"], row["content"]) for row in written} == {
            ("Ann Archer", "I am Ann Archer")
        }


def test_somebody_under_two_spellings_of_the_id_is_one_erased_person(tmp_path: Path) -> None:
    own = begin(tmp_path)
    spellings = ("X1", "prolific_X1")
    rows = {("events", one): [event(n, one)] for n, one in enumerate((*spellings, "bob"))}
    own.add(A, rows)
    shutil.copytree(own.store, tmp_path / "backup")
    apply(own, planned(own, "X1"))
    archive = open_archive(own.folder(A), vault=own.vault)
    assert (len(archive.index), archive.manifest.erased, archive.erased) == (1, 1, 1)
    copy = open_archive(tmp_path / "backup" / "archives" / A, vault=own.vault)
    assert (len(copy.index), copy.manifest.erased, copy.erased) == (3, 0, 1)


def test_ids_come_one_per_line() -> None:
    assert people.parse_ids("\ufeffann\r\n\n bob \nann\n".encode()) == ("ann", "bob")
    expected = " (expected one participant id per line)"
    assert (
        problem(UsageError, lambda: people.parse_ids(b" \n")) == f"id-file: holds no id{expected}"
    )
    said = problem(UsageError, lambda: people.parse_ids(b"\xff\xff"))
    assert said == f"id-file: is not text in UTF-8{expected}"


def test_the_prefix_alone_is_nobody() -> None:
    """It would stand for the rows that belong to no one person."""
    said = "holds the prefix prolific_ without an id (expected one participant id per line)"
    for line in (b"prolific_", b" prolific_ prolific_ "):
        asked = b"ann\n" + line + b"\n"
        assert problem(UsageError, lambda x=asked: people.parse_ids(x)) == f"id-file: {said}"


def test_ids_that_r_or_a_spreadsheet_saved_lose_their_quotes() -> None:
    assert people.parse_ids(b'"ann"\r\n"b ""o"" b"\r\n') == ("ann", 'b "o" b')
    assert people.parse_ids(b'"', where="withdrawn") == ('"',)


@pytest.mark.parametrize(
    "table", [b'"","id"\n"1","ann"\n', b"id;name\nann;Ann A.\nbob;Bob\n", b"ann\t1\nbob\t2\n"]
)
def test_a_table_is_no_list_of_ids(table: bytes) -> None:
    """Read as ids its lines would be nobody's, and whoever withdrew would stay."""
    said = problem(UsageError, lambda: people.parse_ids(table, where="withdrawn"))
    assert said == (
        "withdrawn: is a table of several columns (expected one participant id per line)"
    )
    assert people.parse_ids(b"a;b\n") == ("a;b",)
    assert people.parse_ids(b"Ash, Ann\nOak, Bob\n", where="name-file") == ("Ash, Ann", "Oak, Bob")


def test_the_certificate_is_a_page_too_and_nothing_is_fetched(life: Life) -> None:
    granted = GrantNote(
        grant_id="G-1", recipient="age1x", scopes=["read:chat"], archives=[A], subjects=2,
        made=NOW, expires=LATER,
    )  # fmt: skip
    vault = life.vault
    vault.note_grant(granted)
    vault.register_copy("safe <b>in</b> the office", now=NOW)
    vault.save(NOW)
    done = apply(life, planned(life, "ann"))
    text = done.certificate.with_suffix(".html").read_text()
    body = certificates.read(done.certificate, signer=life.vault.public_key)
    for item in body["not_reached"]:
        assert html.escape(item["what"]) in text
        assert html.escape(item["notice"]) in text
    assert "safe &lt;b&gt;in&lt;/b&gt; the office" in text
    assert hashlib.sha256(done.certificate.read_bytes()).hexdigest() in text
    assert all(key in text for key in body["cryptographic_erase"]["destroyed_key_ids"])
    assert re.findall(r"<script|src=|href=|url\(|@import", text) == []
    assert "ann" not in text.replace("cannot", "")


def test_ssh_keygen_checks_a_certificate(life: Life, tmp_path: Path) -> None:
    done = apply(life, planned(life, "ann"))
    (tmp_path / "signers").write_text(f"lab {life.vault.public_key}\n")

    def verified(content: bytes) -> int:
        return subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", tmp_path / "signers", "-I", "lab",
             "-n", certificates.NAMESPACE, "-s", f"{done.certificate}.sig"],
            input=content, capture_output=True, check=False,
        ).returncode  # fmt: skip

    content = done.certificate.read_bytes()
    assert verified(content) == 0
    assert verified(content.replace(b'"people": 1', b'"people": 2')) != 0
