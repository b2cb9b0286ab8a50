"""Plausible times, order, zeros, clock correction."""

from __future__ import annotations

import pytest

from archive_tool.model.findings import Rows, Severity
from tests.support.checking import codes, findings, findings_of, row


def rated(second: int, onset: float, **fields):
    return row(
        "ratings/continuous", timestamp=f"2026-04-01T10:00:{second:02}Z", onset=onset, **fields
    )


@pytest.mark.parametrize(
    ("when", "check"),
    [
        ("1970-01-01T00:00:01Z", "2015-01-01 <= timestamp"),
        ("2014-12-31T23:59:59Z", "2015-01-01 <= timestamp"),
        ("2026-11-02T00:00:01Z", "timestamp <= day of validation"),
    ],
)
def test_times_that_cannot_be(when, check):
    found = findings_of("events", row("events"), row("events", timestamp=when))
    assert [(f.code, f.severity, f.message, f.check, f.rows) for f in found] == [
        (
            "TIME-IMPLAUSIBLE",
            Severity.ERROR,
            "a time lies before 2015 or in the future",
            check,
            Rows(count=1, of=2, first=(2,)),
        )
    ]


@pytest.mark.parametrize("when", ["2015-01-01T00:00:00Z", "2026-11-02T00:00:00Z"])
def test_the_ends_of_the_window_are_inside(when):
    assert findings_of("events", row("events", timestamp=when)) == []


def test_the_last_moment_is_inside_beside_one_that_is_not():
    rows = [row("events", timestamp=f"2026-11-02T00:00:0{second}Z") for second in (0, 1)]
    (found,) = findings_of("events", *rows)
    assert found.rows == Rows(count=1, of=2, first=(2,))


def test_the_participants_own_clock_may_be_wrong():
    (found,) = findings_of("events", row("events", clientTimestamp="1970-01-01T00:00:00Z"))
    assert (found.code, found.severity) == ("TIME-IMPLAUSIBLE", Severity.WARNING)


def test_negative_onsets_are_normal():
    rows = [
        row("events", timestamp="2024-10-20T14:29:55.000Z", onset=-5000),
        row("events", timestamp="2024-10-20T14:30:10.500Z", onset=10500),
    ]
    assert findings_of("events", *rows) == []


def test_onset_going_back_while_time_goes_on_is_a_warning():
    rows = [rated(1, 1000), rated(2, 2000), rated(3, 500), rated(4, 1500)]
    found = findings_of("ratings/continuous", *rows)
    assert [(f.code, f.severity, f.message, f.check, f.rows) for f in found] == [
        (
            "ONSET-ORDER",
            Severity.WARNING,
            "onset and timestamp run in opposite directions",
            "onset grows with timestamp per participant and room",
            Rows(count=1, of=4, first=(3,)),
        )
    ]


def test_steps_below_a_second_are_in_order_either_way():
    rows = [rated(1, 1000), rated(2, 1250), rated(3, 1400), rated(2, 1600), rated(3, 1100)]
    assert findings_of("ratings/continuous", *rows) == []


def test_descending_files_and_interleaved_people_are_in_order():
    rows = [
        rated(s, s * 1000, participantId=person) for s in (9, 7, 3, 1) for person in ("p1", "p2")
    ]
    assert findings_of("ratings/continuous", *rows) == []


def test_a_file_that_counts_down_with_an_onset_that_grows_is_a_warning():
    rows = [rated(9, 9000), rated(7, 7000), rated(6, 8500), rated(1, 1000)]
    found = {one.code: one.rows for one in findings_of("ratings/continuous", *rows)}
    assert found["ONSET-ORDER"] == Rows(count=1, of=4, first=(3,))


def test_rows_of_nobody_have_no_order():
    rows = [rated(1, 60_000, participantId=None), rated(2, 0, participantId=None)]
    assert "ONSET-ORDER" not in {one.code for one in findings_of("ratings/continuous", *rows)}


def test_people_are_compared_with_themselves_only():
    rows = [rated(1, 1000), rated(2, -900, participantId="p2")]
    assert "ONSET-ORDER" not in [
        code for code, _ in codes(findings_of("ratings/continuous", *rows))
    ]


