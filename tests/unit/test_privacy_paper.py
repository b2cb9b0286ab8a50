"""The privacy record and page of an archive: what a board reads."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from archive_tool.anonymize.known.consent import ConsentCounts
from archive_tool.archive.manifest import decode, info
from archive_tool.disclose.gate.risk import GroupRisk, Risk, TraceRisk
from archive_tool.model.archive import PrivacyStamp
from archive_tool.model.datatypes import SPARSE
from archive_tool.model.version import VERSION
from archive_tool.policy import decide, load_policy, parse, policy_text
from archive_tool.report.html.privacy import render_privacy
from archive_tool.report.privacy import STILL_PERSONAL, Privacy, privacy_json, statements
from archive_tool.schemas import FIELDS
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.pipelines import lab

NOBODY = GroupRisk(columns=(), people=0, k=0, alone=0, few=0, diversity=None, told=0)


def privacy(risk, policy="pseudonymize", types=("chat",)):
    return Privacy(
        archive_id="20260501-abcd",
        created=datetime(2026, 5, 1, tzinfo=UTC),
        decisions=decide(load_policy(policy)),
        key="k",
        types=types,
        consent=ConsentCounts(accepted=2, declined=1, unknown=0, withdrawn=0),
        left_out=1,
        touched={"chat": {"content: scrub": 3}},
        risk=risk,
    )


def test_what_a_board_reads():
    traces = (
        TraceRisk(trace="onsets", rounding="exact", people=40, singled_out=40, linked=40),
        TraceRisk(trace="onsets", rounding="to 1000 ms", people=40, singled_out=4, linked=4),
    )
    groups = GroupRisk(
        columns=("participantRole",), people=40, k=1, alone=1, few=8, diversity=2, told=0
    )
    risk = Risk(people=40, linked_exact=40, linked_rounded=4, traces=traces, groups=groups)
    assert statements(privacy(risk)) == [
        "Singling out: 40 of 40 people have onsets that nobody else has; rounded to 1000 ms, "
        "onsets still single out 4 of 40",
        "Linkability: somebody who also holds the original export can find 40 of 40 people again "
        "by such traces, and 4 of 40 when values are known roughly only; a guess would find 1 of "
        "40. The same person has the same code in all archives of the study",
        "Inference: by participantRole the smallest group has 1 of 40 people (k = 1); 1 are alone "
        "in theirs, 8 are in groups of fewer than ten; a group of two or more gave at least 2 "
        "different sets of answers (l = 2), and the group alone tells the answers of 0 people",
        "Text: what the export and the policy name was taken out, with addresses and numbers that "
        "look like somebody's; names that nobody listed were not looked for",
        STILL_PERSONAL,
    ]


def test_people_under_their_own_ids_need_no_attack():
    (line,) = statements(privacy(None, "keep"))
    assert line.startswith("People stand in these tables under their own ids")


def test_the_page_says_which_archive_it_is_about_and_claims_no_attack_that_was_none():
    risk = Risk(people=1, linked_exact=0, linked_rounded=0, traces=(), groups=NOBODY)
    attacked, kept = render_privacy(privacy(risk)), render_privacy(privacy(None, "keep"))
    made = f"Archive <code>20260501-abcd</code>, made on 1 May 2026 (UTC) by archive-tool {VERSION} under the policy"
    assert (
        f"{made} <strong>pseudonymize</strong>, version 1. Before it was published it was attacked"
        in attacked
    )
    assert f"{made} <strong>keep</strong>, version 1. People keep their own ids in it" in kept
    assert "attacked" not in kept


def test_a_place_inside_a_column_claims_no_count_of_its_own():
    page = render_privacy(privacy(None, types=("chat", "events")))
    (itself,) = re.findall(r"response itself</th>.*?</tr>", page)
    assert itself.endswith('<td class="n">–</td></tr>')
    assert (
        '>content</th><td><code>scrub</code></td><td class="long">defaults.text</td><td class="n">3<'
        in page
    )


def test_whatever_holds_what_somebody_wrote_is_said_to():
    risk = Risk(people=1, linked_exact=0, linked_rounded=0, traces=(), groups=NOBODY)

    def about_text(*types):
        return [one for one in statements(privacy(risk, types=types)) if one.startswith("Text: ")]

    with_words = [name for name in FIELDS if about_text(name)]
    assert with_words == ["events", "chat", "ratings/sparse", "components"]


def test_no_column_no_claim():
    risk = Risk(people=1, linked_exact=0, linked_rounded=0, traces=(), groups=NOBODY)
    first, _, third, *_ = statements(privacy(risk, types=("sync",)))
    assert (
        first == "Singling out: no column that leaves tells one person from another by its course"
    )
    assert third == (
        "Inference: no role or condition leaves, so that no group tells anything of its members"
    )


def test_no_quasi_identifier_of_the_policy_leaves():
    text = load_policy("pseudonymize").text + '[disclosure]\nquasi_identifiers = ["content"]\n'
    risk = Risk(people=1, linked_exact=0, linked_rounded=0, traces=(), groups=NOBODY)
    stated = replace(privacy(risk), decisions=decide(parse(text, where="t")))
    assert (
        "Inference: none of the quasi-identifiers of the policy leaves, so that no group tells "
        "anything of its members"
    ) in statements(stated)
    assert json.loads(privacy_json(stated))["policy"]["quasi_identifiers"] == ["content"]


def test_every_field_stands_in_the_record_with_its_rule():
    document = json.loads(privacy_json(privacy(None)))
    fields = {field["column"]: field for field in document["fields"]}
    assert fields["content"] == {
        "type": "chat", "column": "content", "rule": "scrub", "because": "defaults.text",
        "cells": {"scrub": 3},
    }  # fmt: skip
    assert fields["senderName"]["rule"] == "drop"
    assert {field["type"] for field in document["fields"]} == {"chat"}


def test_the_reason_of_a_rule_stands_in_the_record():
    rule = '[fields.chat]\ncontent = {action = "drop", because = "nobody agreed to talk"}\n'
    text = policy_text("pseudonymize") + rule
    stated = replace(privacy(None), decisions=decide(parse(text, where="t")))
    (field,) = (f for f in json.loads(privacy_json(stated))["fields"] if f["column"] == "content")
    assert field["because"] == "fields.chat.content: nobody agreed to talk"


@cache
def sample():
    made = lab(Path(mkdtemp()))
    study = small_study()
    bundle = write_form(study, "api-pages", made.folder / "bundle")
    return made.create(bundle, policy=load_policy("pseudonymize")), study


def test_the_sample_study_has_its_privacy_page():
    created, study = sample()
    document = json.loads((created.path / "data/reports/privacy.json").read_text())
    people = {row["participantId"] for row in study.rows["events"]} - {None}
    agents = {row["participantId"] for row in study.rows["participants"] if row.get("isAgent")}
    declined = document["consent"]["left_out"]
    assert document["risk"]["people"] == len(people - agents) - declined
    assert document["risk"]["linked_exact"] <= document["risk"]["people"]
    assert document["policy"]["digest"] == created.policy.digest
    assert (
        sum(document["consent"][k] for k in ("accepted", "declined", "unknown")) >= len(people) - 1
    )
    page = (created.path / "data/reports/privacy.html").read_text()
    assert all(line.split(":")[0] in page for line in document["statements"])
    assert "anonymous" not in page.lower()
    for row in study.rows["chat"]:
        assert row["senderId"] not in page


def test_the_rows_of_the_record_add_up_with_those_of_the_validation_report():
    created, _ = sample()
    rows = json.loads((created.path / "data/reports/privacy.json").read_text())["rows"]
    first = (created.path / "data/reports/validation.jsonl").read_text().splitlines()[0]
    validated = json.loads(first)["validation"]["overview"]
    assert {name: sum(counts.values()) for name, counts in rows.items()} == {
        entry["data_type"]: entry["rows"] for entry in validated if entry["rows"]
    }
    assert rows["events"] == {"archived": 574, "left_out": 1, "without_room": 0}
    assert {name: counts["archived"] for name, counts in rows.items()} == {
        name: result.rows_out for name, result in created.tables.items()
    }
    page = (created.path / "data/reports/privacy.html").read_text()
    assert '<th scope="row">events</th><td class="n">574</td><td class="n">1</td>' in page


def test_a_type_of_which_no_row_may_leave_has_no_line_beside_the_others(tmp_path):
    """A part of its rows, those of no known room, would not add up with anything."""
    made = lab(tmp_path)
    lines = "\n".join(f'{field.name} = "drop"' for field in FIELDS[SPARSE.name])
    text = f'{policy_text("pseudonymize")}\n[fields."{SPARSE.name}"]\n{lines}\n'
    bundle = DEFECTS / "rows-without-room" / "bundle"
    created = made.create(bundle, policy=parse(text, where="mixed"))
    rows = json.loads((created.path / "data/reports/privacy.json").read_text())["rows"]
    assert created.tables[SPARSE.name].without_room == 4
    assert rows.keys() == created.tables.keys() - {SPARSE.name}


def test_the_manifest_points_to_the_record_and_names_what_was_used():
    created, _ = sample()
    record = (created.path / "data/reports/privacy.json").read_bytes()
    document = json.loads(record)
    (archive,) = info(created.path)
    stamp = archive.manifest.privacy
    assert stamp == PrivacyStamp(
        record="reports/privacy.json",
        sha256=hashlib.sha256(record).hexdigest(),
        scrubber=document["detectors"]["version"],
        unknown_names="not looked for",
        key=document["key"],
    )
    assert archive.manifest.policy.digest == document["policy"]["digest"]
    assert len(document["key"]) > 8


def test_older_manifests_have_no_stamp():
    created, _ = sample()
    older = json.loads((created.path / "data/archive.json").read_text())
    del older["privacy"]
    assert decode(json.dumps(older).encode()).privacy is None


def test_the_page_holds_every_statement():
    risk = Risk(people=1, linked_exact=0, linked_rounded=0, traces=(), groups=NOBODY)
    page = render_privacy(privacy(risk))
    assert "2 people agreed, 1 declined, 0 withdrew" in page
    assert page.count("<li>") == len(statements(privacy(risk)))


def test_what_was_dropped_in_unknown_places_stands_in_the_record_and_on_the_page(tmp_path):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    answer = {"value": "yes", "Anna": {"left": 1, "right": 2}, "hand": "left"}
    event = {
        "id": "e1", "timestamp": "2026-03-02T09:00:00.000Z", "onset": 5, "roomId": "r1",
        "participantId": "u1", "eventType": "component.response", "response": answer,
    }  # fmt: skip
    (bundle / "events.json").write_text(json.dumps([event]), encoding="utf-8")
    made = lab(tmp_path).create(bundle, policy=load_policy("pseudonymize"))
    assert json.loads((made.path / "data/reports/privacy.json").read_text())["unknown_places"] == {
        "events": {"response.*": 1, "response.*.*": 2}
    }
    page = (made.path / "data/reports/privacy.html").read_text()
    row = (
        '<tr><th scope="row">events</th><th scope="row">response.*.*</th><td class="n">2</td></tr>'
    )
    assert row in page
    assert "Anna" not in page
    assert "no schema lists" not in render_privacy(privacy(None))

    ran = command(
        "create", bundle, "--policy", "pseudonymize", "--store", tmp_path / "other",
        "--vault", tmp_path / "vault",
    )  # fmt: skip
    assert (
        "unknown   3 values dropped in places that no schema lists; a rule of the policy can name "
        "them:\n          events response.*.*, events response.*\n"
    ) in ran.out


def test_create_says_that_columns_were_dropped_which_the_schema_does_not_know(tmp_path):
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    said = {
        "id": "c1", "timestamp": "2026-03-02T09:00:00.000Z", "onset": 5, "roomId": "r1",
        "senderId": "u1", "content": "hello", "Dilnoza": 1,
    }  # fmt: skip
    (bundle / "chat.json").write_text(json.dumps([said]), encoding="utf-8")
    lab(tmp_path)
    for policy, told in (("pseudonymize", True), ("aggregate-only", False)):
        ran = command(
            "create", bundle, "--policy", policy, "--store", tmp_path / policy,
            "--vault", tmp_path / "vault",
        )  # fmt: skip
        line = (
            "unknown   columns that the schema does not know, dropped from 1 row (chat):\n"
            "          `extra` of the policy decides about them\n"
        )
        assert (line in ran.out) is told
        assert "unknown   " not in ran.out.replace(line, "")
        assert "Dilnoza" not in ran.out
