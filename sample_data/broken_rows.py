"""Defects: rows that say something impossible, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sample_data import csv_text
from sample_data.broken import Files, answer, changed, defect, files, table
from sample_data.forms import dumps, envelope

if TYPE_CHECKING:
    from sample_data.study import Study


@defect("numbers-as-text", "numbers in quotation marks", 0, "NUMBER-AS-TEXT")
def _numbers_as_text(study: Study) -> Files:
    raw = study.rows["ratings/continuous"][1]["rawValue"]
    return changed(study, "ratings/continuous", rawValue=str(raw))


@defect("words-for-numbers", "words where numbers belong", 12, "VALUE-NOT-A-NUMBER")
def _words(study: Study) -> Files:
    return changed(study, "sync", latency="fast", timeDrift="n/a")


@defect("timestamps-mixed", "times in four notations in one column", 0)
def _mixed_times(study: Study) -> Files:
    rows = [dict(row) for row in study.rows["chat"]]
    for row, form in zip(rows, ("{}Z", "{}+00:00", "{}+0000", "{}Z", "{}Z"), strict=False):
        row["timestamp"] = form.format(row["timestamp"].removesuffix("Z"))
    rows[3]["timestamp"] = rows[3]["timestamp"].split(".")[0] + "Z"
    return files(study) | {"chat.json": answer(study, "chat", rows)}


@defect("timestamps-epoch-ms", "times as milliseconds since 1970", 0)
def _epoch(study: Study) -> Files:
    from datetime import datetime

    rows = [
        row | {"timestamp": round(datetime.fromisoformat(row["timestamp"]).timestamp() * 1000)}
        for row in study.rows["chat"]
    ]
    return files(study) | {"chat.json": answer(study, "chat", rows)}


@defect("dates-1970", "times ruined by an export: all of them in 1970", 12, "TIME-IMPLAUSIBLE")
def _dates_1970(study: Study) -> Files:
    rows = [
        row | {"timestamp": f"1970-01-01 00:29:3{n}.434600+00:00"}
        for n, row in enumerate(study.rows["chat"])
    ]
    return files(study) | {"chat.json": answer(study, "chat", rows)}


@defect("dates-future", "a session that has not taken place yet", 12, "TIME-IMPLAUSIBLE")
def _future(study: Study) -> Files:
    return changed(study, "chat", timestamp="2099-01-01T00:00:00.000Z")


@defect(
    "dates-local",
    "day and month as a spreadsheet shows them, without a zone",
    12,
    "FIELD-MISSING",
    "TIME-AMBIGUOUS",
)
def _local(study: Study) -> Files:
    rows = [row | {"timestamp": "3/9/2026, 11:03:48 PM"} for row in study.rows["chat"]]
    return {"chat.csv": csv_text.api_csv(rows).encode(), "events.csv": table(study, "events")}


@defect("out-of-scale", "a rating outside its own scale", 12, "RATINGS-OUT-OF-SCALE")
def _out_of_scale(study: Study) -> Files:
    return changed(study, "ratings/continuous", rawValue=175)


@defect("normalized-above-one", "a share of the scale above 1", 12, "VALUE-OUT-OF-RANGE")
def _normalized(study: Study) -> Files:
    return changed(study, "ratings/continuous", normalizedValue=75)


@defect("sync-quality-percent", "sync quality as a percentage", 12, "VALUE-OUT-OF-RANGE")
def _sync_quality(study: Study) -> Files:
    return changed(study, "sync", syncQuality=95)


@defect("end-before-start", "a recording that ends before it starts", 12, "TIME-REVERSED")
def _end(study: Study) -> Files:
    first = study.rows["recordings"][1]
    return changed(study, "recordings", startTime=first["endTime"], endTime=first["startTime"])


@defect("negative-duration", "an event that lasted less than nothing", 12, "VALUE-OUT-OF-RANGE")
def _negative(study: Study) -> Files:
    return changed(study, "events", duration=-5)


@defect("person-missing", "a rating that is nobody's", 12, "FIELD-MISSING")
def _nobody(study: Study) -> Files:
    return changed(study, "ratings/sparse", participantId=None)


@defect("record-id-missing", "a message without an id", 12, "FIELD-MISSING")
def _no_id(study: Study) -> Files:
    return changed(study, "chat", messageId=None)


@defect("record-id-blank", "a message whose id is a blank", 12, "FIELD-MISSING")
def _blank_id(study: Study) -> Files:
    return changed(study, "chat", messageId=" ")


@defect("time-missing", "a rating without a time", 12, "FIELD-MISSING")
def _no_time(study: Study) -> Files:
    return changed(study, "ratings/continuous", timestamp=None)


@defect("field-empty", "a sample without its rating, and chat without onsets", 0, "FIELD-EMPTY")
def _empty(study: Study) -> Files:
    chat = [{k: v for k, v in row.items() if k != "onset"} for row in study.rows["chat"]]
    return changed(study, "ratings/continuous", value=None, normalizedValue=None) | {
        "chat.json": answer(study, "chat", chat)
    }


@defect("value-unparsed", "a nested answer that was cut off", 0, "VALUE-UNPARSED")
def _unparsed(study: Study) -> Files:
    rows = [dict(row) for row in study.rows["events"]]
    rows[3]["response"] = '{"value": "yes", "respo'
    return files(study, "chat") | {"events.csv": csv_text.api_csv(rows).encode()}


@defect("unknown-field", "a field that no schema knows, with a name in it", 0, "FIELDS-UNKNOWN")
def _unknown_field(study: Study) -> Files:
    return changed(study, "events", guardianName="Gwendolyn Brandstetter")


@defect("unknown-leaf", "an unknown place inside a known nested field", 0)
def _unknown_leaf(study: Study) -> Files:
    return changed(study, "events", response={"value": 3, "typedBy": "Gwendolyn"})


@defect("unknown-enum", "words that the platform does not use", 0, "LABEL-UNKNOWN")
def _unknown_enum(study: Study) -> Files:
    return changed(study, "recordings", status="teleported", format="betamax")


@defect("rows-without-room", "rows at experiment scope that name no room", 0, "ROWS-WITHOUT-ROOM")
def _no_room(study: Study) -> Files:
    rows = [{k: v for k, v in row.items() if k != "roomId"} for row in study.rows["ratings/sparse"]]
    answer = dumps(envelope(study, "ratings/sparse", rows)).encode()
    return files(study) | {"ratings_sparse.json": answer}


@defect("agent-runs", "agent decisions and runs in one listing", 0, "TYPE-NOT-ARCHIVED")
def _agents(study: Study) -> Files:
    room = study.rooms[0]
    run = {
        "_type": "run",
        "id": "agent_r1_p1",
        "participantId": "agent_r1_p1",
        "roomId": room,
        "personaId": "persona_1",
        "turns": 4,
        "startedAt": "2026-03-19T10:00:00.000Z",
    }
    decision = {
        "_type": "decision",
        "id": "agent_r1_p1_2",
        "participantId": "agent_r1_p1",
        "seq": 2,
        "roomId": room,
        "action": "send_message",
        "value": "I agree",
        "turnKind": "chat",
    }
    return files(study) | {"agent_decisions.json": dumps([decision, run]).encode()}


@defect(
    "consent-declined-with-data",
    "somebody declined, and there are rows of them",
    0,
    "CONSENT-DECLINED",
)
def _declined(study: Study) -> Files:
    whole = [dict(row) for row in study.rows["events"]]
    who = whole[0]["participantId"]
    for row in whole:
        if row["eventType"] == "consent.accepted" and row["participantId"] == who:
            row.update(eventType="consent.declined", content="declined")
    return files(study) | {"events.json": answer(study, "events", whole)}


@defect("consent-unknown", "nobody's consent is on record", 0, "CONSENT-UNKNOWN")
def _no_consent(study: Study) -> Files:
    rows = [row for row in study.rows["events"] if not row["eventType"].startswith("consent")]
    return files(study) | {"events.json": answer(study, "events", rows)}


@defect(
    "person-spelled-twice",
    "one participant id in two spellings",
    0,
    "REFERENCE-PERSON",
    "PERSON-SPELLINGS",
)
def _spelled(study: Study) -> Files:
    return changed(study, "chat", senderId=study.rows["chat"][1]["senderId"].swapcase())


@defect("chat-deleted", "a message that its sender deleted", 0, "CHAT-DELETED")
def _deleted(study: Study) -> Files:
    return changed(study, "chat", deleted=True)
