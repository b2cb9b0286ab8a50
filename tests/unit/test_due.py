"""What is due on a day: a pure function of an archive's terms, its neighbours and that day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import msgspec
import pytest

from archive_tool.lifecycle.catalogue import Entry, Overview, Term
from archive_tool.lifecycle.dates import due
from archive_tool.lifecycle.planning import sweep_items
from archive_tool.model.archive import PolicyStamp
from archive_tool.model.policy import Ending

LAST: Final = date(2030, 6, 30)
NEXT: Final = LAST + timedelta(days=1)
LESSER: Final = PolicyStamp(name="aggregate-only", version="1", digest="lesser")
NOWHERE: Final = Path("/nowhere")


def entry(action: str, *, until: date | None = None, **more: object) -> Entry:
    """An archive of chat that is kept until LAST; of what is made of it then, ``until``."""
    term = Term(
        data_type="chat",
        destroy_after=LAST,
        basis="session-end",
        action=action,
        lesser_until=until,
    )
    own = Entry(
        archive_id="A",
        seal="",
        stated="",
        terms=[term],
        types=["chat"],
        files={"chat": 1},
        bytes=1,
        aggregate=False,
        revision=1,
        newest=1,
        bundle="bundle",
        source="",
        policy="policy",
        lesser=None if until is None else LESSER,
        erased_here=0,
        named_here=0,
    )
    return msgspec.structs.replace(own, **more)


def going(one: Entry, day: date, *others: Entry) -> list[str]:
    overview = Overview(entries=(one, *others), foreign=0)
    return [item.data_type for item in due.going(NOWHERE, one, overview, day)]


@pytest.mark.parametrize("ending", Ending)
def test_whatever_is_past_its_date_goes_or_somebody_is_asked(ending: Ending) -> None:
    one = entry(ending)
    gone = due.going(NOWHERE, one, Overview(entries=(one,), foreign=0), NEXT)
    asked = due.undecided(one, gone, NEXT)
    assert [item.action for item in (*gone, *asked)] == [ending]
    assert all(item.what for item in asked)


def test_the_last_day_is_a_day_on_which_it_may_be_there() -> None:
    assert going(entry("destroy"), LAST) == []
    (gone,) = due.going(NOWHERE, entry("destroy"), Overview(entries=(), foreign=0), NEXT)
    assert (gone.data_type, gone.since, gone.action) == ("chat", NEXT, "destroy")


def test_a_date_beyond_the_calendar_never_comes() -> None:
    assert due.since(date.max) == date.max


@pytest.mark.parametrize("action", ["review", "downgrade"])
def test_what_waits_for_a_human_waits_from_the_day_after_the_last(action: str) -> None:
    one = entry(action)
    assert due.undecided(one, [], LAST) == []
    (waiting,) = due.undecided(one, [], NEXT)
    assert (waiting.data_type, waiting.since, waiting.action) == ("chat", NEXT, action)
    assert going(one, NEXT) == []


def test_what_is_lowered_goes_on_the_day_after_the_last() -> None:
    one = entry("downgrade", until=LAST + timedelta(days=100))
    assert going(one, LAST) == []
    assert going(one, NEXT) == ["chat"]


@pytest.mark.parametrize(("days", "made"), [(99, True), (100, True), (101, False)])
def test_what_tells_less_is_made_as_long_as_it_may_be_kept(days: int, made: bool) -> None:
    one = entry("downgrade", until=LAST + timedelta(days=100))
    day = LAST + timedelta(days=days)
    gone = due.going(NOWHERE, one, Overview(entries=(one,), foreign=0), day)
    assert due.to_make(one, gone, day) is made


@pytest.mark.parametrize(("days", "goes"), [(100, False), (101, True)])
def test_an_older_revision_goes_only_when_nothing_has_time_left(days: int, goes: bool) -> None:
    """Nothing is made of it, so it waits as long as what tells less could be kept."""
    one = entry("downgrade", until=LAST + timedelta(days=100), newest=2)
    assert bool(going(one, LAST + timedelta(days=days))) is goes
    made = entry("destroy", archive_id="B", policy=LESSER.digest)
    assert going(one, NEXT, made) == ["chat"]


@pytest.mark.parametrize(
    "other",
    [
        {"archive_id": "B", "policy": LESSER.digest, "bundle": "another"},
        {"archive_id": "B", "policy": "another"},
        {"archive_id": "A", "policy": LESSER.digest},
        {"archive_id": "B", "policy": LESSER.digest, "source": "C"},
    ],
)
def test_only_an_archive_of_the_same_bundle_under_the_named_policy_stands_for_it(
    other: dict[str, str],
) -> None:
    one = entry("downgrade", until=LAST + timedelta(days=100))
    overview = Overview(entries=(one, entry("destroy", **other)), foreign=0)
    assert due.made_under(LESSER.digest, one, overview) == ()


@pytest.mark.parametrize(
    ("types", "whole"),
    [
        (["chat"], True),
        (["chat", "aggregates/talk"], True),
        (["chat", "events"], False),  # nobody said until when events are kept
    ],
)
def test_an_archive_goes_as_a_whole_only_when_all_of_it_has_a_date_that_is_past(
    types: list[str], whole: bool
) -> None:
    one = entry("destroy", types=types)
    gone = due.going(NOWHERE, one, Overview(entries=(one,), foreign=0), NEXT)
    assert sweep_items._is_all(one, gone) is whole
    assert sweep_items._is_all(one, []) is False
