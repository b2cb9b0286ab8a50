"""What ``extract`` writes, to the byte."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive_tool.archive.extraction import extract as extracting
from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.extraction.extract import extract as extract_function
from archive_tool.errors import ArchiveToolError, SubjectError, UsageError, VaultError
from archive_tool.policy import load_policy
from tests.support.archives import NOW, Made, event, make, small
from tests.support.pipelines import lab
from tests.support.refusing import problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive_tool.model.archive import ExtractedFile


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return small(tmp_path)


def run(made: Made, to: Path, **options: object) -> dict[str, ExtractedFile]:
    return {item.data_type: item for item in extract(made.open(), to=to, **options)}  # type: ignore[arg-type]


def test_csv_to_the_byte(made: Made, tmp_path: Path) -> None:
    files = run(made, tmp_path / "out")
    assert (tmp_path / "out" / "events.csv").read_bytes() == (
        b"id,timestamp,onset,experimentId,roomId,participantId,response,extra\r\n"
        b"e1,2026-03-01T10:00:01.250Z,1000,exp-1,room-1,ann,'=1+1,\r\n"
        b'e2,2026-03-01T10:00:02.250Z,2000,exp-1,room-1,bob,"{""value"":7}","{""new"":1}"\r\n'
        b"e3,2026-03-01T10:00:03.250Z,3000,exp-1,room-1,ann,,\r\n"
        b"e4,2026-03-01T10:00:04.250Z,4000,exp-1,room-1,,,\r\n"
    )
    assert (tmp_path / "out" / "chat.csv").read_bytes() == (
        b'messageId,senderId,content\r\nm1,ann,"say ""hi"",\nagain"\r\nm2,ann,\'=SUM(A1)\r\n'
    )
    assert (files["events"].rows, files["events"].total) == (4, 4)
    assert files["chat"].bytes == (tmp_path / "out" / "chat.csv").stat().st_size


@pytest.mark.parametrize("format", ["csv", "json", "ndjson", "parquet"])
def test_progress_counts_what_is_written(made: Made, tmp_path: Path, format: str) -> None:
    told: list[tuple[int, int]] = []
    files = run(
        made, tmp_path, format=format, progress=lambda rows, size: told.append((rows, size))
    )
    assert told == sorted(told)
    assert told[-1][0] == sum(file.rows for file in files.values()) == 6
    assert 0 < told[-1][1] <= sum(file.bytes for file in files.values())


def test_rows_of_small_files_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of many people have a few rows each: counting those that wait anew takes a minute."""
    asked = []

    class Small:
        @property
        def num_rows(self) -> int:
            asked.append(self)
            return 2

        def slice(self, *_: int) -> Small:
            return self

    monkeypatch.setattr(pa, "concat_tables", len)
    tables = cast("Iterator[pa.Table]", (Small() for _ in range(1_000)))
    monkeypatch.setattr(extracting, "CHUNK", 800)
    assert list(extracting._in_chunks(tables)) == [400, 400, 200]
    assert len(asked) <= 2 * 1_000


def test_a_bom_on_request(made: Made, tmp_path: Path) -> None:
    run(made, tmp_path / "out", bom=True, types=["chat"])
    assert (tmp_path / "out" / "chat.csv").read_bytes().startswith(b"\xef\xbb\xbfmessageId,")


