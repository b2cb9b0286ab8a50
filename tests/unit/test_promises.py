"""What the leak gate asks of a column or leaf, by what the policy does with it."""

from dataclasses import replace

import pytest

from archive_tool.disclose.gate.promises import (
    KEPT,
    LEFT_OUT,
    NOTHING,
    SCRUBBED,
    Promise,
    of_column,
    of_leaf,
)
from archive_tool.policy import decide, load_policy, parse, policy_text
from archive_tool.schemas import field_of

KEEP = decide(load_policy("keep"))


def ruled(data_type, rule):
    """``pseudonymize`` with a rule of its own; the gate also reads what no new policy may say."""
    text = policy_text("pseudonymize") + f"\n[fields.{data_type}]\n{rule}\n"
    return decide(parse(text, where="t"), stored=True)


@pytest.mark.parametrize(
    ("data_type", "column", "rule", "promise"),
    [
        ("events", "participantId", "", Promise(code="[PA]")),
        ("events", "roomId", "", Promise(code="R")),
        ("events", "id", "", Promise(code="E")),
        ("events", "stateId", 'stateId = "pseudonymize"', Promise(code="L")),
        ("chat", "content", "", SCRUBBED),
        ("chat", "content", 'content = "keep"', KEPT),
        ("chat", "senderName", 'senderName = "keep"', NOTHING),
        ("events", "participantRole", "", KEPT),
        ("events", "stateId", "", Promise(ids=True, names=True)),
        ("events", "onset", "", NOTHING),
        ("events", "timestamp", 'timestamp = { action = "generalize", to = "month" }', NOTHING),
    ],
)
def test_a_column(data_type, column, rule, promise):
    decisions = ruled(data_type, rule)
    assert of_column(decisions, data_type, field_of(data_type, column)) == promise


@pytest.mark.parametrize(
    ("path", "rule", "promise"),
    [
        ("value", "", replace(SCRUBBED, numerals=True)),
        ("value", '"response.value" = "keep"', replace(KEPT, numerals=True)),
        ("score", "", SCRUBBED),
        ("value", '"response.value" = "drop"', None),
        ("value", '"response.value" = "pseudonymize"', Promise(code="L")),
        ("value", '"response.value" = { action = "generalize", bin = 10 }', NOTHING),
    ],
)
def test_a_leaf(path, rule, promise):
    decisions = ruled("events", rule)
    assert of_leaf(decisions, "events", field_of("events", "response"), (path,)) == promise


def test_where_people_keep_their_ids_only_those_who_are_left_out_are_looked_for():
    assert of_column(KEEP, "chat", field_of("chat", "content")) == LEFT_OUT
    assert of_column(KEEP, "chat", field_of("chat", "senderName")) == NOTHING
    leaf = of_leaf(KEEP, "events", field_of("events", "response"), ("value",))
    assert leaf == replace(LEFT_OUT, numerals=True)
