"""Recordings over time: grants, erasures, sweeps, new keys; and what the commands say of them."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    ArchiveToolError,
    VaultError,
)
from archive_tool.keys import Vault
from archive_tool.keys import grant as grants
from archive_tool.lifecycle.applying import erase, rekey, sweep
from archive_tool.lifecycle.planning import erase_plan, plans
from archive_tool.lifecycle.planning import sweep_plan as sweeping
from archive_tool.lifecycle.subjects import access
from archive_tool.lifecycle.subjects import where as subjects
from archive_tool.policy import parse, policy_text
from tests.support.commands import command
from tests.support.lives import custodian
from tests.support.pipelines import NOW, Lab, lab
from tests.support.recordings import (
    ANN,
    BOB,
    FILM,
    LATER,
    MARK,
    SEALING,
    TWO,
    bundle,
    sealed,
    written,
)
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    return lab(tmp_path)


def test_a_grant_of_recordings_opens_recordings_and_no_table(own: Lab) -> None:
    created = sealed(own)
    for scope, opens in (("media", True), ("read:recordings", False)):
        public, identity = custodian(own.folder, scope.replace(":", ""))
        out = own.folder / f"{identity.stem}.grant"
        expires = NOW + timedelta(days=3)
        grants.make(own.vault, to=public, scopes=[scope], expires=expires, out=out, now=NOW)
        keys = grants.open_grant(out, identity=identity, now=NOW)
        archive = open_archive(created.path, vault=keys)
        if opens:
            assert len(written(archive, own.folder / "granted")) == 2
            said = problem(VaultError, lambda a=archive: a.read("recordings"))  # type: ignore[misc]
            assert said == "read:recordings: was not granted (expected media)"
        else:
            said = problem(VaultError, lambda a=archive: written(a, own.folder / "no"))  # type: ignore[misc]
            assert said == "media: was not granted (expected read:recordings)"


def test_an_erasure_takes_the_recordings_of_the_person_in_every_copy(own: Lab) -> None:
    files = {**TWO, "whole room.mp4": FILM + b"room"}
    created = sealed(own, files)
    copy = shutil.copytree(created.path, own.folder / "copy" / "archives" / created.archive_id)
    found = subjects.find(own.store, own.vault, [ANN])
    assert {(place.data_type, place.files) for place in found.places} >= {("media", 1)}
    decided = erase_plan.plan(own.store, own.vault, [ANN], now=NOW)
    assert ("recording", f"recordings of archive {created.archive_id} that belong to no one person "
            "and may show the person") in [(item.kind, item.what) for item in decided.not_reached]  # fmt: skip
    plans.save(decided, own.folder / "p.json")
    erase.apply(own.store, own.vault, own.folder / "p.json", now=LATER)
    vault = Vault.open(own.vault.folder)
    left = written(open_archive(created.path, vault=vault), own.folder / "out")
    assert sorted(left.values(), key=len) == [FILM[:-7], FILM + b"room"]
    assert len(list((created.path / "data" / "media").iterdir())) == 2
    assert verify(own.store, vault=vault).archives[0].erased == 1
    assert verify(copy, vault=vault).archives[0].erased == 1
    in_copy = written(open_archive(copy, vault=vault), own.folder / "of-copy")
    assert sorted(in_copy.values(), key=len) == [FILM[:-7], FILM + b"room"]


def test_a_person_gets_ones_own_recordings_and_nobody_elses(own: Lab) -> None:
    sealed(own, {**TWO, "whole room.mp4": FILM + b"room"})
    to = own.folder / "handed"
    handed = access.access(own.store, own.vault, ANN, to=to, now=NOW)
    assert handed.recordings == 1
    assert handed.rows == {"events": 1, "recordings": 1}
    (given,) = (path for path in handed.files if path.parent.name == "media")
    assert given.read_bytes() == FILM
    assert "  media: 1 file\n" in (to / "README.txt").read_text()
    assert [doubt.why for doubt in handed.doubts if doubt.data_type == "media"] == [
        "recordings: others may be seen or heard in them, and nothing was taken out"
    ]


def test_a_sweep_takes_recordings_alone_or_with_the_archive(own: Lab) -> None:
    text = SEALING + '\n[retention.types.recordings]\nperiod = "P1Y"\nbasis = "session-end"\n'
    created = sealed(own, policy=parse(text, where="p"))
    due = NOW.replace(year=2028)
    plans.save(sweeping.plan(own.store, own.vault, as_of=due, now=NOW), own.folder / "s.json")
    sweep.apply(own.store, own.vault, own.folder / "s.json", as_of=due, now=LATER, operator="me")
    vault = Vault.open(own.vault.folder)
    archive = open_archive(created.path, vault=vault)
    assert archive.types() == ("events",)
    assert not (created.path / "data" / "media").exists()
    assert verify(own.store, vault=vault).rows == 2
    assert vault.is_destroyed(created.archive_id, "media")
    much_later = NOW.replace(year=2040)
    decided = sweeping.plan(own.store, vault, as_of=much_later, now=LATER)
    assert [item.whole for item in decided.items] == [True]


def test_tables_that_tell_less_do_not_replace_faces(own: Lab) -> None:
    lowered = '\n[retention.types.recordings]\nperiod = "P1Y"\naction = "downgrade"\n'
    for text in (policy_text("keep"), SEALING):
        sealing = text.replace('media = "exclude"', 'media = "seal"')
        sealed(own, policy=parse(sealing + lowered, where="p"))
    decided = sweeping.plan(own.store, own.vault, as_of=NOW.replace(year=2028), now=NOW)
    assert [what.data_type for item in decided.items for what in item.due] == ["recordings"]
    waiting = [waits.data_type for waits in decided.decisions]
    assert sorted(waiting) == ["media", "media", "recordings"]


def test_a_renewal_of_keys_seals_recordings_again(own: Lab) -> None:
    created = sealed(own)
    before = {path.name for path in (created.path / "data" / "media").iterdir()}
    done = rekey.rekey(own.store, own.vault, identity_out=own.folder / "new.txt", now=LATER)
    again = open_archive(created.path, vault=done.vault)
    after = {path.name for path in (created.path / "data" / "media").iterdir()}
    assert not before & after
    assert sorted(written(again, own.folder / "out").values(), key=len) == [FILM[:-7], FILM]
    assert verify(own.store, vault=done.vault).rows == 4
    problem(ArchiveToolError, lambda: open_archive(created.path, vault=own.vault))


def test_what_the_commands_say(own: Lab) -> None:
    policy = own.folder / "board.toml"
    policy.write_text(SEALING)
    path = bundle(own.folder, {**TWO, "whole room.mp4": FILM})
    keys = ("--vault", own.vault.folder)
    made = (
        "create",
        path,
        "--policy",
        policy,
        "--store",
        own.store,
        *keys,
        "--as-of",
        "2026-11-20",
    )
    said = command(*made)
    assert said.code == 0, said.err
    assert "media     3 recordings sealed; faces and voices tell who somebody is" in said.out
    withdrawn = own.folder / "withdrawn.txt"
    withdrawn.write_text(f"{BOB}\n")
    again = command(*made, "--withdrawn", withdrawn, "--json").json
    assert again["media"] == {"sealed": 1, "left_out": 2}
    archive = own.store / "archives" / again["archive"]["id"]
    page = json.loads((archive / "data" / "reports" / "privacy.json").read_text())
    assert [line for line in page["statements"] if line.startswith("Recordings")] == [
        "Recordings: 1 media file is sealed, under a key that is granted apart. Nobody looked into "
        "them: faces and voices tell who somebody is, whatever was done to the tables"
    ]
    said = command("extract", archive, "--to", own.folder / "out", *keys)
    assert "1 recording left sealed: --type media writes them" in said.out
    media = ("--type", "media", "--scope", "participant", "--scope-id", ANN)
    said = command("extract", archive, "--to", own.folder / "out", *keys, *media)
    assert "left sealed" not in said.out
    assert "no row is in" not in said.out  # recordings have none
    assert re.search(r"^  media +- +- ", said.out, re.MULTILINE)
    assert [p.read_bytes() for p in (own.folder / "out" / "media").iterdir()] == [FILM]
    assert command("verify", own.store, *keys).code == 0
    said = command("info", archive)
    assert "media" in said.out
    assert MARK not in said.out + said.err
