"""The pictures of the report: timelines, matrix, coverage, drift; bounded, and without ids."""

from __future__ import annotations

import msgspec
import pytest

from archive_tool.model.bundle import Page
from archive_tool.model.findings import FindingLog
from archive_tool.model.pictures import (
    MOST_BINS,
    MOST_COMPONENTS,
    MOST_GAPS,
    MOST_LANES,
    MOST_MATRIX_ROWS,
    MOST_ROOMS,
    Bar,
    DriftBands,
    Lane,
    RoomTimeline,
)
from archive_tool.validation import Checks
from tests.support.canonical import census, part
from tests.support.checking import AS_OF, findings_and_survey, row, stamp

SECRET = "canary"


def survey_of(rows, **known):
    """What is known besides findings."""
    return findings_and_survey(rows, **known)[1]


def event(person, at, room="room1"):
    """One event."""
    return row(
        "events", id=f"{person}{at}{room}", participantId=person, roomId=room, onset=at,
        timestamp=stamp(at),
    )  # fmt: skip


def rating(person, at, room="room1"):
    """One rating."""
    return row(
        "ratings/continuous", ratingId=f"{person}{at}", participantId=person, roomId=room, onset=at,
        timestamp=stamp(at or 0), componentId="c1",
    )  # fmt: skip


def test_a_timeline_has_a_lane_per_person_and_a_bar_per_type():
    steps = [t for t in range(0, 20_000, 250) if not 5000 < t < 8000]
    rows = {
        "events": [event("p1", -5000), event("p1", 30_000), event("p2", 0)],
        "recordings": [
            row("recordings", participantId="p2", startTime=stamp(1000), endTime=stamp(9000))
        ],
        "ratings/continuous": [rating("p1", t) for t in steps],
    }
    (room,) = survey_of(rows).pictures.timelines
    assert room == RoomTimeline(
        room="R01",
        start_ms=-5000,
        end_ms=30_000,
        lanes=(
            Lane(
                person="P01",
                is_agent=False,
                bars=(
                    Bar(data_type="events", first_ms=-5000, last_ms=30_000, rows=2),
                    Bar(
                        data_type="ratings/continuous",
                        first_ms=0,
                        last_ms=20_000,
                        rows=len(steps),
                        gaps=((5000, 8000),),
                    ),
                ),
            ),
            Lane(
                person="P02",
                is_agent=False,
                bars=(
                    Bar(data_type="events", first_ms=0, last_ms=0, rows=1),
                    Bar(data_type="recordings", first_ms=1000, last_ms=9000, rows=1),
                ),
            ),
        ),
    )


def test_rooms_are_numbered_by_time_and_people_by_room():
    late, early = event("a", 0, room="room-a"), event("b", 0, room="room-b")
    early["timestamp"] = stamp(-9_000_000)
    survey = survey_of({"events": [late, early]})
    assert survey.labels.rooms == {"R01": "room-b", "R02": "room-a"}
    assert survey.labels.people == {"P01": "b", "P02": "a"}
    assert (survey.people, survey.rooms, survey.experiments, survey.agents) == (2, 2, 1, 0)


def test_agents_are_marked_and_not_counted_as_people():
    roster = [{"participantId": "p2", "isAgent": True}]
    survey = survey_of({"events": [event("p1", 0), event("p2", 0)]}, roster=roster)
    assert (survey.people, survey.agents) == (1, 1)
    assert [(r.person, r.is_agent) for r in survey.pictures.availability.rows] == [
        ("P01", False),
        ("P02", True),
    ]


def test_people_without_a_room_and_rooms_without_people_are_counted():
    rows = {"events": [event("p1", 0), event("p2", 0, room=None), event(None, 0, room="room2")]}
    survey = survey_of(rows)
    (events, *_) = survey.overview
    assert (survey.people, survey.rooms) == (events.people, events.rooms) == (2, 2)
    assert [one.person for one in survey.pictures.consent.people] == ["P01", "P02"]


def test_of_many_components_the_first_are_listed():
    rows = [{**rating("p1", 0), "ratingId": f"r{n}", "componentId": f"c{n:03}"} for n in range(100)]
    samples = survey_of({"ratings/continuous": rows}).pictures.samples
    listed = [f"C{number:02}" for number in range(1, MOST_COMPONENTS + 1)]
    assert [one.component for one in samples.components] == listed
    assert samples.omitted == 100 - MOST_COMPONENTS


