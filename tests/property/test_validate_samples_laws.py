"""Laws of what is known beyond single rows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.findings import FindingLog
from archive_tool.validation import Checks
from archive_tool.validation.view import View
from tests.support.canonical import batch, census, part
from tests.support.checking import AS_OF, Evidence, row, stamp

TYPE = "ratings/continuous"
words = st.sampled_from(["a", "b", "c", None])


def rating(number, person, onset, room="room1", component="c1"):
    """One sample."""
    return row(
        TYPE, ratingId=f"r{number}", participantId=person, roomId=room, componentId=component,
        onset=onset, timestamp=stamp(onset),
    )  # fmt: skip


def surveyed(rows, cuts=()):
    """Survey and findings over all rows, cut into batches."""
    log = FindingLog()
    checks = Checks(log, as_of=AS_OF)
    parts = [part(TYPE, len(rows))]
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    for start, end in pairwise(edges):
        checks.add(batch(TYPE, rows[start:end], start=start))
    evidence = Evidence(accepted=frozenset(), declined=frozenset())
    survey = checks.finish(census({TYPE: rows}), [], parts, consent=evidence)
    whole = [f for f in log if f.file is None]
    return survey, whole


onsets = st.lists(
    st.integers(0, 400).map(lambda step: step * 250), min_size=1, max_size=120, unique=True
)


@settings(max_examples=40, deadline=None)
@given(one=onsets, other=onsets, cuts=st.lists(st.integers(0, 200), max_size=3), data=st.data())
def test_samples_do_not_depend_on_order_or_cuts(one, other, cuts, data):
    rows = [rating(f"1{at}", "p1", at) for at in one] + [rating(f"2{at}", "p2", at) for at in other]
    shuffled = data.draw(st.permutations(rows))
    assert surveyed(shuffled, cuts) == surveyed(rows)


@settings(max_examples=40, deadline=None)
@given(one=onsets, times=st.integers(1, 3))
def test_overlapping_downloads_change_no_sample(one, times):
    rows = [rating(at, "p1", at) for at in one]
    once, again = surveyed(rows)[0], surveyed(rows * times)[0]
    assert again.pictures.samples == once.pictures.samples


@settings(max_examples=40, deadline=None)
@given(
    interval=st.sampled_from([100, 250, 500]),
    first=st.integers(30, 60),
    missing=st.integers(1, 50),
    last=st.integers(30, 60),
)
def test_a_dropout_is_found_with_its_length(interval, first, missing, last):
    steps = [*range(first), *range(first + missing, first + missing + last)]
    survey, _ = surveyed([rating(n, "p1", n * interval) for n in steps])
    length = (missing + 1) * interval
    is_gap = length > 1000 and missing > 2
    (one,) = survey.pictures.samples.components
    assert (one.gaps, one.longest_ms) == ((1, length) if is_gap else (0, 0))
    assert one.received == first + last
    assert one.expected == first + last + (missing if is_gap else 0)


@settings(max_examples=40, deadline=None)
@given(one=onsets, other=onsets)
def test_no_more_is_received_than_expected(one, other):
    rows = [rating(f"1{at}", "p1", at) for at in one] + [rating(f"2{at}", "p2", at) for at in other]
    survey, _ = surveyed(rows)
    assert all(0 < c.received <= c.expected for c in survey.pictures.samples.components)
    assert sum(c.received for c in survey.pictures.samples.components) == len(rows)
    assert sum(sum(c.counts) + c.outside for c in survey.pictures.coverage) == len(rows)


@settings(max_examples=60, deadline=None)
@given(
    data_type=st.sampled_from([TYPE, "events", "chat", "sync"]),
    places=st.lists(st.tuples(words, words, words), min_size=1, max_size=40),
)
def test_groups_hold_every_row_once_and_in_order(data_type, places):
    subject = BY_NAME[data_type].subject
    rows = [
        row(data_type, **{"roomId": room, subject: person, "componentId": component})
        for room, person, component in places
    ]
    groups = View.of(batch(data_type, rows), as_of=AS_OF).groups
    order = groups.sort(np.arange(len(rows)))
    assert sorted(order.tolist()) == list(range(len(rows)))
    assert len(groups.names) == len(set(groups.names))
    for name, start, end in groups:
        mine = order[start:end].tolist()
        assert mine == sorted(mine)
        for place in mine:
            room, person, component = (word or "" for word in places[place])
            assert (name.room, name.person) == (room, person)
            assert name.component == (component if data_type == TYPE else "")