def test_json_has_the_envelope_and_keeps_null_apart_from_absent(made: Made, tmp_path: Path) -> None:
    run(made, tmp_path / "out", format="json", types=["events"], now=NOW)
    envelope = json.loads((tmp_path / "out" / "events.json").read_bytes())
    assert envelope["status"] == "success"
    assert envelope["metadata"] == {
        "dataType": "events",
        "timestamp": "2026-11-20T12:00:00.000Z",
        "query": {
            "startTime": None, "endTime": None, "sort": None, "order": "asc", "limit": None,
            "offset": 0,
        },
        "pagination": {"total": 4, "returned": 4, "limit": None, "offset": 0, "hasMore": False},
    }  # fmt: skip
    first, second, _, fourth = envelope["data"]
    assert first["response"] == "=1+1"
    assert second == {
        "id": "e2", "timestamp": "2026-03-01T10:00:02.250Z", "onset": 2000,
        "experimentId": "exp-1", "roomId": "room-1", "participantId": "bob",
        "response": {"value": 7}, "new": 1,
    }  # fmt: skip
    assert fourth["componentType"] is None
    assert fourth["response"] is None
    assert "participantId" not in fourth


@pytest.mark.parametrize(
    ("extra", "members"),
    [
        ({"roomId": {"_id": 7}, "new": 1}, {"extra": {"roomId": {"_id": 7}}, "new": 1}),
        ({"roomId": [1], "extra": 2}, {"extra": {"extra": 2, "roomId": [1]}}),
        ({"new": {"roomId": 3}, "extra": 4}, {"new": {"roomId": 3}, "extra": 4}),
        ({"participantId": {"_id": 5}}, {"participantId": {"_id": 5}}),
    ],
    ids=["beside others", "beside an own key", "further inside", "of an empty column"],
)
def test_json_has_no_key_twice(
    extra: dict[str, object], members: dict[str, object], tmp_path: Path
) -> None:
    """A room that is no text is kept in ``extra``; the page may name the room all the same."""
    row = {"id": "e1", "roomId": "room-1", "extra": json.dumps(extra)}
    made = make(tmp_path, {("events", ""): [row]})
    run(made, tmp_path / "out", format="ndjson")
    line = (tmp_path / "out" / "events.ndjson").read_bytes()
    pairs = json.loads(line, object_pairs_hook=list)
    assert len(dict(pairs)) == len(pairs)
    assert json.loads(line) == {"id": "e1", "roomId": "room-1", **members}


def test_ratings_name_their_kind_and_file(tmp_path: Path) -> None:
    made = make(tmp_path, {("ratings/sparse", "ann"): [{"ratingId": "r", "value": '"7"'}]})
    run(made, tmp_path / "out", format="json", types=["ratings_sparse"])
    text = (tmp_path / "out" / "ratings_sparse.json").read_text()
    metadata = json.loads(text)["metadata"]
    assert (metadata["dataType"], metadata["ratingType"]) == ("ratings", "sparse")


def test_ndjson_is_a_line_per_row(made: Made, tmp_path: Path) -> None:
    run(made, tmp_path / "out", format="ndjson", types=["chat"])
    assert (tmp_path / "out" / "chat.ndjson").read_bytes() == (
        b'{"messageId":"m1","senderId":"ann","content":"say \\"hi\\",\\nagain"}\n'
        b'{"messageId":"m2","senderId":"ann","content":"=SUM(A1)"}\n'
    )


def test_parquet_is_plain_and_tells_nothing_more(made: Made, tmp_path: Path) -> None:
    run(made, tmp_path / "out", format="parquet")
    table = pq.read_table(tmp_path / "out" / "events.parquet")
    assert table.schema.field("participantId").type == pa.string()
    assert table.schema.field("timestamp").type == pa.timestamp("us", "UTC")
    assert table.column("response").to_pylist() == ["=1+1", '{"value":7}', None, None]
    assert table.schema.metadata is None
    assert "nulls" not in table.column_names


