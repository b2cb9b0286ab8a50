"""Defects: rows that are sound one by one and contradict each other, or tell of a bad session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sample_data.broken import Files, answer, changed, defect, files
from sample_data.forms import FAKE_MP4, stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sample_data.study import Row, Study


def later(time: str, millis: float) -> str:
    """A time of the platform, moved."""
    moved = datetime.fromisoformat(time) + timedelta(milliseconds=millis)
    return moved.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def more(study: Study, name: str, *rows: Row) -> Files:
    """The sound bundle with further rows of one type."""
    whole = [*study.rows[name], *rows]
    return files(study) | {f"{stem(name)}.json": answer(study, name, whole)}


def recorded(study: Study, size: int, *names: str) -> Files:
    """The sound bundle with media files of some recordings; their rows tell this size."""
    rows = [row | {"fileSize": size} for row in study.rows["recordings"]]
    media = {f"recordings/{name}.mp4": FAKE_MP4 for name in names}
    return files(study) | {"recordings.json": answer(study, "recordings", rows)} | media


def sampled(study: Study, *series: Iterable[int], components: tuple[str, ...] = ()) -> Files:
    """The sound bundle with continuous ratings of its people at these ms after their first one."""
    firsts = study.rows["ratings/continuous"][: len(series)]
    rows = [
        first
        | {
            "ratingId": f"{first['ratingId']}_{number}",
            "componentId": components[who] if components else first["componentId"],
            "onset": first["onset"] + millis,
            "timestamp": later(first["timestamp"], millis),
        }
        for who, (first, each) in enumerate(zip(firsts, series, strict=True))
        for number, millis in enumerate(each)
    ]
    return files(study) | {"ratings_continuous.json": answer(study, "ratings/continuous", rows)}


@defect("onset-epoch", "an onset that is a time since 1970", 0, "ONSET-IMPLAUSIBLE")
def _onset_epoch(study: Study) -> Files:
    return changed(study, "chat", onset=1_773_914_648_089)


@defect("onset-backwards", "onsets that go back while the clock goes on", 0, "ONSET-ORDER")
def _onset_backwards(study: Study) -> Files:
    rows = [dict(row) for row in study.rows["ratings/sparse"]]
    rows[0]["onset"], rows[2]["onset"] = rows[2]["onset"], rows[0]["onset"]
    return files(study) | {"ratings_sparse.json": answer(study, "ratings/sparse", rows)}


@defect("onset-other-zero", "chat that counts from another start", 0, "ONSET-ZERO")
def _other_zero(study: Study) -> Files:
    rows = [row | {"onset": row["onset"] - 30_000} for row in study.rows["chat"]]
    return files(study) | {"chat.json": answer(study, "chat", rows)}


@defect("clock-uncorrected", "a clock correction that was not applied", 0, "CLOCK-CORRECTION")
def _uncorrected(study: Study) -> Files:
    onset = study.rows["ratings/sparse"][1]["onset"]
    return changed(study, "ratings/sparse", rawOnset=onset, clockOffsetApplied=120)


@defect("answer-written-twice", "one answer under two ids, 40 ms apart", 0, "ROWS-REPEATED")
def _written_twice(study: Study) -> Files:
    first = study.rows["ratings/sparse"][0]
    again: dict[str, Any] = {
        "ratingId": "rating_again",
        "onset": first["onset"] + 40,
        "timestamp": later(first["timestamp"], 40),
    }
    return more(study, "ratings/sparse", first | again)


@defect("state-never-entered", "a state that is left and was never entered", 0, "STATE-UNPAIRED")
def _never_entered(study: Study) -> Files:
    enter = study.rows["events"][-1]
    leave: dict[str, Any] = {
        "id": "event_leave",
        "eventType": "state.exit",
        "stateName": "rate",
        "content": "Left state: rate",
        "onset": enter["onset"] + 60_000,
        "timestamp": later(enter["timestamp"], 60_000),
    }
    return more(study, "events", leave | {k: v for k, v in enter.items() if k not in leave})


@defect("component-not-shown", "a rating of something nobody saw", 0, "COMPONENT-NOT-SHOWN")
def _not_shown(study: Study) -> Files:
    shown: dict[str, Any] = {
        "id": "event_shown",
        "eventType": "component.start",
        "componentType": "sparserating",
        "componentId": "another_scale",
    }
    last = study.rows["events"][-1]
    return more(study, "events", {**last, **shown})


@defect("chat-to-nobody", "a message to somebody nobody knows", 0, "CHAT-RECIPIENT-UNKNOWN")
def _to_nobody(study: Study) -> Files:
    return changed(study, "chat", recipientIds=["prolific_ffffffffffffffffffffffff"])


@defect("room-unknown", "messages of a room without events", 0, "REFERENCE-ROOM")
def _room_unknown(study: Study) -> Files:
    rows = [row | {"roomId": "room_elsewhere"} for row in study.rows["chat"]]
    return files(study) | {"chat.json": answer(study, "chat", rows)}


@defect("room-in-two-experiments", "a room of two experiments", 0, "ROOM-MANY-EXPERIMENTS")
def _two_experiments(study: Study) -> Files:
    return changed(study, "events", experimentId="exp_other")


@defect("room-without-chat", "one of two rooms has no chat", 0, "TYPE-ABSENT-ROOM")
def _without_chat(study: Study) -> Files:
    names = {study.rooms[0]: "room_second", study.rooms[0].lower(): "room_second"}
    for row in study.rows["participants"]:
        names[row["participantId"]] = f"{row['participantId']}_second"
        names[row["email"]] = f"second.{row['email']}"
    found = files(study)
    for name, rows in study.rows.items():
        if name != "chat":
            copies = [_copy(row, names) for row in rows]
            found[f"second/{stem(name)}.json"] = answer(study, name, copies)
    return found


def _copy(row: Row, names: dict[str, str]) -> Row:
    """The row of another room with other people."""
    own = ("id", "ratingId", "metricId", "recordingId")
    renamed = {k: names.get(v, v) if isinstance(v, str) else v for k, v in row.items()}
    return renamed | {key: f"{row[key]}_second" for key in own if key in row}


@defect("person-started-twice", "somebody started again under another id", 0, "PERSON-NAMED-TWICE")
def _started_twice(study: Study) -> Files:
    first = study.rows["participants"][0]
    again = {"participantId": f"{first['participantId']}_again", "status": "completed"}
    ended = first | {"status": "disconnected", "completionCode": "DISCONNECT_TIMEOUT"}
    listed = [ended, first | again, *study.rows["participants"][1:]]
    return files(study) | {"participants.json": answer(study, "participants", listed)}


@defect("ratings-gap", "five samples are missing from a series", 0, "RATINGS-GAPS")
def _gap(study: Study) -> Files:
    return sampled(study, [*range(0, 15_000, 250), *range(16_250, 31_250, 250)])


@defect("ratings-few", "a third of a series is missing", 0, "RATINGS-SAMPLES-MISSING")
def _few(study: Study) -> Files:
    return sampled(study, [*range(0, 15_000, 250), *range(30_000, 45_000, 250)])


@defect("ratings-thinned", "a sample every 800 ms", 0, "RATINGS-INTERVAL")
def _thinned(study: Study) -> Files:
    return sampled(study, range(0, 32_000, 800))


@defect("ratings-unequal", "one partner rates, the other hardly", 0, "RATINGS-PARTNERS-UNEQUAL")
def _unequal(study: Study) -> Files:
    both = ("trust_rating", "trust_rating")
    return sampled(study, range(0, 20_000, 250), range(0, 6_000, 250), components=both)


@defect(
    "ratings-normalized-otherwise", "not the place on the scale", 0, "RATINGS-NORMALIZED-MISMATCH"
)
def _otherwise(study: Study) -> Files:
    return changed(study, "ratings/continuous", normalizedValue=0.11, value=0.11)


@defect(
    "ratings-value-mixed", "one value on the scale, all others are shares", 0, "RATINGS-VALUE-MIXED"
)
def _mixed(study: Study) -> Files:
    raw = study.rows["ratings/continuous"][1]["rawValue"]
    return changed(study, "ratings/continuous", value=raw)


@defect("scale-reversed", "a scale from ten down to one", 0, "RATINGS-SCALE-REVERSED")
def _reversed(study: Study) -> Files:
    return changed(study, "ratings/sparse", scaleMin=10, scaleMax=1)


@defect("recording-too-short", "a length in seconds", 0, "DURATION-MISMATCH")
def _too_short(study: Study) -> Files:
    return changed(study, "recordings", duration=910)


@defect("recording-of-nobody", "a recording of nobody", 0, "RECORDINGS-WITHOUT-PERSON")
def _of_nobody(study: Study) -> Files:
    return changed(study, "recordings", participantId=None, participantName=None)


@defect("recording-of-all", "a recording of everybody at once", 0, "RECORDINGS-COMPOSITE")
def _of_all(study: Study) -> Files:
    return changed(study, "recordings", metadata={"recordingType": "composite"})


@defect("recording-next-day", "a recording of another day", 0, "RECORDINGS-OUTSIDE-SESSION")
def _next_day(study: Study) -> Files:
    row, day = study.rows["recordings"][1], 86_400_000.0
    return changed(
        study,
        "recordings",
        startTime=later(row["startTime"], day),
        endTime=later(row["endTime"], day),
        videoOffset=None,
    )


@defect("recording-url-expired", "an address that has expired", 0, "RECORDINGS-URL-EXPIRED")
def _expired(study: Study) -> Files:
    return changed(study, "recordings", downloadUrl=_signed("20260319T120000Z"))


@defect("rating-years-away", "a rating dated years before its session", 0, "TIME-OUTSIDE-SESSION")
def _years(study: Study) -> Files:
    return changed(study, "ratings/sparse", timestamp="2021-03-19T10:05:00.000Z", onset=None)


@defect("recording-failed", "a recording that failed", 0, "RECORDINGS-UNFINISHED")
def _failed(study: Study) -> Files:
    return changed(study, "recordings", status="failed", fileSize=0)


@defect("recording-url-live", "an address that opens the recording", 0, "RECORDINGS-URL-LIVE")
def _live(study: Study) -> Files:
    return changed(study, "recordings", downloadUrl=_signed("20261119T120000Z"))


def _signed(when: str) -> str:
    """An address that works for a week from then on."""
    return (
        "https://storage.example.com/recordings/rec.mp4"
        f"?X-Goog-Date={when}&X-Goog-Expires=604800&X-Goog-Signature=00"
    )


@defect("media-missing", "one of two media files is not there", 0, "MEDIA-MISSING")
def _media_missing(study: Study) -> Files:
    return recorded(study, len(FAKE_MP4), study.rows["recordings"][0]["recordingId"])


@defect("media-cut", "media files that are shorter than they should be", 0, "MEDIA-SIZE")
def _media_cut(study: Study) -> Files:
    names = [row["recordingId"] for row in study.rows["recordings"]]
    return recorded(study, 10 * len(FAKE_MP4), *names)


@defect("media-of-nobody", "a media file without a row", 0, "MEDIA-WITHOUT-ROW")
def _media_orphan(study: Study) -> Files:
    names = [row["recordingId"] for row in study.rows["recordings"]]
    return recorded(study, len(FAKE_MP4), *names, "rec_unknown")
