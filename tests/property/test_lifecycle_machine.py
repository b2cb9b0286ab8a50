"""Create, hold, release, sweep, erase, grant, rotate, rekey, back up, restore, against a plain model.

Everybody's rows name the next person, by id and by name: an erasure takes that out, and after every
sweep of a store without holds no row names somebody who was erased, whatever came back in between.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyrage
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import PlanError, RetentionError, SubjectError, VaultError
from archive_tool.keys import Vault
from archive_tool.keys import grant as grants
from archive_tool.lifecycle.applying import erase, rekey, sweep
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import holds, releasing
from archive_tool.lifecycle.planning import erase_plan, plans, sweep_plan
from tests.support.archives import NOW, event
from tests.support.lives import begin

PEOPLE = ("ann", "bob", "cy")
NAMES = {"ann": "Anna Arber", "bob": "Bob Birker", "cy": "Cyrus Carver"}
START = date(2030, 1, 1)


def chat(person: str, content: str) -> dict[str, Any]:
    """What somebody said, under their name."""
    return {
        "messageId": f"m-{person}",
        "senderId": person,
        "senderName": NAMES[person],
        "roomId": "room-1",
        "content": content,
    }


class Lives(RuleBasedStateMachine):
    """The model: which people have rows in which archive, dates, holds; and one backup."""

    held = Bundle("held")

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.before = os.environ.get("ARCHIVE_TOOL_MEMORY")
        os.environ["ARCHIVE_TOOL_MEMORY"] = str(self.folder / "memory")
        self.life = begin(self.folder)
        self.number = 0
        self.archives: dict[str, set[str]] = {}
        self.until: dict[str, date] = {}
        self.holds: dict[str, tuple[str, str]] = {}
        self.erased: set[str] = set()
        self.deferred: set[str] = set()
        self.destroyed: set[str] = set()
        self.backup: dict[str, set[str]] | None = None
        self.identity = self.life.vault_folder / "identity.txt"
        secret = pyrage.x25519.Identity.generate()
        self.colleague = str(secret.to_public())
        (self.folder / "colleague.txt").write_text(f"{secret}\n")
        self.grants: list[tuple[Path, set[str]]] = []
        self.granted = 0

    @property
    def vault(self) -> Vault:
        return Vault.open(self.life.vault_folder, identity=self.identity)

    def teardown(self) -> None:
        if self.before is None:
            os.environ.pop("ARCHIVE_TOOL_MEMORY", None)
        else:
            os.environ["ARCHIVE_TOOL_MEMORY"] = self.before
        shutil.rmtree(self.folder)

    @rule(who=st.sets(st.sampled_from(PEOPLE), min_size=1), days=st.integers(0, 3))
    def create(self, who: set[str], days: int) -> None:
        who = who - self.erased
        if not who or len(self.archives) >= 4:
            return
        self.number += 1
        name = f"20261120-{self.number:03}"
        rows: dict[tuple[str, str], Any] = {}
        for p in sorted(who):
            named = self._next(p)
            rows["events", p] = [event(1, p, response=json.dumps({"partner": named}))]
            rows["chat", p] = [chat(p, f"hello {NAMES[named]}" if named else "hello")]
        self.life.add(name, rows, last=START + timedelta(days=days), identity=self.identity)
        self.archives[name] = set(who)
        self.until[name] = START + timedelta(days=days)

    @rule(target=held, on=st.sampled_from(("archive", *PEOPLE)))
    def hold(self, on: str) -> str:
        if on == "archive":
            if not self.archives:
                return ""
            name = min(self.archives)
            placed = holds.place(self.life.store, reason="r", owner="o", now=NOW, archives=[name])
            self.holds[placed.id] = ("archive", name)
        else:
            placed = holds.place(
                self.life.store, reason="r", owner="o", now=NOW, ids=[on], vault=self.vault
            )
            self.holds[placed.id] = ("person", on)
        return placed.id

    @rule(hold_id=held)
    def release(self, hold_id: str) -> None:
        if hold_id in self.holds:
            releasing.release(self.life.store, hold_id, reason="over", now=NOW, vault=self.vault)
            del self.holds[hold_id]
            self._erase_deferred()

    @rule(days=st.integers(0, 4))
    def sweep(self, days: int) -> None:
        as_of = NOW.replace(year=2030, month=1, day=1) + timedelta(days=days)
        decided = sweep_plan.plan(self.life.store, self.vault, as_of=as_of, now=NOW)
        back = {name for name in self.archives if name in self.destroyed}
        due = {name for name in self.archives if self.until[name] < as_of.date()} | back
        kept = {name for name in due - back if self._is_held(name)}
        shredded = {name for name in self.archives if self.archives[name] & self.erased} - due
        assert {item.archive for item in decided.ready} == (due - kept) | shredded
        assert {item.archive for item in decided.held} == kept
        path = self.folder / "sweep.json"
        plans.save(decided, path)
        try:
            sweep.apply(self.life.store, self.vault, path, as_of=as_of, now=NOW)
        except RetentionError:
            assert kept
            assert not (due - kept) | shredded
            return
        for name in due - kept:
            del self.archives[name]
            self.destroyed.add(name)
        for name in shredded:
            self.archives[name] -= self.erased
        self._erase_deferred()
        if not self.holds:
            self._nobody_erased_is_named()

    @rule(who=st.sampled_from(PEOPLE))
    def erase(self, who: str) -> None:
        path = self.folder / "erase.json"
        try:
            made = erase_plan.plan(
                self.life.store, self.vault, [who], rewrite_mentions=True, now=NOW
            )
            plans.save(made, path)
        except VaultError:
            assert who in self.erased
            return
        except SubjectError:
            assert not any(who in people for people in self.archives.values())
            return
        before = {name: set(people) for name, people in self.archives.items()}
        self.deferred.add(who)
        self._erase_deferred()
        try:
            erase.apply(self.life.store, self.vault, path, ids=[who], now=NOW)
        except RetentionError:
            assert who in self.deferred
            assert all(who in self.archives[n] for n in before if who in before[n])

    @rule()
    def an_old_plan_is_stale(self) -> None:
        path = self.folder / "erase.json"
        if path.exists() and self.erased:
            try:
                erase.apply(self.life.store, self.vault, path, now=NOW)
            except (PlanError, RetentionError):
                return
            raise AssertionError("a plan was applied twice")

    @rule()
    def grant(self) -> None:
        path = self.folder / f"{self.granted}.grant"
        vault = self.vault
        if not vault.archives:
            return
        grants.make(
            vault, to=self.colleague, scopes=["read:events"], out=path, now=NOW,
            expires=NOW + timedelta(days=1),
        )  # fmt: skip
        self.grants.append((path, set(vault.archives)))
        self.granted += 1
        assert len(self.vault.grants) == self.granted

    @rule()
    def rotate(self) -> None:
        path = self.life.vault_folder / f"identity-{self.vault.epoch + 1}.txt"
        self.vault.rotate(path, passphrase=None, now=NOW)
        self._opened_by(path)

    @rule()
    def rekey(self) -> None:
        """Whatever waits for a hold goes on waiting; copies from before open with no key."""
        if not self.archives or self.destroyed.intersection(self.archives):
            return
        path = self.life.vault_folder / f"identity-{self.vault.epoch + 1}.txt"
        rekey.rekey(self.life.store, self.vault, identity_out=path, now=NOW)
        self._opened_by(path)
        for who in self.archives.values():
            who.difference_update(self.erased)
        self.backup, self.grants = None, []

    def _opened_by(self, path: Path) -> None:
        before, self.identity = self.identity, path
        try:
            Vault.open(self.life.vault_folder, identity=before)
        except VaultError:
            return
        raise AssertionError("the old key still opens the vault")

    @rule()
    def back_up(self) -> None:
        shutil.rmtree(self.folder / "backup", ignore_errors=True)
        if self.archives:
            shutil.copytree(self.life.store / "archives", self.folder / "backup")
        self.backup = {name: set(who) for name, who in self.archives.items()}

    @rule()
    def restore(self) -> None:
        for name, who in (self.backup or {}).items():
            place = self.life.folder(name)
            if place.exists():
                shutil.rmtree(place)
            shutil.copytree(self.folder / "backup" / name, place)
            self.archives[name] = set(who)

    @invariant()
    def the_store_is_as_the_model_says(self) -> None:
        vault = self.vault
        if not (self.life.store / "archives").is_dir():
            return
        assert self.life.archives() == sorted(self.archives)
        for name, who in self.archives.items():
            if name in self.destroyed:
                continue
            folder = self.life.folder(name)
            (report,) = verify(folder, vault=vault).archives
            readable = who - self.erased
            assert report.rows == 2 * len(readable)
            read = open_archive(folder, vault=vault).read("events", columns=["participantId"])
            assert set(read.column("participantId").to_pylist()) == readable
        audit.verify(self.life.store)

    @invariant()
    def a_grant_opens_what_it_was_made_for_and_nothing_else(self) -> None:
        for path, opened in self.grants[-1:]:
            keys = grants.open_grant(path, identity=self.folder / "colleague.txt", now=NOW)
            for name, who in self.archives.items():
                try:
                    archive = open_archive(self.life.folder(name), vault=keys)
                except VaultError:
                    assert name not in opened or name in self.destroyed
                    continue
                assert name in opened - self.destroyed
                assert archive.read("events").num_rows == len(who - self.erased)

    def _erase_deferred(self) -> None:
        """What was asked for and is not under hold goes, file by file; the key with the last."""
        on_archives = {on for kind, on in self.holds.values() if kind == "archive"}
        for who in sorted(self.deferred):
            if ("person", who) in self.holds.values():
                continue
            there = {n for n in self.archives if who in self.archives[n]} - self.destroyed
            for name in there - on_archives:
                self.archives[name].discard(who)
            if not there & on_archives:
                self.deferred.discard(who)
                self.erased.add(who)

    def _next(self, person: str) -> str | None:
        """Whom a row of somebody names: the next of those who were not erased."""
        there = [p for p in (*PEOPLE, *PEOPLE) if p == person or p not in self.erased]
        named = there[there.index(person) + 1]
        return None if named == person else named

    def _nobody_erased_is_named(self) -> None:
        for name in set(self.archives) - self.destroyed:
            archive = open_archive(self.life.folder(name), vault=self.vault)
            responses = archive.read("events")["response"].to_pylist()
            assert not {json.loads(text)["partner"] for text in responses} & self.erased
            said = " ".join(archive.read("chat")["content"].to_pylist())
            assert not any(NAMES[person] in said for person in self.erased)

    def _is_held(self, name: str) -> bool:
        return any(
            (kind, on) == ("archive", name) or (kind == "person" and on in self.archives[name])
            for kind, on in self.holds.values()
        )


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