ANSWERS = {
    '"yes"': "yes", '"7"': '"7"', "7": "7", "-5": "-5", '"-5 or so"': "'-5 or so",
    '""': '""', '"NA"': '"NA"', '"None"': '"None"', '" x"': '" x"', '"[1]"': '"[1]"',
    "true": "true", '"true"': '"true"', '"a,b"': "a,b", '[1,"x"]': '[1,"x"]',
    '"007"': '"007"', '".5"': '".5"', '"+5"': '"+5"', '"1e999"': '"1e999"', '"-nan"': '"-nan"',
    '"n/a"': '"n/a"', '"<NA>"': '"<NA>"', '"5 or 6"': "5 or 6", '"1e"': "1e",
    '"T"': '"T"', '"f"': '"f"', '"0x1F"': '"0x1F"', '"2+3i"': '"2+3i"', '"Inf"': '"Inf"', '"1i"': '"1i"',
    '"Ti"': "Ti", '"hi"': "hi", '"0xyz"': "0xyz", '"1e5L"': "1e5L", '"no"': "no",
    '"say \\"hi\\""': 'say "hi"', '"\\"q\\""': '"\\"q\\""',
}  # fmt: skip


def test_answers_in_csv_are_plain_text_unless_that_could_be_taken_for_more(
    tmp_path: Path,
) -> None:
    rows = [event(n, "ann", response=answer) for n, answer in enumerate(ANSWERS)]
    run(make(tmp_path, {("events", "ann"): rows}), tmp_path / "out")
    text = (tmp_path / "out" / "events.csv").read_bytes().decode()
    cells = [row["response"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert cells == list(ANSWERS.values())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_formula_cells_are_defused(tmp_path: Path, start: str) -> None:
    rows = [{"messageId": "m", "senderId": f"{start}x", "content": f"{start}cmd", "onset": -1.5}]
    run(make(tmp_path, {("chat", "p"): rows}), tmp_path / "out")
    text = (tmp_path / "out" / "chat.csv").read_bytes().decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["senderId"], row["content"]) == (f"'{start}x", f"'{start}cmd")
    assert row["onset"] == "-1.5"


def test_numbers_are_exact_and_without_needless_fractions(tmp_path: Path) -> None:
    numbers = [1.0, -0.5, 0.1, 1e-7, 1e300, 1726000000000.0, 2.0**53, 1 / 3]
    rows = [event(n, "ann", duration=number) for n, number in enumerate(numbers)]
    run(make(tmp_path, {("events", "ann"): rows}), tmp_path / "out", format="ndjson")
    lines = (tmp_path / "out" / "events.ndjson").read_text().splitlines()
    assert [json.loads(line)["duration"] for line in lines] == numbers
    assert '"duration":1,' in lines[0] or lines[0].endswith('"duration":1}')
    assert '"duration":1726000000000' in lines[5]


def test_json_has_no_word_for_what_is_no_number(tmp_path: Path) -> None:
    onsets = [float("nan"), float("inf"), 1.5]
    rows = [event(number, "a", onset=onset) for number, onset in enumerate(onsets)]
    run(make(tmp_path, {("events", "a"): rows}), tmp_path, format="ndjson")
    found = map(json.loads, (tmp_path / "events.ndjson").read_text().splitlines())
    assert sorted((row["id"], row.get("onset")) for row in found) == [
        ("e0", None), ("e1", None), ("e2", 1.5),
    ]  # fmt: skip


def test_a_table_of_which_all_are_erased_still_has_its_header(tmp_path: Path) -> None:
    made = make(tmp_path, {("chat", "p"): [{"messageId": "m1", "senderId": "p"}]})
    made.vault.erase_subjects([made.vault.subject_key("p")], now=NOW)
    run(made, tmp_path, types=["chat"])
    assert (tmp_path / "chat.csv").read_bytes().startswith(b"messageId,")


def test_microseconds_stay(tmp_path: Path) -> None:
    time = datetime(2026, 3, 1, 10, 0, 0, 123_456, tzinfo=UTC)
    old = datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    rows = [event(1, "a", timestamp=time), event(2, "a"), event(3, "a", timestamp=old)]
    run(make(tmp_path, {("events", "a"): rows}), tmp_path / "out", format="ndjson")
    lines = (tmp_path / "out" / "events.ndjson").read_text().splitlines()
    assert [json.loads(line)["timestamp"] for line in lines] == [
        "1969-12-31T23:59:59.999999Z", "2026-03-01T10:00:00.123456Z", "2026-03-01T10:00:02.250Z",
    ]  # fmt: skip


def ids(made: Made, to: Path, **options: object) -> list[str]:
    run(made, to, format="ndjson", types=["events"], replace=True, **options)
    return [json.loads(line)["id"] for line in (to / "events.ndjson").read_text().splitlines()]


def test_scopes_times_order_and_pages(made: Made, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert ids(made, out) == ["e1", "e2", "e3", "e4"]
    assert ids(made, out, order="desc") == ["e4", "e3", "e2", "e1"]
    assert ids(made, out, sort="participantId") == ["e1", "e3", "e2", "e4"]
    assert ids(made, out, sort="participantId", order="desc") == ["e2", "e1", "e3", "e4"]
    assert ids(made, out, scope="participant", scope_id="ann") == ["e1", "e3"]
    assert ids(made, out, scope="room", scope_id="room-1") == ["e1", "e2", "e3", "e4"]
    assert ids(made, out, scope="experiment", scope_id="other") == []
    assert ids(made, out, limit=2, offset=1) == ["e2", "e3"]
    start = datetime(2026, 3, 1, 10, 0, 2, 250_000, tzinfo=UTC)
    assert ids(made, out, start_time=start) == ["e2", "e3", "e4"]
    assert ids(made, out, end_time=start) == ["e1", "e2"]
    assert ids(made, out, start_time=start, end_time=start) == ["e2"]


def test_a_participant_is_found_in_both_spellings_of_the_id(tmp_path: Path) -> None:
    rows = {("events", one): [event(n, one)] for n, one in enumerate(("ann", "prolific_ann"), 1)}
    made = make(tmp_path, {**rows, ("events", "bob"): [event(3, "bob")]})
    for one in ("ann", "prolific_ann"):
        assert ids(made, tmp_path / "out", scope="participant", scope_id=one) == ["e1", "e2"]
    made.vault._body.erased[made.vault.subject_key("ann")] = NOW
    del made.vault._body.subjects[made.vault.subject_key("ann")]
    for one in ("ann", "prolific_ann"):
        said = problem(
            VaultError,
            lambda one=one: ids(made, tmp_path / "out", scope="participant", scope_id=one),
        )
        assert said == "vault: the subject was erased"


def test_answers_are_sorted_by_size(tmp_path: Path) -> None:
    answers = ("9", "10", '"about 5"', "-2.5", None, "1e-07", '{"a":1}', "100", '"11"')
    rows = [event(n, "ann", response=answer) for n, answer in enumerate(answers)]
    made = make(tmp_path, {("events", "ann"): rows})
    texts = ["e8", "e2", "e6"]  # "11", "about 5" and an object, in the order of their text
    sizes = ["e3", "e5", "e0", "e1", "e7"]
    assert ids(made, tmp_path, sort="response") == [*sizes, *texts, "e4"]
    assert ids(made, tmp_path, sort="response", order="desc") == [
        *reversed(sizes), *reversed(texts), "e4",
    ]  # fmt: skip
    assert ids(made, tmp_path, sort="response", order="desc", limit=2) == ["e7", "e1"]


def test_recordings_are_sorted_by_their_start_where_the_default_is_named(tmp_path: Path) -> None:
    starts = [datetime(2026, 3, 2, 9, minute, tzinfo=UTC) for minute in (5, 2, 9)]
    rows = [
        {"recordingId": f"r{n}", "roomId": "r", "startTime": start}
        for n, start in enumerate(starts)
    ]
    made = make(tmp_path, {("recordings", "ann"): rows, ("events", "ann"): [event(1, "ann")]})
    for options in ({}, {"sort": "timestamp"}):
        run(made, tmp_path, format="ndjson", replace=True, **options)
        lines = (tmp_path / "recordings.ndjson").read_text("utf-8").splitlines()
        assert [json.loads(line)["recordingId"] for line in lines] == ["r1", "r0", "r2"]


def test_recordings_whose_clocks_are_gone_are_ordered_by_their_offset(tmp_path: Path) -> None:
    bundle = tmp_path / "recordings.ndjson"
    rows = [
        {"recordingId": f"r{n}", "participantId": "ann", "roomId": "r", "videoOffset": offset,
         "startTime": f"2026-03-02T09:0{n}:00Z"}
        for n, offset in enumerate((5, -2, 9))
    ]  # fmt: skip
    bundle.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    place = lab(tmp_path)
    archive = place.open(place.create(bundle, policy=load_policy("pseudonymize")))
    for order, offsets in (("asc", [-2, 5, 9]), ("desc", [9, 5, -2])):
        (file,) = extract_function(
            archive, to=tmp_path / order, format="ndjson", types=["recordings"], order=order
        )
        lines = file.path.read_text("utf-8").splitlines()
        assert [json.loads(line)["videoOffset"] for line in lines] == offsets


def test_a_page_says_that_more_follows(made: Made, tmp_path: Path) -> None:
    run(made, tmp_path, format="json", types=["events"], limit=3, offset=0)
    page = json.loads((tmp_path / "events.json").read_text())["metadata"]["pagination"]
    assert page == {
        "total": 4, "returned": 3, "limit": 3, "offset": 0, "hasMore": True, "nextOffset": 3,
    }  # fmt: skip


def test_too_many_rows_are_sorted_where_an_order_is_asked_for(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive_tool.archive.extraction.extract.SORT_ROWS", 1)
    run(made, tmp_path, types=["events"], order="desc", format="ndjson")
    lines = (tmp_path / "events.ndjson").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["e4", "e3", "e2", "e1"]


def test_too_many_rows_to_sort_come_person_by_person(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = extract_function.__globals__
    monkeypatch.setitem(module, "SORT_ROWS", 3)
    monkeypatch.setitem(module, "CHUNK", 1)
    assert sorted(ids(made, tmp_path)) == ["e1", "e2", "e3", "e4"]
    assert len(ids(made, tmp_path, limit=2, offset=1)) == 2
    assert ids(made, tmp_path, sort="onset") == ["e1", "e2", "e3", "e4"]


def test_every_kind_of_column_can_be_sorted_by(tmp_path: Path) -> None:
    rows = [
        {"messageId": "m1", "deleted": True, "content": "b"},
        {"messageId": "m2", "deleted": False, "content": "a", "recipientIds": '["x"]'},
    ]
    made = make(tmp_path, {("chat", "p"): rows})
    for column in made.open().manifest.columns["chat"]:
        run(made, tmp_path, types=["chat"], format="ndjson", sort=column, replace=True)
        found = (tmp_path / "chat.ndjson").read_text().splitlines()
        first = {"messageId": "m1"}.get(column, "m2" if column in rows[1] else "m1")
        assert json.loads(found[0])["messageId"] == first


def test_an_existing_file_is_not_replaced_unasked(made: Made, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("mine")
    said = problem(UsageError, lambda: run(made, tmp_path))
    assert said == f"{tmp_path / 'events.csv'}: exists already"
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["events.csv"]
    run(made, tmp_path, replace=True)
    assert (tmp_path / "events.csv").read_text() != "mine"


def test_a_failure_leaves_no_file(made: Made, tmp_path: Path) -> None:
    for path in (made.path / "data" / "tables" / "events").iterdir():
        path.write_bytes(b"PARE" + path.read_bytes()[4:-9])
    with pytest.raises(ArchiveToolError):
        run(made, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_day_stands_for_its_first_moment(made: Made, tmp_path: Path) -> None:
    day = date(2026, 3, 1)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for name, given in (("day", day), ("moment", moment)):
        run(made, tmp_path / name, types=["events"], start_time=given)
    written = (tmp_path / "day" / "events.csv").read_bytes()
    assert written == (tmp_path / "moment" / "events.csv").read_bytes()


def test_wrong_parameters_are_named(made: Made, tmp_path: Path) -> None:
    cases = {
        "format: not a format (expected csv, json, ndjson, parquet, sav)": {"format": "xlsx"},
        "type: not in this archive (expected chat, events)": {"types": ["sync"]},
        "scope: scope and scope-id go together (expected both of them, or neither)": {
            "scope": "room"
        },
        "scope: not a scope (expected experiment, room, participant)": {
            "scope": "x", "scope_id": "y",
        },
        "scope-id: is empty (expected the id of a participant)": {
            "scope": "participant", "scope_id": "prolific_ ",
        },
        "order: not an order (expected asc or desc)": {"order": "up"},
        "start-time: is no moment (expected a date, or a moment with its zone)": {
            "start_time": "2026-03-01",
        },
        "limit: is negative (expected 0 or more)": {"limit": -1},
        "offset: is negative (expected 0 or more)": {"offset": -1},
        "end-time: lies before start-time (expected the same moment, or a later one)": {
            "start_time": NOW, "end_time": NOW - timedelta(seconds=1),
        },
    }  # fmt: skip
    for said, options in cases.items():
        assert problem(UsageError, lambda options=options: run(made, tmp_path, **options)) == said
    refused = problem(UsageError, lambda: run(made, tmp_path, sort="nonsense"))
    assert refused.startswith("chat: has no such column to sort by (expected messageId, ")


def test_an_erased_or_unknown_participant_is_named_by_its_exit_code(
    made: Made, tmp_path: Path
) -> None:
    said = problem(
        SubjectError, lambda: run(made, tmp_path, scope="participant", scope_id="nobody")
    )
    assert said == "scope-id: the participant has no rows in this archive"
    made.vault._body.erased[made.vault.subject_key("ann")] = NOW
    del made.vault._body.subjects[made.vault.subject_key("ann")]
    said = problem(VaultError, lambda: run(made, tmp_path, scope="participant", scope_id="ann"))
    assert said == "vault: the subject was erased"
    run(made, tmp_path, types=["chat"])
    assert (tmp_path / "chat.csv").read_bytes().count(b"\r\n") == 1


def test_what_is_refused_leaves_no_folder_behind_and_takes_none_that_was_there(
    made: Made, tmp_path: Path
) -> None:
    def nobody(to: Path) -> None:
        run(made, to, scope="participant", scope_id="nobody")

    (tmp_path / "was").mkdir()
    problem(SubjectError, lambda: nobody(tmp_path / "was" / "new" / "inner"))
    problem(SubjectError, lambda: nobody(tmp_path / "was"))
    assert [path.name for path in tmp_path.glob("was/**")] == ["was"]


def test_aggregates_are_extracted_under_their_own_name(tmp_path: Path) -> None:
    cells = pa.table({"componentId": ["-a", "b"], "people": [12, None], "mean": [0.5, None]})
    made = make(tmp_path, {}, aggregates={"events_by_component": cells})
    run(made, tmp_path / "out")
    assert (tmp_path / "out" / "events_by_component.csv").read_bytes() == (
        b"componentId,people,mean\r\n'-a,12,0.5\r\nb,,\r\n"
    )
    run(made, tmp_path / "out", format="json")
    data = json.loads((tmp_path / "out" / "events_by_component.json").read_text())["data"]
    hidden = {"componentId": "b", "people": None, "mean": None}
    assert data == [{"componentId": "-a", "people": 12, "mean": 0.5}, hidden]


CELLS = pa.table({"role": ["b", "a", "c", "(all)"], "people": [12, 30, None, 99]})


@pytest.mark.parametrize("format", ["csv", "json", "ndjson", "parquet", "sav"])
@pytest.mark.parametrize(
    ("options", "roles"),
    [
        ({}, ["b", "a", "c", "(all)"]),
        ({"sort": "people"}, ["b", "a", "(all)", "c"]),
        ({"sort": "people", "order": "desc", "limit": 2}, ["(all)", "a"]),
        ({"sort": "role", "offset": 1}, ["a", "b", "c"]),
        ({"limit": 0}, []),
    ],
)
def test_a_summary_is_sorted_and_paged_like_rows(
    tmp_path: Path, format: str, options: dict[str, object], roles: list[str]
) -> None:
    made = make(tmp_path, {}, aggregates={"by_role": CELLS})
    (file,) = run(made, tmp_path / "out", format=format, **options).values()
    assert (file.rows, file.total) == (len(roles), 4)
    assert said(file.path, format) == roles


@pytest.mark.parametrize("format", ["json", "ndjson"])
def test_a_hidden_cell_is_null(tmp_path: Path, format: str) -> None:
    cells = CELLS.append_column("mean", pa.nulls(4, pa.float64()))
    made = make(tmp_path, {}, aggregates={"by_role": cells})
    (file,) = run(made, tmp_path / "out", format=format).values()
    text = file.path.read_text("utf-8")
    rows = json.loads(text)["data"] if format == "json" else map(json.loads, text.splitlines())
    assert list(rows) == cells.to_pylist()


def said(path: Path, format: str) -> list[str]:
    """Give the roles in a file."""
    if format == "parquet":
        return list(pq.read_table(path)["role"].to_pylist())
    if format == "sav":
        import pyreadstat

        return list(pyreadstat.read_sav(path)[0]["role"])
    text = path.read_text("utf-8")
    if format == "csv":
        return [row["role"] for row in csv.DictReader(io.StringIO(text))]
    rows = json.loads(text)["data"] if format == "json" else map(json.loads, text.splitlines())
    return [row["role"] for row in rows]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sort": "onset"}, "aggregates/by_role: has no such column to sort by (expected role, people)"),
        ({"order": "desc"}, "aggregates/by_role: has no time to order by"),
        ({"start_time": NOW}, "aggregates/by_role: has no time to select by"),
        ({"scope": "room", "scope_id": "r"}, "aggregates/by_role: has no column to select a room by"),
        ({"scope": "participant", "scope_id": "p"},
         "aggregates/by_role: has no column to select a participant by"),
        ({"format": "json", "bom": True}, "bom: is for CSV"),
    ],
)  # fmt: skip
def test_what_a_summary_cannot_do_is_refused(
    tmp_path: Path, options: dict[str, object], message: str
) -> None:
    made = make(tmp_path, {}, aggregates={"by_role": CELLS})
    assert problem(UsageError, lambda: run(made, tmp_path / "out", **options)) == message
    assert not list((tmp_path).glob("out/*"))


def test_a_table_called_as_a_data_type_hides_no_rows(tmp_path: Path) -> None:
    said = [{"messageId": "m1", "senderId": "ann", "content": "hello"}]
    rated = [{"participantId": "ann", "value": 0.5}]
    cells = pa.table({"people": [12]})
    made = make(
        tmp_path,
        {("chat", "ann"): said, ("ratings/continuous", "ann"): rated},
        aggregates={"chat": cells, "ratings_continuous": cells},
    )
    assert {name: file.path.name for name, file in run(made, tmp_path / "out").items()} == {
        "aggregates/chat": "aggregates-chat.csv",
        "aggregates/ratings_continuous": "aggregates-ratings_continuous.csv",
        "chat": "chat.csv",
        "ratings/continuous": "ratings_continuous.csv",
    }
    assert b"hello" in (tmp_path / "out" / "chat.csv").read_bytes()
    named = ["chat", "ratings_continuous", "aggregates/chat"]
    assert list(run(made, tmp_path / "some", types=named)) == [
        "chat", "ratings/continuous", "aggregates/chat",
    ]  # fmt: skip
