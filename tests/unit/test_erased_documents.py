"""People taken out of JSON documents of others: what is left is JSON still."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_tool.archive.opening import open_archive
from archive_tool.lifecycle.applying import erase
from archive_tool.lifecycle.mentioned import documents, erased_words, mentions
from archive_tool.lifecycle.planning import erase_plan, plans
from archive_tool.model.people import ERASED
from tests.support.pipelines import NOW, keep_all, lab

WHO = "40512345"


def gone(text: str) -> str:
    return text.replace(WHO, "[erased]")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"value":40512345}', '{"value":"[erased]"}'),
        ('{"a":[40512345.0,"by 40512345"],"40512345":1}', '{"a":["[erased]","by [erased]"],"[erased]":1}'),
        ("40512345", '"[erased]"'),
        ('{"a":1.50,"b":1e3}', '{"a":1.50,"b":1e3}'),
        ("no JSON of 40512345", "no JSON of [erased]"),
    ],
)  # fmt: skip
def test_keys_texts_and_numbers(before, after):
    assert documents.without(before, gone) == after


def test_small_numbers_are_numbers():
    assert documents.without('{"a":12,"b":"12"}', lambda t: t.replace("12", "[erased]")) == (
        '{"a":12,"b":"[erased]"}'
    )


LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.just(WHO)
TREES = st.recursive(LEAVES, lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside))


@given(TREES)
def test_what_is_left_is_json_without_the_person(document):
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    changed = documents.without(text, gone)
    json.loads(changed)
    assert WHO not in changed
    assert (changed == text) == (WHO not in text)


def test_an_erasure_leaves_documents_of_others_readable(tmp_path: Path):
    rows = [
        {"id": "e1", "experimentId": "x", "roomId": "r", "participantId": WHO,
         "eventType": "a", "timestamp": "2025-03-01T10:00:00Z", "onset": 1},
        {"id": "e2", "experimentId": "x", "roomId": "r", "participantId": "user_2",
         "eventType": "a", "timestamp": "2025-03-01T10:00:01Z", "onset": 2,
         "response": {"value": int(WHO), "answers": {"q": f"with {WHO}"}}, "other": int(WHO)},
    ]  # fmt: skip
    bundle = tmp_path / "events.ndjson"
    bundle.write_text("".join(json.dumps(row) + "\n" for row in rows))
    place = lab(tmp_path)
    made = place.create(bundle, policy=keep_all("CONSENT-UNKNOWN"))
    copy = open_archive(made.path, vault=place.vault)
    old = copy.read("events")
    plan = erase_plan.plan(place.store, place.vault, [WHO], rewrite_mentions=True, now=NOW)
    plans.save(plan, tmp_path / "plan.json")
    later = NOW + timedelta(minutes=1)
    erase.apply(place.store, place.vault, tmp_path / "plan.json", ids=[WHO], now=later)
    (left,) = open_archive(made.path, vault=place.vault).read("events").to_pylist()
    assert json.loads(left["response"]) == {
        "value": "[erased]", "answers": {"q": "with [erased]"}
    }  # fmt: skip
    assert json.loads(left["extra"]) == {"other": "[erased]"}
    words = erased_words.ErasedWords.of(place.vault)
    wanted = mentions.Sought(words=mentions.patterns([WHO]))
    (theirs,) = [row for row in old.to_pylist() if row["id"] == "e2"]
    again = documents.without(theirs["response"], words.without)
    assert json.loads(again) == json.loads(left["response"]), "what comes back from a copy too"
    assert len(mentions.changes(old, "response", wanted, ERASED)) == 1