def test_only_tables_that_are_archived_can_lack_a_total():
    parts = [
        part("chat", 1),
        part("chat", 1, order=1, page=Page(total=1)),
        part("chat", 1, order=2, page=Page(returned=1)),
        part("rooms", 5, order=3),
    ]
    survey = Checks(FindingLog(), as_of=AS_OF).finish(census({}), [], parts)
    assert [n.why for n in survey.not_checked if n.what == "whether tables are whole"] == [
        "2 of 3 tables carry no totals, as in CSV and bare arrays"
    ]


def test_everything_is_bounded_and_says_what_it_leaves_out():
    events = [event(f"p{n}", n, room=f"room{n}") for n in range(MOST_MATRIX_ROWS + 20)]
    events += [event(f"q{n}", n, room="room0") for n in range(MOST_LANES + 20)]
    ratings, at = [], 0
    for number in range(3 * (MOST_GAPS + 5)):
        ratings.append(rating("p0", at, room="room0"))
        at += 250 if number % 3 else 2000 + number
    survey = survey_of({"events": events, "ratings/continuous": ratings})
    assert len(survey.pictures.timelines) == MOST_ROOMS
    assert survey.pictures.timelines_omitted == MOST_MATRIX_ROWS + 20 - MOST_ROOMS
    first = survey.pictures.timelines[0]
    assert (len(first.lanes), first.lanes_omitted) == (MOST_LANES, 21)
    (bar,) = [b for b in first.lanes[0].bars if b.data_type == "ratings/continuous"]
    assert (len(bar.gaps), bar.gaps_omitted) == (MOST_GAPS, 5)
    assert bar.gaps == tuple(sorted(bar.gaps))
    assert min(end - start for start, end in bar.gaps) == 3000
    assert len(survey.pictures.availability.rows) == MOST_MATRIX_ROWS
    assert survey.pictures.availability.omitted == len(events) - MOST_MATRIX_ROWS
    assert len(survey.pictures.consent.people) == MOST_MATRIX_ROWS
    assert survey.pictures.consent.omitted == len(events) - MOST_MATRIX_ROWS
    assert survey.pictures.consent.unknown == len(events)


@pytest.mark.parametrize("length", [1, 60, 3600, 80_000])
def test_coverage_counts_every_rating_in_few_bins(length):
    rows = [rating("p1", at) for at in range(-2000, length * 1000, length * 20)]
    rows += [rating("p1", 1e9), rating("p2", None)]
    (picture,) = survey_of({"ratings/continuous": rows}).pictures.coverage
    assert sum(picture.counts) == len(rows) - 2
    assert picture.outside == 2
    assert 0 < len(picture.counts) <= MOST_BINS
    assert picture.start_ms <= -2000 < picture.start_ms + picture.bin_ms


def test_drift_is_counted_in_bands_and_bins():
    drifts = [0, 99.9, -99.9, 100, -500, 500.1, -9999, None]
    rows = [
        row("sync", metricId=f"y{n}", onset=n, timeDrift=drift, roomId=f"room{n == 3}")
        for n, drift in enumerate(drifts)
    ]
    drift = survey_of({"sync": rows}).pictures.drift
    assert drift.total == DriftBands(room="", below_100=3, to_500=2, above_500=2)
    assert sum(drift.counts) == 7
    assert len(drift.counts) == len(drift.edges_ms) + 1
    assert drift.counts[0] == 1
    assert drift.counts[drift.edges_ms.index(0) + 1] == 1
    assert [(b.room, b.rows) for b in drift.rooms] == [("R01", 6), ("R02", 1)]


def test_without_sync_there_is_no_drift():
    assert survey_of({"events": [event("p1", 0)]}).pictures.drift is None


def test_no_picture_holds_an_id():
    marked = {
        "participantId": f"{SECRET}-p",
        "roomId": f"{SECRET}-r",
        "experimentId": f"{SECRET}-x",
    }
    rows = {
        "events": [row("events", onset=1, eventType=SECRET, componentType=SECRET, **marked)],
        "ratings/continuous": [
            row("ratings/continuous", ratingId=f"{n}", onset=n, componentId=SECRET, **marked)
            for n in range(30)
        ],
        "sync": [row("sync", onset=1, timeDrift=5, **marked)],
    }
    survey = survey_of(rows, declined={f"{SECRET}-p"})
    shown = msgspec.to_builtins(survey)
    labels = shown.pop("labels")
    assert SECRET not in str(shown)
    assert SECRET in str(labels)
    assert SECRET not in repr(survey)


