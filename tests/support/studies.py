"""Hypothesis strategies: small studies with odd texts, mixed values, absent keys and nulls.

    @given(study=studies("api-csv"))
    def test_law(study, tmp_path_factory): bundle = write_form(study, "api-csv", folder)

``studies(form)`` draws only what that form can carry without loss, so that a reader that gets
something else is wrong. ``studies()`` draws what JSON can carry.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from sample_data.forms import FORMS, JSON_FORMS, WHOLE, write_form
from sample_data.places import iso
from sample_data.study import SEVEN, Row, Study

__all__ = ["FORMS", "JSON_FORMS", "SEVEN", "WHOLE", "Study", "forms", "studies", "write_form"]

EXPERIMENT = "exp_small"
ZERO = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

ODD = (
    "NA",
    "None",
    "null",
    "true",
    "7",
    "-5 for me",
    "=1+1",
    "a,b",
    'she said "no"',
    "line\nbreak",
    "cr\rhere",
    "tab\there",
    "Żółć",
    "日本語",
    "😀",
    "a\u202eb",
    "' or 1",
    "{not json}",
    "[1,",
    "x" * 300,
)
PLAIN = (
    "hello",
    "a, b",
    'say "hi"',
    "two\nlines",
    "Żółć",
    "日本語",
    "😀 ok",
    "semi;colon",
    "what?",
)
"""Texts that stay text in every form: no reader can take them for another kind of value."""

numbers = st.one_of(
    st.integers(-10_000, 10_000), st.floats(-1000, 1000, allow_nan=False, width=32).map(float)
)


def forms(*, whole: bool = True) -> st.SearchStrategy[str]:
    """A form to write; by default one that loses nothing."""
    return st.sampled_from(WHOLE if whole else FORMS)


@st.composite
def studies(draw: st.DrawFn, form: str = "api-pages", *, max_rows: int = 6) -> Study:
    """A study of one to three rooms that the given form carries whole."""
    maker = _Maker(exact=form in JSON_FORMS, marked=form == "older-folders")
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    people = [(room, f"user_{room}_{i}") for room, size in enumerate(sizes) for i in range(size)]
    rows: dict[str, list[Row]] = {}
    for name in SEVEN:
        count = draw(st.integers(1 if name == "events" else 0, max_rows))
        rows[name] = [draw(maker.row(name, number, people)) for number in range(count)]
    zeros = {f"room_{room}": iso(_zero(room)) for room in range(len(sizes))}
    return Study(experiment_id=EXPERIMENT, rows=rows, zeros=zeros)


class _Maker:
    """Strategies for the rows of one study.

    ``exact`` forms keep nulls and kinds of values; ``marked`` ones have a single file of ratings,
    so that only a field of its own tells what a rating is: without one it is reported, not guessed.
    """

    def __init__(self, *, exact: bool, marked: bool) -> None:
        self.exact = exact
        self.marked = marked
        some = st.text(
            st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=12
        )
        self.texts = st.one_of(st.sampled_from(ODD), some) if exact else st.sampled_from(PLAIN)
        scalars = st.one_of(numbers, st.booleans(), self.texts)
        nested = st.dictionaries(
            st.sampled_from(("value", "label", "Valence", "Ärger")), scalars, min_size=1, max_size=3
        )
        self.answers: st.SearchStrategy[Any] = (
            st.one_of(scalars, nested, st.lists(self.texts, min_size=1, max_size=2), st.none())
            if exact
            else nested
        )

    def row(self, name: str, number: int, people: list[tuple[int, str]]) -> st.SearchStrategy[Row]:
        required, optional = self._fields(name)
        kept = st.fixed_dictionaries(required, optional=optional)
        return st.builds(
            lambda who, onset, fields: _row(name, number, people[who % len(people)], onset, fields),
            st.integers(0, 8),
            st.integers(-90_000, 3_600_000),
            kept,
        )

    def _fields(self, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is always there, and what may be absent."""
        texts, answers = self.texts, self.answers
        share = st.integers(0, 100).map(lambda n: n / 100)
        labels = st.fixed_dictionaries({"min": texts, "max": texts})
        words = st.sampled_from(("watch", "talk", "Zustand eins"))
        unknown = {"futureField": texts, "laterField": st.dictionaries(texts, texts, max_size=2)}
        required: dict[str, dict[str, Any]] = {
            "events": {
                "eventType": st.sampled_from(("component.response", "state.enter")),
                "category": st.sampled_from(("component", "state")),
            },
            "recordings": {"duration": st.integers(0, 900_000), "status": st.just("completed")},
            "chat": {"content": texts},
            "ratings/continuous": {
                "value": share,
                "scaleMin": st.just(0),
                "scaleMax": st.just(100),
            },
            "ratings/sparse": {
                "value": st.integers(1, 10),
                "scaleMin": st.just(1),
                "scaleMax": st.just(10),
            },
            "sync": {"timeDrift": numbers, "playbackRate": st.just(1.002), "syncQuality": share},
            "components": {"componentType": st.sampled_from(("ShowVideo", "textinput"))},
        }
        optional: dict[str, dict[str, Any]] = {
            "events": {
                "componentId": st.just("c_1"),
                "content": texts,
                "stateName": words,
                "participantRole": words,
                "duration": st.integers(0, 99_999),
                "response": answers,
                "deploymentId": st.just("dep_1"),
                **unknown,
            },
            "recordings": {
                "participantName": texts,
                "videoOffset": st.integers(-999, 9999),
                "fileSize": st.integers(1, 2**40),
                "format": st.just("mp4"),
            },
            "chat": {
                "senderName": texts,
                "messageType": st.just("text"),
                "recipientIds": st.just(["user_0_0"]),
                "deleted": st.booleans(),
            },
            "ratings/continuous": {
                "componentId": words,
                "normalizedValue": share,
                "rawValue": st.integers(0, 100),
            },
            "ratings/sparse": {
                "responseTime": st.integers(0, 9999),
                "labels": labels,
                "submitted": st.booleans(),
            },
            "sync": {"latency": st.integers(0, 500), "bufferHealth": share},
            "components": {
                "stateId": words,
                "config": st.fixed_dictionaries({"prompt": texts, "min": numbers}),
                "variableSnapshot": st.dictionaries(texts, texts, min_size=1, max_size=2),
            },
        }
        if self.exact:
            optional["ratings/sparse"]["responseTime"] = st.one_of(st.integers(0, 9999), st.none())
        if self.marked:
            for kind, mark in (("sparse", "labels"), ("continuous", "normalizedValue")):
                name_of = f"ratings/{kind}"
                required[name_of][mark] = optional[name_of].pop(mark)
        return required[name], optional[name]


