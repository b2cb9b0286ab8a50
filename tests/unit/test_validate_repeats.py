"""Rows that say the same within a second."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from archive_tool.model.findings import FindingLog, Rows, Severity
from archive_tool.validation import Checks
from tests.support.canonical import batch, census, part
from tests.support.checking import AS_OF, findings_of, row, stamp

MESSAGE = "rows say the same within a second under different ids"


def told(data_type, *rows):
    """Rows that are said to be repeated."""
    found = [f for f in findings_of(data_type, *rows) if f.code == "ROWS-REPEATED"]
    assert all((f.severity, f.message) == (Severity.WARNING, MESSAGE) for f in found)
    return [f.rows for f in found]


def answer(number, at, **fields):
    """An answer in events."""
    shown = {"eventType": "component.response", "componentId": "c1", "response": {"value": 7}}
    return row(
        "events", **{"id": f"e{number}", "timestamp": stamp(at), "onset": at} | shown | fields
    )


def test_one_answer_as_three_events_is_counted_twice():
    rows = [answer(1, 0), answer(2, 10), answer(3, 900), answer(4, 5000)]
    assert told("events", *rows) == [Rows(count=2, of=4, first=(2, 3))]


@pytest.mark.parametrize(
    "other",
    [
        {"response": {"value": 8}},
        {"participantId": "p2"},
        {"componentId": "c2"},
        {"roomId": "room2"},
        {"id": "e1"},
        {"participantId": None},
    ],
)
def test_rows_that_differ_or_are_copies_are_no_burst(other):
    assert told("events", answer(1, 0), answer(2, 10, **other)) == []


@pytest.mark.parametrize("kind", ["scanner_pulse", "trigger", "media.seek", "sync.metrics"])
def test_events_that_come_in_bursts_by_nature_are_left_alone(kind):
    assert told("events", answer(1, 0, eventType=kind), answer(2, 10, eventType=kind)) == []


def test_sync_metrics_of_one_instant_are_counted_and_a_steady_clock_is_not():
    def metric(number, at):
        return row("sync", metricId=f"s{number}", timestamp=stamp(at), onset=at, timeDrift=-20.0)

    assert told("sync", *(metric(n, 500 * n) for n in range(4))) == []
    rows = [metric(0, 0), metric(1, 0), metric(2, 500)]
    assert told("sync", *rows) == [Rows(count=1, of=3, first=(2,))]


def test_a_second_apart_is_no_more_than_a_second():
    assert told("events", answer(1, 0), answer(2, 1000)) == [Rows(count=1, of=2, first=(2,))]
    assert told("events", answer(1, 0), answer(2, 1001)) == []


def test_rows_of_nobody_repeat_nobody():
    assert told("events", answer(1, 0, participantId=None), answer(2, 1, participantId=None)) == []
    chat = [row("chat", messageId=f"m{n}", senderId=None, content="hi") for n in range(2)]
    assert told("chat", *chat) == []
    sync = [row("sync", metricId=f"y{n}", participantId=None, onset=1) for n in range(2)]
    assert told("sync", *sync) == []
    nobody = sample(1, 0, participantId=None), sample(2, 0, participantId=None)
    assert told("ratings/continuous", *nobody) == []
    assert across_the_end("ratings/continuous", *nobody) == []


def test_messages_sent_twice_are_counted():
    rows = [row("chat", messageId=f"m{n}", content="hello", timestamp=stamp(n)) for n in range(3)]
    assert told("chat", *rows) == [Rows(count=2, of=3, first=(2, 3))]


def test_sparse_ratings_given_twice_are_counted():
    rows = [
        row("ratings/sparse", ratingId=f"s{n}", componentId="c1", value=7, timestamp=stamp(n))
        for n in range(2)
    ]
    assert told("ratings/sparse", *rows) == [Rows(count=1, of=2, first=(2,))]


def sample(number, onset, **fields):
    """A continuous rating."""
    own = {"ratingId": f"r{number}", "onset": onset, "componentId": "c1"}
    return row("ratings/continuous", **own | fields)


def test_two_samples_at_one_instant_are_counted():
    rows = [sample(1, 0), sample(2, 250), sample(3, 250), sample(4, 500)]
    assert told("ratings/continuous", *rows) == [Rows(count=1, of=4, first=(3,))]


@pytest.mark.parametrize(
    "other", [{"participantId": "p2"}, {"componentId": "c2"}, {"ratingId": "r1"}]
)
def test_samples_of_others_at_the_same_instant_are_fine(other):
    assert told("ratings/continuous", sample(1, 0), sample(2, 0, **other)) == []


def across_the_end(data_type, *rows):
    """Findings of one file whose rows come in a batch each."""
    log = FindingLog()
    checks = Checks(log, as_of=AS_OF)
    for number, each in enumerate(rows):
        checks.add(batch(data_type, [each], start=number))
    checks.finish(census({data_type: rows}), [], [part(data_type, len(rows))])
    return [(f.code, f.rows) for f in log if f.code in {"ROWS-REPEATED", "ONSET-ORDER"}]


def test_a_burst_across_the_ends_of_batches_is_counted_once():
    rows = [answer(1, 0), answer(2, 10), answer(3, 900), answer(4, 5000)]
    assert across_the_end("events", *rows) == [("ROWS-REPEATED", Rows(count=2, of=4, first=(2, 3)))]


def test_a_burst_that_comes_backwards_across_the_end_of_a_batch_is_counted():
    assert across_the_end("events", answer(1, 900), answer(2, 0)) == [
        ("ROWS-REPEATED", Rows(count=1, of=2, first=(1,)))
    ]


def test_two_samples_of_an_instant_across_the_end_of_a_batch_are_counted():
    rows = [
        row("ratings/continuous", ratingId=f"c{n}", componentId="k1", onset=250, value=n)
        for n in range(2)
    ]
    assert across_the_end("ratings/continuous", *rows) == [
        ("ROWS-REPEATED", Rows(count=1, of=2, first=(2,)))
    ]


def test_a_copy_of_a_sample_across_the_end_of_a_batch_is_none():
    assert across_the_end("ratings/continuous", sample(1, 250), sample(1, 250)) == []


def test_two_files_may_hold_samples_of_one_instant():
    for first, then in (([sample(1, 0)], [sample(2, 0)]), ([], [sample(1, 0), sample(2, 5)])):
        log = FindingLog()
        checks = Checks(log, as_of=AS_OF)
        files = [first, then] if first else [then[:1], then[1:]]
        for order, rows in enumerate(files):
            checks.add(batch("ratings/continuous", rows, order=order))
        parts = [part("ratings/continuous", len(rows), order=n) for n, rows in enumerate(files)]
        checks.finish(census({"ratings/continuous": [*first, *then]}), [], parts)
        assert not {"ROWS-REPEATED", "ONSET-ORDER"} & {one.code for one in log}


def test_rows_of_two_files_in_one_batch_do_not_follow_each_other():
    rows = [sample(1, 60_000, timestamp=stamp(0)), sample(2, 60_000, timestamp=stamp(1))]
    rows += [sample(3, 0, timestamp=stamp(250))]
    files = [batch("ratings/continuous", [one], order=n) for n, one in enumerate(rows)]
    table = pa.concat_tables([one.table for one in files]).unify_dictionaries()
    log = FindingLog()
    checks = Checks(log, as_of=AS_OF)
    checks.add(replace(files[0], table=table))
    parts = [part("ratings/continuous", 1, order=n) for n in range(len(rows))]
    checks.finish(census({"ratings/continuous": rows}), [], parts)
    assert not {"ROWS-REPEATED", "ONSET-ORDER"} & {one.code for one in log}


def test_an_onset_that_goes_back_across_the_end_of_a_batch_is_seen():
    rows = [
        row("ratings/continuous", ratingId="c1", onset=60_000, timestamp=stamp(0)),
        row("ratings/continuous", ratingId="c2", onset=0, timestamp=stamp(250)),
    ]
    assert across_the_end("ratings/continuous", *rows) == [
        ("ONSET-ORDER", Rows(count=1, of=2, first=(2,)))
    ]