def test_people_of_several_rooms_are_numbered_by_the_first():
    first, second, other = (
        event("z", 0, room="room1"),
        event("z", 9_000_000, room="room2"),
        event("a", 9_000_000, room="room2"),
    )
    assert survey_of({"events": [second, other, first]}).labels.people == {"P01": "z", "P02": "a"}


def rated(person, at, component):
    """Ratings of one component."""
    return [{**rating(person, t), "componentId": component} for t in at]


def holes(*rows):
    """Holes in the lines of the people of one room."""
    (room,) = survey_of(
        {"ratings/continuous": [r for some in rows for r in some]}
    ).pictures.timelines
    return [bar.gaps for lane in room.lanes for bar in lane.bars]


def test_a_pause_between_two_ratings_is_no_hole_in_a_line():
    twice = [*range(0, 10_000, 250), *range(70_000, 80_000, 250)]
    assert holes(rated("p1", twice, "c1"), rated("p2", twice, "c1")) == [(), ()]
    broken = [at for at in twice if not 3000 < at < 6000]
    assert holes(rated("p1", broken, "c1"), rated("p2", twice, "c1")) == [((3000, 6000),), ()]


def test_time_between_two_components_is_no_hole_in_a_line():
    first, second = range(0, 10_000, 250), range(30_000, 40_000, 250)
    broken = [at for at in first if not 3000 < at < 6000]
    assert holes(rated("p1", broken, "c1"), rated("p1", second, "c2")) == [((3000, 6000),)]


def test_a_gap_that_another_component_fills_is_no_hole_in_a_line():
    broken = [at for at in range(0, 20_000, 250) if not 3000 < at < 9000]
    assert holes(rated("p1", broken, "c1"), rated("p1", [5000], "c2")) == [
        ((3000, 5000), (5000, 9000))
    ]
    assert holes(rated("p1", broken, "c1"), rated("p1", range(3000, 9000, 250), "c2")) == [()]


def test_no_offset_of_a_cell_is_in_a_timeline():
    rows = {"events": [event("p1", -123_457), event("p1", 815_756)]}
    (room,) = survey_of(rows).pictures.timelines
    assert "123457" not in str(room)
    assert (room.start_ms, room.end_ms) == (-124_000, 816_000)


@pytest.mark.parametrize("beside", [None, 10_000])
def test_a_recording_without_a_length_lasts_from_its_start_to_its_end(beside):
    rows = [
        row(
            "recordings",
            recordingId=person,
            participantId=person,
            startTime=stamp(2000),
            endTime=stamp(50_000),
            videoOffset=2000,
            duration=duration,
        )
        for person, duration in (("p1", None), ("p2", beside))
    ]
    (room,) = survey_of({"recordings": rows}).pictures.timelines
    (bar,) = room.lanes[0].bars
    assert (bar.first_ms, bar.last_ms) == (2000, 50_000)


def test_a_recording_that_ends_before_its_start_is_drawn_at_its_start():
    recording = row("recordings", startTime=stamp(600_000), endTime=stamp(1000), participantId="p1")
    rows = {"events": [event("p1", 0)], "recordings": [recording]}
    (room,) = survey_of(rows).pictures.timelines
    (_, bar) = room.lanes[0].bars
    assert (bar.first_ms, bar.last_ms) == (600_000, 600_000)


def test_what_lies_days_away_is_not_drawn():
    rows = {"events": [event("p1", 0), event("p2", 815_700_756)]}
    (room,) = survey_of(rows).pictures.timelines
    assert [len(lane.bars) for lane in room.lanes] == [1, 0]
    assert (room.start_ms, room.end_ms) == (0, 0)


def test_a_bar_ends_where_the_picture_ends():
    rows = {"events": [event("p1", 0), event("p1", 815_700_756)]}
    (room,) = survey_of(rows).pictures.timelines
    assert (room.start_ms, room.end_ms) == (0, 86_400_000)
