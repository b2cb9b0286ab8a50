"""People who took their consent back: nothing of them leaves, and the counts say how many."""

import io
import json
from pathlib import Path

import pytest

from archive_tool.anonymize.known.consent import ConsentCounts
from archive_tool.policy import load_policy, parse
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.commands import command
from tests.support.pipelines import lab

STUDY = small_study()
GONE = STUDY.rows["chat"][0]["senderId"]
NAME = STUDY.rows["chat"][0]["senderName"]
PARTNER = next(row for row in STUDY.rows["chat"] if row["senderId"] != GONE)
MENTION = PARTNER | {
    "messageId": "m_mention",
    "content": f"{NAME} ({GONE}) said so",
    "recipientIds": [GONE, PARTNER["senderId"]],
}


@pytest.fixture
def bundle(tmp_path) -> Path:
    study = small_study()
    study.rows["chat"].append(MENTION)
    return write_form(study, "api-pages", tmp_path / "bundle")


def rows_of(archive):
    return {name: archive.read(name).to_pylist() for name in archive.types()}


def test_nothing_of_a_withdrawn_person_is_left_under_keep(tmp_path, bundle):
    made = lab(tmp_path)
    before = made.create(bundle, policy=load_policy("keep"))
    after = made.create(bundle, policy=load_policy("keep"), withdrawn=[GONE, "nobody here"])
    text = json.dumps(rows_of(made.open(after)), default=str)
    assert GONE in json.dumps(rows_of(made.open(before)), default=str)
    assert GONE not in text
    assert not any(part in text for part in NAME.split())
    assert after.people_left_out == before.people_left_out + 1
    assert (before.consent.withdrawn, after.consent.withdrawn) == (0, 1)
    for name, result in after.tables.items():
        theirs = sum(GONE in (row.get("participantId"), row.get("senderId"))
                     for row in [*STUDY.rows[name], *([MENTION] if name == "chat" else [])])  # fmt: skip
        assert result.left_out == theirs
    assert after.tables["chat"].touched["recipientIds: excluded"] >= 1
    assert after.tables["chat"].touched["content: scrub"] >= 1


def test_states_and_components_named_after_a_withdrawn_person_lose_the_name(tmp_path):
    study = small_study()
    others = next(row for row in study.rows["events"] if row["participantId"] != GONE)
    study.rows["events"].append(
        others | {"id": "e_named", "stateId": f"wait for {NAME}", "componentId": f"{GONE}_block"}
    )
    bundle = write_form(study, "api-pages", tmp_path / "bundle")
    made = lab(tmp_path)
    kept = made.create(bundle, policy=load_policy("keep"), withdrawn=[GONE])
    lesser = made.create(kept.path, policy=load_policy("pseudonymize"))
    for archive in (kept, lesser):
        events = made.open(archive).read("events").to_pylist()
        assert [r["componentId"] for r in events if r["stateId"] == "wait for [NAME]"] == [
            "[ID]_block"
        ]
        assert not any(part in json.dumps(events, default=str) for part in (GONE, *NAME.split()))


def test_components_keep_words_of_the_language_that_are_names_too(tmp_path):
    study = small_study()
    for row in study.rows["chat"]:
        if row["senderId"] == GONE:
            row["senderName"] = "Choice Baker"
    row = next(row for row in study.rows["events"] if row["participantId"] != GONE)
    row["componentId"], row["stateId"] = "choice_trust", "room of Choice Baker"
    made = lab(tmp_path)
    bundle = write_form(study, "api-pages", tmp_path / "bundle")
    kept = made.create(bundle, policy=load_policy("keep"), withdrawn=[GONE])
    events = made.open(kept).read("events").to_pylist()
    said = [r["componentId"] for r in events if r["stateId"] == "room of [NAME]"]
    assert said == ["choice_trust"]


def test_a_withdrawn_person_has_no_code(tmp_path, bundle):
    made = lab(tmp_path)
    created = made.create(bundle, policy=load_policy("pseudonymize"), withdrawn=[GONE])
    chat = {row["messageId"]: row for row in made.open(created).read("chat").to_pylist()}
    (mention,) = (row for row in chat.values() if (row["content"] or "").endswith("said so"))
    assert mention["content"] == "[NAME] ([ID]) said so"
    assert len(json.loads(mention["recipientIds"])) == 1


def test_accepted_keeps_only_people_with_evidence(tmp_path):
    study = small_study()
    silent = GONE
    study.rows["events"] = [
        row for row in study.rows["events"]
        if row["participantId"] != silent or not row["eventType"].startswith("consent")
    ]  # fmt: skip
    bundle = write_form(study, "api-pages", tmp_path / "bundle")
    text = load_policy("keep").text.replace('consent = "any"', 'consent = "accepted"')
    made = lab(tmp_path)
    created = made.create(bundle, policy=parse(text, where="t"))
    assert created.consent.unknown >= 1
    assert silent not in json.dumps(rows_of(made.open(created)), default=str)
    assert isinstance(created.consent, ConsentCounts)


def test_the_list_comes_from_a_file_or_stdin(tmp_path, bundle, monkeypatch):
    made = lab(tmp_path)
    (tmp_path / "ids.txt").write_text(f"{GONE}\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{GONE}\n".encode())))
    for source in (tmp_path / "ids.txt", "-"):
        ran = command(
            "create", bundle, "--policy", "pseudonymize", "--store", made.store,
            "--vault", made.folder / "vault", "--withdrawn", source, "--json",
        )  # fmt: skip
        assert ran.code == 0, ran.err
        consent = ran.json["consent"]
        assert consent.keys() == {
            "left_out", "accepted", "declined", "unknown", "withdrawn", "unmatched",
        }  # fmt: skip
        assert (consent["withdrawn"], consent["unmatched"]) == (1, 0)
        assert GONE not in ran.out + ran.err


def test_an_id_of_the_list_that_nobody_has_is_counted_aloud(tmp_path, bundle):
    made = lab(tmp_path)
    (tmp_path / "ids.txt").write_text(f"{GONE}\nmistyped-1\nmistyped-2\n")
    ran = command(
        "create", bundle, "--policy", "pseudonymize", "--store", made.store,
        "--vault", made.folder / "vault", "--withdrawn", tmp_path / "ids.txt",
    )  # fmt: skip
    assert "withdrawn 1 person of those left out; 2 ids of the list have no rows here\n" in ran.out
    assert "mistyped" not in ran.out + ran.err
