"""Every change of store and vault dies at every file operation: it is finished or undone.

``tests.support.breaking`` stands in for the disk; one test kills a real process, to show that a
real death looks the same.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import pyrage
import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import ArchiveToolError, VaultError
from archive_tool.keys import Vault
from archive_tool.keys import grant as grants
from archive_tool.lifecycle.applying import changing, erase, rekey, sweep
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import deferred, holds, releasing, terms
from archive_tool.lifecycle.planning import erase_plan, plans, sweep_plan
from archive_tool.model.datatypes import MEDIA
from tests.support.archives import NOW, event
from tests.support.breaking import MODES, breaking, deaths
from tests.support.lives import DUE, LAST_DAY, Life, begin

if TYPE_CHECKING:
    from archive_tool.model.archive import VerifiedArchive

A, B = "20261120-aaa", "20261120-bbb"
LATER: Final = NOW + timedelta(minutes=1)
IDENTITIES: Final = ("identity.txt", "new-1.txt", "new-2.txt")

FILM: Final = {("ann", "ann.webm"): b"a face and a voice"}

State = list[tuple[str, int | None, int | None, int]]
"""Of every archive: rows, erased people, recordings that play."""


class Job(ABC):
    """One change, begun on a store with two archives: ann and bob in the first, ann in the second."""

    before: ClassVar[State] = [(A, 2, 0, 1), (B, 1, 0, 0)]
    after: ClassVar[State] = before
    half: ClassVar[tuple[State, ...]] = ()
    """Further states in which a death may leave the store until the next start."""
    certificates: ClassVar[int] = 0
    """That it leaves when all is done, however often it had to begin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.life = Life(store=folder / "store", vault_folder=folder / "vault")

    def prepare(self) -> None:  # noqa: B027  most have nothing more
        """What is there before."""

    @abstractmethod
    def run(self) -> None:
        """The change. Runs again on what the next start makes of a death."""

    @property
    def vault(self) -> Vault:
        """With whichever identity opens it: a death may come before or after a new one counts."""
        for name in reversed(IDENTITIES):
            if (self.life.vault_folder / name).exists():
                try:
                    return Vault.open(
                        self.life.vault_folder, identity=self.life.vault_folder / name
                    )
                except VaultError:
                    continue
        raise AssertionError("nobody can open the vault any more")

    def new_identity(self) -> Path:
        return next(
            self.life.vault_folder / name
            for name in IDENTITIES
            if not (self.life.vault_folder / name).exists()
        )

    def state(self) -> State:
        vault = self.vault
        report = verify(self.life.store, vault=vault)
        return sorted((a.archive_id, a.rows, a.erased, played(a, vault)) for a in report.archives)

    def is_done(self, state: State) -> bool:
        """Whether nothing is left to do, the archives being in this state."""
        return state == self.after


def held_back(job: Job, person: str) -> None:
    """Have somebody erased who is under a hold: that is noted."""
    store = job.life.store
    hold = holds.place(store, reason="r", owner="o", ids=[person], vault=job.vault, now=NOW)
    (job.folder / "hold").write_text(hold.id)
    path = job.folder / "plan.json"
    plans.save(erase_plan.plan(store, job.vault, [person], now=NOW), path)
    with pytest.raises(ArchiveToolError):
        erase.apply(store, job.vault, path, now=NOW)


class Erase(Job):
    after: ClassVar[State] = [(A, 1, 1, 0), (B, 0, 1, 0)]
    half: ClassVar[tuple[State, ...]] = (after,)
    certificates: ClassVar[int] = 1

    def run(self) -> None:
        path = self.folder / "plan.json"
        made = erase_plan.plan(self.life.store, self.vault, ["ann"], rewrite_mentions=True, now=NOW)
        plans.save(made, path)
        erase.apply(self.life.store, self.vault, path, ids=["ann"], now=LATER)

    def is_done(self, state: State) -> bool:
        """Without her key nobody reads her rows; what is left of them, and her name, goes too."""
        if state != self.after:
            return False
        rows = open_archive(self.life.folder(A), vault=self.vault).read("events")
        files = sum(1 for _ in (self.life.store / "archives").rglob("tables/**/*.parquet"))
        return (rows["response"].to_pylist(), files) == (['{"partner":"[erased]"}'], 1)


class Sweep(Job):
    after: ClassVar[State] = [(B, 1, 0, 0)]
    certificates: ClassVar[int] = 1
    day: ClassVar[datetime] = DUE

    def run(self) -> None:
        path = self.folder / "plan.json"
        plans.save(sweep_plan.plan(self.life.store, self.vault, as_of=self.day, now=NOW), path)
        sweep.apply(self.life.store, self.vault, path, as_of=self.day, now=LATER)


