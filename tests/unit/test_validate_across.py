"""What concerns the bundle as a whole: references, completeness, figures per type."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from archive_tool.model.bundle import Gap, Page
from archive_tool.model.datatypes import WITH_SCHEMA
from archive_tool.model.findings import Rows, Severity
from archive_tool.model.tables import Batch
from archive_tool.validation import Checks, counted_once
from archive_tool.validation.missing.completeness import overview
from tests.support.canonical import batch, census, part
from tests.support.checking import AS_OF, Log, findings, row


def said(found, code):
    return [(f.data_type, f.severity, f.message, f.check, f.rows) for f in found if f.code == code]


def complete():
    """Two people in one room with rows of every type."""
    people = ("p1", "p2")
    rows = {dt.name: [row(dt.name, **{dt.subject: p}) for p in people] for dt in WITH_SCHEMA}
    rows["components"] = [row("components")]
    return rows


def test_a_complete_bundle_has_no_finding():
    assert findings(complete()) == []


def test_people_without_events_are_counted_not_named():
    rows = complete()
    rows["chat"].append(row("chat", senderId="p-secret"))
    assert said(findings(rows), "REFERENCE-PERSON") == [
        (
            "chat",
            Severity.WARNING,
            "people appear here and in no list of participants or events",
            "senderId is known elsewhere",
            Rows(count=1, of=3),
        )
    ]


def test_people_of_the_participants_table_are_known():
    log = Log()
    checks = Checks(log, as_of=AS_OF)
    roster = pa.table({"participantId": ["p1"], "isAgent": [False]})
    checks.add(Batch(data_type="participants", table=roster))
    rows = [row("chat"), row("chat", senderId="p2")]
    checks.add(batch("chat", rows))
    checks.finish(census({"chat": rows}), [], [part("chat", 2)])
    (found,) = [finding for finding in log if finding.code == "REFERENCE-PERSON"]
    assert found.rows == Rows(count=1, of=2)


def test_rooms_without_events_are_counted():
    rows = complete()
    rows["sync"].append(row("sync", roomId="room2"))
    assert said(findings(rows), "REFERENCE-ROOM") == [
        (
            "sync",
            Severity.WARNING,
            "rooms appear here and nowhere in events",
            "roomId is known elsewhere",
            Rows(count=1, of=2),
        )
    ]


def test_without_an_independent_source_nothing_is_said_of_references():
    found = findings({"chat": [row("chat")], "sync": [row("sync", participantId="p9")]})
    assert {f.code for f in found} == {"EVENTS-ABSENT", "TYPE-ABSENT", "PARTNER-WITHOUT-ROWS"}


def test_a_room_of_two_experiments_is_a_warning():
    rows = complete()
    rows["chat"][0] = row("chat", experimentId="x2")
    assert said(findings(rows), "ROOM-MANY-EXPERIMENTS") == [
        (
            None,
            Severity.WARNING,
            "a room belongs to more than one experiment",
            "one experiment per room",
            Rows(count=1, of=1),
        )
    ]


def test_missing_types_are_explained():
    found = findings({"events": [row("events")]})
    absent = "the bundle has no rows of this data type: "
    assert [f.data_type for f in found] == sorted(
        data_type.name for data_type in WITH_SCHEMA if data_type.name != "events"
    )
    assert {f.severity for f in found} == {Severity.NOTE}
    reasons = {
        "chat": "no chat in the design, nobody wrote, or not downloaded",
        "components": "not downloaded: the documented download script does not fetch this type",
        "ratings/continuous": "no continuous rating in the design, or not downloaded",
        "ratings/sparse": "no sparse rating in the design, or not downloaded: the documented "
        "download script does not fetch this type",
        "recordings": "no camera or recording in the design, permission refused, or not downloaded",
        "sync": "normal here: every room has one person, and sync needs several",
    }
    assert {f.data_type: f.message for f in found if f.data_type in reasons} == {
        name: absent + reason for name, reason in reasons.items()
    }


def test_missing_sync_is_not_normal_in_a_dyad():
    rows = complete()
    del rows["sync"]
    assert [message for _, _, message, _, _ in said(findings(rows), "TYPE-ABSENT")] == [
        "the bundle has no rows of this data type: no synchronised video in the design, or not "
        "downloaded"
    ]


def test_rows_without_events_are_a_warning():
    rows = complete()
    del rows["events"]
    assert said(findings(rows), "EVENTS-ABSENT") == [
        (
            "events",
            Severity.WARNING,
            "the bundle has no events although people did something",
            "",
            None,
        )
    ]


def test_a_partner_without_ratings_is_a_warning_and_without_chat_a_note():
    rows = complete()
    rows["ratings/continuous"].pop()
    rows["chat"].pop()
    rows["sync"].pop()  # the host has no sync rows
    message = "people have no rows although their partners in the same room have"
    check = "partners in a room have rows of the same types"
    assert said(findings(rows), "PARTNER-WITHOUT-ROWS") == [
        ("ratings/continuous", Severity.WARNING, message, check, Rows(count=1, of=2)),
        ("chat", Severity.NOTE, message, check, Rows(count=1, of=2)),
    ]


@pytest.mark.parametrize(
    ("data_type", "roster"),
    [
        ("participants", {"participantId": ["a1", None, "p1"], "isAgent": [True, True, None]}),
        ("agent_runs", {"participantId": ["a1", None], "isAgent": [None, None]}),
    ],
)
def test_agents_are_no_partners(data_type, roster):
    rows = {"events": [row("events"), row("events", participantId="a1")], "sync": [row("sync")]}
    rows["chat"] = [row("chat")]
    log = Log()
    checks = Checks(log, as_of=AS_OF)
    flags = pa.array(roster["isAgent"], pa.bool_())
    table = pa.table({"participantId": roster["participantId"], "isAgent": flags})
    checks.add(Batch(data_type=data_type, table=table))
    parts = []
    for order, (name, its_rows) in enumerate(rows.items()):
        parts.append(part(name, len(its_rows), order=order))
        checks.add(batch(name, its_rows, order=order))
    checks.finish(census(rows), [], parts)
    assert "PARTNER-WITHOUT-ROWS" not in {finding.code for finding in log}


@pytest.mark.parametrize("other", ["P1", "p 1", " P1 ", "prolific_P1", "Prolific_p1"])
def test_ids_that_look_alike_are_counted_and_not_merged(other):
    rows = complete()
    rows["events"].append(row("events", id="again", participantId=other))
    (found,) = [f for f in findings(rows) if f.code == "PERSON-SPELLINGS"]
    assert (found.severity, found.rows.count) == (Severity.WARNING, 2)
    assert found.message == (
        "ids of people look alike: one person may be counted, coded and erased as several"
    )
    assert other not in repr(found)


@pytest.mark.parametrize("other", ["p1 ", "prolific_p1", " prolific_prolific_ p1"])
def test_ids_that_are_one_person_are_no_finding(other):
    rows = complete()
    rows["events"].append(row("events", id="again", participantId=other))
    assert "PERSON-SPELLINGS" not in {f.code for f in findings(rows)}


@pytest.mark.parametrize(
    ("one", "other"), [("007", "7"), ("7", "7.0"), ("0", "00"), ("10", "10,0")]
)
def test_numbers_that_programs_write_in_two_ways_look_alike(one, other):
    two = [row("events", participantId=name) for name in (one, other)]
    assert "PERSON-SPELLINGS" in {f.code for f in findings({"events": two})}


@pytest.mark.parametrize(("one", "other"), [("7", "70"), ("1.5", "15"), ("p07", "p7"), ("7", "8")])
def test_other_numbers_are_other_people(one, other):
    two = [row("events", participantId=name) for name in (one, other)]
    assert "PERSON-SPELLINGS" not in {f.code for f in findings({"events": two})}


def test_accents_in_two_encodings_look_alike_and_other_ids_do_not():
    two = [row("events", participantId=name) for name in ("J\u00fcrgen", "Ju\u0308rgen")]
    assert "PERSON-SPELLINGS" in {f.code for f in findings({"events": two})}
    assert "PERSON-SPELLINGS" not in {f.code for f in findings(complete())}


def test_tables_without_a_row_are_a_warning():
    (found,) = findings({"events": [], "chat": []})
    assert (found.code, found.severity, found.message) == (
        "BUNDLE-WITHOUT-ROWS",
        Severity.WARNING,
        "the bundle has no row of any data type that is archived",
    )


def test_an_empty_bundle_has_no_finding_here():
    assert findings({}) == []


def test_the_overview_counts_agents_among_nobody():
    rows = complete()
    events, *_ = overview(census(rows), [], [])
    (agent, *_) = census(rows).of("events").people
    fewer, *_ = overview(census(rows), [], [], agents={agent})
    assert (events.people, fewer.people) == (2, 1)


def test_copies_are_counted_once():
    events, *others = counted_once(overview(census(complete()), [], []), {"events": 1})
    assert (events.rows, events.copies) == (1, 1)
    assert {other.copies for other in others} == {0}


@pytest.mark.parametrize(
    ("held", "missing", "share"),
    [((4, 4), 0, 1.0), ((4, 1), 3, 0.625), ((4, 1, 3), 1, 0.875), ((5, 4), 0, 1.0)],
    ids=["whole", "a page cut short", "cut short twice", "more than it says"],
)
def test_rows_that_a_page_promises_and_lacks_are_missing(held, missing, share):
    pages = [
        Page(offset=min(4 * order, 4), returned=4, total=8, has_more=order == 0)
        for order in range(len(held))
    ]
    parts = [
        part("events", rows, order=order, page=page, query_key="q")
        for order, (rows, page) in enumerate(zip(held, pages, strict=True))
    ]
    events, *_ = overview(census(complete()), [], parts)
    assert (events.missing, events.complete) == (missing, share)


def test_a_page_lacks_nothing_beyond_the_end_of_its_listing():
    page = Page(offset=0, returned=7, total=6)
    parts = [part("events", 6, page=page, query_key="q")]
    events, *_ = overview(census(complete()), [], parts)
    assert (events.missing, events.complete) == (0, 1.0)


def test_a_first_page_is_the_same_page_whether_it_says_so_or_not():
    pages = [Page(offset=None, returned=4, total=4), Page(offset=0, returned=4, total=4)]
    parts = [
        part("events", rows, order=order, page=page, query_key="q")
        for order, (rows, page) in enumerate(zip((1, 4), pages, strict=True))
    ]
    events, *_ = overview(census(complete()), [], parts)
    assert (events.missing, events.complete) == (0, 1.0)


def test_the_overview_has_counts_times_and_completeness():
    rows = complete()
    rows["events"].append(row("events", timestamp="2026-04-01T10:30:00Z"))
    page = Page(offset=0, returned=3, total=10, has_more=True)
    parts = [
        part("events", 3, page=page, query_key="q"),
        part("events", 3, order=1, page=Page(offset=6, total=12), query_key="q"),
    ]
    gaps = [
        Gap(data_type="events", file="F001", first=3, end=6),
        Gap(data_type="events", file="F001", first=9, end=None),
    ]
    events, *others = overview(census(rows), gaps, parts)
    assert (events.rows, events.people, events.rooms) == (3, 2, 1)
    assert events.first == datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
    assert events.last == datetime(2026, 4, 1, 10, 30, tzinfo=UTC)
    assert (events.announced, events.missing, events.complete) == (12, 3, 0.75)
    assert [other.data_type for other in others] == [
        data_type.name for data_type in WITH_SCHEMA[1:]
    ]
    assert {(other.announced, other.complete) for other in others} == {(None, None)}
