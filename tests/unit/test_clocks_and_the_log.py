"""A clock that is wrong: what the audit log knows of the time, and the way on after one was ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from archive_tool.errors import RetentionError, UsageError
from archive_tool.lifecycle.applying import erase, sweep
from archive_tool.lifecycle.audit_log import audit, clocks, recording
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.planning import erase_plan, sweep_plan
from archive_tool.report.plans import sweep_text
from tests.support.archives import NOW
from tests.support.lives import Life, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.lifecycle.planning.sweep_plan import SweepPlan

A = "20261120-aaa"
AHEAD = NOW.replace(year=2031)
LATER = NOW + timedelta(days=1)
BEHIND = "clock: the clock runs behind the plan or the audit log"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def planned(life: Life, now: datetime, as_of: datetime | None = None) -> SweepPlan:
    return sweep_plan.plan(life.store, life.vault, as_of=as_of or now, now=now)


def erased(life: Life) -> int:
    to_erase = erase_plan.plan(life.store, life.vault, ["ann"], now=LATER)
    return erase.apply(life.store, life.vault, to_erase, now=LATER).work.people


def test_a_line_of_a_clock_that_was_ahead_keeps_a_withdrawal_waiting_until_that_is_said(
    life: Life,
) -> None:
    hold = holds.place(life.store, reason="r", owner="o", archives=[A], now=AHEAD)
    holds.release(life.store, hold.id, reason="r", now=AHEAD)
    with pytest.raises(RetentionError) as caught:
        erased(life)
    assert str(caught.value) == BEHIND
    last = audit.read(life.store)[-1]
    assert caught.value.hint.startswith(f"line {last.line} of the log is of 2031-11-20 12:00 UTC: ")
    assert caught.value.hint.endswith("say so: archive-tool audit acknowledge --reason TEXT")
    line = clocks.acknowledge(life.store, life.vault, reason=" a laptop ", now=LATER)
    assert line.detail == {"lines": 4, "reason": "a laptop"}
    assert erased(life) == 1
    assert audit.verify(life.store, vault=life.vault).records[line.line - 1] == line


def test_a_moment_that_a_script_gave_proves_no_clock_to_be_wrong(life: Life) -> None:
    for event in (recording.CREATE, recording.EXTRACT):
        audit.append(life.store, event, detail={"archive": A}, now=AHEAD)
    assert erased(life) == 1


def test_it_is_said_once_and_of_the_lines_before_it(life: Life) -> None:
    said = "audit log: no line is later than the clock of this machine"
    nothing = lambda: clocks.acknowledge(life.store, life.vault, reason="r", now=LATER)  # noqa: E731
    assert problem(UsageError, nothing) == said
    audit.append(life.store, "access", now=AHEAD)
    clocks.acknowledge(life.store, life.vault, reason="r", now=LATER)
    assert problem(UsageError, nothing) == said
    audit.append(life.store, "access", now=AHEAD)
    assert problem(RetentionError, lambda: erased(life)) == BEHIND


def test_what_was_said_under_a_clock_that_was_ahead_brings_no_older_line_back(life: Life) -> None:
    audit.append(life.store, "access", now=AHEAD)
    audit.append(life.store, "access", now=AHEAD.replace(year=2033))
    clocks.acknowledge(life.store, life.vault, reason="r", now=AHEAD.replace(year=2032))
    line = clocks.acknowledge(life.store, life.vault, reason="all of it", now=LATER)
    assert line.detail["lines"] == 2
    assert erased(life) == 1


def test_a_clock_that_runs_back_is_still_refused_after_that(life: Life) -> None:
    audit.append(life.store, "access", now=AHEAD)
    clocks.acknowledge(life.store, life.vault, reason="r", now=LATER)
    before = LATER - timedelta(hours=2)
    plan = planned(life, before)
    said = problem(
        RetentionError, lambda: sweep.apply(life.store, life.vault, plan, as_of=before, now=before)
    )
    assert said == BEHIND


def test_a_plan_of_a_machine_that_is_a_little_ahead_is_taken(life: Life) -> None:
    plan = planned(life, LATER + timedelta(seconds=90))
    done = sweep.apply(life.store, life.vault, plan, as_of=LATER, now=LATER)
    assert done.destroyed is None


def test_a_clock_that_jumped_ahead_is_told_of_before_anything_goes(life: Life) -> None:
    assert planned(life, NOW + timedelta(days=366)).newest_line is None
    plan = planned(life, AHEAD)
    assert plan.newest_line == audit.read(life.store)[-1].time
    assert plan.ready
    assert sweep_text(plan).splitlines()[-1] == (
        "look at the clock of this machine: it says 2031-11-20, and the newest line of the audit log "
        "is of 2026-11-20"
    )
    assert not plan.is_behind


def test_whoever_looks_ahead_by_a_day_that_is_given_is_not_asked_for_the_clock(life: Life) -> None:
    plan = planned(life, LATER, as_of=AHEAD)
    assert plan.ready
    assert plan.newest_line is None
    assert "clock" not in sweep_text(plan)


def test_a_clock_that_was_set_back_is_told_of_though_nothing_seems_due(life: Life) -> None:
    plan = planned(life, NOW.replace(year=1970))
    assert plan.is_behind
    assert not plan.is_due
    assert sweep_text(plan).endswith("if it is right now: archive-tool audit acknowledge")
    given = planned(life, NOW.replace(year=1970), as_of=AHEAD)
    assert not given.is_behind  # whoever gives the day has a calendar


def test_a_store_without_a_line_says_nothing_of_the_clock() -> None:
    assert clocks.doubt([], NOW) is None