class SweepRecordings(Sweep):
    """Recordings are due before the rows of the same archive: it stays, without them."""

    after: ClassVar[State] = [(A, 2, 0, 0), (B, 1, 0, 0)]
    day: ClassVar[datetime] = DUE - timedelta(days=30)


class SweepAgain(Erase):
    """What was erased came back with an older revision, in rows of others too."""

    before: ClassVar[State] = [(A, 1, 1, 0), (B, 0, 1, 0)]

    def prepare(self) -> None:
        copy = shutil.copytree(self.life.folder(A), self.folder / "copy")
        Erase.run(self)
        shutil.rmtree(self.life.folder(A))
        shutil.move(copy, self.life.folder(A))
        shutil.rmtree(self.life.store / "state" / "certificates")

    def run(self) -> None:
        path = self.folder / "plan.json"
        plans.save(sweep_plan.plan(self.life.store, self.vault, as_of=NOW, now=LATER), path)
        sweep.apply(self.life.store, self.vault, path, as_of=NOW, now=LATER)


class Rotate(Job):
    def run(self) -> None:
        self.vault.rotate(self.new_identity(), passphrase=None, now=LATER)

    def is_done(self, state: State) -> bool:
        return self.vault.epoch == 4


class Rekey(Job):
    """An erasure waits for a hold: its note is signed anew too."""

    def prepare(self) -> None:
        held_back(self, "bob")

    def run(self) -> None:
        rekey.rekey(self.life.store, self.vault, identity_out=self.new_identity(), now=LATER)

    def is_done(self, state: State) -> bool:
        vault = self.vault
        noted = len(deferred.waiting(self.life.store, vault))
        return (vault.epoch, noted, state) == (4, 1, self.after)


class Release(Job):
    after: ClassVar[State] = Erase.after
    half: ClassVar[tuple[State, ...]] = (after,)
    certificates: ClassVar[int] = 1

    def prepare(self) -> None:
        held_back(self, "ann")

    def run(self) -> None:
        if holds.active(self.life.store):
            hold = (self.folder / "hold").read_text()
            releasing.release(self.life.store, hold, reason="over", vault=self.vault, now=LATER)
        else:  # released already: whatever destroys next runs what waited
            vault = self.vault
            with changing.changing(self.life.store, vault, now=LATER):
                erase.run_due(self.life.store, vault, now=LATER)
        assert deferred.count(self.life.store) == 0


class Shorten(Job):
    """A change of dates: here a longer one, which takes the same way to the disk."""

    def run(self) -> None:
        vault = self.vault
        change = terms.plan(self.life.store, vault, A, until=date(2040, 1, 1), reason="r", now=NOW)
        terms.extend(self.life.store, vault, change, now=LATER)

    def is_done(self, state: State) -> bool:
        decided = sweep_plan.plan(self.life.store, self.vault, as_of=DUE, now=NOW)
        return decided.items == []


class Grant(Job):
    def prepare(self) -> None:
        secret = pyrage.x25519.Identity.generate()
        (self.folder / "colleague.txt").write_text(f"{secret}\n")
        (self.folder / "to").write_text(str(secret.to_public()))

    def run(self) -> None:
        free = [path for path in self._files() if not path.exists()]
        grants.make(
            self.vault, to=(self.folder / "to").read_text(), scopes=["read:events"],
            expires=NOW + timedelta(days=30), out=free[0], now=NOW,
        )  # fmt: skip

    def is_done(self, state: State) -> bool:
        """A grant that opens is one that the vault knows of; half a file opens nothing."""
        noted = {note.grant_id for note in self.vault.grants}
        opened = set()
        for path in self._files():
            if path.exists():
                try:
                    grant = grants.open_grant(path, identity=self.folder / "colleague.txt", now=NOW)
                except ArchiveToolError:
                    continue
                opened.add(grant.grant_id)
        assert opened <= noted
        return bool(opened)

    def _files(self) -> list[Path]:
        return [self.folder / f"{number}.grant" for number in range(3)]


JOBS: Final = (Erase, Sweep, SweepRecordings, SweepAgain, Rotate, Rekey, Release, Shorten, Grant)


def prepare(job: Job) -> None:
    job.folder.mkdir()
    life = begin(job.folder)
    shared = event(2, "bob", response='{"partner":"ann"}')
    rows = {("events", "ann"): [event(1, "ann")], ("events", "bob"): [shared]}
    first = LAST_DAY - timedelta(days=30)
    life.add(A, rows, recordings=FILM, per_type={MEDIA: first})
    life.add(B, {("events", "ann"): [event(5, "ann")]}, last=LAST_DAY + timedelta(days=90))
    job.prepare()


