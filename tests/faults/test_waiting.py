"""Jobs that write to one store or vault at once: they take turns, or say that they could not."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive.verify import verify
from archive_tool.errors import LockError
from archive_tool.keys import Vault
from archive_tool.keys.lock import FileLock, waiting
from archive_tool.lifecycle import places
from archive_tool.lifecycle.applying import changing
from archive_tool.lifecycle.audit_log import audit, clocks
from archive_tool.lifecycle.dates import holds
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.lives import Life, usual
from tests.support.pipelines import Lab, lab

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOUND = DEFECTS / "overlap-equal" / "bundle"
A = "20261120-aaa"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    return lab(tmp_path)


class Elsewhere:
    """Somebody else who holds a lock until told to let go."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path, what="")
        self._lock.__enter__()
        self.asked: list[str] = []
        self.before: Callable[[], object] = bool
        """What they do before they let go."""

    def let_go(self, what: str) -> None:
        """Be told that somebody waits, and go a little later."""
        self.asked.append(what)
        self.before()
        threading.Timer(0.03, self._lock.__exit__).start()


def hold(store: Path, *more: object) -> tuple[object, ...]:
    return ("hold", "place", "--store", store, "--archive", A, "--reason", "r", *more)


def test_who_has_patience_gets_the_lock_when_it_is_free(tmp_path: Path) -> None:
    other = Elsewhere(tmp_path / ".lock")
    with waiting(60, other.let_go), FileLock(tmp_path / ".lock", what="store"):
        assert other.asked == ["store"]


def test_patience_ends(tmp_path: Path) -> None:
    asked: list[str] = []
    with FileLock(tmp_path / ".lock", what="store"), waiting(0.02, asked.append):
        with pytest.raises(LockError) as caught:
            FileLock(tmp_path / ".lock", what="store").__enter__()
        assert asked == ["store"]
    assert str(caught.value) == "store: another process is writing"
    assert caught.value.hint == (
        "wait until it has finished, or give --lock-wait SECONDS; the lock goes when that process ends"
    )
    with FileLock(tmp_path / ".lock", what="store"):
        pass


def test_what_nobody_asked_to_wait_for_is_told_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines of the audit log take milliseconds: whoever waits for seconds is told for whom."""
    told: list[tuple[str, float]] = []
    now = [0.0]
    monkeypatch.setattr("archive_tool.keys.lock.clock.monotonic", lambda: now[0])
    monkeypatch.setattr(
        "archive_tool.keys.lock.clock.sleep", lambda seconds: now.append(now.pop() + seconds)
    )
    with (
        FileLock(tmp_path / ".lock", what="audit log"),
        waiting(0, lambda what: told.append((what, now[0]))),
        pytest.raises(LockError),
    ):
        FileLock(tmp_path / ".lock", what="audit log", patience=60).__enter__()
    assert [what for what, _ in told] == ["audit log"]
    assert 2 <= told[0][1] < 3
    assert now[0] >= 60


def test_who_asks_for_less_than_the_audit_log_is_waited_for_waits_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("archive_tool.keys.lock.clock.monotonic", lambda: now[0])
    monkeypatch.setattr(
        "archive_tool.keys.lock.clock.sleep", lambda seconds: now.append(now.pop() + seconds)
    )
    log = tmp_path / ".lock"
    with FileLock(log, what="audit log"), waiting(10), pytest.raises(LockError):
        FileLock(log, what="audit log", patience=60).__enter__()
    assert 10 <= now[0] < 11


@pytest.fixture
def held(life: Life, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    other = Elsewhere(life.store / ".store.lock")
    _tell_too(other, monkeypatch)
    return other


def _tell_too(other: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the lock learns that somebody waits, and goes."""
    wait = waiting

    def told(seconds: float, tell: object) -> object:
        def both(what: str) -> None:
            tell(what)  # type: ignore[operator]
            other.let_go(what)

        return wait(seconds, both)

    monkeypatch.setattr("archive_tool.keys.lock.waiting", told)


def test_a_command_waits_and_says_so(life: Life, held: Elsewhere) -> None:
    ran = command(*hold(life.store, "--lock-wait", "60"))
    assert (ran.code, held.asked) == (0, ["store"])
    assert ran.err == "waiting: store: another process is writing; at most 60 seconds\n"


def test_no_hold_is_placed_on_what_a_sweep_destroyed_meanwhile(life: Life, held: Elsewhere) -> None:
    """It would say that an archive is kept which is gone."""
    held.before = lambda: shutil.rmtree(life.folder(A))
    ran = command(*hold(life.store, "--lock-wait", "60"))
    said = "error: archive: not an archive of this store"
    assert (ran.code, held.asked, said in ran.err) == (15, ["store"], True)
    assert holds.active(life.store) == ()


