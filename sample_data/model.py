"""The rows of the study as columns, in the platform's names and in the shape of the seeds.

Every table is an Arrow table; a null means that the platform leaves the key out. Columns listed in
``JSON_COLUMNS`` hold JSON text. The functions are vectorised: the same ones make the small
committed study and bundles of ten million ratings.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sample_data.cast import ALNUM, EXPERIMENT, HEX, Cast, Person
from sample_data.draws import below, one, word
from sample_data.places import Ints, Places, hex_ids, iso, iso_column, texts
from sample_data.script import (
    CLOSING,
    COMPONENTS,
    DECLINED,
    JOBS,
    LINES,
    OPENING,
    ROUND,
    ROUND_MS,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable

JSON_COLUMNS: Final = {
    "events": frozenset({"response", "value", "data"}),
    "chat": frozenset({"recipientIds"}),
    "ratings/sparse": frozenset({"value", "responseTime", "labels"}),
    "components": frozenset({"config", "variableSnapshot"}),
}

STEPS: Final = (*OPENING, *ROUND, CLOSING, DECLINED)
_CLOSING, _DECLINED = len(STEPS) - 2, len(STEPS) - 1


def _shared(
    places: Places, onset: Ints, person_column: str = "participantId"
) -> dict[str, pa.Array]:
    """The columns that every data type has, in the seeds' order."""
    cast = places.cast
    return {
        "experimentId": pa.repeat(pa.scalar(EXPERIMENT), len(onset)),
        "roomId": texts([r.id for r in cast.rooms], places.room),
        person_column: texts([p.id for p in cast.people], places.person),
        "timestamp": iso_column(places, onset),
        "onset": pa.array(onset),
    }


def fill(text: str, me: Person, partner: Person, serial: int) -> str:
    """A line of the script with its people in it."""
    if "{" not in text:
        return text
    parts = {
        "me": me.name,
        "me_first": me.name.split()[0],
        "partner": partner.name,
        "partner_first": partner.name.split()[0],
        "email": me.email,
        "phone": me.phone,
        "handle": me.handle,
        "uid": me.id,
        "octet": str(10 + serial % 200),
        "job": JOBS[serial % len(JOBS)],
    }
    for key, value in parts.items():
        text = text.replace("{" + key + "}", value)
    return text


def _said(places: Places, lines: tuple[str, ...], choice: Ints) -> pa.Array:
    """One filled line per row: every person says each line in one way only."""
    cast, width = places.cast, len(lines)
    first = int(places.person.min()) if len(places.person) else 0
    table = [
        fill(line, cast.people[who], cast.partner(who), who * width + number)
        for who in range(first, int(places.person.max()) + 1 if len(places.person) else 0)
        for number, line in enumerate(lines)
    ]
    return pa.array(table, pa.string()).take(pa.array((places.person - first) * width + choice))


def ratings_continuous(places: Places) -> pa.Table:
    """A row every 250 ms while a clip plays; 0-100 in whole numbers, and the same as 0-1."""
    onset = 60_000 + places.nth * 250
    wave = np.sin(places.nth / 40 + places.person) * 35 + 50
    raw = np.clip(np.rint(wave).astype(np.int64) + below("noise", places.serial, 21) - 10, 0, 100)
    shared = _shared(places, onset)
    number = len(onset)
    component = texts(["emotion_rating", "trust_rating"], places.person % 2)
    return pa.table(
        {
            "ratingId": hex_ids("rating_", "continuous", places.serial),
            "experimentId": shared["experimentId"],
            "roomId": shared["roomId"],
            "participantId": shared["participantId"],
            "componentId": component,
            "timestamp": shared["timestamp"],
            "onset": shared["onset"],
            "value": pa.array(raw / 100),
            "normalizedValue": pa.array(raw / 100),
            "rawValue": pa.array(raw),
            "scaleMin": pa.array(np.zeros(number, np.int64)),
            "scaleMax": pa.array(np.full(number, 100, np.int64)),
        }
    )


def _steps(places: Places) -> tuple[Ints, Ints]:
    """Which step of the script every event row is, and its onset."""
    later = places.nth - len(OPENING)
    rounds, within = np.divmod(np.maximum(later, 0), len(ROUND))
    step = np.where(later < 0, places.nth, len(OPENING) + within)
    step = np.where(places.last & (later > 0), _CLOSING, step)
    step = np.where(places.is_kind("declined"), _DECLINED, step)
    at = np.array([s.at for s in STEPS])[step]
    round_start = np.where((step >= len(OPENING)) & (step < _CLOSING), 1000 + rounds * ROUND_MS, 0)
    closing = np.where(step == _CLOSING, rounds * ROUND_MS, 0)
    slack = np.where(step < 2, below("slack", places.serial, 900), places.person % 7)
    return step, at + round_start + closing + slack


