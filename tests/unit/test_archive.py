"""Writing and reading an archive; what lies on the outside; who else accepts it."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import bagit
import pyarrow as pa
import pytest

from archive_tool.archive.manifest import info
from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.archive.writer import ArchiveWriter
from archive_tool.errors import (
    ArchiveToolError,
    FormatError,
    LockError,
    SubjectError,
    UsageError,
    VaultError,
)
from archive_tool.keys import Vault
from tests.support.archives import NOW, Made, description, event, make, small, table
from tests.support.crates import problems

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return small(tmp_path)


def message(kind: type[ArchiveToolError], call: object) -> str:
    with pytest.raises(kind) as caught:
        call()  # type: ignore[operator]
    assert caught.value.__context__ is None
    return str(caught.value)


def test_reading_gives_back_what_was_written(made: Made) -> None:
    archive = made.open()
    assert archive.types() == ("chat", "events")
    events = archive.read("events")
    assert events.schema.equals(table("events", []).schema)
    assert sorted(events.column("id").to_pylist()) == ["e1", "e2", "e3", "e4"]
    ann = archive.read("events", subjects=["ann"])
    expected = table("events", [event(3, "ann"), event(1, "ann", response='"=1+1"')])
    assert ann.to_pylist() == expected.to_pylist()


def test_a_code_of_the_rows_is_no_subject_and_gives_no_empty_table(made: Made) -> None:
    archive = made.open()
    refused = message(SubjectError, lambda: archive.read("events", subjects=["P-2B4D6F8H0J"]))
    assert refused == (
        "subjects: the vault knows nobody by these (expected ids as the platform wrote them)"
    )
    known = archive.read("events", subjects=["ann", "P-2B4D6F8H0J"])
    assert known.num_rows == archive.read("events", subjects=["ann"]).num_rows == 2


def test_columns_are_chosen_and_refused_by_name(made: Made) -> None:
    archive = made.open()
    assert archive.read("events", columns=["onset", "category"]).column_names == [
        "onset", "category",
    ]  # fmt: skip
    refused = message(UsageError, lambda: archive.read("events", columns=["nonsense"]))
    assert refused.startswith("events: no such column in this archive (expected id, ")
    refused = message(UsageError, lambda: archive.read("sync"))
    assert refused == "type: not in this archive (expected chat, events)"
    assert message(UsageError, lambda: archive.schema("sync")) == refused


def test_columns_of_summaries_are_refused_by_name_and_recordings_have_none(tmp_path: Path) -> None:
    made = make(
        tmp_path,
        {},
        aggregates={"sums": pa.table({"people": [12], "status": ["ok"]})},
        recordings={("ann", "clip.webm"): b"film"},
    )
    archive = made.open()
    assert archive.read("aggregates/sums", columns=["people"]).column_names == ["people"]
    assert archive.schema("aggregates/sums").equals(archive.read("aggregates/sums").schema)
    assert archive.schema("aggregates/sums", ["status"]).names == ["status"]
    refused = message(UsageError, lambda: archive.read("aggregates/sums", columns=["nonsense"]))
    assert refused == "aggregates/sums: no such column in this archive (expected people, status)"
    refused = message(UsageError, lambda: archive.read("media"))
    assert refused == "media: recordings have no rows (expected one of the other types)"


def test_without_a_vault_only_the_outside_can_be_read(made: Made) -> None:
    archive = open_archive(made.path)
    assert archive.manifest.files == {"chat": 1, "events": 3}
    refused = message(VaultError, lambda: archive.read("chat"))
    assert refused == "vault: the archive can be read with its vault only"


def test_info_needs_no_key_and_no_arrow(made: Made) -> None:
    code = (
        "import sys; from pathlib import Path; from archive_tool.archive.manifest import info;"
        f"print(len(info(Path({str(made.store)!r}))));"
        "print([m for m in ('pandas', 'pandera', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["1", "[]"]


def test_info_of_an_empty_store_is_empty(tmp_path: Path) -> None:
    assert info(tmp_path) == ()
    (tmp_path / "stray.txt").write_text("x")
    assert message(FormatError, lambda: info(tmp_path)) == (
        f"{tmp_path.name}: not an archive (expected the folder of an archive or of a store)"
    )


def test_the_outside_tells_no_id_name_or_value(made: Made) -> None:
    outside = b"".join(
        str(path.relative_to(made.store)).encode() + path.read_bytes()
        for path in made.store.rglob("*")
        if path.is_file()
    )
    for told in (b"ann", b"bob", b"room-1", b"SUM(A1)", b"exp-1"):
        assert told not in outside.replace(b"channel", b"")


def test_a_slice_does_not_carry_the_ids_of_others(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "v", study="s", passphrase=None, now=NOW)
    both = table("events", [event(1, "ann"), event(2, "bob")])
    with writer(tmp_path, vault) as to:
        to.write_table("events", "ann", both.slice(0, 1))
        path = to.publish(description(), vault.signing_key, commit=lambda: vault.save(NOW))
    column = open_archive(path, vault=vault).read("events").column("participantId")
    assert column.chunk(0).dictionary.to_pylist() == ["ann"]


def writer(folder: Path, vault: Vault, archive_id: str = "a") -> ArchiveWriter:
    return ArchiveWriter(
        store=folder / "store",
        archive_id=archive_id,
        secrets=vault.new_archive(archive_id),
        subject_secret=lambda subject: vault.subject_secret(subject, create=True),
    )


def test_tables_are_written_from_threads(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "v", study="s", passphrase=None, now=NOW)
    with writer(tmp_path, vault) as to:
        with ThreadPoolExecutor(4) as pool:
            for number in range(60):
                person = f"p{number % 20}"
                pool.submit(to.write_table, "events", person, table("events", [event(1, person)]))
        path = to.publish(description(), vault.signing_key, commit=lambda: vault.save(NOW))
    report = verify(path, vault=vault)
    assert (report.rows, report.erased) == (60, 0)
    parts = sorted(entry.part for entry in open_archive(path, vault=vault).index)
    assert parts == [0] * 20 + [1] * 20 + [2] * 20


def test_an_unpublished_archive_leaves_nothing(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "v", study="s", passphrase=None, now=NOW)
    with writer(tmp_path, vault) as to:
        to.write_table("events", "ann", table("events", [event(1, "ann")]))
    left = {path.name for path in (tmp_path / "store").rglob("*")}
    assert left == {"archives", ".store.lock"}


def test_what_a_dead_run_left_is_removed(tmp_path: Path) -> None:
    stale = tmp_path / "store" / ".staging-dead"
    stale.mkdir(parents=True)
    (stale / "file").write_bytes(b"x")
    make(tmp_path, {("events", "ann"): [event(1, "ann")]})
    assert not stale.exists()


def test_a_store_has_one_writer(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "v", study="s", passphrase=None, now=NOW)
    with writer(tmp_path, vault), pytest.raises(LockError) as caught:
        writer(tmp_path, vault, "b").__enter__()
    assert str(caught.value) == "store: another process is writing"


def test_two_archives_of_a_store_share_their_subjects(tmp_path: Path) -> None:
    first = make(tmp_path, {("events", "ann"): [event(1, "ann")]}, archive_id="a")
    second = make(
        tmp_path, {("events", "ann"): [event(2, "ann")]}, archive_id="b", vault=first.vault
    )
    assert first.open().index[0].subject == second.open().index[0].subject
    assert first.open().index[0].key_check != second.open().index[0].key_check
    assert verify(first.store, vault=first.vault).rows == 2


def test_aggregates_give_no_counts_away(tmp_path: Path) -> None:
    counts = pa.table({"componentId": ["a", "b"], "people": [12, None], "status": ["", "hidden"]})
    made = make(tmp_path, {}, aggregates={"events_by_component": counts})
    (known,) = info(made.path)
    assert (known.manifest.files, known.manifest.findings) == (None, None)
    archive = made.open()
    assert archive.types() == ("aggregates/events_by_component",)
    assert archive.read("aggregates/events_by_component").equals(counts)


def test_an_erased_subject_is_skipped_and_counted(made: Made) -> None:
    key = made.vault.subject_key("ann")
    del made.vault._body.subjects[key]
    made.vault._body.erased[key] = NOW
    archive = made.open()
    assert archive.erased == 1
    assert sorted(archive.read("events").column("id").to_pylist()) == ["e2", "e4"]
    assert archive.read("chat").num_rows == 0
    report = verify(made.path, vault=made.vault)
    assert (report.rows, report.erased) == (2, 1)
    refused = message(VaultError, lambda: archive.read("events", subjects=["ann"]))
    assert refused == "vault: the subject was erased"


def test_a_vault_of_another_study_is_17(made: Made, tmp_path: Path) -> None:
    other = Vault.create(tmp_path / "other", study="o", passphrase=None, now=NOW)
    refused = message(VaultError, lambda: open_archive(made.path, vault=other))
    assert refused == "20261120-test: the vault has no keys of this archive"


def test_wrong_secrets_are_told_from_changed_files(made: Made) -> None:
    made.vault._body.archives["20261120-test"]["index"] = bytes(32)
    refused = message(VaultError, made.open)
    assert refused == "data/index.parquet: the vault's key does not fit this archive"


def test_foreign_tools_accept_the_bag(made: Made) -> None:
    bagit.Bag(str(made.path)).validate()
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(
            ["sha256sum", "--check", "--strict", "--quiet", name], cwd=made.path, check=True
        )
    (made.path / "signers").write_text(f"lab {made.vault.public_key}\n")
    subprocess.run(
        ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "lab", "-n", "archive-tool",
         "-s", "tagmanifest-sha256.txt.sig"],
        cwd=made.path, stdin=(made.path / "tagmanifest-sha256.txt").open("rb"), check=True,
    )  # fmt: skip


@pytest.mark.parametrize("profile", ["ro-crate-1.1", "process-run-crate-0.5"])
def test_the_crate_is_valid(made: Made, tmp_path: Path, profile: str) -> None:
    assert problems(made.path / "data", tmp_path / "cache", profile) == []


def test_the_crate_says_what_lies_in_each_folder(tmp_path: Path) -> None:
    made = make(
        tmp_path,
        {("chat", "ann"): [{"messageId": "m1", "senderId": "ann"}]},
        aggregates={"sums": pa.table({"people": [12]})},
        recordings={("ann", "clip.webm"): b"film"},
    )
    crate = json.loads((made.path / "data" / "ro-crate-metadata.json").read_bytes())
    folders = {item["@id"]: item.get("description") for item in crate["@graph"]}
    assert {
        name: said for name, said in folders.items() if name.startswith(("tables", "media"))
    } == {
        "media/": "Recordings, each sealed in segments",
        "tables/aggregates/": "Encrypted Parquet, a file per summary table",
        "tables/chat/": "Encrypted Parquet, a file per person",
    }


def test_the_crate_check_can_fail(made: Made, tmp_path: Path) -> None:
    path = made.path / "data" / "ro-crate-metadata.json"
    crate = json.loads(path.read_bytes())
    crate["@graph"] = [item for item in crate["@graph"] if item["@id"] != "./"]
    path.write_text(json.dumps(crate))
    assert problems(made.path / "data", tmp_path / "cache", "ro-crate-1.1")
