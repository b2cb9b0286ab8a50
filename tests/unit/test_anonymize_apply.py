"""The policy applied to tables."""

import json
import pickle
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from archive_tool.anonymize import Context, Identifiers, PseudonymKeys, apply
from archive_tool.anonymize.clocks import shift_value
from archive_tool.model.tables import AT, Batch
from archive_tool.policy import decide, load_policy, parse
from archive_tool.schemas import FIELDS, arrow_schema, field_of
from archive_tool.schemas.registry import arrow_type

KEYS = PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MS = int(NOON.timestamp() * 1000)


def table(data_type, *rows):
    rows = [
        {k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()}
        for row in rows
    ]
    made = pa.Table.from_pylist(list(rows), schema=arrow_schema(data_type))
    return made.append_column(AT, pa.array(range(len(rows)), pa.int64()))


def context(policy="pseudonymize", *tables, excluded=(), changes="", **replaced):
    text = None
    if changes or replaced:
        text = load_policy(policy).text + changes
        for old, new in replaced.items():
            lines = text.splitlines()
            key = old.replace("_", "-")
            text = "\n".join(
                f'{key} = "{new}"' if ln.startswith(f"{key} =") else ln for ln in lines
            )
    identifiers = Identifiers()
    for data_type, one in tables:
        identifiers.add(Batch(data_type=data_type, table=one))
    return Context(
        decisions=decide(parse(text + "\n", where="t") if text else load_policy(policy)),
        keys=KEYS,
        known=identifiers.freeze(),
        excluded=frozenset(excluded),
    )


CHAT = table(
    "chat",
    {"messageId": "m1", "roomId": "r1", "senderId": "u1", "senderName": "Anna Blau",
     "onset": -5.0, "timestamp": NOON, "content": "hi Ben, mail a@b.org", "recipientIds": ["u2"],
     "nulls": "deleted"},
    {"messageId": "m2", "roomId": "r1", "senderId": "u2", "senderName": "Ben Rot", "onset": 7.5,
     "timestamp": NOON, "content": "secret", "recipientIds": ["u1", "all"], "deleted": True,
     "nulls": "senderName,stateId", "extra": {"ip": "1.2.3.4"}},
    {"messageId": "m3", "roomId": "r2", "senderId": "u3", "senderName": "Cy", "onset": 8.0,
     "content": "Anna and Cy and u2"},
)  # fmt: skip


def test_chat_under_pseudonymize():
    applied = apply("chat", CHAT, context("pseudonymize", ("chat", CHAT)))
    u1, u2, u3 = (KEYS.of_person(u) for u in ("u1", "u2", "u3"))
    rows = [{k: v for k, v in row.items() if v is not None} for row in applied.table.to_pylist()]
    assert rows == [
        {"messageId": KEYS.of_record("m1"), "roomId": KEYS.of_room("r1"), "senderId": u1,
         "onset": -5.0, "content": f"hi [{u2}], mail [EMAIL]", "recipientIds": f'["{u2}"]',
         "nulls": "deleted"},
        {"messageId": KEYS.of_record("m2"), "roomId": KEYS.of_room("r1"), "senderId": u2,
         "onset": 7.5, "recipientIds": f'["{u1}","all"]', "deleted": True, "nulls": "stateId"},
        {"messageId": KEYS.of_record("m3"), "roomId": KEYS.of_room("r2"), "senderId": u3,
         "onset": 8.0, "content": f"[{u1}] and [{u3}] and [{u2}]"},
    ]  # fmt: skip
    assert applied.kept is None
    assert applied.touched == {
        "content: withdrawn": 1, "messageId: pseudonymize": 3, "roomId: pseudonymize": 3,
        "senderId: pseudonymize": 3, "senderName: drop": 3, "content: scrub": 2,
        "timestamp: drop": 2, "recipientIds: pseudonymize": 3, "extra: drop": 1,
    }  # fmt: skip
    assert AT not in applied.table.column_names
    assert "senderName" not in applied.table.column_names


def test_keep_changes_nothing_that_the_schema_knows():
    applied = apply("chat", CHAT, context("keep", ("chat", CHAT)))
    expected = CHAT.drop_columns([AT, "extra"])
    content = pa.array(["hi Ben, mail a@b.org", None, "Anna and Cy and u2"])
    expected = expected.set_column(expected.column_names.index("content"), "content", content)
    assert applied.table.to_pylist() == expected.to_pylist()
    assert applied.touched == {"content: withdrawn": 1, "extra: drop": 1}


