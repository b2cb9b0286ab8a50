"""Continuous ratings as samples: intervals, gaps, what is expected, unequal partners."""

from __future__ import annotations

import pytest

from archive_tool.model.findings import Rows, Severity
from tests.support.checking import findings_and_survey, row, stamp

TYPE = "ratings/continuous"
SAID = "continuous ratings have gaps"


def series(onsets, person="p1", component="c1", room="room1"):
    """Ratings of one person at some onsets."""
    return [
        row(
            TYPE,
            ratingId=f"{room}{person}{component}{onset}",
            participantId=person,
            roomId=room,
            componentId=component,
            onset=onset,
            timestamp=stamp(onset),
        )
        for onset in onsets
    ]


def told(*rows):
    """Code, message and rows of what is said of samples; and the samples of the survey."""
    found, survey = findings_and_survey({TYPE: [r for some in rows for r in some]})
    said = [(f.code, f.message, f.rows) for f in found if f.code.startswith("RATINGS-")]
    return said, survey.pictures.samples.components


STEADY = range(0, 25_000, 250)


def test_a_steady_series_is_whole():
    said, components = told(series(STEADY))
    assert said == []
    (one,) = components
    assert (one.component, one.people, one.received, one.expected) == ("C01", 1, 100, 100)
    assert (one.gaps, one.longest_ms) == (0, 0)


def test_a_dropout_is_a_gap_with_its_length():
    said, components = told(series([t for t in STEADY if not 10_000 < t < 15_000]))
    assert said == [
        ("RATINGS-GAPS", f"{SAID} (1, 5.0 s in all, the longest 5.0 s)", Rows(count=1, of=1)),
        (
            "RATINGS-SAMPLES-MISSING",
            "fewer rating samples than expected (81 of 100 expected samples)",
            Rows(count=1, of=1),
        ),
    ]
    (one,) = components
    assert (one.received, one.expected, one.gaps, one.longest_ms) == (81, 100, 1, 5000)


def test_a_single_late_sample_is_no_gap():
    said, _ = told(series([t for t in STEADY if t != 10_000]))
    assert said == []


def test_a_long_silence_of_everybody_is_a_pause_between_two_ratings():
    twice = [*range(0, 25_000, 250), *range(90_000, 115_000, 250)]
    said, components = told(series(twice), series(twice, person="p2"))
    assert said == []
    assert components[0].expected == components[0].received == 400


def test_a_long_silence_is_a_gap_while_a_partner_goes_on():
    whole = range(0, 120_000, 250)
    said, _ = told(
        series(whole), series([t for t in whole if not 30_000 < t < 90_000], person="p2")
    )
    assert said == [
        ("RATINGS-GAPS", f"{SAID} (1, 60.0 s in all, the longest 60.0 s)", Rows(count=1, of=2)),
        (
            "RATINGS-SAMPLES-MISSING",
            "fewer rating samples than expected (241 of 480 expected samples)",
            Rows(count=1, of=2),
        ),
    ]


@pytest.mark.parametrize("interval", [50, 1000])
def test_an_unusual_interval_is_told(interval):
    said, _ = told(series(range(0, 60 * interval, interval)))
    assert said == [
        (
            "RATINGS-INTERVAL",
            "continuous ratings are sampled at an unusual interval",
            Rows(count=1, of=1),
        )
    ]


@pytest.mark.parametrize("interval", [100, 250, 500])
def test_the_documented_intervals_are_usual(interval):
    said, _ = told(series(range(0, 60 * interval, interval)))
    assert said == []


def test_a_second_is_no_gap_where_samples_are_half_a_second_apart():
    slow = [t + (900 if t > 10_000 else 0) for t in range(0, 25_000, 500)]
    assert told(series(slow))[0] == []


def test_nine_tenths_of_the_samples_are_enough():
    said, components = told(series([t for t in STEADY if not 10_000 < t < 12_600]))
    assert [code for code, *_ in said] == ["RATINGS-GAPS"]
    assert [(one.received, one.expected) for one in components] == [(90, 100)]


