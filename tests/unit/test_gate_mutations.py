"""One rule out of the policy, or one transform broken: the gate refuses to publish."""

import tempfile
from functools import cache
from pathlib import Path

import pytest

from archive_tool.anonymize import context, plan
from archive_tool.anonymize.codes import PseudonymKeys
from archive_tool.anonymize.nested.leaves import Leaves
from archive_tool.anonymize.texts.text import Scrubber
from archive_tool.errors import DisclosureError
from archive_tool.policy import decide, load_policy, parse
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.pipelines import lab

POLICY = load_policy("pseudonymize")


@cache
def bundle():
    """One room of the sample study, with what people type where nobody expects it."""
    whole = small_study()
    study = whole.in_room(whole.rooms[0])
    person = study.rows["chat"][0]["senderId"]
    name = study.rows["chat"][0]["senderName"]
    study.rows["chat"].append(
        study.rows["chat"][-1]
        | {"messageId": "m_more", "content": f"I am {name}, {person}, 198.51.100.7"}
    )
    study.rows["events"].append(
        study.rows["events"][-1]
        | {"id": "e_more", "futureField": "x", "content": person}
        | {"response": {"value": "call +49 151 113 5516", "newThing": 1, "label": person}}
    )
    return write_form(study, "api-pages", Path(tempfile.mkdtemp()) / "bundle")


def refused(tmp_path):
    """What the gate says about the sample study; nothing may have been published."""
    made = lab(tmp_path)
    before = (made.folder / "vault" / "vault.age").read_bytes()
    with pytest.raises(DisclosureError) as caught:
        made.create(bundle(), policy=POLICY)
    assert list((made.store / "archives").iterdir()) == []
    assert [path.name for path in made.store.iterdir() if path.name.startswith(".staging")] == []
    assert (made.folder / "vault" / "vault.age").read_bytes() == before
    return {(hit["table"], hit["column"], hit["kind"]) for hit in caught.value.detail["hits"]}


def test_the_sample_study_passes_as_it_is(tmp_path):
    assert lab(tmp_path).create(bundle(), policy=POLICY).tables["chat"].rows_out > 0


@pytest.mark.parametrize(
    ("line", "hit"),
    [
        ("person-id", ("chat", "senderId", "id that is no code")),
        ("room-id", ("chat", "roomId", "id that is no code")),
        ("record-id", ("chat", "messageId", "id that is no code")),
        ("name", ("chat", "senderName", "column that the policy takes out")),
        ("locator", ("recordings", "downloadUrl", "column that the policy takes out")),
        ("text", ("chat", "content", "phone number")),
        ("answer", ("events", "response.value", "phone number")),
        ("time", ("chat", "timestamp", "column that the policy takes out")),
        ("unknown-leaves", ("events", "response.*", "column that the policy takes out")),
        ("extra", ("events", "extra", "column that the policy takes out")),
    ],
)
def test_a_rule_taken_out(tmp_path, monkeypatch, line, hit):
    key = f'"{line}" =' if f'"{line}" =' in POLICY.text else f"{line} ="
    lines = [f'{key} "keep"' if ln.startswith(key) else ln for ln in POLICY.text.splitlines()]
    weaker = decide(parse("\n".join(lines), where="t"), stored=True)
    assert weaker != decide(POLICY)
    original = context.Plan

    def weak(**arguments):
        return original(**{**arguments, "decisions": weaker})

    monkeypatch.setattr(context, "Plan", weak)
    assert hit in refused(tmp_path)


BROKEN = {
    "text columns": (Scrubber, "column", lambda _, texts, *room: (texts, 0), ("chat", "content")),
    "texts": (Scrubber, "scrub", lambda _, text, *room, **looked: text, ("chat", "content")),
    "names": (plan, "name_phrases", lambda *_: {}, ("chat", "content")),
    "ids": (plan, "id_phrases", lambda *_: {}, ("chat", "content")),
    "records": (PseudonymKeys, "of_records", lambda _, ids: ids, ("events", "id")),
    "people": (PseudonymKeys, "of_person", lambda _, person: person, ("events", "participantId")),
    "rooms": (PseudonymKeys, "of_room", lambda _, room: room, ("events", "roomId")),
    "documents": (Leaves, "rewrite", lambda _, document: document, ("chat", "recipientIds[]")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_transform_broken(tmp_path, monkeypatch, name):
    place, attribute, replacement, hit = BROKEN[name]
    monkeypatch.setattr(place, attribute, replacement)
    assert hit in {(table, column) for table, column, _ in refused(tmp_path)}
