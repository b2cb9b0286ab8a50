"""Retention dates: later with a reason, earlier with a second signer; reviews and downgrades."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.revision import seal_of
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    ArchiveToolError,
    BundleError,
    IntegrityError,
    PlanError,
    RetentionError,
    UsageError,
)
from archive_tool.keys import Vault
from archive_tool.lifecycle import places
from archive_tool.lifecycle.applying import sweep
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import holds, terms
from archive_tool.lifecycle.planning import plans, sweep_items, sweep_plan
from archive_tool.model.policy import Ending
from archive_tool.policy import policy_text
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.archives import NOW, event
from tests.support.lives import DUE, LAST_DAY, Life, begin, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"
LATER, EARLIER = date(2040, 1, 1), date(2028, 1, 1)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def change(life: Life, until: date, **more: Any) -> terms.Change:
    return terms.plan(
        life.store, life.vault, A, until=until, reason="the board said so", now=NOW, **more
    )


def custodian(life: Life, name: str) -> Path:
    """A second custodian with an ssh key; returns the private key file."""
    folder = life.store.parent
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    vault = life.vault
    vault.add_recipient((folder / f"{name}.pub").read_text())
    vault.save(NOW)
    return folder / name


def signature(key: Path, plan: Path, namespace: str = terms.NAMESPACE) -> Path:
    written = plan.with_name(plan.name + ".sig")
    written.unlink(missing_ok=True)
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", key, plan],
        check=True, capture_output=True,
    )  # fmt: skip
    return written


def saved(life: Life, until: date = EARLIER, **more: Any) -> Path:
    path = life.store.parent / "change.json"
    plans.save(change(life, until, **more), path)
    return path


def test_a_later_date_is_a_new_signed_manifest(life: Life) -> None:
    before = open_archive(life.folder(A), vault=life.vault)
    seal = seal_of(life.folder(A))
    done = terms.extend(life.store, life.vault, change(life, LATER, types=["chat"]), now=NOW)
    archive = open_archive(life.folder(A), vault=life.vault)
    kept = {name: term.destroy_after for name, term in archive.manifest.retention.items()}
    assert kept == {"chat": LATER, "events": LAST_DAY}
    assert (done.revision, archive.manifest.predecessor) == (2, seal)
    assert archive.index == before.index
    assert verify(life.store, vault=life.vault).rows == 6
    lines = [r for r in audit.read(life.store) if r.event == "retention"]
    assert [(r.phase, r.detail["reason"]) for r in lines] == [
        ("intent", "the board said so"),
        ("done", "the board said so"),
    ]
    (item,) = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW).items
    assert [what.data_type for what in item.due] == ["events"]


def test_an_earlier_date_needs_the_other_way(life: Life) -> None:
    said = problem(
        RetentionError,
        lambda: terms.extend(life.store, life.vault, change(life, EARLIER), now=NOW),
    )
    assert said == (
        f"{A}: a date would come nearer, or something else would happen then "
        "(expected a later day than 2030-01-31)"
    )


def test_another_action_needs_the_other_way_whatever_the_date(life: Life) -> None:
    later = change(life, LATER, action=Ending.REVIEW)
    assert later.shortens
    said = problem(RetentionError, lambda: terms.extend(life.store, life.vault, later, now=NOW))
    assert said.startswith(f"{A}: a date would come nearer, or something else would happen then")
    assert not change(life, LATER, action=Ending.DESTROY).shortens


def test_a_plan_for_something_that_nobody_knows_is_19(life: Life) -> None:
    path = life.store.parent / "change.json"
    odd = msgspec.structs.replace(change(life, EARLIER), action="forget")
    plans.save(odd, path)
    said = problem(
        PlanError, lambda: terms.shorten(life.store, life.vault, path, approval=None, now=NOW)
    )
    assert said == "plan: is not a plan for this (expected archive-tool/retention-change/1)"


def test_a_change_that_was_planned_with_another_vault_is_19(life: Life, tmp_path: Path) -> None:
    other = Vault.create(tmp_path / "other", study="o", passphrase=None, now=NOW)
    planned = change(life, LATER)
    said = problem(PlanError, lambda: terms.extend(life.store, other, planned, now=NOW))
    assert said == "plan: was made with another vault"


def test_an_earlier_date_needs_a_second_signer(life: Life) -> None:
    key = custodian(life, "second")
    path = saved(life)

    def apply(approval: Path | None, vault: Vault | None = None) -> object:
        return terms.shorten(life.store, vault or life.vault, path, approval=approval, now=NOW)

    said = problem(RetentionError, lambda: apply(None))
    assert said == "plan: a date comes nearer only with a second signer (expected --approval FILE)"
    said = problem(IntegrityError, lambda: apply(signature(key, path, "file")))
    assert (
        said
        == "approval: the signature was made for something else (expected archive-tool-approval)"
    )
    stranger = life.store.parent / "stranger"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stranger], check=True)
    said = problem(RetentionError, lambda: apply(signature(stranger, path)))
    assert said.startswith("approval: is not signed by another custodian")
    good = signature(key, path)
    once = life.store.parent / "once"  # as a pipe, which can be read one time only
    shutil.copy(key, once)
    mine = Vault.open(life.vault_folder, identity=once)
    once.write_bytes(b"")
    said = problem(RetentionError, lambda: apply(good, mine))
    assert said.startswith("approval: is not signed by another custodian")
    apply(good)
    archive = open_archive(life.folder(A), vault=life.vault)
    assert {term.destroy_after for term in archive.manifest.retention.values()} == {EARLIER}
    assert audit.read(life.store)[-1].detail["approved_by"].startswith("SHA256:")
    said = problem(PlanError, lambda: apply(good))
    assert said == "plan: was applied already: line 6 of the audit log"


def test_a_change_of_another_file_or_another_day_is_refused(life: Life) -> None:
    key = custodian(life, "second")
    path = saved(life)
    approval = signature(key, path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"2028-01-01", b"2027-01-01"))
    said = problem(
        PlanError, lambda: terms.shorten(life.store, life.vault, path, approval=approval, now=NOW)
    )
    assert said == "plan: was edited: its digest does not fit"
    saved(life, date(2027, 1, 1))
    said = problem(
        IntegrityError,
        lambda: terms.shorten(life.store, life.vault, path, approval=approval, now=NOW),
    )
    assert said == "approval: the signature does not fit what it signs"
    path.write_bytes(content)
    placed = holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    said = problem(
        RetentionError,
        lambda: terms.shorten(life.store, life.vault, path, approval=approval, now=NOW),
    )
    assert said == f"{A}: is under hold"
    holds.release(life.store, placed.id, reason="over", now=NOW)
    terms.extend(life.store, life.vault, change(life, LATER), now=NOW)
    said = problem(
        PlanError, lambda: terms.shorten(life.store, life.vault, path, approval=approval, now=NOW)
    )
    assert said == "plan: the archive has changed since, or is gone"


def test_a_change_names_what_it_cannot_change(life: Life) -> None:
    said = problem(UsageError, lambda: change(life, LATER, types=["sync"]))
    assert said == "type: has no date in this archive (expected chat, events)"
    same = change(life, LAST_DAY)
    said = problem(PlanError, lambda: terms.extend(life.store, life.vault, same, now=NOW))
    assert said == "plan: changes nothing"


MADE_UP: dict[str, tuple[dict[str, Any], str]] = {
    "denies-that-it-shortens": (
        {"shortens": False},
        "PlanError: plan: is not the plan that would be made of this archive",
    ),
    "unknown-type": (
        {"types": ["chat", "sync"]},
        "UsageError: type: has no date in this archive (expected chat, events)",
    ),
    "other-dates-before": (
        {"before": {"chat": "2040-01-01"}},
        "PlanError: plan: is not the plan that would be made of this archive",
    ),
    "reason-of-many-lines": (
        {"reason": "so\n\x1b[2J"},
        "UsageError: reason: is missing or unreadable (expected a line of text)",
    ),
    "archive-elsewhere": (
        {"archive": f"../../copy/archives/{A}"},
        "FormatError: archive: not an archive of this store",
    ),
}


@pytest.mark.parametrize("name", MADE_UP)
def test_a_change_that_was_made_up_is_not_run_whoever_signed_it(life: Life, name: str) -> None:
    """Its digest fits; under a hold it could deny that it shortens."""
    second = custodian(life, "second")
    shutil.copytree(life.store, life.store.parent / "copy")
    path = saved(life)
    fields, said = MADE_UP[name]
    if name == "denies-that-it-shortens":
        holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    body = json.loads(path.read_bytes()) | fields
    body["digest"] = plans.digest_of(body)
    path.write_bytes(places.pretty(body))
    approval = signature(second, path)
    before = places.archives_of(life.store), seal_of(life.folder(A))
    with pytest.raises(ArchiveToolError) as caught:
        terms.shorten(life.store, life.vault, path, approval=approval, now=NOW)
    assert f"{type(caught.value).__name__}: {caught.value}" == said
    assert (places.archives_of(life.store), seal_of(life.folder(A))) == before
    assert verify(life.store.parent / "copy", vault=life.vault).rows == 6


def test_what_was_approved_is_what_is_run(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """The approved plan comes back under the name of another one when approvals are compared."""
    key = custodian(life, "second")
    path = saved(life)
    approved, approval = path.read_bytes(), signature(key, path)
    saved(life, EARLIER - timedelta(days=30))
    real = audit.read

    def read(*arguments: Any, **named: Any) -> Any:
        path.write_bytes(approved)
        return real(*arguments, **named)

    monkeypatch.setattr(audit, "read", read)
    said = problem(
        IntegrityError,
        lambda: terms.shorten(life.store, life.vault, path, approval=approval, now=NOW),
    )
    assert said == "approval: the signature does not fit what it signs"
    assert open_archive(life.folder(A), vault=life.vault).manifest.revision == 1


def test_a_review_waits_for_a_human_and_nothing_goes(tmp_path: Path) -> None:
    life = begin(tmp_path)
    life.add(A, {("events", "ann"): [event(1, "ann")]}, action=Ending.REVIEW)
    decided = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    assert (decided.items, decided.is_due) == ([], True)
    assert [(d.archive, d.data_type, d.action) for d in decided.decisions] == [
        (A, "events", "review")
    ]
    key = custodian(life, "second")
    path = saved(life, LAST_DAY, action=Ending.DESTROY)
    terms.shorten(life.store, life.vault, path, approval=signature(key, path), now=NOW)
    decided = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    assert ([item.archive for item in decided.items], decided.decisions) == ([A], [])


def test_an_archive_to_be_lowered_goes_when_a_lower_one_is_there(tmp_path: Path) -> None:
    life = begin(tmp_path)
    rows = {("events", "ann"): [event(1, "ann")]}
    later = LAST_DAY + timedelta(days=900)
    life.add(A, rows, action=Ending.DOWNGRADE, policy=policy_text("keep"), bundle="b" * 64)
    life.add("20261120-same", rows, last=later, policy=policy_text("keep"), bundle="b" * 64)
    life.add("20261120-else", rows, last=later, policy=policy_text("pseudonymize"))
    decided = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    assert (decided.items, [d.action for d in decided.decisions]) == ([], [Ending.DOWNGRADE])
    life.add("20261120-less", rows, last=later, policy=policy_text("pseudonymize"), bundle="b" * 64)
    decided = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    assert [(item.archive, item.why) for item in decided.items] == [(A, sweep_items.REPLACED)]
    path = tmp_path / "p.json"
    plans.save(decided, path)
    assert sweep.apply(life.store, life.vault, path, as_of=DUE, now=NOW).destroyed is not None
    assert A not in life.archives()


def test_a_raw_bundle_that_was_archived_is_listed(life: Life, tmp_path: Path) -> None:
    from archive_tool.bundle import open_bundle

    (tmp_path / "raw").mkdir()
    raw = write_form(small_study(), "array", tmp_path / "raw")
    with open_bundle([raw]) as bundle:
        digest = bundle.digest()

    def listed() -> sweep_plan.SweepPlan:
        return sweep_plan.plan(life.store, life.vault, as_of=NOW, now=NOW, bundles=[raw])

    assert [(b.number, b.archives) for b in listed().bundles] == [(1, [])]
    assert not listed().is_due
    life.add("20261120-raw", {("events", "bob"): [event(1, "bob")]}, bundle=digest)
    assert [b.archives for b in listed().bundles] == [["20261120-raw"]]
    assert listed().is_due
    with pytest.raises(BundleError):
        sweep_plan.plan(life.store, life.vault, as_of=NOW, now=NOW, bundles=[tmp_path / "nowhere"])


def test_an_older_revision_lacks_only_changes_of_dates_that_came_after_it(life: Life) -> None:
    """One that was put back and has the newest dates is swept by them."""
    later = terms.plan(
        life.store, life.vault, A, until=LAST_DAY.replace(year=2050), reason="r", now=NOW
    )
    assert terms.extend(life.store, life.vault, later, now=NOW).revision == 2
    records = audit.read(life.store)
    assert [terms.changed_since(records, A, revision) for revision in (1, 2, 3)] == [
        True, False, False,
    ]  # fmt: skip
    assert not terms.changed_since(records, B, 1)