def test_a_single_sample_of_a_partner_ends_no_pause():
    early, late = range(0, 10_000, 250), range(70_000, 80_000, 250)
    both = [series([*early, *late]), series([*early, 40_000, *late], person="p2")]
    assert told(*both)[0] == []


def test_the_usual_interval_is_the_median_of_an_even_number_too():
    onsets = [sum(([70, 100] * 10)[:n]) for n in range(21)]
    assert [code for code, *_ in told(series(onsets))[0]] == ["RATINGS-INTERVAL"]


def test_a_partner_with_half_of_the_samples_or_of_few_is_not_counted():
    assert told(series(range(0, 10_000, 250)), series(range(0, 5_000, 250), person="p2"))[0] == []
    assert told(series(range(0, 4_000, 250)), series([0], person="p2"))[0] == []


def test_too_few_samples_have_no_usual_interval():
    said, components = told(series([0, 10_000, 50_000]))
    assert said == []
    assert components[0].expected == 3


def test_a_partner_with_less_than_half_of_the_samples_is_counted():
    said, _ = told(series(STEADY), series(range(0, 12_000, 250), person="p2"))
    assert said == [
        (
            "RATINGS-PARTNERS-UNEQUAL",
            "people have less than half of their partner's rating samples",
            Rows(count=1, of=2),
        )
    ]


def test_copies_of_a_sample_count_once():
    _, components = told(series(STEADY), series(STEADY))
    assert components[0].received == 100


def test_components_are_apart():
    _, components = told(series(STEADY), series(STEADY, component="c2"))
    assert [one.component for one in components] == ["C01", "C02"]
    assert [one.received for one in components] == [100, 100]


def test_without_onsets_times_are_used():
    rows = series([t for t in STEADY if not 10_000 < t < 15_000])
    for one in rows:
        del one["onset"]
    said, _ = told(rows)
    assert [code for code, _, _ in said] == ["RATINGS-GAPS", "RATINGS-SAMPLES-MISSING"]


@pytest.mark.parametrize("partner", ["room1", "room2"])
def test_times_are_used_in_rooms_without_onsets_whatever_lies_in_others(partner):
    rows = series([t for t in STEADY if not 10_000 < t < 15_000])
    for one in rows:
        del one["onset"]
    _, components = told(rows, series(STEADY, "p2", "c2", partner))
    received = (
        81 if partner == "room2" else 0
    )  # in one room clocks and onsets have different starts
    assert [one.received for one in components] == [received, 100]


@pytest.mark.parametrize("first", [None, "1970-01-01T00:00:00Z"])
def test_a_first_row_without_a_time_hides_no_samples(first):
    rows = series(STEADY)
    for one in rows:
        del one["onset"]
    rows[0]["timestamp"] = first
    _, (one,) = told(rows)
    assert one.received == 99


def test_gaps_that_times_tell_lie_where_the_session_has_them():
    rows = series([60_000 + t for t in STEADY if not 10_000 < t < 15_000])
    for one in rows:
        del one["onset"]
    start = row("events", onset=0, timestamp=stamp(0))
    _, survey = findings_and_survey({"events": [start], TYPE: rows})
    (lane,) = survey.pictures.timelines[0].lanes
    assert [bar.gaps for bar in lane.bars] == [(), ((70_000, 75_000),)]


@pytest.mark.parametrize("far", [1.5e9, 2e9, 3e9])
def test_onsets_weeks_away_are_no_samples(far):
    said, components = told(series([*STEADY, -far, far]))
    assert [code for code, _, _ in said] == []
    (one,) = components
    assert (one.received, one.expected, one.gaps) == (100, 100, 0)


def test_agents_who_rate_are_no_people():
    rows = [*series(STEADY), *series(STEADY, "bot")]
    roster = [{"participantId": "bot", "isAgent": True}]
    _, survey = findings_and_survey({TYPE: rows}, roster=roster)
    (one,) = survey.pictures.samples.components
    assert (one.people, one.received) == (1, 200)


def test_gaps_are_warnings():
    found, _ = findings_and_survey(
        {TYPE: series([*range(0, 9000, 250), *range(12_000, 19_000, 250)])}
    )
    assert {f.severity for f in found if f.code == "RATINGS-GAPS"} == {Severity.WARNING}
