"""A policy may not keep in one place of a row what it hides in another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from archive_tool.anonymize import Context, Identifiers, PseudonymKeys, apply
from archive_tool.errors import PolicyError
from archive_tool.model.tables import Batch
from archive_tool.policy import decide, parse, policy_text
from archive_tool.schemas import arrow_schema
from tests.support.commands import command

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.model.policy import Policy


def ruled(base: str, data_type: str, *rules: str) -> Policy:
    """Give a ready policy with rules of its own."""
    more = "\n".join((f'[fields."{data_type}"]', *rules))
    return parse(f"{policy_text(base)}\n{more}\n", where="t")


@pytest.mark.parametrize(
    ("base", "data_type", "rules", "told", "lines"),
    [
        (
            "keep",
            "chat",
            ['senderId = "drop"', 'senderName = "drop"'],
            ['chat."recipientIds[]": keep, beside senderId: drop',
             "chat.recipientIds: keep, beside senderId: drop"],
            ['"recipientIds[]" = "drop"', 'recipientIds = "drop"'],
        ),
        (
            "keep",
            "events",
            ['participantId = "pseudonymize"'],
            ['events."data.recipient": keep, beside participantId: pseudonymize',
             'events."metadata.participantId": keep, beside participantId: pseudonymize'],
            ['"data.recipient" = "pseudonymize"', '"metadata.participantId" = "pseudonymize"'],
        ),
        (
            "pseudonymize",
            "events",
            ['"metadata.*" = "keep"'],
            ['events."metadata.participantId": keep, beside participantId: pseudonymize',
             'events."metadata.roomId": keep, beside roomId: pseudonymize',
             'events."metadata.roomName": keep, beside roomId: pseudonymize'],
            ['"metadata.participantId" = "pseudonymize"', '"metadata.roomId" = "pseudonymize"',
             '"metadata.roomName" = "pseudonymize"'],
        ),
        (
            "pseudonymize",
            "chat",
            ['senderId = "keep"'],
            ['chat."recipientIds[]": pseudonymize, beside senderId: keep',
             "chat.recipientIds: pseudonymize, beside senderId: keep"],
            ['"recipientIds[]" = "drop"', 'recipientIds = "drop"'],
        ),
        (
            "pseudonymize",
            "recordings",
            ['participantName = "keep"'],
            ["recordings.participantName: keep, beside participantId: pseudonymize"],
            ['participantName = "drop"'],
        ),
        (
            "keep",
            "recordings",
            ['roomId = "aggregate-only"'],
            ['recordings."metadata.roomName": keep, beside roomId: aggregate-only'],
            ['"metadata.roomName" = "drop"'],
        ),
    ],
)  # fmt: skip
def test_it_is_refused_with_places_and_lines(
    base: str, data_type: str, rules: list[str], told: list[str], lines: list[str]
) -> None:
    with pytest.raises(PolicyError) as caught:
        decide(ruled(base, data_type, *rules))
    count = "1 place tells" if len(told) == 1 else f"{len(told)} places tell"
    assert caught.value.what.splitlines() == [
        f"{count} what another column of the same rows hides",
        *(f"  {place}" for place in told),
    ]
    assert (caught.value.hint or "").splitlines() == [
        "change or add these lines, or decide the other column alike:",
        f"  [fields.{data_type}]",
        *(f"  {line}" for line in lines),
    ]
    assert decide(ruled(base, data_type, *rules), stored=True)
    changed = {line.partition(" ")[0] for line in lines}
    others = [line for line in rules if line.partition(" ")[0] not in changed]
    assert decide(ruled(base, data_type, *others, *lines))


@pytest.mark.parametrize(
    ("base", "data_type", "rules"),
    [
        ("keep", "chat", ['recipientIds = "drop"']),
        ("keep", "chat", ['senderName = "drop"']),
        ("keep", "sync", ['participantId = "drop"']),
        ("pseudonymize", "chat", ['recipientIds = "scrub"', 'senderName = "scrub"']),
        ("pseudonymize", "chat", ['senderId = "drop"']),
    ],
)
def test_what_only_takes_away_passes(base: str, data_type: str, rules: list[str]) -> None:
    assert decide(ruled(base, data_type, *rules))


def test_policy_check_says_so(tmp_path: Path) -> None:
    file = tmp_path / "board.toml"
    file.write_text(ruled("keep", "chat", 'senderId = "drop"').text, encoding="utf-8")
    ran = command("policy", "check", file)
    assert ran.code == 13
    assert 'senderName = "drop"' in ran.err


def test_policy_check_warns_where_two_types_differ(tmp_path: Path) -> None:
    file = tmp_path / "board.toml"
    rules = ['participantId = "pseudonymize"', 'roomId = "pseudonymize"']
    file.write_text(ruled("keep", "sync", *rules).text, encoding="utf-8")
    ran, others = command("policy", "check", file), "recordings, chat, ratings/continuous"
    told = [
        f"ids of {what} are kept in events, {others}, ratings/sparse, components and codes in sync: "
        "whoever reads both can match them"
        for what in ("people", "rooms")
    ]
    assert ran.code == 0
    assert ran.out.splitlines()[-2:] == [f"warning: {text}" for text in told]
    assert command("policy", "check", file, "--json").json["warnings"] == told


@pytest.mark.parametrize("name", ["keep", "pseudonymize", "aggregate-only"])
def test_policy_check_warns_of_no_ready_policy(name: str) -> None:
    assert command("policy", "check", name, "--json").json["warnings"] == []


@pytest.mark.parametrize("action", ["scrub", "keep"])
def test_ids_in_nested_places_are_hidden_whoever_is_left_out(action: str) -> None:
    """Once somebody was left out, the ids of all others stayed as they were."""
    rows: list[dict[str, Any]] = [
        {"messageId": "m", "roomId": "r1", "senderId": "anna77xq",
         "recipientIds": json.dumps(["ben42zzk", "cleo9wwm"])},
        {"messageId": "n", "roomId": "r1", "senderId": "ben42zzk", "recipientIds": '"anna77xq"'},
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=arrow_schema("chat"))
    known = Identifiers()
    known.add(Batch(data_type="chat", table=table))
    policy = ruled("pseudonymize", "chat", f'recipientIds = "{action}"')
    context = Context(
        decisions=decide(policy, stored=True),
        keys=PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a"),
        known=known.freeze(),
        excluded=frozenset({"cleo9wwm"}),
    )
    left = apply("chat", table, context).table
    people = left["senderId"].to_pylist()
    assert [json.loads(text) for text in left["recipientIds"].to_pylist()] == [
        [f"[{people[1]}]"],
        f"[{people[0]}]",
    ]


def shifted(*rules: str, data_type: str = "events") -> Policy:
    """A policy that shifts, with rules of its own."""
    text = policy_text("pseudonymize").replace('time = "relative"', 'time = "shift"')
    return parse(text + "\n".join((f'[fields."{data_type}"]', *rules)) + "\n", where="t")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('clientTimestamp = "keep"', "events.clientTimestamp: keep, beside timestamp: shift"),
        ('clientTimestamp = { action = "generalize", to = "day" }',
         "events.clientTimestamp: generalize, beside timestamp: shift"),
        ('"response.stateEntered" = "keep"',
         'events."response.stateEntered": keep, beside timestamp: shift'),
        ('timestamp = "keep"', "events.timestamp: keep, beside clientTimestamp: shift"),
    ],
)  # fmt: skip
def test_no_clock_stands_still_beside_one_that_moves(rule: str, told: str) -> None:
    with pytest.raises(PolicyError) as caught:
        decide(shifted(rule))
    assert str(caught.value).splitlines()[1:] == [f"  {told}"]
    assert rule.split(" = ", maxsplit=1)[0] + ' = "drop"' in caught.value.hint
    assert decide(shifted(rule.split(" = ", maxsplit=1)[0] + ' = "drop"'))


def test_policy_check_warns_where_clocks_of_two_types_differ(tmp_path: Path) -> None:
    file = tmp_path / "board.toml"
    file.write_text(shifted('timestamp = "keep"', data_type="sync").text, encoding="utf-8")
    assert command("policy", "check", file, "--json").json["warnings"] == [
        "clocks tell of true days in sync and are shifted in events, recordings, chat, ratings/continuous, "
        "ratings/sparse, components: whoever reads both can tell by how many days a room moved"
    ]


@pytest.mark.parametrize(
    ("base", "data_type", "rules", "told"),
    [
        (
            "pseudonymize", "events", ['onset = { action = "generalize", bin = 1000 }'],
            "events: made coarser in onset, and as it came in rawOnset, sessionTime",
        ),
        (
            "pseudonymize", "ratings/continuous",
            ['value = { action = "generalize", bin = 0.1 }', 'rawValue = "drop"'],
            "ratings/continuous: made coarser in value, and as it came in normalizedValue",
        ),
        (
            "pseudonymize", "ratings/sparse", ['value = { action = "generalize", bin = 2 }'],
            "ratings/sparse: made coarser in value, and as it came in rawValue",
        ),
        (
            "keep", "recordings", ['startTime = { action = "generalize", to = "month" }'],
            "recordings: made coarser in startTime, and as it came in endTime",
        ),
    ],
)  # fmt: skip
def test_policy_check_warns_where_a_number_is_coarser_in_one_place_only(
    tmp_path: Path, base: str, data_type: str, rules: list[str], told: str
) -> None:
    file = tmp_path / "board.toml"
    file.write_text(ruled(base, data_type, *rules).text, encoding="utf-8")
    said = command("policy", "check", file, "--json").json["warnings"]
    assert said == [f"{told}: whoever reads one knows the other"]


@pytest.mark.parametrize(
    "rules",
    [
        ['onset = "drop"'],
        ['rawOnset = "drop"', 'sessionTime = "drop"'],
        [f'{name} = {{ action = "generalize", bin = 1000 }}' for name in ("onset", "rawOnset")]
        + ['sessionTime = "drop"'],
    ],
)
def test_policy_check_warns_of_no_number_that_is_coarser_everywhere(
    tmp_path: Path, rules: list[str]
) -> None:
    file = tmp_path / "board.toml"
    file.write_text(ruled("pseudonymize", "events", *rules).text, encoding="utf-8")
    assert command("policy", "check", file, "--json").json["warnings"] == []
