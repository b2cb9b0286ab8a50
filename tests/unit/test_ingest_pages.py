"""What pages of one listing say about the rows between, before and after them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from archive_tool.ingest.envelope import Envelope, read_envelope
from archive_tool.ingest.pages import check_part, find_gaps
from archive_tool.ingest.remarks import Remarks
from archive_tool.model.bundle import Page
from archive_tool.model.findings import FindingLog
from tests.support.canonical import part

if TYPE_CHECKING:
    from archive_tool.model.bundle import Part
    from archive_tool.model.findings import Finding


def listed(rows: int, *, data_type: str = "events", query: str = "q", **page: int | bool) -> Part:
    """One page of a listing."""
    return part(data_type, rows, page=Page(**page), query_key=query)  # type: ignore[arg-type]


def gaps(*pages: Part) -> list[tuple[int, int | None]]:
    found = find_gaps(pages, Remarks(log=FindingLog(), parts=pages))
    return [(gap.first, gap.end) for gap in found]


def told(one: Part, envelope: Envelope | None = None) -> list[Finding]:
    log = FindingLog()
    check_part(one, envelope, Remarks(log=log, parts=[one]))
    return list(log)


def codes(one: Part, envelope: Envelope | None = None) -> set[str]:
    return {finding.code for finding in told(one, envelope)}


def test_one_missing_row_is_a_gap_wherever_it_is() -> None:
    assert gaps(listed(4, offset=1, total=5)) == [(0, 1)]
    assert gaps(listed(2, offset=0), listed(2, offset=3, total=5)) == [(2, 3)]
    assert gaps(listed(4, offset=0, total=5)) == [(4, 5)]
    assert gaps(listed(5, offset=0, total=5)) == []


def test_pages_come_in_any_order() -> None:
    assert gaps(listed(2, offset=4, has_more=False), listed(4, offset=0, has_more=True)) == []


def test_the_largest_total_that_a_page_names_counts() -> None:
    assert gaps(listed(2, offset=0, total=6), listed(2, offset=2, total=4)) == [(4, 6)]
    assert gaps(listed(2, offset=0, total=4), listed(2, offset=2, total=6)) == [(4, 6)]


def test_rows_that_a_page_had_and_the_file_lost_are_no_gap_between_pages() -> None:
    assert gaps(listed(3, offset=0, returned=5), listed(1, offset=5, has_more=False)) == []


def test_rows_that_a_page_has_beyond_those_it_says_are_none_of_the_next() -> None:
    assert gaps(listed(3, offset=0, returned=2), listed(1, offset=3, has_more=False)) == []


@pytest.mark.parametrize("count", [True, -1, 2**53, 2.5, "4"])
def test_what_is_no_number_of_rows_says_nothing(count: object) -> None:
    said = {"pagination": {"offset": 4.0, "returned": count, "total": 7}}
    page = read_envelope(msgspec.Raw(msgspec.json.encode(said))).page
    assert page == Page(offset=4, returned=None, total=7)


def test_a_listing_may_say_its_total_without_a_block_of_its_own() -> None:
    said = read_envelope(msgspec.Raw(b'{"total":7,"query":{"offset":4}}'))
    assert said.page == Page(offset=4, total=7)


def test_a_next_offset_without_has_more_is_a_promise() -> None:
    assert gaps(listed(2, offset=0, next_offset=2)) == [(2, None)]
    assert gaps(listed(2, offset=0, next_offset=2, has_more=False)) == []
    assert gaps(listed(2, offset=0, next_offset=2), listed(1, offset=2)) == []


@pytest.mark.parametrize("first_says", [True, False])
def test_of_two_copies_of_the_last_page_the_one_that_says_more_counts(first_says: bool) -> None:
    copies = [listed(2, offset=0, has_more=says) for says in (first_says, not first_says)]
    assert gaps(*copies) == [(2, None)]


def test_an_empty_page_behind_the_last_one_ends_the_listing() -> None:
    full = listed(2, offset=0, has_more=True)
    assert gaps(full, listed(0, offset=2, has_more=False)) == []
    assert gaps(full, listed(0, offset=2, has_more=True)) == [(2, None)]


def test_a_page_inside_another_says_nothing_of_what_follows() -> None:
    assert gaps(listed(4, offset=0, has_more=False), listed(1, offset=1, has_more=True)) == []


def test_listings_of_two_data_types_do_not_fill_each_other() -> None:
    pages = (
        listed(2, offset=0, total=4),
        listed(2, offset=2, total=4, data_type="chat"),
    )
    assert gaps(*pages) == [(2, 4), (0, 2)]


def test_a_round_thousand_is_suspicious_in_a_listing_only() -> None:
    one = part("sync", 2000)
    assert codes(one) == {"ROWS-ROUND-THOUSAND"}
    assert codes(replace(one, form="object")) == set()
    assert codes(part("sync", 0)) == set()
    assert codes(part("sync", 1999)) == set()
    assert codes(part("sync", 2000, page=Page(returned=2000))) == set()


@pytest.mark.parametrize(
    ("time", "naive"),
    [
        ("2024-10-20T14:30:45", True),
        ("2024-10-20T14:30:45Z", False),
        ("2024-10-20T14:30:45+02:00", False),
        ("2024-10-20T14:30:45-05:00", False),
        ("2024-10-20", False),
        (1729434645000, False),
    ],
)
def test_a_window_without_a_zone_is_told(time: object, naive: bool) -> None:
    found = codes(part("events", 1), Envelope(query={"endTime": time}))
    assert found == {"QUERY-FILTERED"} | ({"QUERY-TIME-NAIVE"} if naive else set())


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"startTime": None, "endTime": "", "limit": 10, "offset": 0, "sort": "onset"}, None),
        ({"roomId": "room_a", "deploymentId": "d"}, None),
        ({"category": "questionnaire"}, None),
        ({"category": "state", "startTime": "2024-10-20T14:30:45Z"}, "startTime, category"),
        ({"aggregationWindow": 5000, "completed": False}, "completed, aggregationWindow"),
    ],
)
def test_a_part_of_a_listing_is_told(query: dict[str, object], named: str | None) -> None:
    remarks = told(part("events", 1), Envelope(query=query))
    said = "the request asked for a part of the listing; the rest is in no page: "
    assert [found.message for found in remarks] == ([] if named is None else [said + named])


def drifts(*pages: Part) -> list[str]:
    log = FindingLog()
    find_gaps(pages, Remarks(log=log, parts=pages))
    return [finding.message for finding in log if finding.code == "PAGES-TOTAL-DRIFT"]


def test_a_listing_that_grew_from_week_to_week_is_whole_where_the_last_week_is() -> None:
    first = listed(4, offset=0, total=4, has_more=False)
    last = [
        listed(5, offset=0, total=7, has_more=True),
        listed(2, offset=5, total=7, has_more=False),
    ]
    assert drifts(first, *last) == []
    assert drifts(*last, first) == []


def test_a_listing_that_grew_while_its_pages_were_fetched_is_told_of() -> None:
    first = listed(5, offset=0, total=7, has_more=True)
    assert drifts(first, listed(3, offset=5, total=8, has_more=False)) == [
        "pages of one listing do not agree on its total number of rows: 7 to 8"
    ]
    again = listed(4, offset=0, total=4, has_more=False)
    assert len(drifts(again, first, listed(3, offset=5, total=8, has_more=False))) == 1
