"""The audit log: every way to falsify it is named with its first bad line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from archive_tool.errors import ArchiveToolError, IntegrityError, UsageError
from archive_tool.keys import Vault, signed
from archive_tool.lifecycle import places
from archive_tool.lifecycle.audit_log import audit, checkpoints, lost_lines, recording
from archive_tool.lifecycle.audit_log.acknowledging import acknowledge
from archive_tool.lifecycle.audit_log.record import Record
from archive_tool.lifecycle.dates import holds
from tests.support.archives import NOW, event
from tests.support.lives import Life, usual

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    for number in range(5):
        audit.append(tmp_path, "sweep", now=NOW + timedelta(days=number), detail={"n": number})
    return tmp_path / "audit" / "log.jsonl"


def problem(call: Callable[[], object], kind: type[ArchiveToolError] = IntegrityError) -> str:
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.__context__ is None
    return str(caught.value)


def rewrite(log: Path, change: Callable[[list[bytes]], list[bytes]]) -> str:
    lines = log.read_bytes().split(b"\n")[:-1]
    log.write_bytes(b"".join(line + b"\n" for line in change(lines)))
    return problem(lambda: audit.verify(log.parent.parent))


def test_lines_are_counted_and_chained(log: Path) -> None:
    records = audit.read(log.parent.parent)
    assert [record.line for record in records] == [1, 2, 3, 4, 5]
    assert records[0].previous == audit.START
    assert [r.previous for r in records[1:]] == [r.hash for r in records[:-1]]
    report = audit.verify(log.parent.parent)
    assert (report.lines, report.head, report.checkpoints) == (5, records[-1].hash, 0)


def test_a_store_without_a_log_has_no_lines(tmp_path: Path) -> None:
    assert audit.verify(tmp_path).lines == 0


def test_an_edited_line_is_named(log: Path) -> None:
    said = rewrite(log, lambda lines: [line.replace(b'"n":2', b'"n":7') for line in lines])
    assert said == "audit log, line 3: was changed: its hash does not fit"


def test_an_edited_line_with_a_new_hash_is_noticed_at_the_next(log: Path) -> None:
    def forge(lines: list[bytes]) -> list[bytes]:
        body = json.loads(lines[2])
        record = Record(**{**body, "detail": {"n": 7}, "time": NOW, "hash": ""})
        forged = replace(record, hash=record.digest())
        return [*lines[:2], audit.places.canonical(forged), *lines[3:]]

    assert rewrite(log, forge) == "audit log, line 4: does not follow the line before it"


def test_other_spellings_of_a_line_are_refused(log: Path) -> None:
    said = rewrite(log, lambda lines: [lines[0].replace(b'":', b'": '), *lines[1:]])
    assert said == "audit log, line 1: was changed: its hash does not fit"


def test_reordered_doubled_and_missing_lines_are_named(log: Path) -> None:
    content = log.read_bytes()
    swapped = rewrite(log, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
    log.write_bytes(content)
    doubled = rewrite(log, lambda lines: [*lines[:2], *lines[1:]])
    log.write_bytes(content)
    missing = rewrite(log, lambda lines: lines[1:])
    assert swapped == "audit log, line 2: does not follow the line before it"
    assert doubled == "audit log, line 3: does not follow the line before it"
    assert missing == "audit log, line 1: does not follow the line before it"


def test_a_cut_line_and_a_missing_tail_are_named(log: Path) -> None:
    content = log.read_bytes()
    log.write_bytes(content[:-5])
    assert problem(lambda: audit.read(log.parent.parent)) == "audit log, line 5: is cut off"
    log.write_bytes(content)
    said = rewrite(log, lambda lines: lines[:3])
    assert said == "audit log, line 4: is missing, and head.json knows lines up to 5"
    cut = problem(lambda: audit.append(log.parent.parent, "sweep", now=NOW))
    assert cut == "audit log, line 4: is missing, and head.json knows lines up to 5"


def test_a_removed_log_is_named(log: Path) -> None:
    log.unlink()
    said = problem(lambda: audit.append(log.parent.parent, "sweep", now=NOW))
    assert said == "audit log, line 1: is missing, and head.json knows lines up to 5"


def test_a_torn_tail_is_taken_off_by_the_next_line(log: Path) -> None:
    with log.open("ab") as file:
        file.write(b'{"line":6,"ti')
    assert audit.append(log.parent.parent, "sweep", now=NOW).line == 6
    assert audit.verify(log.parent.parent).lines == 6


def test_a_line_that_has_no_end_yet_is_none(log: Path) -> None:
    """Another command writes it now, or a power cut tore it: sweeps and holds went on by neither."""
    with log.open("ab") as file:
        file.write(b'{"line":6,"ti')
    assert len(audit.read(log.parent.parent)) == 5


def test_whoever_reads_while_others_write_misses_nothing(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, store = places.read, log.parent.parent

    def then_written(path: Path, **limits: int) -> bytes | None:
        content = read(path, **limits)
        if path == log:
            with monkeypatch.context() as calm:
                calm.setattr(places, "read", read)
                audit.append(store, "extract", now=NOW)
        return content

    monkeypatch.setattr(places, "read", then_written)
    assert [record.line for record in audit.read(store)] == [1, 2, 3, 4, 5]
    assert len(audit.read(store)) == 6


def test_every_flipped_byte_is_noticed(log: Path) -> None:
    content = log.read_bytes()
    for place in range(len(content)):
        log.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert problem(lambda: audit.read(log.parent.parent)).startswith("audit log, line ")


def cut_to(life: Life, lines: int) -> None:
    """What a thief of lines does who knows about head.json."""
    log = life.store / "audit" / "log.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:lines]))
    (life.store / "audit" / "head.json").unlink()


def test_archives_and_vault_know_lines_that_were_cut(tmp_path: Path) -> None:
    life = usual(tmp_path)
    assert audit.verify(life.store).checkpoints == 2
    assert audit.verify(life.store, vault=life.vault).checkpoints == 3
    cut_to(life, 2)
    said = problem(lambda: audit.verify(life.store))
    assert said == "audit log, line 3: is missing, and archive 20261120-bbb knows lines up to 3"


def test_only_the_vault_knows_when_the_archives_are_gone(tmp_path: Path) -> None:
    import shutil

    life = usual(tmp_path)
    cut_to(life, 2)
    shutil.rmtree(life.folder("20261120-bbb"))
    assert audit.verify(life.store).lines == 2
    said = problem(lambda: audit.verify(life.store, vault=life.vault))
    assert said == "audit log, line 3: is missing, and the vault knows lines up to 3"


def test_a_forked_log_is_named(tmp_path: Path) -> None:
    life = usual(tmp_path)
    cut_to(life, 2)
    for _ in range(3):
        audit.append(life.store, "sweep", now=NOW)
    said = problem(lambda: audit.verify(life.store))
    assert said == "audit log, line 3: is not the one that archive 20261120-bbb knows"


def test_lost_lines_are_acknowledged_once_and_told_ever_after(tmp_path: Path) -> None:
    life = usual(tmp_path)
    audit.append(life.store, "sweep", now=NOW)
    cut_to(life, 2)
    done = acknowledge(life.store, life.vault, reason="the disk broke", now=NOW)
    assert (done.line, done.about.first, done.about.last) == (3, 3, 3)
    for vault in (None, life.vault):
        report = audit.verify(life.store, vault=vault)
        assert report.lost == (done,)
    said = problem(lambda: acknowledge(life.store, life.vault, reason="r", now=NOW), UsageError)
    assert said == "audit log: no line is missing that this vault knows of"
    life.add("20261120-ccc", {("events", "ann"): [event(9, "ann")]})
    assert audit.verify(life.store, vault=life.vault).checkpoints == 4
    cut_to(life, 3)
    said = problem(lambda: audit.verify(life.store))
    assert said == "audit log, line 4: is missing, and archive 20261120-ccc knows lines up to 4"


def test_a_list_of_holds_whose_lines_were_lost_is_taken_as_it_is_then(tmp_path: Path) -> None:
    life = usual(tmp_path)
    placed = holds.place(life.store, reason="r", owner="o", archives=life.archives()[:1], now=NOW)
    life.add("20261120-ccc", {("events", "ann"): [event(9, "ann")]})
    cut_to(life, 2)
    record = acknowledge(life.store, life.vault, reason="the log alone", now=NOW)
    assert holds.active(life.store, life.vault) == (placed,)
    holds.release(life.store, placed.id, reason="over", now=NOW)
    assert holds.active(life.store, life.vault) == ()
    cut_to(life, record.line)
    said = problem(lambda: holds.active(life.store))
    assert said == "state/holds.json: is not the list that the audit log knows"


def test_what_went_on_after_the_loss_is_told_from_what_was_lost(tmp_path: Path) -> None:
    life = usual(tmp_path)
    cut_to(life, 2)
    for _ in range(3):
        audit.append(life.store, "sweep", now=NOW)
    done = acknowledge(life.store, life.vault, reason="r", now=NOW)
    assert (done.line, done.about.first, done.about.last) == (6, 2, 3)


def test_an_acknowledgement_excuses_what_it_lists_under_its_own_key_only(tmp_path: Path) -> None:
    life = usual(tmp_path)
    cut_to(life, 2)
    done = acknowledge(life.store, life.vault, reason="r", now=NOW)
    cut_to(life, 2)
    Vault.create(tmp_path / "stranger", study="s", passphrase=None, now=NOW)
    stranger = Vault.open(tmp_path / "stranger")
    sealed = lost_lines.seal(done.about, stranger.signing_key)
    audit.append(life.store, lost_lines.EVENT, detail={"signed": sealed}, now=NOW)
    said = "audit log, line 3: is not the one that archive 20261120-bbb knows"
    assert problem(lambda: audit.verify(life.store)) == said
    cut_to(life, 2)
    edited = lost_lines.seal(done.about, life.vault.signing_key).replace('"last":3', '"last":9')
    audit.append(life.store, lost_lines.EVENT, detail={"signed": edited}, now=NOW)
    said = "audit log, line 3: the signature does not fit what it signs"
    assert problem(lambda: audit.verify(life.store)) == said


def test_lines_that_were_edited_are_no_loss(tmp_path: Path) -> None:
    life = usual(tmp_path)
    log = life.store / "audit" / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"create", b"delete", 1))
    said = problem(lambda: acknowledge(life.store, life.vault, reason="r", now=NOW))
    assert said == "audit log, line 1: was changed: its hash does not fit"


def test_a_disk_that_is_full_leaves_no_half_line(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    real = os.write

    def short(descriptor: int, content: bytes) -> int:
        return real(descriptor, content[:10])

    monkeypatch.setattr(os, "write", short)
    with pytest.raises(OSError, match="no space left") as full:
        audit.append(log.parent.parent, "sweep", now=NOW)
    assert full.value.filename == str(log)
    monkeypatch.undo()
    assert audit.verify(log.parent.parent).lines == 5


def test_another_last_line_is_not_continued(log: Path) -> None:
    """Its own hash fits, and that of the line before: only the note beside the log tells."""
    *before, last = log.read_bytes().splitlines(keepends=True)
    record = msgspec.json.decode(last, type=Record)
    other = replace(record, detail={"reason": "another"})
    other = replace(other, hash=other.digest())
    log.write_bytes(b"".join([*before, places.canonical(other) + b"\n"]))
    said = "audit log, line 5: is not the one that head.json knows"
    assert problem(lambda: audit.append(log.parent.parent, "sweep", now=NOW)) == said
    assert problem(lambda: audit.read(log.parent.parent)) == said


def test_a_checkpoint_counts_under_the_key_of_its_archive_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = usual(tmp_path)
    real = recording.before_create

    def forged(store: Path, vault: Vault, archive_id: str, *, now: datetime) -> bytes:
        content = real(store, vault, archive_id, now=now)
        body, _ = signed.unseal(content, namespace=checkpoints.CHECKPOINT_NAMESPACE, where="x")
        return signed.seal(body, bytes(32), namespace=checkpoints.CHECKPOINT_NAMESPACE)

    monkeypatch.setattr(recording, "before_create", forged)
    life.add("20261120-ccc", {("events", "ann"): [event(9, "ann")]})
    assert problem(lambda: audit.verify(life.store)) == (
        "20261120-ccc: its checkpoint of the log cannot be compared: "
        "data/audit.json: is not signed by the archive's key"
    )
