"""Levels of summary tables name nobody: neither a role, nor a stimulus, nor an answer."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from archive_tool.anonymize.known.identifiers import KnownIdentifiers
from archive_tool.disclose.gate import summaries
from archive_tool.disclose.gate.promises import KEPT
from archive_tool.disclose.gate.sought import NOBODY, everything
from archive_tool.disclose.gate.texts import Texts
from archive_tool.errors import DisclosureError
from archive_tool.pipeline import run
from archive_tool.policy import load_policy
from tests.support.pipelines import Lab, lab

WILMA = "Wilma Osterwald"


def bundle(folder: Path) -> Path:
    """Events of 24 people in 12 rooms, and a message of Wilma's that gives her name."""
    events = [
        {
            "id": f"e{number}-{turn}",
            "experimentId": "x",
            "roomId": f"room-{number // 2}",
            "participantId": f"user_{number:02d}Qz",
            "eventType": "component.response",
            "componentType": "multiple-choice",
            "componentId": "film_wilma-osterwald.mp4",
            "stateName": ("Wilma speaks", "Osterwald speaks")[turn % 2],
            "timestamp": f"2025-03-01T10:0{turn}:00Z",
            "onset": 60_000 * turn,
            "response": {"value": (WILMA, "user_03Qz", "nobody")[(number + turn) % 3]},
        }
        for number in range(24)
        for turn in range(6)
    ]
    chat = {
        "messageId": "m1", "experimentId": "x", "roomId": "room-0", "senderId": "user_00Qz",
        "senderName": WILMA, "content": "hi", "timestamp": "2025-03-01T10:00:00Z", "onset": 1,
    }  # fmt: skip
    place = folder / "bundle"
    place.mkdir()
    for name, rows in (("events", events), ("chat", [chat])):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (place / f"{name}.ndjson").write_text(lines)
    return place


@pytest.fixture
def study(tmp_path: Path) -> tuple[Lab, Path]:
    return lab(tmp_path), bundle(tmp_path)


def test_levels_lose_names_and_ids_and_stay_apart(study):
    place, rows = study
    made = place.create(rows, policy=load_policy("aggregate-only"))
    folder = place.extracted(made)
    tables = {path.stem: json.loads(path.read_bytes())["data"] for path in folder.iterdir()}
    text = json.dumps(tables).casefold()
    assert not [word for word in ("wilma", "osterwald", "user_03qz") if word in text]
    assert {row["stateName"] for row in tables["events_by_state"]} == {
        "(all)", "[NAME] speaks", "[NAME] speaks 2"
    }  # fmt: skip
    answers = tables["events_answers"]
    assert {row["componentId"] for row in answers} == {"film_[NAME].mp4"}
    assert {row["response.value"]: row["people"] for row in answers} == {
        "[NAME]": 24, "[ID]": 24, "nobody": 24
    }  # fmt: skip


def test_the_gate_searches_summary_tables(study, monkeypatch):
    place, rows = study
    start = run.Releasing
    monkeypatch.setattr(run, "Releasing", lambda **more: start(**{**more, "clean": lambda: None}))
    with pytest.raises(DisclosureError) as refused:
        place.create(rows, policy=load_policy("aggregate-only"))
    assert "aggregates/events_by_state.stateName: known name, 2 distinct" in str(refused.value)
    assert "aggregates/events_answers.response.value: known id, 1 distinct" in str(refused.value)
    assert "ilma" not in str(refused.value)
    assert not list(place.store.glob("archives/*"))


def test_bins_are_figures_whatever_ids_look_like():
    known = KnownIdentifiers(people=frozenset({"10000", "user_1x"}))
    texts = Texts(everything(known, rooms=True, names=()), NOBODY)
    table = pa.table({"onset": ["10000", "[10000, 20000)"], "role": ["user_1x", "10000 times"]})
    found = [str(hit) for hit in summaries.levels_of("aggregates/t", table, texts, KEPT)]
    assert found == ["aggregates/t.role: known id"] * 2


def test_an_answer_beyond_all_numbers_is_no_level_and_no_crash() -> None:
    """JSON has no end of digits; and minus nothing is nothing."""
    from archive_tool.disclose.cells.columns import words
    from archive_tool.model.aggregates import Source

    answers = ["1" + "0" * 400, "-0.0", "0", "2"]
    table = pa.table({"response": [f'{{"value":{answer}}}' for answer in answers]})
    coded = words(Source(column="response", leaf="value"), table)
    assert [coded.levels[code] for code in coded.codes] == ["(missing)", "0", "0", "2"]
