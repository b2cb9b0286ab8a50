"""Defects: values that cannot be read as what they should be, or lie in the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sample_data import csv_text
from sample_data.broken import Files, answer, changed, defect, files
from sample_data.forms import dumps, envelope

if TYPE_CHECKING:
    from sample_data.study import Study


@defect("value-no-flag", "a word where yes or no belongs", 12, "VALUE-NOT-A-FLAG")
def _no_flag(study: Study) -> Files:
    return changed(study, "chat", deleted="perhaps")


@defect("value-no-text", "a list where a text belongs", 12, "VALUE-NOT-A-TEXT")
def _no_text(study: Study) -> Files:
    return changed(study, "chat", messageType=["text"])


@defect("value-no-time", "a word where a time belongs", 12, "VALUE-NOT-A-TIME")
def _no_time(study: Study) -> Files:
    return changed(study, "events", clientTimestamp="yesterday")


@defect("text-damaged", "JSON with a letter of another encoding", 0, "TEXT-DAMAGED")
def _other_letter(study: Study) -> Files:
    whole = files(study)
    return whole | {"chat.json": whole["chat.json"].replace(b'"done"', b'"caf\xe9"')}


@defect("json-mojibake", "JSON of texts that were read as Latin-1", 0, "TEXT-MOJIBAKE")
def _mojibake(study: Study) -> Files:
    return changed(study, "chat", content="Grüße aus Porto".encode().decode("latin-1"))


@defect("json-key-twice", "rows that say two things under one key", 0, "JSON-KEY-TWICE")
def _twice(study: Study) -> Files:
    whole = files(study)
    return whole | {"chat.json": whole["chat.json"].replace(b'"onset":', b'"onset":0,"onset":')}


@defect(
    "json-objects-destroyed", "JSON of a table whose nested values were texts", 0, "VALUE-DESTROYED"
)
def _destroyed(study: Study) -> Files:
    return changed(study, "events", response="[object Object]")


@defect("value-undefined", "a message that JavaScript had no text for", 0, "VALUE-UNDEFINED")
def _undefined(study: Study) -> Files:
    return changed(study, "chat", content="undefined")


@defect(
    "ids-undefined", "a message from nobody to nobody, as JavaScript writes it", 12, "IDS-UNDEFINED"
)
def _undefined_id(study: Study) -> Files:
    return changed(study, "chat", senderId="undefined", recipientIds=["undefined"])


@defect("formula-errors", "messages that a spreadsheet took for formulas", 0, "VALUE-FORMULA-ERROR")
def _formulas(study: Study) -> Files:
    rows = [row | {"content": "#NAME?"} for row in study.rows["chat"][:2]]
    rows += study.rows["chat"][2:]
    return {"chat.csv": csv_text.api_csv(rows).encode(), "events.json": files(study)["events.json"]}


@defect("id-too-long", "a whole text in the place of an id", 12, "TEXT-LENGTH")
def _long_id(study: Study) -> Files:
    return changed(study, "chat", messageId="are you from the statistics course? " * 30)


@defect("ids-rounded", "participant ids that Excel took for numbers", 12, "IDS-ROUNDED")
def _rounded(study: Study) -> Files:
    rows = [row | {"participantId": "1.23457E+15"} for row in study.rows["events"]]
    return {"events.csv": csv_text.api_csv(rows).encode()}


@defect("alias-conflict", "two names of the room that name two rooms", 0, "ALIAS-CONFLICT")
def _two_names(study: Study) -> Files:
    return changed(study, "events", roomId="room_elsewhere")


@defect("rows-no-objects", "a text among the rows of a table", 12, "ROWS-NOT-OBJECTS")
def _no_objects(study: Study) -> Files:
    body = envelope(study, "chat", study.rows["chat"], scope="room", scope_id=study.rooms[0])
    body["data"] = [*body["data"], "and so on"]
    return files(study) | {"chat.json": dumps(body).encode()}


@defect("json-without-table", "a JSON file of settings", 0, "FILE-WITHOUT-TABLE")
def _settings(study: Study) -> Files:
    return files(study) | {"settings.json": b'{"theme":"dark"}\n'}


@defect("listing-cut", "the platform says that it cut the listing", 0, "TRUNCATED")
def _cut(study: Study) -> Files:
    body = envelope(study, "chat", study.rows["chat"], scope="room", scope_id=study.rooms[0])
    body["metadata"]["truncated"] = True
    return files(study) | {"chat.json": dumps(body).encode()}


@defect("query-time-local", "asked for by a time without a zone", 0, "QUERY-TIME-NAIVE")
def _local_query(study: Study) -> Files:
    body = envelope(study, "chat", study.rows["chat"], scope="room", scope_id=study.rooms[0])
    body["metadata"]["query"]["startTime"] = "2026-03-19T08:00:00"
    return files(study) | {"chat.json": dumps(body).encode()}


@defect("query-filtered", "only part of the listing was asked for", 0, "QUERY-FILTERED")
def _filtered_query(study: Study) -> Files:
    body = envelope(study, "chat", study.rows["chat"], scope="room", scope_id=study.rooms[0])
    body["metadata"]["query"] |= {"startTime": "2026-03-19T08:00:00Z", "endTime": None}
    return files(study) | {"chat.json": dumps(body).encode()}


@defect("room-only-outside", "only the envelope names the room", 0, "ROOM-INHERITED")
def _room_outside(study: Study) -> Files:
    rows = [{k: v for k, v in row.items() if k != "roomId"} for row in study.rows["ratings/sparse"]]
    body = envelope(study, "ratings/sparse", rows, scope="room", scope_id=study.rooms[0])
    return files(study) | {"ratings_sparse.json": dumps(body).encode()}


@defect("experiment-only-outside", "only metadata names the experiment", 0, "EXPERIMENT-INHERITED")
def _experiment_outside(study: Study) -> Files:
    nested = {"experimentId": study.experiment_id}
    return changed(study, "ratings/sparse", experimentId=None, metadata=nested)


@defect("person-only-outside", "only the page names the person", 0, "PARTICIPANT-INHERITED")
def _person_outside(study: Study) -> Files:
    person = study.rows["ratings/sparse"][0]["participantId"]
    own = [row for row in study.rows["ratings/sparse"] if row["participantId"] == person]
    rows = [{k: v for k, v in row.items() if k != "participantId"} for row in own]
    body = envelope(study, "ratings/sparse", rows, scope="participant", scope_id=person)
    others = [row for row in study.rows["ratings/sparse"] if row["participantId"] != person]
    return files(study) | {
        "ratings_sparse.json": answer(study, "ratings/sparse", others),
        "person/ratings_sparse.json": dumps(body).encode(),
    }


@defect("overlap-thinner", "the newest copy lacks what older ones have", 0, "RECORDS-THINNER")
def _thinner(study: Study) -> Files:
    rows = [
        {key: value for key, value in row.items() if key != "responseTime"}
        for row in study.rows["ratings/sparse"]
    ]
    later = answer(study, "ratings/sparse", rows).replace(b"2026-10-30T08", b"2026-11-02T08")
    return files(study) | {"later/ratings_sparse.json": later}
