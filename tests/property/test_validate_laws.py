"""Laws of validation."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.model.findings import FindingLog, Severity
from archive_tool.schemas.frames import words
from archive_tool.validation import Checks
from tests.support.canonical import batch, census, part
from tests.support.checking import AS_OF, findings_of, row, stamp

TYPE = "ratings/continuous"

numbers = st.one_of(st.none(), st.floats(-200, 200), st.sampled_from([0.0, 1.0, -1.0, 100.0]))
ratings = st.lists(
    st.fixed_dictionaries(
        {
            "participantId": st.sampled_from(["p1", "p2"]),
            "roomId": st.sampled_from(["room1", "room2", None]),
            "onset": st.one_of(st.none(), st.integers(-60_000, 60_000)),
            "rawValue": numbers,
            "normalizedValue": numbers,
            "scaleMin": numbers,
            "scaleMax": numbers,
        }
    ),
    min_size=1,
    max_size=30,
)


SAID = {
    "events": ("id", {"eventType": "component.response", "response": {"value": 7}}),
    "chat": ("messageId", {"content": "hello"}),
    "ratings/sparse": ("ratingId", {"value": 7}),
    "ratings/continuous": ("ratingId", {"value": 7}),
}
"""Record id, and what a row says."""

bursts = st.lists(
    st.tuples(
        st.sampled_from(["p1", "p1", "p1", "p2", None]),
        st.sampled_from([0, 400, 0, 1600, 5000, None]),
        st.sampled_from([0, 5000, 0, 5000, None]),
    ),
    min_size=1,
    max_size=12,
)
"""Person, ms of the timestamp, onset."""


def checked(rows, cuts=(), data_type=TYPE):
    """Findings of one file of rows, cut into batches."""
    log = FindingLog()
    checks = Checks(log, as_of=AS_OF)
    parts = [part(data_type, len(rows))]
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    for start, end in pairwise(edges):
        checks.add(batch(data_type, rows[start:end], start=start))
    checks.finish(census({data_type: rows}), [], parts)
    return list(log)


@settings(max_examples=40, deadline=None)
@given(rows=ratings, cuts=st.lists(st.integers(0, 30), max_size=3))
def test_findings_do_not_depend_on_how_rows_are_cut(rows, cuts):
    whole = [row(TYPE, **fields) for fields in rows]
    assert checked(whole, cuts) == checked(whole)


@settings(max_examples=60, deadline=None)
@given(
    data_type=st.sampled_from(sorted(SAID)),
    rows=bursts,
    cuts=st.one_of(st.just(range(12)), st.lists(st.integers(0, 12), max_size=4)),
)
def test_order_and_bursts_do_not_depend_on_how_rows_are_cut(data_type, rows, cuts):
    record, says = SAID[data_type]
    subject = "senderId" if data_type == "chat" else "participantId"
    whole = [
        row(
            data_type,
            **says,
            **{
                record: f"r{number}",
                subject: person,
                "timestamp": None if time is None else stamp(time),
                "onset": onset,
            },
        )
        for number, (person, time, onset) in enumerate(rows)
    ]
    assert checked(whole, cuts, data_type) == checked(whole, data_type=data_type)


@settings(max_examples=40, deadline=None)
@given(rows=ratings)
def test_counts_are_those_of_a_loop_over_rows(rows):
    found = {
        (f.code, f.column): f.rows.count
        for f in findings_of(TYPE, *(row(TYPE, **fields) for fields in rows))
    }
    outside = sum(1 for r in rows if (v := r["normalizedValue"]) is not None and not 0 <= v <= 1)
    off = sum(
        1
        for r in rows
        if None not in (r["rawValue"], r["scaleMin"], r["scaleMax"])
        and r["scaleMin"] < r["scaleMax"]
        and not r["scaleMin"] <= r["rawValue"] <= r["scaleMax"]
    )
    assert found.get(("VALUE-OUT-OF-RANGE", "normalizedValue"), 0) == outside
    assert found.get(("RATINGS-OUT-OF-SCALE", "rawValue"), 0) == off


@settings(max_examples=40, deadline=None)
@given(
    share=st.lists(st.floats(0, 1), min_size=1, max_size=20),
    low=st.integers(-100, 50),
    width=st.integers(1, 200),
)
def test_a_rating_on_its_scale_is_never_an_error(share, low, width):
    rows = [
        row(TYPE, value=s, normalizedValue=s, rawValue=raw, scaleMin=low, scaleMax=low + width)
        for s in share
        for raw in [min(max(low + s * width, low), low + width)]
    ]
    assert [f for f in findings_of(TYPE, *rows) if f.severity is Severity.ERROR] == []


@settings(max_examples=40, deadline=None)
@given(text=st.text(min_size=4, max_size=300))
def test_no_finding_holds_what_was_written(text):
    marked = f"⟦{text}⟧"
    chat = row("chat", content=marked, messageType=marked, senderName=marked, messageId=marked)
    event = row("events", category=marked, componentType=marked, participantRole=marked)
    for data_type, one in (("chat", chat), ("events", event)):
        assert "⟦" not in repr(findings_of(data_type, one))


@given(label=st.text())
def test_folding_a_word_twice_is_folding_it_once(label):
    assert words(words(label)) == words(label)
