"""Recordings and chat."""

from __future__ import annotations

import pytest

from archive_tool.model.findings import Rows, Severity
from tests.support.checking import findings_of, row


def recording(start="10:00:00", end="10:15:00", **fields):
    times = {"startTime": f"2026-04-01T{start}Z", "endTime": f"2026-04-01T{end}Z"}
    return row("recordings", **{**times, **fields})


def said(found):
    return [(f.code, f.severity, f.column, f.message, f.check, f.rows) for f in found]


@pytest.mark.parametrize("duration", [900_000, 899_100, 905_000, None])
def test_a_duration_near_the_times_is_good(duration):
    assert findings_of("recordings", recording(duration=duration)) == []


@pytest.mark.parametrize("duration", [0, 900, 950_000])
def test_a_duration_in_another_unit_is_a_warning(duration):
    assert said(findings_of("recordings", recording(duration=duration))) == [
        (
            "DURATION-MISMATCH",
            Severity.WARNING,
            "duration",
            "the duration is not the time between start and end",
            "duration = endTime - startTime",
            Rows(count=1, of=1, first=(1,)),
        )
    ]


def test_the_end_before_the_start_is_an_error():
    assert said(findings_of("recordings", recording(end="09:59:59", duration=5))) == [
        (
            "TIME-REVERSED",
            Severity.ERROR,
            "endTime",
            "the end lies before the start",
            "startTime <= endTime",
            Rows(count=1, of=1, first=(1,)),
        )
    ]


@pytest.mark.parametrize("status", ["completed", "Complete", None])
def test_a_recording_that_is_finished_is_good(status):
    assert findings_of("recordings", recording(status=status)) == []


@pytest.mark.parametrize("status", ["failed", "active", "INTERRUPTED"])
def test_a_recording_that_failed_or_still_runs_is_a_warning(status):
    rows = [recording(recordingId="r0", status="complete"), recording(status=status, endTime=None)]
    assert said(findings_of("recordings", *rows)) == [
        (
            "RECORDINGS-UNFINISHED",
            Severity.WARNING,
            "status",
            "a recording failed, or was not finished when its row was downloaded",
            "completed",
            Rows(count=1, of=2, first=(2,)),
        )
    ]


def test_a_running_recording_has_no_end():
    assert findings_of("recordings", recording(endTime=None, duration=5)) == []


def test_a_recording_of_nobody_is_a_warning():
    assert said(findings_of("recordings", recording(), recording(participantId=None))) == [
        (
            "RECORDINGS-WITHOUT-PERSON",
            Severity.WARNING,
            "participantId",
            "a recording belongs to nobody",
            "a person",
            Rows(count=1, of=2, first=(2,)),
        )
    ]


def test_a_recording_of_several_people_is_a_warning():
    both = recording(metadata={"recordingType": "composite", "type": "video"})
    one = recording(metadata={"recordingType": "individual", "type": "video"})
    assert said(findings_of("recordings", one, both)) == [
        (
            "RECORDINGS-COMPOSITE",
            Severity.WARNING,
            "metadata",
            "a recording shows several people",
            "one person",
            Rows(count=1, of=2, first=(2,)),
        )
    ]


def test_deleted_messages_are_counted():
    rows = [row("chat", deleted=True), row("chat", deleted=False), row("chat")]
    assert said(findings_of("chat", *rows)) == [
        (
            "CHAT-DELETED",
            Severity.NOTE,
            "deleted",
            "a message was deleted by its sender",
            "not deleted",
            Rows(count=1, of=3, first=(1,)),
        )
    ]
