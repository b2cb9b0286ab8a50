"""What grows with the archives of a store is done once for them, not once for each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from archive_tool.archive import layout
from archive_tool.archive.opening import open_archive
from archive_tool.errors import FormatError, VaultError
from archive_tool.keys import SubjectState, Vault, erasure
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.mentioned import mentions
from archive_tool.lifecycle.mentioned.called import Called
from tests.support.archives import NOW
from tests.support.erasing import apply, planned
from tests.support.lives import Life, usual

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def counted(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> list[Any]:
    calls: list[Any] = []
    simple: Callable[..., Any] = getattr(where, name)

    def also(*args: Any, **named: Any) -> Any:
        calls.append(args)
        return simple(*args, **named)

    monkeypatch.setattr(where, name, also)
    return calls


def called(rooms: int) -> Called:
    return Called(
        names=frozenset({"Zofia Brandt"}), rooms=frozenset(f"room_{n}" for n in range(rooms))
    )


def test_somebody_of_a_thousand_rooms_is_looked_for_once() -> None:
    one, many = (mentions.by_words(["z-1"], [called(rooms)]) for rooms in (1, 1_000))
    found = [wanted.all(named=True, small=True) for wanted in (one, many)]
    assert found[0] == found[1]
    assert len(found[0]) == 3  # the id, the whole name, the parts


def test_parts_of_names_mean_somebody_in_their_rooms_only() -> None:
    ben = Called(names=frozenset({"Ben Zorn"}), rooms=frozenset({"room_1", "room_9"}))
    wanted = mentions.by_words([], [called(3), ben], own=Called(names=frozenset({"Brandt"})))
    texts = ["zofia, ben and brandt", "Zofia Brandt"]
    rooms = ["room_0", "room_1", "room_9", "room_x", None]
    rows = [(text, room) for room in rooms for text in texts]
    table = pa.table({"content": [text for text, _ in rows], "roomId": [room for _, room in rows]})
    new = mentions.changes(table, "content", wanted, "[x]")
    assert [new.get(at, text) for at, (text, _) in enumerate(rows)] == [
        "[x], ben and brandt", "[x]",
        "[x], [x] and brandt", "[x]",
        "zofia, [x] and brandt", "[x]",
        "zofia, ben and brandt", "[x]",
        "zofia, ben and brandt", "[x]",
    ]  # fmt: skip


def test_the_record_of_erasures_is_read_once_for_all_archives(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(life, planned(life, "ann"))
    read = counted(monkeypatch, erasure, "decode")
    vault = Vault.open(life.vault.folder)
    opened = len(read)
    for archive_id in (A, B, A, B):
        open_archive(life.store / layout.ARCHIVES / archive_id, vault=vault)
    assert len(read) == opened + 1


def test_a_record_that_changed_is_read_again(life: Life) -> None:
    older = Vault.open(life.vault.folder)
    archive = life.store / layout.ARCHIVES / A
    apply(life, planned(life, "ann"))
    open_archive(archive, vault=older)
    assert older.subject_state("ann") is SubjectState.ERASED
    assert older.subject_state("bob") is SubjectState.KNOWN
    apply(life, planned(life, "bob"))
    open_archive(archive, vault=older)
    assert older.subject_state("bob") is SubjectState.ERASED


def test_another_body_of_a_vault_heeds_the_same_record(life: Life, tmp_path: Path) -> None:
    vault = Vault.open(life.vault.folder)
    vault.erase_subjects([vault.subject_key("ann")], now=NOW)
    record = tmp_path / "record.json"
    record.write_bytes(vault.erasure_record() or b"")
    waiting = Vault.open(life.vault.folder)
    waiting.heed(record)
    other = Vault.open(life.vault.folder)
    other.save(NOW + timedelta(days=1))  # knows nothing of the record
    with waiting.lock(take_newer=True):
        assert waiting.subject_state("ann") is SubjectState.KNOWN
        waiting.heed(record)
        with pytest.raises(VaultError, match="was erased"):
            waiting.subject_secret("ann")


def test_a_hold_on_many_archives_lists_the_store_once(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = counted(monkeypatch, layout, "archives_at")
    archives = [A, B] * 50
    hold = holds.place(life.store, reason="r", owner="o", now=NOW, archives=archives)
    assert hold.archives == [A, B]
    assert len(listed) == 1
    with pytest.raises(FormatError, match="not an archive of this store"):
        holds.place(life.store, reason="r", owner="o", now=NOW, archives=[A, "20261120-zzz"])
