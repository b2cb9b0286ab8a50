"""Downgrades: what tells less is made, under the policy that was named, before what tells more goes."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import ArchiveToolError, DisclosureError, PlanError
from archive_tool.keys import Vault
from archive_tool.lifecycle import certificates
from archive_tool.lifecycle.applying import sweep
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.planning import sweep_items
from archive_tool.model.archive import PolicyStamp
from archive_tool.policy import load_policy, parse, policy_text
from archive_tool.report.plans import sweep_text
from tests.support.breaking import Killed
from tests.support.commands import command
from tests.support.lowering import (
    LATER,
    THEN,
    applied,
    bundle,
    coding,
    planned,
    policy,
    stored,
    text,
)
from tests.support.pipelines import NOW, Lab, lab
from tests.support.refusing import problem

if TYPE_CHECKING:
    from archive_tool.pipeline.created import Created

LESS = load_policy("aggregate-only")


@cache
def _made() -> tuple[Lab, Created]:
    """A study that was archived with ids."""
    made = lab(Path(tempfile.mkdtemp(prefix="downgrade-template-")))
    return made, made.create(bundle(), policy=policy())


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    return lab(tmp_path)


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Lab, Created]:
    made, created = _made()
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    own = Lab(folder=tmp_path, vault=Vault.open(tmp_path / "vault"))
    return own, replace(created, path=own.store / "archives" / created.archive_id)


def said(own: Lab) -> list[tuple[str, str]]:
    return [(record.event, record.phase) for record in audit.read(own.store)]


def test_what_tells_less_is_made_first_and_the_certificate_names_it(
    kept: tuple[Lab, Created],
) -> None:
    own, made = kept
    (item,) = planned(own).items
    assert (item.archive, item.whole, item.why, item.lesser, item.successors) == (
        made.archive_id, True, sweep_items.LOWERED,
        PolicyStamp(name=LESS.name, version=LESS.version, digest=LESS.digest), [],
    )  # fmt: skip
    done = applied(own)
    assert done is not None
    (name,) = stored(own)
    assert name != made.archive_id
    vault = Vault.open(own.vault.folder)
    less = open_archive(own.store / "archives" / name, vault=vault)
    assert less.manifest.aggregate
    assert less.manifest.created == LATER  # not the day to come that the sweep asked about
    assert less.manifest.source is not None
    assert less.manifest.source.archive_id == made.archive_id
    assert verify(own.store, vault=vault).archives[0].archive_id == name
    body = certificates.read(done.certificate, signer=vault.public_key)
    assert [(a["id"], a["successors"]) for a in body["archives"]] == [(made.archive_id, [name])]
    assert f"see archive {name}" in done.certificate.with_suffix(".html").read_text()
    assert said(own)[2:] == [
        ("downgrade", "intent"), ("create", "intent"), ("create", "done"), ("downgrade", "done"),
        ("sweep", "intent"), ("sweep", "done"),
    ]  # fmt: skip
    made = [r.detail["made"] for r in audit.read(own.store) if "made" in r.detail]
    assert made == [[name]]
    assert planned(own).items == []


def test_the_tables_are_those_of_the_bundle(kept: tuple[Lab, Created], tmp_path: Path) -> None:
    own, _ = kept
    planned(own)
    applied(own)
    other = lab(tmp_path / "other")
    straight = other.open(other.create(bundle(), policy=LESS))
    less = open_archive(own.store / "archives" / stored(own)[0], vault=Vault.open(own.vault.folder))
    assert less.types() == straight.types()
    for name in straight.types():
        assert less.read(name).equals(straight.read(name)), name


def test_the_policy_lies_in_the_archive_and_needs_no_file_later_on(own: Lab) -> None:
    less = own.folder / "less.toml"
    less.write_text(policy_text("aggregate-only").replace('"aggregate-only"', '"mine"', 1))
    (own.folder / "board.toml").write_text(text("less.toml"))
    kept = own.create(bundle(), policy=load_policy(own.folder / "board.toml"))
    less.unlink()
    (item,) = planned(own).items
    assert item.lesser is not None
    assert item.lesser.name == "mine"
    assert applied(own) is not None
    assert kept.archive_id not in stored(own)


def test_nothing_is_made_under_hold(kept: tuple[Lab, Created]) -> None:
    own, made = kept
    holds.place(own.store, reason="r", owner="o", archives=[made.archive_id], now=NOW)
    planned(own)
    problem(ArchiveToolError, lambda: applied(own))
    assert stored(own) == [made.archive_id]


def test_a_sweep_that_makes_nothing_destroys_nothing(kept: tuple[Lab, Created]) -> None:
    own, made = kept
    planned(own)
    vault = Vault.open(own.vault.folder)
    path = own.folder / "sweep.json"
    call = lambda: sweep.apply(own.store, vault, path, as_of=THEN, now=LATER)  # noqa: E731
    assert problem(PlanError, call) == "plan: an archive that tells less has to be made first"
    assert stored(own) == [made.archive_id]


def test_a_refused_making_destroys_nothing_and_is_said(kept: tuple[Lab, Created]) -> None:
    own, made = kept
    planned(own)
    refusal = DisclosureError("refused", where="gate")
    with patch("archive_tool.pipeline.create.create", side_effect=refusal):
        assert problem(DisclosureError, lambda: applied(own)) == "gate: refused"
    assert stored(own) == [made.archive_id]
    assert said(own)[2:] == [("downgrade", "intent"), ("downgrade", "undone")]
    assert applied(own) is not None  # nothing of the plan was done
    assert made.archive_id not in stored(own)


def test_killed_before_the_destruction_the_same_plan_makes_nothing_twice(
    kept: tuple[Lab, Created],
) -> None:
    own, made = kept
    planned(own)
    with patch.object(sweep, "apply", side_effect=Killed), pytest.raises(Killed):
        applied(own)
    (less,) = set(stored(own)) - {made.archive_id}
    done = applied(own)
    assert done is not None
    assert done.work.tasks[0].successors == [less]
    assert stored(own) == [less]
    assert said(own).count(("downgrade", "done")) == 1


def test_one_that_was_made_by_hand_counts(kept: tuple[Lab, Created]) -> None:
    own, made = kept
    by_hand = own.create(made.path, policy=LESS)
    (item,) = (i for i in planned(own).items if i.archive == made.archive_id)
    assert (item.why, item.lesser, item.successors) == (
        sweep_items.REPLACED, None, [by_hand.archive_id],
    )  # fmt: skip


def test_past_both_dates_it_is_only_destroyed(kept: tuple[Lab, Created]) -> None:
    own, _ = kept
    very_late = NOW + timedelta(days=30 * 365)
    (item,) = planned(own, as_of=very_late).items
    assert (item.why, item.lesser) == (sweep_items.PAST, None)
    assert applied(own, as_of=very_late) is not None
    assert stored(own) == []


def test_types_that_end_for_good_are_not_taken_over(own: Lab) -> None:
    more = '\n[retention.types.chat]\nperiod = "P3Y"\naction = "destroy"\n'
    own.create(bundle(), policy=policy(more=more))
    (item,) = planned(own).items
    assert item.whole
    applied(own)
    less = open_archive(own.store / "archives" / stored(own)[0], vault=Vault.open(own.vault.folder))
    assert not [name for name in less.types() if "chat" in name]
    assert [name for name in less.types() if "events" in name]


def test_types_with_time_left_stay_in_both(own: Lab) -> None:
    more = '\n[retention.types.chat]\nperiod = "P5Y"\n'
    kept = own.create(bundle(), policy=policy(more=more))
    (item,) = planned(own).items
    assert not item.whole
    applied(own)
    assert len(stored(own)) == 2
    left = open_archive(kept.path, vault=Vault.open(own.vault.folder))
    assert left.types() == ("chat",)
    late = NOW + timedelta(days=6 * 365)
    (item,) = (i for i in planned(own, as_of=late).items if i.archive == kept.archive_id)
    assert (item.why, item.lesser, len(item.successors)) == (sweep_items.REPLACED, None, 1)


def test_dates_of_clocks_that_a_rule_made_coarser_count_from_the_same_days(own: Lab) -> None:
    rule = '\n[fields."*"]\ntimestamp = { action = "generalize", to = "month" }\n'
    made = own.create(bundle(), policy=parse(policy_text("keep") + rule, where="coarse"))
    less = own.create(made.path, policy=load_policy("pseudonymize"))
    ends = {name: term.destroy_after for name, term in made.retention.items()}
    assert {name: term.destroy_after for name, term in less.retention.items()} == ends
    assert all(last.day > 1 for last in ends.values())


def test_codes_become_summaries_when_their_time_is_over(own: Lab) -> None:
    made = own.create(bundle(), policy=coding())
    assert made.retention["chat"].lesser_until is not None
    places = ["--store", own.store, "--vault", own.vault.folder, "--as-of", f"{THEN:%Y-%m-%d}"]
    plan = own.folder / "plan.json"
    shown = command("sweep", *places, "--plan", plan)
    assert f"made first of {made.archive_id}: an archive under policy aggregate-only" in shown.out
    done = command("sweep", *places, "--apply", plan, "--json")
    assert done.code == 0, done.err
    (name,) = stored(own)
    assert [item["successors"] for item in done.json["destroyed"]] == [[name]]
    vault = Vault.open(own.vault.folder)
    less = open_archive(own.store / "archives" / name, vault=vault).manifest
    assert less.aggregate
    assert less.source is not None
    assert less.source.archive_id == made.archive_id
    assert less.retention["chat"].destroy_after == made.retention["chat"].lesser_until
    assert verify(own.store, vault=vault).archives[0].archive_id == name
    assert planned(own).items == []


def test_summaries_made_by_hand_stand_for_codes(own: Lab) -> None:
    made = own.create(bundle(), policy=coding())
    by_hand = own.create(made.path, policy=LESS)
    (item,) = (i for i in planned(own).items if i.archive == made.archive_id)
    assert (item.why, item.successors) == (sweep_items.REPLACED, [by_hand.archive_id])


def test_an_archive_whose_policy_named_a_file_of_names_is_read_again(own: Lab) -> None:
    (own.folder / "names.txt").write_text("Dr Example\n")
    (own.folder / "board.toml").write_text(
        policy_text("keep") + '\n[text]\nnames_file = "names.txt"\n'
    )
    kept = own.create(bundle(), policy=load_policy(own.folder / "board.toml"))
    assert own.create(kept.path, policy=LESS).source == kept.archive_id


def test_the_command_says_what_it_makes_and_made(kept: tuple[Lab, Created], tmp_path: Path) -> None:
    own, made = kept
    places = ["--store", own.store, "--vault", own.vault.folder, "--as-of", f"{THEN:%Y-%m-%d}"]
    plan = tmp_path / "plan.json"
    shown = command("sweep", *places, "--plan", plan)
    assert (
        f"made first of {made.archive_id}: an archive under policy aggregate-only "
        f"{LESS.version}, {LESS.digest[:12]}\n"
    ) in shown.out
    done = command("sweep", *places, "--apply", plan, "--json")
    assert done.code == 0, done.err
    (item,) = done.json["destroyed"]
    assert item["successors"] == stored(own)
    assert json.loads(Path(done.json["certificate"]).read_text())["archives"][0]["successors"]


def test_nothing_is_made_of_what_a_hold_keeps_and_the_plan_does_not_say_so(
    kept: tuple[Lab, Created],
) -> None:
    own, made = kept
    holds.place(own.store, reason="r", owner="o", archives=[made.archive_id], now=NOW)
    other = own.create(bundle(), policy=policy())
    plan = planned(own)
    told = [line for line in sweep_text(plan).splitlines() if line.startswith("made first of ")]
    assert [line.split(":")[0] for line in told] == [f"made first of {other.archive_id}"]
    applied(own)
    (less,) = set(stored(own)) - {made.archive_id}
    assert open_archive(own.store / "archives" / less).manifest.aggregate


def test_dates_can_be_lengthened_without_losing_what_comes_then(kept: tuple[Lab, Created]) -> None:
    from archive_tool.lifecycle.dates import terms

    own, made = kept
    vault = Vault.open(own.vault.folder)
    change = terms.plan(
        own.store, vault, made.archive_id, until=date(2031, 1, 1), reason="r", now=NOW
    )
    terms.extend(own.store, vault, change, now=NOW)
    after = open_archive(made.path, vault=vault).manifest.retention
    assert {term.lesser_until for term in after.values()} == {
        term.lesser_until for term in made.retention.values()
    }


def test_info_and_policy_check_know_of_it(kept: tuple[Lab, Created], tmp_path: Path) -> None:
    own, made = kept
    assert command("info", made.path, "--json").json["archives"][0]["downgrade_to"] == {
        "name": LESS.name, "version": LESS.version, "digest": LESS.digest,
    }  # fmt: skip
    said = f"  becomes   what policy aggregate-only leaves ({LESS.digest[:12]}), when its time is over\n"
    assert said in command("info", made.path).out
    less = own.create(made.path, policy=LESS)
    assert f"  made of   archive {made.archive_id}\n" in command("info", less.path).out
    (tmp_path / "board.toml").write_text(text("nowhere.toml"))
    refused = command("policy", "check", tmp_path / "board.toml")
    assert (refused.code, "nowhere.toml: no such policy or file" in refused.err) == (13, True)


def test_a_refused_making_does_not_keep_the_rest(kept: tuple[Lab, Created]) -> None:
    own, made = kept
    text = policy_text("keep").replace("P10Y", "P3Y")
    other = own.create(bundle(), policy=parse(text.replace("session-end", "archiving"), where="t"))
    places = ["--store", own.store, "--vault", own.vault.folder, "--as-of", f"{THEN:%Y-%m-%d}"]
    plan = own.folder / "plan.json"
    assert command("sweep", *places, "--plan", plan).code == 0
    refusal = DisclosureError("refused", where="gate")
    with patch("archive_tool.pipeline.create.create", side_effect=refusal):
        ran = command("sweep", *places, "--apply", plan)
    assert (ran.code, stored(own)) == (18, [made.archive_id])
    assert ran.out.endswith(f"\nnot lowered: {made.archive_id}: gate: refused\n")
    assert "destroyed 1 archive, parts of 0 archives" in ran.out
    assert other.archive_id not in stored(own)
    (item,) = planned(own).items
    assert item.lesser is not None


def test_nothing_is_made_of_an_older_revision(kept: tuple[Lab, Created]) -> None:
    own, _ = kept
    vault = Vault.open(own.vault.folder)
    vault.note_revision(stored(own)[0], 3)
    vault.save(NOW)
    found = planned(own)
    assert found.items == []
    assert {decision.action for decision in found.decisions} == {"restored", "downgrade"}