def _answers(places: Places, step: Ints) -> pa.Array:
    """JSON text of the answer of every row whose step has answers, else null."""
    choices = [answer for s in STEPS for answer in s.answers]
    sizes = np.array([len(s.answers) for s in STEPS])
    starts = np.cumsum(sizes) - sizes
    drawn = below("answer", places.serial, 5040) % np.maximum(sizes[step], 1)
    chosen = np.minimum(starts[step] + drawn, len(choices) - 1)
    said = _said(places, tuple(choices), chosen)
    return pc.if_else(pa.array(sizes[step] > 0), said, pa.scalar(None, pa.string()))


def events(places: Places) -> pa.Table:
    """Interactions, transitions, media events; ``sessionId`` is the room, as in the seeds."""
    step, onset = _steps(places)
    shared = _shared(places, onset)
    shape = np.array([s.shape for s in STEPS])[step]
    answer = _answers(places, step)
    time = pa.array(800 + below("time", places.serial, 9000)).cast(pa.string())
    nothing = pa.scalar(None, pa.string())
    wrapped = pc.binary_join_element_wise('{"value":', answer, ',"responseTime":', time, "}", "")
    response = pc.if_else(
        pa.array(shape == "object"),
        wrapped,
        pc.if_else(pa.array(shape == "scalar"), answer, nothing),
    )

    def of(pick: Callable[[Step], str | None]) -> pa.Array:
        return texts([pick(s) for s in STEPS], step)

    return pa.table(
        {
            "id": hex_ids("event_", "events", places.serial),
            "timestamp": shared["timestamp"],
            "onset": shared["onset"],
            "experimentId": shared["experimentId"],
            "sessionId": shared["roomId"],
            "participantId": shared["participantId"],
            "eventType": of(lambda s: s.event),
            "category": of(lambda s: s.category),
            "componentType": of(lambda s: s.component),
            "componentId": of(lambda s: s.component_id),
            "content": of(lambda s: s.content),
            "stateName": of(lambda s: s.state),
            "participantRole": texts([p.role for p in places.cast.people], places.person),
            "duration": pa.array([s.duration for s in STEPS], pa.int64()).take(pa.array(step)),
            "response": response,
            "value": pc.if_else(pa.array(shape == "value"), answer, nothing),
        }
    )


def chat(places: Places) -> pa.Table:
    """Messages; what must not leave is planted in them by the lines of the script."""
    onset = 95_000 + places.nth * 14_000 + below("typing", places.serial, 9000)
    onset += np.where(places.is_kind("agent"), 4_000, 0)
    shared = _shared(places, onset, "senderId")
    cast = places.cast
    line = below("line", places.serial, len(LINES))
    partners = [json.dumps([cast.partner(i).id]) for i in range(len(cast.people))]
    targeted = pc.if_else(
        pa.array(below("target", places.serial, 6) == 0),
        texts(partners, places.person),
        pa.scalar(None, pa.string()),
    )
    return pa.table(
        {
            "messageId": hex_ids("msg_", "chat", places.serial),
            "experimentId": shared["experimentId"],
            "roomId": shared["roomId"],
            "senderId": shared["senderId"],
            "senderName": texts([p.name for p in cast.people], places.person),
            "content": _said(places, LINES, line),
            "timestamp": shared["timestamp"],
            "onset": shared["onset"],
            "recipientIds": targeted,
            "messageType": pa.repeat(pa.scalar("text"), len(onset)),
        }
    )