def test_who_was_erased_while_a_hold_waited_is_counted_as_unknown(
    life: Life, held: Elsewhere, tmp_path: Path
) -> None:
    def erased() -> None:
        vault = life.vault
        vault.erase_subjects([vault.subject_key("ann")], now=NOW)
        vault.save(NOW)

    held.before = erased
    (tmp_path / "id.txt").write_text("ann\n")
    people = ["--vault", life.vault_folder, "--id-file", tmp_path / "id.txt"]
    ran = command(*hold(life.store, *people, "--lock-wait", "60", "--json"))
    assert (ran.code, ran.json["unknown"]) == (0, 1)


def test_a_command_that_adds_a_line_to_the_log_says_whom_it_waits_for(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive_tool.keys.lock._SILENCE", 0.0)
    (tmp_path / "id.txt").write_text("ann\n")
    keys = ["--vault", life.vault_folder]
    access = ["subject", "access", "--store", life.store, "--id-file", tmp_path / "id.txt"]
    (tmp_path / "name.txt").write_text("nobody\n")
    ids = ["subject", "ids", "--store", life.store, "--name-file", tmp_path / "name.txt"]
    for words, code in ((["extract", life.folder(A)], 0), (access, 0), (ids, 20)):
        other = Elsewhere(life.store / "audit" / ".lock")
        with monkeypatch.context() as patch:
            _tell_too(other, patch)
            ran = command(*words, *keys, "--to", tmp_path / f"to-{code}-{words[0]}")
        assert (ran.code, other.asked) == (code, ["audit log"])
        assert ran.err.startswith("waiting: audit log: another process is writing\n")


def test_a_job_is_told_by_the_environment(
    life: Life, held: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_TOOL_LOCK_WAIT", "60")
    assert command(*hold(life.store)).code == 0


def test_without_patience_it_ends_at_once(life: Life) -> None:
    with places.locked(life.store):
        ran = command(*hold(life.store))
    assert ran.code == 21
    assert ran.err.splitlines()[0] == "error: store: another process is writing"


def test_archives_are_made_in_turn_under_one_vault(own: Lab) -> None:
    """A second job opened the vault before the first had saved it, and only then gets its turn."""
    early = Vault.open(own.vault.folder)
    own.create(SOUND)
    Lab(folder=own.folder, vault=early).create(SOUND)
    assert early.epoch == 3
    again = Vault.open(own.vault.folder)
    assert len(again.archives) == 2
    assert len(verify(own.store, vault=again).archives) == 2


def test_an_archive_as_source_is_read_again_under_the_newest_vault(own: Lab) -> None:
    """What was read of it may be of somebody who was erased since."""
    made = own.create(SOUND)
    early = Vault.open(own.vault.folder)
    own.vault.save(NOW)
    with pytest.raises(LockError, match="another process has written the vault in the meantime"):
        Lab(folder=own.folder, vault=early).create(made.path)


def test_a_change_rests_on_the_vault_as_it_is_when_its_turn_comes(life: Life) -> None:
    early, other = life.vault, life.vault
    other.add_recipient("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
    other.save(NOW)
    with changing.changing(life.store, early, now=NOW):
        assert early.recipients == other.recipients


def test_renewed_keys_are_no_newer_epoch(life: Life) -> None:
    """An identity that names no signer, as those of ssh, still opens the vault afterwards."""
    path = life.vault_folder / "identity.txt"
    bare = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    path.write_text("\n".join(bare) + "\n")
    early, other = life.vault, life.vault
    other.renewed(NOW).save(NOW)
    with (
        pytest.raises(LockError, match="another process has written the vault"),
        early.lock(take_newer=True),
    ):
        pass


def test_who_waited_is_no_clock_that_runs_behind(life: Life) -> None:
    holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW + timedelta(minutes=50))
    clocks.refuse_behind(audit.read(life.store), NOW, NOW)


def test_vault_and_store_are_locked_in_one_order_everywhere(life: Life) -> None:
    """Else two that wait would wait for each other."""
    taken: list[str] = []
    vault = life.vault
    with (
        waiting(0.01, taken.append),
        vault.lock(),
        pytest.raises(LockError),
        changing.changing(life.store, life.vault, now=NOW),
    ):
        pass
    assert taken == ["vault.age"]
    with places.locked(life.store):
        pass


def test_a_bundle_brings_nobody_back_who_was_erased(
    own: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vault and identity are from a backup, the machine is new: only the store knows of it."""
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "memory"))
    vault, ids, plan = own.vault.folder, tmp_path / "ids", tmp_path / "plan.json"
    create = ("create", SOUND, "--policy", "keep", "--store", own.store, "--json")
    assert command(*create, "--vault", vault).code == 0
    shutil.copytree(vault, tmp_path / "backup")
    ids.write_text(json.loads((SOUND / "chat.json").read_text())["data"][0]["senderId"])
    erase = ("subject", "erase", "--store", own.store, "--vault", vault, "--id-file", ids)
    assert command(*erase, "--plan", plan).code == 0
    assert command(*erase, "--apply", plan).code == 0
    left = command(*create, "--vault", vault).json["consent"]["left_out"]
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "new"))
    again = command(*create, "--vault", tmp_path / "backup").json
    assert (again["consent"]["left_out"], left) == (1, 1)