def test_people_who_are_left_out_leave_no_trace():
    applied = apply("chat", CHAT, context("keep", ("chat", CHAT), excluded=["u2"]))
    assert applied.kept.to_pylist() == [True, False, True]
    assert applied.table["senderName"].to_pylist() == ["Anna Blau", "Cy"]
    assert applied.table["content"].to_pylist() == [
        "hi [NAME], mail a@b.org",
        "Anna and Cy and [ID]",
    ]
    assert applied.table["recipientIds"].to_pylist() == [None, None]
    coded = apply("chat", CHAT, context("pseudonymize", ("chat", CHAT), excluded=["u2"])).table
    assert coded["content"].to_pylist()[0] == "hi [NAME], mail [EMAIL]"
    assert KEYS.of_person("u2") not in str(coded.to_pylist())


@pytest.mark.parametrize("policy", ["keep", "pseudonymize"])
def test_people_who_are_left_out_are_no_recipients_where_ids_are_numbers_too(policy):
    sent = ["[20001,30001]", "[20001]", "20001", '["20001","30001"]']
    rows = table("chat", *({"messageId": f"m{n}", "roomId": "r1", "senderId": "30001",
                            "recipientIds": text} for n, text in enumerate(sent)))  # fmt: skip
    left = apply("chat", rows, context(policy, ("chat", rows), excluded=["20001"])).table
    texts = left["recipientIds"].to_pylist()
    assert texts[1:3] == [None, None]
    one = KEYS.of_person("30001") if policy == "pseudonymize" else 30001
    assert json.loads(texts[0]) == [one]
    assert json.loads(texts[3]) == [one if policy == "pseudonymize" else "30001"]


def test_an_agent_is_coded_as_what_it_is():
    runs = pa.table({"participantId": ["u3"]})
    applied = apply("chat", CHAT, context("pseudonymize", ("chat", CHAT), ("agent_runs", runs)))
    assert applied.table["senderId"].to_pylist()[2] == KEYS.of_agent("u3")


def answer(**value):
    return table("events", {"id": "e1", "roomId": "r1", "participantId": "u1", **value})


def response(applied, column="response"):
    text = applied.table[column][0].as_py()
    return None if text is None else json.loads(text)


def test_leaves_are_decided_one_by_one():
    rows = answer(response={
        "value": "call 555-1234567", "responseTime": 900.25, "label": None,
        "timestamps": {"displayed": MS, "submitted": MS}, "surprise": {"deep": [1, 2]},
        "answers": {"q1": "u1 said", "u1": 3, "q3": {"made": "up"}},
        "ratings": {"warm": 3, "u1 u1": 4}, "interactions": [{"time": 1, "odd": 2}, {"odd": 3}],
        "filename": "u1.webm", "empty": {}, "value2": [],
    })  # fmt: skip
    applied = apply("events", rows, context("pseudonymize", ("events", rows)))
    u1 = KEYS.of_person("u1")
    assert response(applied) == {
        "value": "call [PHONE]", "responseTime": 900.25, "label": None,
        "answers": {"q1": f"[{u1}] said", f"[{u1}]": 3},
        "ratings": {"warm": 3, f"[{u1}] [{u1}]": 4}, "interactions": [{"time": 1}],
    }  # fmt: skip
    assert applied.dropped_leaves == {
        "response.*.*[]": 2, "response.answers.*.*": 1, "response.interactions[].*": 2,
        "response.*": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        {"value": {"value": "maybe", "label": "Maybe"}, "responseTime": 900},
        {"questionId": "q1", "answer": {"value": "maybe", "label": "Maybe"}},
        {
            "questionId": "q1",
            "answer": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}],
        },
        {"questionId": "q1", "answer": [{"text": "film", "position": 1}]},
        {"answers": {"q1": ["a", "b"], "q2": [{"value": "a", "label": "A"}], "q3": {"value": "c"}}},
    ],
)
def test_choices_and_rankings_are_answers_wherever_an_answer_stands(given):
    rows = answer(response=given, value=given, data=given)
    applied = apply("events", rows, context("pseudonymize", ("events", rows)))
    assert [response(applied, column) for column in ("response", "value", "data")] == [given] * 3
    assert applied.dropped_leaves == {}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("7.50", "7.50"),
        ("true", "true"),
        ("null", "null"),
        ('"u1"', None),
        ("{}", "{}"),
        ('{"b":1.10,"surprise":2}', None),
        ('{"surprise":2}', None),
        ('{"value":123456789012345678901234567890}', '{"value":123456789012345678901234567890}'),
        ("{broken", None),
        ("[" * 200 + "]" * 200, None),
    ],
)
def test_documents_keep_their_text_or_lose_what_is_unknown(value, kept):
    rows = table("events", {"id": "e", "participantId": "u1", "response": None})
    rows = rows.set_column(rows.column_names.index("response"), "response", pa.array([value]))
    applied = apply("events", rows, context("pseudonymize", ("events", rows)))
    expected = f'"[{KEYS.of_person("u1")}]"' if value == '"u1"' else kept
    assert applied.table["response"].to_pylist() == [expected]