def ratings_sparse(places: Places) -> pa.Table:
    """Answers on a scale of 1 to 10; a few timed out, which is an explicit null."""
    onset = 31_400 + places.nth * 47_000 + places.person % 5
    shared = _shared(places, onset)
    value = pa.array(1 + below("sparse", places.serial, 10)).cast(pa.string())
    time = pa.array(700 + below("sparse time", places.serial, 6000)).cast(pa.string())
    out = pa.array(below("timeout", places.serial, 24) == 5)
    number = len(onset)
    return pa.table(
        {
            "ratingId": hex_ids("rating_", "sparse", places.serial),
            "experimentId": shared["experimentId"],
            "roomId": shared["roomId"],
            "participantId": shared["participantId"],
            "componentId": pa.repeat(pa.scalar("mood_assessment"), number),
            "timestamp": shared["timestamp"],
            "onset": shared["onset"],
            "value": pc.if_else(out, "null", value),
            "responseTime": pc.if_else(out, "null", time),
            "scaleMin": pa.array(np.full(number, 1)),
            "scaleMax": pa.array(np.full(number, 10)),
            "labels": pa.repeat(pa.scalar('{"min":"Very sad","max":"Very happy"}'), number),
        }
    )


def sync(places: Places) -> pa.Table:
    """Metrics of those who watch along with the host, once a second."""
    onset = 1_500 + places.nth * 1_000
    shared = _shared(places, onset)
    drift = below("drift", places.serial, 301) - 200
    return pa.table(
        {
            "metricId": hex_ids("sync_", "sync", places.serial),
            "experimentId": shared["experimentId"],
            "roomId": shared["roomId"],
            "participantId": shared["participantId"],
            "timestamp": shared["timestamp"],
            "onset": shared["onset"],
            "timeDrift": pa.array(drift),
            "playbackRate": pa.array((1000 + below("rate", places.serial, 11) - 5) / 1000),
            "syncQuality": pa.array((100 - below("quality", places.serial, 30)) / 100),
            "latency": pa.array(20 + below("latency", places.serial, 150)),
            "bufferHealth": pa.array((100 - below("buffer", places.serial, 40)) / 100),
        }
    )


def recordings(cast: Cast) -> pa.Table:
    """One video of every person."""
    rows = []
    for index, person in enumerate(cast.people):
        if person.kind != "person":
            continue
        room = cast.rooms[person.room]
        offset = -369 + one("offset", index, 5000)
        start, length = (
            room.zero + timedelta(milliseconds=offset),
            880_000 + one("length", index, 40_000),
        )
        record = "rec_" + word("recording", index, ALNUM, 12)
        rows.append(
            {
                "recordingId": record,
                "participantId": person.id,
                "participantName": person.name,
                "experimentId": EXPERIMENT,
                "roomId": room.id,
                "startTime": iso(start),
                "endTime": iso(start + timedelta(milliseconds=length)),
                "duration": length,
                "videoOffset": offset,
                "downloadUrl": f"https://storage.example.com/recordings/{room.id}/{record}.mp4"
                f"?X-Goog-Signature={word('signature', index, HEX, 64)}",
                "fileSize": 90_000_000 + one("size", index, 60_000_000),
                "status": "completed",
                "format": "mp4",
                "resolution": "1280x720",
            }
        )
    return pa.Table.from_pylist(rows)


def components(cast: Cast) -> pa.Table:
    """Definitions as the seeds show them: no room, no person, but a snapshot with a name in it."""
    rows: list[dict[str, object]] = []
    for number, room in enumerate(cast.rooms):
        who = next(i for i, p in enumerate(cast.people) if p.room == number)
        me, partner = cast.people[who], cast.partner(who)
        snapshot = json.dumps(
            {
                "participant_name": me.name,
                "partner_name": partner.name,
                "condition": ("treatment", "control")[number % 2],
                "offer": 4,
            },
            ensure_ascii=False,
        )
        rows.extend(
            {
                "componentId": name,
                "componentType": kind,
                "experimentId": EXPERIMENT,
                "stateId": state,
                "config": fill(config, me, partner, number),
                "timestamp": iso(room.zero + timedelta(milliseconds=at)),
                "onset": at,
                "variableSnapshot": snapshot,
            }
            for name, kind, state, config, at in COMPONENTS
        )
    return pa.Table.from_pylist(rows)


def participants(cast: Cast) -> pa.Table:
    """The roster: who is a person, who is an agent, who declined."""
    codes = {"person": "SUCCESS", "agent": "COMPLETED_NO_CODE", "declined": "NOCONSENT"}
    return pa.Table.from_pylist(
        [
            {
                "participantId": p.id,
                "experimentId": EXPERIMENT,
                "roomId": cast.rooms[p.room].id,
                "email": p.email or None,
                "role": p.role,
                "status": "completed",
                "joinedAt": iso(cast.rooms[p.room].zero - timedelta(seconds=95)),
                "completionCode": codes[p.kind],
                "isAgent": p.kind == "agent",
            }
            for p in cast.people
        ]
    )
