"""``time = "shift"``: the gate proves that every clock of a room moved by the same whole days."""

import json
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from archive_tool.anonymize import Context, KnownIdentifiers, PseudonymKeys, apply
from archive_tool.disclose.gate import Gate
from archive_tool.disclose.gate.json_clocks import instant
from archive_tool.errors import DisclosureError
from archive_tool.policy import decide, load_policy, parse
from archive_tool.schemas import arrow_schema
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.pipelines import lab

KEYS = PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a")
TEXT = load_policy("pseudonymize").text.replace('"relative"', '"shift"')
SHIFT = decide(parse(TEXT, where="shift"))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MS = int(NOON.timestamp() * 1000)
UNMOVED = "clock that did not move with its room"


def event(number, room, **more):
    at = NOON + timedelta(seconds=number)
    stamps = {"displayed": MS + number, "submitted": f"2026-05-01T12:00:0{number % 10}.250Z"}
    response = {"value": MS * 1000 + number, "timestamps": stamps}
    return {
        "id": f"e{number}", "roomId": room, "participantId": "p", "timestamp": at,
        "response": json.dumps(response),
    } | more  # fmt: skip


EVENTS = [event(n, room) for n, room in enumerate(("one", "one", "two", "one", None, ""))]
CHAT = [
    {"messageId": f"m{n}", "roomId": "one", "senderId": "p", "timestamp": NOON + timedelta(hours=n)}
    for n in range(3)
]


def gate_over(tmp_path, change=lambda table: table, *, decisions=SHIFT, excluded=frozenset()):
    """What the gate says of both tables; ``change`` is done to the events that leave."""
    known = KnownIdentifiers(people=frozenset({"p", "q"}), rooms=frozenset({"one", "two"}))
    context = Context(decisions=decisions, keys=KEYS, known=known, excluded=excluded)
    gate = Gate(decisions=decisions, known=known, left_out=excluded)
    for data_type, rows in (("events", EVENTS), ("chat", CHAT)):
        table = pa.Table.from_pylist(rows, schema=arrow_schema(data_type))
        gate.came(data_type, table, context.plan(data_type))
        released = apply(data_type, table, context).table
        gate.see(data_type, change(released) if data_type == "events" else released)
    try:
        gate.close(tmp_path)
    except DisclosureError as error:
        return {(hit["table"], hit["column"], hit["kind"]) for hit in error.detail["hits"]}
    return set()


def with_values(column, *pairs):
    """A change of single cells."""

    def change(table):
        at = table.column_names.index(column)
        values = table.column(column).to_pylist()
        for row, new in pairs:
            values[row] = new(values[row])
        return table.set_column(at, column, pa.array(values, table.column(column).type))

    return change


def in_response(new):
    return lambda text: json.dumps(new(json.loads(text)))


def later(**by):
    return lambda value: value + timedelta(**by)


def test_what_moved_alike_passes(tmp_path):
    assert gate_over(tmp_path) == set()


def test_order_and_files_do_not_matter(tmp_path):
    assert gate_over(tmp_path, lambda table: table.take(pa.array([5, 3, 0, 1, 4, 2]))) == set()


def test_rows_of_those_who_are_left_out_have_no_clock(tmp_path):
    assert gate_over(tmp_path, excluded=frozenset({"p"})) == set()
    assert gate_over(tmp_path, excluded=frozenset({"q"})) == set()