RECORD_IDS = {
    "events": "id",
    "recordings": "recordingId",
    "chat": "messageId",
    "sync": "metricId",
    "ratings/continuous": "ratingId",
    "ratings/sparse": "ratingId",
}


def _zero(room: int) -> datetime:
    return ZERO + timedelta(days=room)


def _row(name: str, number: int, who: tuple[int, str], onset: int, fields: Row) -> Row:
    """The fields with the ids and times around them that a row of this type has."""
    room, person = who
    instant = _zero(room) + timedelta(milliseconds=onset)
    time = iso(instant)
    if name == "components":
        return {
            "componentId": f"c_{number}",
            "experimentId": EXPERIMENT,
            "timestamp": time,
            "onset": onset,
            **fields,
        }
    ids = {
        RECORD_IDS[name]: f"{RECORD_IDS[name]}_{name.replace('/', '_')}_{number:03d}",
        "experimentId": EXPERIMENT,
        "sessionId" if name == "events" else "roomId": f"room_{room}",
        "senderId" if name == "chat" else "participantId": person,
    }
    if name == "recordings":
        end = iso(instant + timedelta(milliseconds=fields["duration"]))
        return {**ids, "startTime": time, "endTime": end, **fields}
    return {**ids, "timestamp": time, "onset": onset, **fields}