def test_different_names_as_keys_stay_different():
    rows = answer(response={"ratings": {"Anna": 1, "Ben": 2, "Ann": 3}})
    people = pa.table(
        {"participantId": pa.array([None, None], pa.string()), "name": ["Anna", "Ben"]}
    )
    applied = apply(
        "events", rows, context("pseudonymize", ("events", rows), ("participants", people))
    )
    assert response(applied) == {"ratings": {"[NAME]": 1, "[NAME] 2": 2, "Ann": 3}}
    typed = answer(response={"ratings": {"Anna": 1, "[NAME]": 2, "[NAME] 2": 3}})
    applied = apply(
        "events", typed, context("pseudonymize", ("events", typed), ("participants", people))
    )
    assert response(applied) == {"ratings": {"[NAME]": 1, "[NAME] 2": 2, "[NAME] 2 2": 3}}


def test_all_clocks_of_a_room_move_together():
    rows = table(
        "events",
        *(
            {"id": f"e{i}", "roomId": room, "participantId": f"u{i}", "timestamp": NOON,
             "clientTimestamp": NOON,
             "response": {"timestamps": {"displayed": MS, "submitted": "2026-05-01T12:00:00.000Z"},
                          "stateEntered": MS // 1000, "stateExited": "yesterday"}}
            for i, room in enumerate(("r1", "r1", "r2", None))
        ),
    )  # fmt: skip
    applied = apply("events", rows, context("pseudonymize", ("events", rows), time="shift"))
    for i, room in enumerate(("r1", "r1", "r2")):
        days = timedelta(days=KEYS.shift_days(room))
        row = applied.table.slice(i, 1).to_pylist()[0]
        assert row["timestamp"] == row["clientTimestamp"] == NOON + days
        inside = json.loads(row["response"])
        assert inside == {
            "timestamps": {
                "displayed": MS + days // timedelta(milliseconds=1),
                "submitted": (NOON + days).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            },
            "stateEntered": MS // 1000 + days // timedelta(seconds=1),
        }
    assert applied.table["onset"].null_count == 4
    without_room = applied.table.slice(3).to_pylist()[0]
    clocks = ("timestamp", "clientTimestamp", "response")
    assert [without_room[name] for name in clocks] == [None, None, None]


@pytest.mark.parametrize(
    ("clock", "moved"),
    [
        ("2024-02-28T23:59:59.123456Z", "2024-03-01T23:59:59.123456Z"),
        ("2024-02-28T23:59:59+01:00", "2024-03-01T22:59:59.000Z"),
        ("2024-02-28T23:59:59.5", "2024-03-01T23:59:59.500000"),
        ("2024-02-28", "2024-03-01"),
        (1709164799.5, 1709337599.5),
        (1709164799123, 1709337599123),
    ],
)
def test_what_is_between_two_points_in_time_stays_to_the_microsecond(clock, moved):
    assert shift_value(clock, 2) == moved


def test_coarser_values():
    changes = """
[fields.events]
duration = { action = "generalize", bin = 50 }
onset = { action = "generalize", digits = 1 }
timestamp = { action = "generalize", to = "month" }
participantRole = { action = "generalize", labels = { viewer = "any" } }
componentId = "pseudonymize"
stateName = "scrub"
"response.responseTime" = { action = "generalize", bin = 100 }
"""
    rows = table(
        "events",
        {"id": "1", "participantId": "u1", "duration": 149.0, "onset": -1.26, "timestamp": NOON,
         "participantRole": "viewer", "componentId": "c", "stateName": "of u1",
         "response": {"responseTime": 199, "value": 7}},
        {"id": "2", "participantId": "u1", "participantRole": "boss"},
    )  # fmt: skip
    made = apply("events", rows, context("pseudonymize", ("events", rows), changes=changes)).table
    one, two = made.to_pylist()
    assert (one["duration"], one["onset"], two["duration"]) == (100.0, -1.3, None)
    assert one["timestamp"] == datetime(2026, 5, 1, tzinfo=UTC)
    assert (one["participantRole"], two["participantRole"]) == ("any", "other")
    assert one["componentId"] == KEYS.of_label("c")
    assert one["stateName"] == f"of [{KEYS.of_person('u1')}]"
    assert json.loads(one["response"]) == {"responseTime": 100, "value": 7}


def test_answers_are_brought_to_the_edges_that_are_written():
    changes = '\n[fields.events]\n"response.responseTime" = { action = "generalize", bin = 0.1 }\n'
    rows = table(
        "events",
        *({"id": str(n), "participantId": "u1", "response": {"responseTime": time, "value": n}}
          for n, time in enumerate((0.3, -7, 10**400, 1e308))),
    )  # fmt: skip
    made = apply("events", rows, context("pseudonymize", ("events", rows), changes=changes)).table
    assert made["response"].to_pylist() == [
        '{"responseTime":0.3,"value":0}', '{"responseTime":-7,"value":1}', '{"value":2}',
        '{"responseTime": 1e+308, "value": 3}',  # its very text: nothing was changed
    ]  # fmt: skip


def test_one_recording_has_one_code():
    rows = table("recordings", {"recordingId": "EG_1", "egressId": "EG_1", "roomId": "r",
                                "fileName": "Anna.mp4",
                                "metadata": {"roomName": "r", "type": "video"}})  # fmt: skip
    row = apply(
        "recordings", rows, context("pseudonymize", ("recordings", rows))
    ).table.to_pylist()[0]
    assert row["recordingId"] == row["egressId"] == KEYS.of_record("EG_1")
    assert json.loads(row["metadata"]) == {"roomName": KEYS.of_room("r"), "type": "video"}
    assert "fileName" not in row


def test_unknown_columns_can_be_scrubbed_or_kept():
    for word, expected in (("scrub", '{"ip":"[IP]"}'), ("keep", '{"ip": "1.2.3.4"}')):
        applied = apply("chat", CHAT, context("pseudonymize", ("chat", CHAT), extra=word))
        assert applied.table["extra"].to_pylist()[1] == expected


def test_nothing_leaves_under_aggregate_only():
    assert apply("chat", CHAT, context("aggregate-only")).table.num_columns == 0


@pytest.mark.parametrize("data_type", list(FIELDS))
@pytest.mark.parametrize("policy", ["keep", "pseudonymize"])
def test_empty_tables_and_empty_columns_keep_their_types(data_type, policy):
    for rows in ((), ({},)):
        applied = apply(data_type, table(data_type, *rows), context(policy))
        assert applied.table.num_rows == len(rows)
        for name in applied.table.column_names:
            if name != "nulls":
                kind = field_of(data_type, name).kind
                assert applied.table[name].type == arrow_type(kind)


def test_a_context_survives_pickling():
    made = context("pseudonymize", ("chat", CHAT))
    first = apply("chat", CHAT, made).table
    assert apply("chat", CHAT, pickle.loads(pickle.dumps(made))).table == first
    assert "u1" not in repr(made)


@pytest.mark.parametrize("time", ["relative", "aggregate-only"])
def test_where_clocks_go_no_epoch_number_is_left_wherever_it_stands(time):
    answer = {"value": MS, "answers": {"when": MS * 1000, "n": 5}, "score": MS}
    rows = table("events", {"id": "1", "response": answer}, {"id": "2", "response": str(MS)},
                 {"id": "3", "response": "7"}, {"id": "4", "response": {"value": MS / 1e6}})  # fmt: skip
    applied = apply("events", rows, context("pseudonymize", ("events", rows), time=time))
    assert applied.table["response"].to_pylist() == [
        '{"answers":{"n":5}}', None, "7", json.dumps({"value": MS / 1e6})
    ]  # fmt: skip
    assert applied.touched["response: drop"] == 4
    kept = apply("events", rows, context("keep", ("events", rows))).table
    assert kept["response"].to_pylist()[1] == str(MS)


def test_words_in_the_place_of_a_measure_are_scrubbed_and_numbers_stay():
    """What should be a number, and is a text, is nothing that research needs."""
    rows = table(
        "events",
        {"id": "e1", "participantId": "u1", "response": {"score": "+49 170 1234567"}},
        {"id": "e2", "participantId": "u1", "response": {"score": 491701234567}},
    )
    left = apply("events", rows, context("pseudonymize", ("events", rows))).table
    answers = [json.loads(text) for text in left["response"].to_pylist()]
    assert answers == [{"score": "[PHONE]"}, {"score": 491701234567}]