def played(archive: VerifiedArchive, vault: Vault) -> int:
    """How many recordings of an archive are what was sealed."""
    opened = open_archive(archive.path, vault=vault)
    if MEDIA not in opened.types():
        return 0
    films = [b"".join(opened.read_recording(entry)) for entry in opened.entries(MEDIA)]
    assert films in ([], [*FILM.values()])
    return len(films)


def check(job: Job, seen: set[bytes]) -> None:
    """What holds after a death, before and after the next start, and after another try.

    ``seen``: what the next start made before; the same bytes are not tried again.
    """
    store = job.life.store
    assert found(job) in (job.before, job.after, *job.half, *ALLOWED)
    with changing.changing(store, job.vault, now=LATER):
        pass
    content = content_of(job.folder)
    if content in seen:
        return
    seen.add(content)
    started = job.state()
    assert started in (job.before, job.after, *job.half)
    assert not list((store / "state").glob("pending/*"))
    left = {path.name for path in store.glob(".*")} - {".store.lock"}
    assert not left, left
    if not job.is_done(started):
        job.run()
        assert job.is_done(job.state())
    audit.verify(store, vault=job.vault)
    assert len(list((store / "state" / "certificates").glob("*.json"))) == job.certificates


def content_of(folder: Path) -> bytes:
    """A digest of all that lies in a folder, names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return digest.digest()


def found(job: Job) -> State | str:
    try:
        return job.state()
    except ArchiveToolError as error:
        return str(error)


ALLOWED: Final = (
    f"{A}: the archive was destroyed",  # and its folder is not gone yet
    f"{A}: was made before the keys were renewed on 2026-11-20",  # not swapped in yet
    f"{B}: was made before the keys were renewed on 2026-11-20",
)


def killed(folder: Path, kind: type[Job]) -> int:
    """Let one run die at each of its operations; returns how many there were."""
    job = prepared(folder, kind)
    with deaths(job.folder, folder / "deaths"):
        job.run()
    left = sorted((folder / "deaths").iterdir())
    seen: set[bytes] = set()
    check(job, seen)
    for state in left:
        shutil.rmtree(job.folder)
        state.rename(job.folder)
        check(job, seen)
    return len(left)


def failed(folder: Path, kind: type[Job], mode: str, *, first: int = 1) -> int:
    """Break the n-th run at its n-th operation, for every third n, until none is left."""
    prepared(folder, kind).folder.rename(folder / "whole")
    seen: set[bytes] = set()
    at = first
    while True:
        job = kind(folder / "work")
        shutil.copytree(folder / "whole", job.folder)
        with breaking(job.folder, at, mode) as disk:
            ended: Exception | None = None
            try:
                job.run()
            except (OSError, ArchiveToolError) as error:
                ended = error
        assert disk.struck or ended is None, ended
        check(job, seen)
        shutil.rmtree(job.folder)
        if not disk.struck:
            return at
        at += 3


def prepared(folder: Path, kind: type[Job]) -> Job:
    """A job that can begin; the machine remembers nothing of what was done to prepare it."""
    prepare(kind(folder / "whole"))
    shutil.rmtree(folder / "work", ignore_errors=True)
    (folder / "whole").rename(folder / "work")
    return kind(folder / "work")


@pytest.fixture
def memory(quick_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(quick_folder / "work" / "memory"))
    return quick_folder


@pytest.mark.parametrize("kind", JOBS)
@pytest.mark.parametrize("mode", MODES)
def test_a_fault_at_any_file_operation_is_finished_or_undone(
    memory: Path, kind: type[Job], mode: str
) -> None:
    if mode == "kill":
        assert killed(memory, kind) > 5
    else:  # the disk fails, or is full, at another third of them each
        assert failed(memory, kind, mode, first=1 + (mode == "full")) > 5


REAL: Final = """
import os, sys
from pathlib import Path
from tests.faults import test_lifecycle_faults as faults
from tests.support import breaking
breaking.Disk.see = lambda self, name: count(self)
def count(disk):
    disk.operations += 1
    if disk.struck:
        os.kill(os.getpid(), 9)
with breaking.breaking(Path(sys.argv[1]), int(sys.argv[2]), "kill"):
    faults.Erase(Path(sys.argv[1])).run()
"""


@pytest.mark.parametrize("at", [7, 25])
def test_a_process_that_is_really_killed_leaves_the_same(memory: Path, at: int) -> None:
    job = Erase(memory / "work")
    prepare(job)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", REAL, str(job.folder), str(at)],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    check(job, set())