def test_another_zero_than_the_room_is_a_warning_with_the_shift():
    many = [rated(s, s * 1000) for s in range(10)]
    event = row("events", timestamp="2026-04-01T10:00:45.123Z", onset=5000)
    found = [f for f in findings({"ratings/continuous": many, "events": [event]}) if f.file]
    assert [(f.code, f.severity, f.data_type, f.message, f.column, f.rows) for f in found] == [
        (
            "ONSET-ZERO",
            Severity.WARNING,
            "events",
            "timestamp and onset put the start elsewhere than the rest of the room (by 40 s)",
            "onset",
            Rows(count=1, of=1, first=(1,)),
        )
    ]


@pytest.mark.parametrize("when", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_says_nothing_about_order_or_zero(when):
    rows = [rated(1, 1000), rated(2, 2000), {**rated(3, 3000), "timestamp": when}]
    assert [code for code, _ in codes(findings_of("ratings/continuous", *rows))] == [
        "TIME-IMPLAUSIBLE"
    ]


def test_a_zero_of_another_day_says_no_more_than_that():
    rows = [rated(s, s * 1000) for s in range(3)]
    rows.append({**rated(3, 3000), "timestamp": "2026-05-09T10:00:00Z"})
    (found,) = findings_of("ratings/continuous", *rows)
    assert found.message == (
        "timestamp and onset put the start elsewhere than the rest of the room (by more than a day)"
    )


def test_every_room_has_its_own_zero():
    rows = [rated(s, s * 1000) for s in range(5)]
    rows += [rated(s, s * 1000 - 30_000, roomId="room2") for s in range(5)]
    assert findings_of("ratings/continuous", *rows) == []


def test_two_seconds_around_the_zero_are_tolerated():
    rows = [rated(s, s * 1000 + shift) for s, shift in enumerate((0, 1900, -1900, 0))]
    assert "ONSET-ZERO" not in [code for code, _ in codes(findings_of("ratings/continuous", *rows))]


@pytest.mark.parametrize("turn", range(4))
def test_the_zero_of_a_room_does_not_depend_on_the_order_of_its_rows(turn):
    shifts = [0, 1000, 1000, 4000]
    rows = [rated(30 + place, place * 1000 - s) for place, s in enumerate(shifts)]
    rows = [*rows[turn:], *rows[:turn]]
    (found,) = [f for f in findings_of("ratings/continuous", *rows) if f.code == "ONSET-ZERO"]
    assert found.rows.count == 1
    assert found.message.endswith("(by 3 s)")


def test_onsets_without_any_common_zero_are_scattered():
    rows = [rated(30, -i * 10_000) for i in range(400)]
    (found,) = [f for f in findings_of("ratings/continuous", *rows) if f.code == "ONSET-ZERO"]
    assert found.rows == Rows(count=399, of=400, first=(2, 3, 4, 5, 6))


def test_recordings_start_where_the_room_starts():
    recording = row("recordings", startTime="2026-04-01T10:00:20Z", videoOffset=5000)
    found = findings({"ratings/continuous": [rated(1, 1000)] * 3, "recordings": [recording]})
    assert [(f.code, f.column, f.check) for f in found if f.file] == [
        ("ONSET-ZERO", "videoOffset", "startTime - videoOffset is the start of the room")
    ]


@pytest.mark.parametrize("onset", [31 * 86_400_000, -31 * 86_400_000])
def test_onsets_of_months_are_in_the_wrong_unit(onset):
    found = findings_of("events", row("events", onset=onset))
    assert ("ONSET-IMPLAUSIBLE", "onset") in codes(found)


def test_onset_follows_from_the_raw_onset():
    good = row("events", onset=8500, rawOnset=8520, clockOffsetApplied=20)
    bad = {**good, "clockOffsetApplied": 22}
    assert findings_of("events", good) == []
    found = findings_of("events", good, bad)
    assert [(f.code, f.message, f.check, f.rows) for f in found] == [
        (
            "CLOCK-CORRECTION",
            "onset is not the raw onset less the clock correction",
            "onset = rawOnset - clockOffsetApplied",
            Rows(count=1, of=2, first=(2,)),
        )
    ]
