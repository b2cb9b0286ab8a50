"""Recordings against sessions, media files and signed addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive_tool.model.bundle import FileKind, SourceFile
from archive_tool.model.findings import Rows, Severity
from tests.support.checking import findings_and_survey, row, stamp


def recording(name="rec_1", **fields):
    """A finished recording of ten seconds, two seconds into the session."""
    times = {"startTime": stamp(2000), "endTime": stamp(12_000), "videoOffset": 2000}
    return row(
        "recordings",
        **{"recordingId": name, "status": "completed", "fileSize": 88} | times | fields,
    )


def media(*names, size=88):
    """Media files of a bundle."""
    return [
        SourceFile(label=f"F{i:03}", path=name, size=size, kind=FileKind.MEDIA)
        for i, name in enumerate(names, start=10)
    ]


def told(rows, *files, code, **known):
    """What a bundle is told of one kind."""
    events = [row("events", id=f"e{at}", onset=at, timestamp=stamp(at)) for at in (0, 60_000)]
    found, _ = findings_and_survey({"events": events, "recordings": rows}, media=files, **known)
    return [(f.severity, f.file, f.column, f.message, f.rows) for f in found if f.code == code]


@pytest.mark.parametrize(
    "path",
    [
        "rec_1.mp4",
        "export.zip!/recordings/Marlene Brandstetter_video_rec_1.mp4",
        "a/unknown_recording_REC_1.webm",
        "a/P_video_rec_1 (1).mp4",
        "a/P_video_rec_1 - Copy.mp4",
        "a/P_video_rec_1 copy 2.mp4",
        "egress_7.mp4",
        "a/the file.mp4",
    ],
)
def test_a_media_file_is_found_by_the_end_of_its_name(path):
    rows = [recording(egressId="egress_7", fileName="The File.mp4")]
    for code in ("MEDIA-MISSING", "MEDIA-SIZE", "MEDIA-WITHOUT-ROW"):
        assert told(rows, *media(path), code=code) == []


def test_recordings_without_a_media_file_are_counted():
    rows = [recording(), recording("rec_2"), recording("rec_3", status="failed")]
    assert told(rows, *media("x_video_rec_1.mp4"), code="MEDIA-MISSING") == [
        (
            Severity.WARNING,
            "F002",
            "recordingId",
            "a recording has no media file although the bundle has media",
            Rows(count=1, of=3, first=(2,)),
        )
    ]


def test_bundles_without_media_are_not_told_of_missing_files():
    assert told([recording()], code="MEDIA-MISSING") == []
    _, survey = findings_and_survey({"recordings": [recording()]})
    assert ("recordings against media files", "the bundle has no media file") in [
        (n.what, n.why) for n in survey.not_checked
    ]


def test_a_media_file_of_another_size_is_told():
    files = media("rec_1.mp4", "rec_2.mp4", size=87)
    rows = [recording(), recording("rec_2", fileSize=None)]
    assert told(rows, *files, code="MEDIA-SIZE") == [
        (
            Severity.WARNING,
            "F002",
            "fileSize",
            "a media file does not have the size of its row",
            Rows(count=1, of=2, first=(1,)),
        )
    ]


@pytest.mark.parametrize(("names", "file"), [(["other.mp4"], "F011"), (["a.mp4", "b_1.mp4"], None)])
def test_media_without_a_row_are_told_by_label(names, file):
    found = told([recording()], *media("rec_1.mp4", *names), code="MEDIA-WITHOUT-ROW")
    assert found == [
        (
            Severity.WARNING,
            file,
            None,
            "media files belong to no recording",
            Rows(count=len(names), of=len(names) + 1),
        )
    ]


ELSEWHEN = "a recording does not overlap with the session of its room"


def test_a_recording_of_another_day_is_told():
    rows = [recording(startTime=stamp(86_400_000), endTime=stamp(86_500_000), videoOffset=None)]
    assert told(rows, code="RECORDINGS-OUTSIDE-SESSION") == [
        (Severity.WARNING, "F002", "startTime", ELSEWHEN, Rows(count=1, of=1, first=(1,)))
    ]


@pytest.mark.parametrize(
    ("start", "end"), [(-50_000, -40_000), (-5000, 1000), (59_000, 3_600_000), (100_000, 110_000)]
)
def test_a_recording_that_touches_the_session_is_fine(start, end):
    rows = [recording(startTime=stamp(start), endTime=stamp(end), videoOffset=start)]
    assert told(rows, code="RECORDINGS-OUTSIDE-SESSION") == []


@pytest.mark.parametrize("beside", [[], [recording("rec_2")]])
def test_a_recording_without_an_end_is_told_by_its_start_whatever_lies_beside(beside):
    rows = [recording(startTime=stamp(-86_400_000), endTime=None, videoOffset=None), *beside]
    (one,) = told(rows, code="RECORDINGS-OUTSIDE-SESSION")
    assert one[-1] == Rows(count=1, of=len(rows), first=(1,))


NOW = datetime(2026, 4, 8, 10, tzinfo=UTC)
GOOG = "https://storage.example.com/r.mp4?X-Goog-Date={}&X-Goog-Expires={}&X-Goog-Signature=00"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (GOOG.format("20260401T100000Z", 604_800), "RECORDINGS-URL-EXPIRED"),
        (GOOG.format("20260401T100000Z", 604_801), "RECORDINGS-URL-LIVE"),
        (GOOG.format("20260408T095900Z", 3600).replace("Goog", "Amz"), "RECORDINGS-URL-LIVE"),
        ("https://x.example/r.mp4?Expires=1500000000&Signature=00", "RECORDINGS-URL-EXPIRED"),
        ("https://x.example/r.mp4?expires=1900000000", "RECORDINGS-URL-LIVE"),
    ],
)
def test_signed_addresses_are_told_by_whether_they_work(url, code):
    kinds = {
        "RECORDINGS-URL-EXPIRED": (Severity.NOTE, "signed addresses of recordings have expired"),
        "RECORDINGS-URL-LIVE": (Severity.WARNING, "signed addresses of recordings still work"),
    }
    rows = [recording(downloadUrl=url), recording("rec_2")]
    for kind, (severity, message) in kinds.items():
        expected = (severity, "F002", "downloadUrl", message, Rows(count=1, of=2, first=(1,)))
        found = told(rows, code=kind, as_of=NOW)
        assert found == ([expected] if kind == code else [])


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/r.mp4",
        "not an address",
        "https://[broken",
        "https://x.example/r.mp4?Expires=never",
        "https://x.example/r.mp4?Expires=nan",
        GOOG.format("20269999T100000Z", 10),
        GOOG.format("20260401T100000Z", "9" * 30),
    ],
)
def test_addresses_without_an_end_are_left_alone(url):
    for code in ("RECORDINGS-URL-EXPIRED", "RECORDINGS-URL-LIVE"):
        assert told([recording(downloadUrl=url)], code=code, as_of=NOW) == []
