"""Which session came first: a report that is open to all must not tell where clocks are taken out."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from random import Random

import pytest

from archive_tool.model.pictures import Pictures
from archive_tool.model.policy import Policy
from archive_tool.model.validation import Validation
from archive_tool.pipeline import papers
from archive_tool.policy import parse, policy_text
from archive_tool.report.record import read_record
from archive_tool.schemas import FIELDS
from archive_tool.validation.for_report.out_of_order import PERSON, ROOM, out_of_order
from tests.support import reports
from tests.support.pipelines import Lab, keep_all, lab, pseudonymize_all

ROOMS = 12
CHAT_COLUMNS = [column.name for column in FIELDS["chat"]]


@pytest.fixture
def place(tmp_path: Path) -> Lab:
    """A bundle in which the n-th session has n messages of its one person, and n sync metrics."""
    chat = [
        {"messageId": f"m{n}_{k}", "experimentId": "x", "roomId": f"room_{n}", "content": "hi",
         "senderId": f"person_{n}", "timestamp": f"2025-03-{n:02}T10:00:{k:02}Z", "onset": 1000 * k}
        for n in range(1, ROOMS + 1) for k in range(n)
    ]  # fmt: skip
    sync = [
        {"metricId": f"s{n}_{k}", "experimentId": "x", "roomId": f"room_{n}", "timeDrift": 5,
         "participantId": f"person_{n}", "timestamp": f"2025-03-{n:02}T10:00:{k:02}Z", "onset": 1000 * k}
        for n in range(1, ROOMS + 1) for k in range(n)
    ]  # fmt: skip
    (tmp_path / "bundle").mkdir()
    for name, rows in (("chat", chat), ("sync", sync)):
        (tmp_path / "bundle" / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
    return lab(tmp_path)


def report_of(place: Lab, policy: Policy) -> Validation:
    made = place.create(place.folder / "bundle", policy=policy)
    return read_record(made.path / "data/reports/validation.jsonl")


def sessions(report: Validation) -> list[int]:
    """Which session every room is, in the order of the report: it has as many messages."""
    return [timeline.lanes[0].bars[0].rows for timeline in report.timelines]


@pytest.mark.parametrize("time", ["relative", "shift"])
def test_rooms_are_numbered_by_chance_where_clocks_go(place, monkeypatch, time):
    monkeypatch.setattr(papers, "SystemRandom", lambda: Random(4))
    report = report_of(place, pseudonymize_all(time))
    shuffled = list(range(1, ROOMS + 1))
    Random(4).shuffle(shuffled)
    assert shuffled not in (sorted(shuffled), sorted(shuffled, reverse=True))
    assert sessions(report) == shuffled
    assert [one.room for one in report.timelines] == [f"R{n:02}" for n in range(1, ROOMS + 1)]
    assert [one.lanes[0].person for one in report.timelines] == [
        f"P{n:02}" for n in range(1, ROOMS + 1)
    ]
    rows = {one.room: one.lanes[0].bars[0].rows for one in report.timelines}
    for line in report.availability.rows:
        assert max(cell.rows for cell in line.cells) == rows[line.room]
        assert line.person[1:] == line.room[1:]
    assert {bands.room: bands.rows for bands in report.drift.rooms} == rows
    assert [bands.room for bands in report.drift.rooms] == sorted(rows)
    assert [(one.person, one.rows) for one in report.consent.people] == [
        (f"P{n:02}", 2 * shuffled[n - 1]) for n in range(1, ROOMS + 1)
    ]


@pytest.mark.parametrize("rule", ['"drop"', '{ action = "generalize", to = "month" }'])
def test_a_policy_that_makes_clocks_coarser_by_a_rule_tells_no_day_either(place, rule):
    policy = parse(f"{policy_text('keep')}\n[fields.chat]\ntimestamp = {rule}\n", where="coarse")
    report = report_of(place, policy)
    assert sorted(sessions(report)) == list(range(1, ROOMS + 1))
    assert sessions(report) != list(range(1, ROOMS + 1))
    assert {(one.first, one.last) for one in report.overview} == {(None, None)}


def test_a_type_of_which_no_row_leaves_does_not_matter(place):
    rules = "\n".join(f'{name} = "drop"' for name in CHAT_COLUMNS)
    policy = parse(f"{policy_text('keep')}\n[fields.chat]\n{rules}\n", where="no-chat")
    report = report_of(place, policy)
    assert all(one.first and one.last for one in report.overview if one.rows)


def test_rooms_are_numbered_by_time_where_clocks_stay(place):
    report = report_of(place, keep_all())
    assert sessions(report) == list(range(1, ROOMS + 1))


def test_chance_is_not_the_same_twice(place):
    report = report_of(place, keep_all())
    written = [papers.validation_papers(report, clocks=False) for _ in range(8)]
    assert len({paper["reports/validation.jsonl"] for paper in written}) > 4


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a picture that nobody has thought of yet."""

    room: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Shown:
    lines: tuple[Line, ...]


def test_a_new_picture_does_not_tell_it_either():
    numbers = range(1, ROOMS + 1)
    shown = Shown(lines=tuple(Line(room=f"R{n:02}", rows=n) for n in numbers))
    anew = out_of_order(replace(reports.good(), samples=shown), Random(4)).samples
    assert [line.room for line in anew.lines] == [f"R{n:02}" for n in numbers]
    assert sorted(line.rows for line in anew.lines) == [*numbers]
    assert [line.rows for line in anew.lines] not in ([*numbers], [*reversed(numbers)])


def labels(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Give every label of a room or a person, and the field that holds it."""
    if isinstance(value, str) and re.fullmatch(r"[RP]\d+", value):
        yield name, value[0]
    for one in value if isinstance(value, tuple) else ():
        yield from labels(one, name)
    for field in fields(value) if is_dataclass(value) else ():
        yield from labels(getattr(value, field.name), field.name)


def test_labels_stand_in_fields_that_are_called_so():
    broken = reports.broken()
    found = {one for field in fields(Pictures) for one in labels(getattr(broken, field.name))}
    assert found == {(ROOM, "R"), (PERSON, "P")}
