"""Which copy of a record stays, and what is said about the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from archive_tool.ingest.census import Census
from archive_tool.ingest.overlaps.fold import Fold, fold
from archive_tool.model.bundle import Clock, Page, Part
from archive_tool.model.findings import Finding, Rows, Severity
from archive_tool.model.tables import ROW_BITS
from tests.support.canonical import batch, part

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = datetime(2024, 10, 20, tzinfo=UTC)
Row = dict[str, object]


def event(name: str, **more: object) -> Row:
    return {"id": name, "participantId": "p1", "roomId": "r1", "onset": 5, **more}


def folded(
    *downloads: Sequence[Row], days: Sequence[int | None] = (), data_type: str = "events"
) -> Fold:
    """Fold downloads, each a part of its own, as the pipeline does."""
    parts: list[Part] = []
    batches = []
    for order, rows in enumerate(downloads):
        day = days[order] if order < len(days) else None
        moment = None if day is None else DAY + timedelta(days=day)
        parts.append(
            replace(
                part(data_type, len(rows), order=order, label=f"F{order + 1:03d}"),
                downloaded_at=moment,
            )
        )
        batches.append(batch(data_type, rows, order=order))
    census = Census()
    for each in batches:
        census.add(each)
    duplicates = census.duplicates(data_type)
    return fold([duplicates.filter(each) for each in batches], parts, data_type)


def places(found: Fold) -> list[tuple[int, int]]:
    """Part and row (from 0) of what was dropped."""
    return [(at >> ROW_BITS, at & ((1 << ROW_BITS) - 1)) for at in found.dropped.tolist()]


def codes(found: Fold) -> list[tuple[str, str | None, str | None]]:
    return [(f.code, f.file, f.column) for f in found.findings]


def test_without_overlap_nothing_happens() -> None:
    found = folded([event("a"), event("b")], [event("c")])
    assert places(found) == []
    assert found.findings == []


@pytest.mark.parametrize("data_type", ["events", "components"])
def test_a_person_in_two_spellings_has_one_record(data_type: str) -> None:
    """As in every count: ``prolific_X`` and ``X`` are one person."""
    row = event("a", componentId="c1") if data_type == "events" else {"componentId": "c1"}
    bare = row | {"participantId": "5f1e"}
    spelt = bare | {"participantId": "prolific_5f1e"}
    found = folded([bare], [spelt], days=[1, 2], data_type=data_type)
    assert places(found) == [(0, 0)]
    assert codes(found) == [("RECORDS-OVERLAP", "F001", None)]


def test_of_a_person_in_two_spellings_the_newest_record_wins() -> None:
    other = event("a", participantId="prolific_5f1e", onset=7)
    found = folded([event("a", participantId="5f1e")], [other], days=[2, 1])
    assert places(found) == [(1, 0)]
    assert codes(found) == [("RECORDS-REVISED", "F002", None)]


def test_recipients_in_two_spellings_are_the_same_ones() -> None:
    message: Row = {"messageId": "m", "roomId": "r1", "senderId": "a", "recipientIds": '["b","c"]'}
    other = message | {"senderId": "prolific_a", "recipientIds": '["prolific_b","prolific_c"]'}
    found = folded([message], [other], data_type="chat")
    assert places(found) == [(0, 0)]
    assert codes(found) == [("RECORDS-OVERLAP", "F001", None)]


def test_another_person_has_another_record() -> None:
    found = folded([event("a", participantId="5f1e")], [event("a", participantId="prolific_5f1f")])
    assert places(found) == []
    assert {code for code, _, _ in codes(found)} == {"RECORDS-CONFLICT"}


def test_equal_copies_are_an_overlap_and_the_newest_stays() -> None:
    rows = [event("a"), event("b")]
    found = folded(rows, rows, [event("c")], days=[2, 1])
    assert places(found) == [(1, 0), (1, 1)]
    assert found.findings == [
        Finding(
            code="RECORDS-OVERLAP",
            severity=Severity.NOTE,
            message="rows that another download holds as well; each is kept once",
            data_type="events",
            file="F002",
            rows=Rows(count=2, first=(1, 2)),
        )
    ]


def test_an_unknown_date_is_the_oldest() -> None:
    assert places(folded([event("a")], [event("a")], days=[1, None])) == [(1, 0)]
    assert places(folded([event("a")], [event("a")], days=[None, 1])) == [(0, 0)]


def test_a_corrected_value_is_a_revision() -> None:
    found = folded([event("a", onset=5)], [event("a", onset=7, stateId="s")], days=[1, 2])
    assert places(found) == [(0, 0)]
    assert found.findings == [
        Finding(
            code="RECORDS-REVISED",
            severity=Severity.NOTE,
            message="rows that a newer or fuller copy of the same record replaces",
            data_type="events",
            file="F001",
            rows=Rows(count=1, first=(1,)),
        )
    ]


def test_of_one_age_the_copy_with_more_values_stays() -> None:
    found = folded([event("a", stateId="s")], [event("a")])
    assert places(found) == [(1, 0)]
    assert codes(found) == [("RECORDS-REVISED", "F002", None)]


def test_a_newer_copy_with_fewer_values_is_a_warning() -> None:
    found = folded([event("a", stateId="s")], [event("a")], days=[1, 2])
    assert places(found) == [(0, 0)]
    assert codes(found) == [
        ("RECORDS-THINNER", "F001", "stateId"),
        ("RECORDS-REVISED", "F001", None),
    ]
    assert found.findings[0].severity is Severity.WARNING


def test_different_values_of_one_age_are_a_conflict() -> None:
    found = folded([event("a", onset=5)], [event("a", onset=7)])
    assert places(found) == [(0, 0)]
    assert found.findings == [
        Finding(
            code="RECORDS-CONFLICT",
            severity=Severity.WARNING,
            message="copies of one record hold different values, and none is known to be newer",
            hint="the copy with more values or digits was kept; delete the files that are wrong",
            data_type="events",
            file="F001",
            column="onset",
            rows=Rows(count=1, first=(1,)),
        )
    ]


def clocked(*downloads: tuple[Clock, float], rows: Sequence[Row] = ()) -> Fold:
    """Fold copies of one event; each download has a clock and the hours it shows."""
    rows = rows or [event("a", onset=order) for order in range(len(downloads))]
    parts = [
        replace(
            part("events", 1, order=order, label=f"F{order + 1:03d}"),
            downloaded_at=DAY + timedelta(hours=hours),
            clock=clock,
        )
        for order, (clock, hours) in enumerate(downloads)
    ]
    return fold([batch("events", [row], order=n) for n, row in enumerate(rows)], parts, "events")


UTC_CLOCK, LOCAL, DATE = Clock.PLATFORM, Clock.LOCAL, Clock.DAY


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ((LOCAL, 10), (LOCAL, 11)),
        ((UTC_CLOCK, 10), (UTC_CLOCK, 11)),
        ((UTC_CLOCK, 10), (LOCAL, 24.5)),
        ((LOCAL, 10), (UTC_CLOCK, 22.5)),
        ((DATE, 0), (UTC_CLOCK, 37)),
        ((UTC_CLOCK, 0), (DATE, 15)),
        ((DATE, 0), (DATE, 24)),
    ],
)
def test_the_newest_stays_where_no_zone_could_turn_the_order(
    older: tuple[Clock, float], newer: tuple[Clock, float]
) -> None:
    for downloads, gone in (((older, newer), 0), ((newer, older), 1)):
        found = clocked(*downloads)
        assert places(found) == [(gone, 0)]
        assert codes(found) == [("RECORDS-REVISED", f"F00{gone + 1}", None)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((UTC_CLOCK, 10), (LOCAL, 23.5)),
        ((LOCAL, 10), (UTC_CLOCK, 21.5)),
        ((DATE, 0), (LOCAL, 12)),
        ((DATE, 0), (UTC_CLOCK, 35)),
    ],
)
def test_where_a_zone_could_turn_the_order_the_fuller_copy_stays_and_it_is_told(
    one: tuple[Clock, float], other: tuple[Clock, float]
) -> None:
    full, thin = event("a", onset=1, stateId="s"), event("a", onset=2)
    for rows, gone in (((full, thin), 1), ((thin, full), 0)):
        found = clocked(one, other, rows=rows)
        assert places(found) == [(gone, 0)]
        assert codes(found) == [("RECORDS-CONFLICT", f"F00{gone + 1}", "onset")]


def test_what_is_older_by_its_own_clock_never_stays() -> None:
    rows = [event("a", onset=1, stateId="s"), event("a", onset=2), event("a", onset=3)]
    found = clocked((UTC_CLOCK, 1), (UTC_CLOCK, 2), (LOCAL, 2), rows=rows)
    assert places(found) == [(0, 0), (1, 0)]
    assert ("RECORDS-CONFLICT", "F001", "onset") not in codes(found)
    assert ("RECORDS-CONFLICT", "F002", "onset") in codes(found)


def test_one_id_of_two_rooms_or_people_are_different_records() -> None:
    found = folded(
        [event("a"), event("b"), event("c")],
        [event("a", roomId="r2"), event("b", participantId="p2"), event("c")],
    )
    assert places(found) == [(0, 2)]
    assert codes(found) == [
        ("RECORDS-CONFLICT", "F001", "participantId"),
        ("RECORDS-CONFLICT", "F002", "participantId"),
        ("RECORDS-CONFLICT", "F001", "roomId"),
        ("RECORDS-CONFLICT", "F002", "roomId"),
        ("RECORDS-OVERLAP", "F001", None),
    ]


def test_a_missing_room_is_no_other_room() -> None:
    found = folded([event("a", roomId=None)], [event("a")])
    assert places(found) == [(0, 0)]
    assert codes(found) == [("RECORDS-REVISED", "F001", None)]


def test_different_rows_with_one_id_in_one_part_all_stay() -> None:
    found = folded([event("a"), event("x"), event("a", onset=6)])
    assert places(found) == []
    assert found.findings == [
        Finding(
            code="RECORDS-DUPLICATE-ID",
            severity=Severity.ERROR,
            message="different rows with the same record id in one table; all of them are kept",
            hint="fetch the file again; a spreadsheet program may have changed the ids",
            data_type="events",
            file="F001",
            check="a record id is there once in a table",
            rows=Rows(count=2, first=(1, 3)),
        )
    ]


def test_different_rows_with_one_id_that_a_newer_file_replaces_are_told() -> None:
    """One of the two may be another record, and it went as one that was revised."""
    old = [event("b"), event("a", onset=1), event("a", onset=2), event("a", onset=2)]
    found = folded(old, [event("a", onset=2)], days=[1, 2])
    assert places(found) == [(0, 1), (0, 2), (0, 3)]
    assert found.findings[0] == Finding(
        code="RECORDS-DUPLICATE-ID",
        severity=Severity.WARNING,
        message="different rows with the same record id in one table; a copy in another file "
        "replaces them",
        hint="look whether one of them is another record, which is then in no other file",
        data_type="events",
        file="F001",
        check="a record id is there once in a table that is replaced",
        rows=Rows(count=1, first=(2,)),
    )
    assert codes(found)[1:] == [
        ("RECORDS-OVERLAP", "F001", None),
        ("RECORDS-REVISED", "F001", None),
    ]
    twice = folded([event("a", onset=2), event("a", onset=2)], [event("a", onset=3)], days=[1, 2])
    assert codes(twice) == [("RECORDS-REVISED", "F001", None)]
    both = [event("a", onset=2), event("a", onset=3)]
    assert codes(folded(both, both, days=[1, 2])) == [
        ("RECORDS-DUPLICATE-ID", "F002", None),
        ("RECORDS-OVERLAP", "F001", None),
    ]
    both[1] |= {"participantId": "p2"}
    again = folded(both, [event("a", onset=4), *both[1:]], days=[1, 2])
    assert ("RECORDS-DUPLICATE-ID", "F001", None) not in codes(again)


def test_equal_rows_in_one_part_are_kept_once() -> None:
    found = folded([event("a"), event("a"), event("a")])
    assert places(found) == [(0, 1), (0, 2)]
    assert [(f.code, f.severity, f.rows) for f in found.findings] == [
        ("RECORDS-DUPLICATE-ID", Severity.WARNING, Rows(count=2, first=(2, 3)))
    ]


def test_the_higher_page_stays_of_equal_copies_of_one_age() -> None:
    rows = [event("a")]
    pages = [
        replace(part("events", 1, order=order), page=Page(offset=offset))
        for order, offset in enumerate((1000, 0))
    ]
    found = fold([batch("events", rows, order=n) for n in (0, 1)], pages, "events")
    assert places(found) == [(1, 0)]


def test_of_one_age_more_values_count_before_the_page() -> None:
    pages = [
        replace(part("events", 1, order=order), page=Page(offset=offset))
        for order, offset in enumerate((0, 1000))
    ]
    rows = [event("a", content="full"), event("a")]
    batches = [batch("events", [row], order=n) for n, row in enumerate(rows)]
    assert places(fold(batches, pages, "events")) == [(1, 0)]


def test_rows_without_an_id_are_records_of_their_own() -> None:
    rows = [{"participantId": "p1", "roomId": "r1", "onset": 5}]
    parts = [part("events", 1, order=order) for order in (0, 1)]
    batches = [batch("events", rows, order=order) for order in (0, 1)]
    found = fold(batches, parts, "events")
    assert places(found) == []
    assert found.findings == []


def test_copies_without_any_room_do_not_differ_in_it() -> None:
    rows = [{"id": "a", "participantId": "p1", "onset": 5}]
    found = folded(rows, rows, days=[1, 2])
    assert places(found) == [(0, 0)]
    assert codes(found) == [("RECORDS-OVERLAP", "F001", None)]


@pytest.mark.parametrize(
    ("data_type", "row"), [("events", event("a")), ("components", {"componentId": "a"})]
)
def test_absent_and_null_are_the_same_value_here(data_type: str, row: Row) -> None:
    first, second = (batch(data_type, [row], order=order) for order in (0, 1))
    column = first.table.schema.get_field_index("nulls")
    import pyarrow as pa

    nulls = pa.array(["response"]).dictionary_encode()
    first = replace(first, table=first.table.set_column(column, "nulls", nulls))
    census = Census()
    for one in (first, second):
        census.add(one)
    duplicates = census.duplicates(data_type)
    parts = [part(data_type, 1, order=n) for n in (0, 1)]
    found = fold([duplicates.filter(one) for one in (first, second)], parts, data_type)
    assert len(places(found)) == 1
    assert [f.code for f in found.findings] == ["RECORDS-OVERLAP"]


def test_components_fold_across_parts_only() -> None:
    one = {"componentId": "c", "componentType": "text"}
    other = {**one, "componentType": "video"}
    found = folded([one, one, other], [one, one], data_type="components")
    assert places(found) == [(0, 0), (0, 1)]
    assert codes(found) == [("RECORDS-OVERLAP", "F001", None)]


def test_components_of_one_room_are_those_of_the_experiment_without_a_room() -> None:
    """A download of a room says the room; one of the experiment, also a later one, does not."""
    bare = [{"componentId": "a", "onset": 1.0}, {"componentId": "b", "onset": 2.0}]
    told = [{**row, "roomId": "r1"} for row in bare]
    found = folded(bare, told, days=[2, 1], data_type="components")
    assert places(found) == [(0, 0), (0, 1)]
    assert codes(found) == [("RECORDS-REVISED", "F001", None)]
    other = [{**bare[0], "roomId": "r2"}]
    assert places(folded(told[:1], other, data_type="components")) == []
    assert places(folded(bare[:1], told[:1], other, data_type="components")) == []


def component(second: int, milliseconds: int) -> Row:
    moment = DAY + timedelta(seconds=second, milliseconds=milliseconds)
    return {"componentId": "c", "componentType": "text", "timestamp": moment}


@pytest.mark.parametrize("days", [(1, 2), (2, 1), ()])
def test_components_whose_times_were_cut_are_copies(days: tuple[int, ...]) -> None:
    told, cut = [component(1, 877), component(2, 5)], [component(1, 0), component(2, 0)]
    found = folded(told, cut, days=days, data_type="components")
    assert places(found) == [(1, 0), (1, 1)]
    assert codes(found) == [("RECORDS-ROUNDED", "F002", None)]


def test_components_at_two_moments_of_a_second_are_two() -> None:
    told = [component(1, 100), component(1, 600)]
    assert places(folded(told[:1], told[1:], data_type="components")) == []
    assert places(folded(told, [component(1, 0)], data_type="components")) == []


def test_of_equal_components_the_table_that_has_most_of_them_stays() -> None:
    row = {"componentId": "a", "onset": 1.0}
    found = folded([row, row], [{**row, "roomId": "r1"}], days=[1, 2], data_type="components")
    assert places(found) == [(1, 0)]
    assert codes(found) == [
        ("RECORDS-THINNER", "F002", "roomId"),
        ("RECORDS-REVISED", "F002", None),
    ]


def test_many_files_are_one_finding() -> None:
    found = folded(*([event("a")] for _ in range(30)))
    (finding,) = found.findings
    assert finding.file is None
    assert finding.rows == Rows(count=29)
    assert finding.message == (
        "rows that another download holds as well; each is kept once; in 29 files"
    )