def test_without_a_code_of_records_clocks_are_paired_by_the_time_of_day(tmp_path):
    dropped = decide(parse(TEXT + '[fields.events]\nid = "drop"\n', where="t"))
    assert gate_over(tmp_path, decisions=dropped) == set()
    moved = with_values("timestamp", (0, later(days=1)))
    hits = gate_over(tmp_path, moved, decisions=dropped)
    assert hits == {("events", "timestamp", UNMOVED)}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (with_values("timestamp", (3, later(microseconds=1))), "timestamp"),
        (with_values("timestamp", (3, later(days=1))), "timestamp"),
        (with_values("timestamp", *((n, later(days=1)) for n in (0, 1, 3))), "timestamp"),
        (with_values("timestamp", *((n, later(hours=1)) for n in (0, 1, 3))), "timestamp"),
        (with_values("timestamp", (0, later(days=1)), (1, later(days=-1))), "timestamp"),
        (with_values("timestamp", (0, later(seconds=1)), (1, later(seconds=-1))), "timestamp"),
        (with_values("timestamp", (2, lambda _: NOON + timedelta(seconds=2))), "timestamp"),
        (with_values("timestamp", (2, lambda _: None)), "timestamp"),
        (with_values("timestamp", (4, lambda _: NOON)), "timestamp"),
        (lambda table: table.drop_columns(["timestamp"]), "timestamp"),
        (lambda table: table.slice(1), "timestamp"),
        (with_values("response", (0, in_response(lambda d: d | {"value": d["value"] + 1000}))),
         "response.value"),
        (with_values("response", (2, in_response(lambda d: d | {"value": MS * 1000 + 2}))),
         "response.value"),
        (with_values("response", (1, in_response(
            lambda d: d | {"timestamps": d["timestamps"] | {"displayed": MS + 1}}))),
         "response.timestamps.displayed"),
        (with_values("response", (3, in_response(
            lambda d: d | {"timestamps": d["timestamps"] | {"submitted": "2026-05-01T12:00:05Z"}}))),
         "response.timestamps.submitted"),
        (with_values("response", (5, lambda _: json.dumps({"value": MS}))), "response.value"),
    ],
)  # fmt: skip
def test_one_clock_that_moved_otherwise_stops_everything(tmp_path, change, place):
    assert ("events", place, UNMOVED) in gate_over(tmp_path, change)


def test_partners_in_two_tables_stay_aligned(tmp_path):
    nearer = later(days=-1 if KEYS.shift_days("one") > 1 else 1)
    change = with_values("timestamp", *((row, nearer) for row in (0, 1, 3)))
    assert gate_over(tmp_path, change) == {("events", "timestamp", UNMOVED)}


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (MS, (MS, False)),
        (MS + 0.75, (MS, False)),
        (MS * 1000 + 999, (MS, False)),
        (MS * 10**6, (MS, False)),
        (float(MS * 10**6), (MS, True)),
        (MS // 1000, (MS, False)),
        ("2026-05-01T14:00:00+02:00", (MS, False)),
        ("2026-05-01T12:00:00.0009", (MS, False)),
        ("1999-01-01", (915_148_800_000, True)),
        (99_999_999, None),
        ("soon", None),
        (True, None),
        (None, None),
    ],
)
def test_instants(value, moment):
    assert instant(value) == moment


@cache
def bundle():
    whole = small_study()
    return write_form(
        whole.in_room(whole.rooms[0]), "api-pages", Path(tempfile.mkdtemp()) / "bundle"
    )


def test_a_study_passes_under_shift_and_stops_where_a_transform_breaks(tmp_path, monkeypatch):
    policy = parse(TEXT, where="shift")
    made = lab(tmp_path)
    assert made.create(bundle(), policy=policy).tables["events"].rows_out > 0
    monkeypatch.setattr(PseudonymKeys, "shift_days", lambda *_: 0)
    with pytest.raises(DisclosureError, match=rf"chat\.timestamp: {UNMOVED}, 1 distinct"):
        made.create(bundle(), policy=policy)


def test_an_unlisted_clock_that_stands_still_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("archive_tool.anonymize.nested.leaf_changes.is_epoch", lambda _: False)
    assert gate_over(tmp_path) == {("events", "response.value", UNMOVED)}


def test_clocks_of_rows_without_a_room_do_not_leave(tmp_path):
    known = KnownIdentifiers(people=frozenset({"p"}), rooms=frozenset({"one", "two"}))
    context = Context(decisions=SHIFT, keys=KEYS, known=known)
    applied = apply("events", pa.Table.from_pylist(EVENTS, schema=arrow_schema("events")), context)
    rows = applied.table.to_pylist()
    assert [row["timestamp"] is None for row in rows] == [not row["roomId"] for row in EVENTS]
    assert [row["response"] for row in rows[4:]] == [None, None]
    assert all(len(json.loads(row["response"])["timestamps"]) == 2 for row in rows[:4])
    assert (applied.touched["timestamp: shift"], applied.touched["timestamp: drop"]) == (4, 2)
    assert gate_over(tmp_path) == set()
