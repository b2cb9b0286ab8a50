"""Retention sweeps, holds, plans: what is due goes, and nothing else."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    FormatError,
    IntegrityError,
    PlanError,
    RetentionError,
    UsageError,
    VaultError,
)
from archive_tool.keys import Vault
from archive_tool.lifecycle import catalogue, certificates
from archive_tool.lifecycle.applying import sweep
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.planning import plans, sweep_items, sweep_plan
from archive_tool.lifecycle.subjects.access import access
from tests.support.archives import NOW, event
from tests.support.lives import DUE, LAST_DAY, Life, begin, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.lifecycle.applying.destroy import Destroyed

A, B = "20261120-aaa", "20261120-bbb"
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def planned(life: Life, as_of: datetime = DUE, now: datetime = NOW) -> Path:
    path = life.store.parent / "plan.json"
    plans.save(sweep_plan.plan(life.store, life.vault, as_of=as_of, now=now), path)
    return path


def apply(life: Life, path: Path, as_of: datetime = DUE, now: datetime = LATER) -> Destroyed | None:
    return sweep.apply(
        life.store, life.vault, path, as_of=as_of, now=now, operator="The Office"
    ).destroyed


def hold(life: Life, **more: Any) -> holds.Hold:
    return holds.place(life.store, reason="audit", owner="office", now=NOW, **more)


def test_nothing_is_due_on_the_last_day(life: Life) -> None:
    decided = sweep_plan.plan(life.store, life.vault, as_of=DUE - timedelta(days=1), now=NOW)
    assert decided.items == []
    assert [(c.archive, c.data_type, c.due) for c in decided.coming] == [
        (A, "chat", date(2030, 2, 1)),
        (A, "events", date(2030, 2, 1)),
        (B, "events", date(2030, 3, 3)),
    ]


def test_the_last_day_of_the_calendar_is_a_day(life: Life) -> None:
    last = date.max
    life.add("20261120-ccc", {("events", "ann"): [event(7, "ann")]}, last=last)
    for days in (0, 1):
        when = NOW.replace(year=last.year, month=last.month, day=last.day - days)
        decided = sweep_plan.plan(life.store, life.vault, as_of=when, now=NOW)
        assert [(c.archive, c.due) for c in decided.coming] == [("20261120-ccc", last)]


def test_a_plan_says_what_why_and_since_when(life: Life) -> None:
    decided = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    (item,) = decided.items
    assert (item.archive, item.why, item.whole, item.files, item.holds) == (
        A, "past its retention date", True, 3, [],
    )  # fmt: skip
    assert [(due.data_type, due.since, due.basis) for due in item.due] == [
        ("chat", date(2030, 2, 1), "session-end"),
        ("events", date(2030, 2, 1), "session-end"),
    ]
    assert [c.archive for c in decided.coming] == [B]


def test_what_is_due_goes_from_disk_and_vault(life: Life, tmp_path: Path) -> None:
    shutil.copytree(life.store, tmp_path / "backup")
    done = apply(life, planned(life))
    assert done is not None
    assert life.archives() == [B]
    assert verify(life.store, vault=life.vault).rows == 2
    copy = tmp_path / "backup" / "archives" / A
    said = problem(VaultError, lambda: open_archive(copy, vault=life.vault))
    assert said == f"{A}: the archive was destroyed"
    assert A not in life.vault.archives


def test_the_certificate_is_signed_and_names_what_went(life: Life) -> None:
    done = apply(life, planned(life))
    assert done is not None
    body = certificates.read(done.certificate, signer=life.vault.public_key)
    assert body["performed_by"] == "The Office"
    assert [archive["id"] for archive in body["archives"]] == [A]
    erased = body["cryptographic_erase"]
    assert (erased["epoch_before"], erased["epoch_after"]) == (3, 4)
    assert erased["destroyed_keys"] == len(erased["destroyed_key_ids"]) == 10
    assert [read["answer"] for read in body["failed_reads"]] == ["the archive was destroyed"]
    assert [item["kind"] for item in body["not_reached"]] == ["vault-copy"]
    asked = "full: every destroyed key, or its whole archive, was asked for again and was not there"
    assert body["sanitization"]["verification"] == asked, "ten keys, and one answer"
    page = done.certificate.with_suffix(".html").read_text()
    assert "<th>times asked</th><th>answer</th>" in page
    assert "not_reached" not in page
    stone = json.loads(next((life.store / "state" / "tombstones").iterdir()).read_bytes())
    assert stone["archive"]["id"] == A
    assert stone["certificate"] == body["id"]
    done.certificate.write_bytes(done.certificate.read_bytes().replace(b"Office", b"Oddity"))
    said = problem(
        IntegrityError, lambda: certificates.read(done.certificate, signer=life.vault.public_key)
    )
    assert said == f"{done.certificate.name}: the signature does not fit what it signs"


def test_certificate_page_and_log_name_the_day_that_dates_were_judged_by(life: Life) -> None:
    done = apply(life, planned(life))
    assert done is not None
    assert json.loads(done.certificate.read_bytes())["as_of"] == "2030-02-01"
    row = "<th>Retention dates judged as of</th><td>2030-02-01</td>"
    assert row in done.certificate.with_suffix(".html").read_text()
    swept = [record for record in audit.read(life.store) if record.event == "sweep"]
    assert [(one.phase, one.detail["as_of"]) for one in swept] == [
        ("intent", "2030-02-01"),
        ("done", "2030-02-01"),
    ]


def test_a_data_type_goes_alone_with_its_key(tmp_path: Path) -> None:
    life = begin(tmp_path)
    rows = {
        ("events", "ann"): [event(1, "ann")],
        ("chat", "ann"): [{"messageId": "m", "senderId": "ann", "content": "x"}],
    }
    life.add(A, rows, per_type={"events": LAST_DAY + timedelta(days=900)})
    shutil.copytree(life.store, tmp_path / "backup")
    before = (life.folder(A) / "tagmanifest-sha256.txt").read_bytes()
    done = apply(life, planned(life))
    assert done is not None
    assert done.work.secrets == [f"{A}/read:chat"]
    archive = open_archive(life.folder(A), vault=life.vault)
    assert archive.types() == ("events",)
    assert archive.manifest.revision == 2
    assert archive.manifest.predecessor == __import__("hashlib").sha256(before).hexdigest()
    assert verify(life.store, vault=life.vault).rows == 1
    assert verify(tmp_path / "backup", vault=life.vault).rows == 1
    copy = open_archive(tmp_path / "backup" / "archives" / A, vault=life.vault)
    assert copy.read("chat").num_rows == 0
    handed = access(tmp_path / "backup", life.vault, "ann", to=tmp_path / "out", now=LATER)
    assert (handed.rows, handed.unreadable) == ({"events": 1}, ())


def test_a_key_that_other_data_needs_stays_and_is_said(tmp_path: Path) -> None:
    life = begin(tmp_path)
    rows = {
        ("ratings/sparse", "ann"): [{"ratingId": "r", "participantId": "ann"}],
        ("ratings/continuous", "ann"): [{"ratingId": "q", "participantId": "ann"}],
    }
    life.add(A, rows, per_type={"ratings/sparse": LAST_DAY + timedelta(days=900)})
    done = apply(life, planned(life))
    assert done is not None
    assert done.work.secrets == []
    assert [item.kind for item in done.work.not_reached] == ["vault-copy", "shared-key"]
    assert verify(life.store, vault=life.vault).rows == 1


def test_an_edited_plan_is_19(life: Life) -> None:
    path = planned(life)
    path.write_text(path.read_text().replace(A, B))
    said = problem(PlanError, lambda: apply(life, path))
    assert said == "plan: was edited: its digest does not fit"
    path.write_text("{}")
    said = problem(PlanError, lambda: apply(life, path))
    assert said == "plan: is not a plan for this (expected archive-tool/sweep-plan/1)"
    assert life.archives() == [A, B]


def test_an_applied_plan_is_19(life: Life) -> None:
    path = planned(life)
    apply(life, path)
    said = problem(PlanError, lambda: apply(life, path))
    assert said == "plan: was applied already: line 6 of the audit log"


def test_a_hold_after_the_plan_is_19_and_its_release_makes_it_fit_again(life: Life) -> None:
    path = planned(life)
    placed = hold(life, archives=[A])
    assert problem(PlanError, lambda: apply(life, path)) == "plan: holds have changed since"
    assert life.archives() == [A, B]
    holds.release(life.store, placed.id, reason="over", now=NOW)
    assert apply(life, path) is not None


def test_what_is_held_stays_and_the_rest_goes(life: Life) -> None:
    placed = hold(life, archives=[A])
    later = DUE + timedelta(days=60)
    decided = sweep_plan.plan(life.store, life.vault, as_of=later, now=NOW)
    assert [(item.archive, item.holds) for item in decided.items] == [(A, [placed.id]), (B, [])]
    done = apply(life, planned(life, as_of=later), as_of=later)
    assert done is not None
    assert life.archives() == [A]
    said = problem(
        RetentionError, lambda: apply(life, planned(life, now=LATER), now=LATER, as_of=DUE)
    )
    assert said == "plan: everything that is due is under hold"


def test_a_hold_on_a_person_keeps_the_archives_of_that_person(life: Life) -> None:
    placed = hold(life, ids=["bob"], vault=life.vault)
    (item,) = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW).items
    assert item.holds == [placed.id]
    assert b"bob" not in (life.store / "state" / "holds.json").read_bytes()


def test_a_plan_is_not_applied_before_its_date(life: Life) -> None:
    path = planned(life)
    said = problem(RetentionError, lambda: apply(life, path, as_of=NOW))
    assert said == f"{A}: is not due on 2026-11-20 (expected 2030-02-01 or later, as the plan says)"


def test_of_days_to_come_only_that_of_the_plan_counts(life: Life) -> None:
    path = planned(life, as_of=DUE + timedelta(days=400))
    said = problem(RetentionError, lambda: apply(life, path, as_of=DUE, now=LATER))
    assert said == f"{A}: is not due on 2026-11-20 (expected 2031-03-08 or later, as the plan says)"
    assert apply(life, path, as_of=DUE + timedelta(days=400), now=LATER) is not None


def test_a_clock_that_went_back_is_refused(life: Life) -> None:
    said = problem(
        RetentionError, lambda: apply(life, planned(life), now=NOW - timedelta(hours=1, seconds=1))
    )
    assert said == "clock: the clock runs behind the plan or the audit log"


def test_a_changed_archive_makes_the_plan_stale(life: Life) -> None:
    path = planned(life)
    manifest = life.folder(A) / "data" / "archive.json"
    content = manifest.read_bytes()
    manifest.write_bytes(content.replace(b"2030-01-31", b"2029-01-31"))
    said = problem(IntegrityError, lambda: apply(life, path))
    assert said == f"{A}/data/archive.json: was changed: its sum does not fit"
    manifest.write_bytes(content)
    shutil.move(life.folder(A), life.store.parent / "away")
    said = problem(PlanError, lambda: apply(life, path))
    assert said == "plan: an archive has changed since, or is gone"


def test_a_plan_of_another_vault_is_19(life: Life, tmp_path: Path) -> None:
    path = planned(life)
    other = Vault.create(tmp_path / "other", study="o", passphrase=None, now=NOW)
    said = problem(PlanError, lambda: sweep.apply(life.store, other, path, as_of=DUE, now=LATER))
    assert said == "plan: was made with another vault"


def test_what_comes_back_from_a_backup_is_swept_again(life: Life, tmp_path: Path) -> None:
    shutil.copytree(life.folder(A), tmp_path / "copy")
    apply(life, planned(life))
    shutil.copytree(tmp_path / "copy", life.folder(A))
    (item,) = sweep_plan.plan(life.store, life.vault, as_of=NOW, now=LATER).items
    assert (item.archive, item.whole, item.why) == (A, True, sweep_items.CAME_BACK)
    done = apply(life, planned(life, as_of=NOW, now=LATER), as_of=NOW)
    assert done is not None
    assert life.archives() == [B]


def test_what_came_back_was_destroyed_under_the_holds_of_its_time(
    life: Life, tmp_path: Path
) -> None:
    """Its keys are gone: nobody can tell who of the held is in it, and nothing is left to keep."""
    shutil.copytree(life.folder(A), tmp_path / "copy")
    apply(life, planned(life))
    shutil.copytree(tmp_path / "copy", life.folder(A))
    hold(life, ids=["bob"], vault=life.vault)
    (item,) = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=LATER).items
    assert (item.archive, item.whole, item.holds) == (A, True, [])


def test_the_catalogue_is_made_again_when_lost_or_edited(life: Life) -> None:
    first = catalogue.load(life.store, life.vault)
    path = life.store / "state" / "catalogue.json"
    for content in (b"", path.read_bytes().replace(b"2030-01-31", b"2099-01-31"), None):
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        assert catalogue.load(life.store, life.vault) == first


def test_archives_of_another_vault_are_left_alone(life: Life, tmp_path: Path) -> None:
    other = Vault.create(tmp_path / "other", study="o", passphrase=None, now=NOW)
    overview = catalogue.load(life.store, other)
    assert (overview.entries, overview.foreign) == ((), 2)


def test_an_edited_or_removed_list_of_holds_is_16(life: Life) -> None:
    hold(life, archives=[A])
    path = life.store / "state" / "holds.json"
    path.write_bytes(path.read_bytes().replace(A.encode(), B.encode()))
    expected = "state/holds.json: is not the list that the audit log knows"
    assert problem(IntegrityError, lambda: planned(life)) == expected
    path.unlink()
    assert problem(IntegrityError, lambda: planned(life)) == expected


def test_a_list_of_holds_that_nobody_placed_is_16(life: Life, tmp_path: Path) -> None:
    elsewhere = usual(tmp_path / "elsewhere")
    hold(elsewhere, archives=[A])
    path = life.store / "state" / "holds.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((elsewhere.store / "state" / "holds.json").read_bytes())
    expected = "state/holds.json: is not the list that the audit log knows"
    assert problem(IntegrityError, lambda: holds.active(life.store)) == expected


def test_holds_need_something_to_hold_and_a_reason(life: Life) -> None:
    said = problem(UsageError, lambda: hold(life))
    assert said == "hold: the hold covers nothing (expected --archive or --id-file)"
    said = problem(FormatError, lambda: hold(life, archives=["nonsense"]))
    assert said == "archive: not an archive of this store"
    said = problem(VaultError, lambda: hold(life, ids=["ann"]))
    assert said == "vault: people are held with the vault only"
    said = problem(UsageError, lambda: holds.release(life.store, "H-1", reason="x", now=NOW))
    assert said == "hold: not the id of a hold (expected H- and 16 characters)"
    said = problem(
        UsageError, lambda: holds.release(life.store, "H-" + "0" * 16, reason="x", now=NOW)
    )
    assert said == f"H-{'0' * 16}: there is no such hold, or it was released"


def test_the_log_has_intent_and_done_and_no_ids(life: Life) -> None:
    apply(life, planned(life))
    lines = [(record.event, record.phase) for record in audit.read(life.store)]
    assert lines[-2:] == [("sweep", "intent"), ("sweep", "done")]
    content = (life.store / "audit" / "log.jsonl").read_bytes()
    assert b"ann" not in content
    assert b"bob" not in content
