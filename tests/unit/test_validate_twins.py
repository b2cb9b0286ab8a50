"""One person under two ids: told by the rows, wherever the ids went (trap B12)."""

from __future__ import annotations

import pytest

from archive_tool.model.findings import FindingLog, Rows, Severity
from archive_tool.validation import Checks
from archive_tool.validation.codes.people import PERSON_TWICE
from tests.support.canonical import batch, census, part
from tests.support.checking import AS_OF, row, stamp


def response(person, at, *, kind="component.response", said="yes"):
    """One answer of somebody."""
    return row(
        "events", id=f"{person}{at}{said}", participantId=person, eventType=kind, onset=at,
        timestamp=stamp(at), content=f"{said} {at}",
    )  # fmt: skip


def message(person, at, said="hello"):
    """One message of somebody."""
    return row(
        "chat", messageId=f"{person}{at}", senderId=person, onset=at, timestamp=stamp(at),
        content=said,
    )  # fmt: skip


def told(*files, chats=()):
    """What is said of people under two ids in files of events, and in files of chat."""
    log = FindingLog()
    checks = Checks(log, as_of=AS_OF)
    typed = [*(("events", rows) for rows in files), *(("chat", rows) for rows in chats)]
    parts = [part(kind, len(rows), order=order) for order, (kind, rows) in enumerate(typed)]
    for order, (kind, rows) in enumerate(typed):
        checks.add(batch(kind, rows, order=order))
    checks.finish(census(dict(typed)), [], parts)
    return [(f.severity, f.rows, f.check) for f in log if f.code == PERSON_TWICE.name]


def answers(person, *, times=range(0, 6000, 1000), **fields):
    return [response(person, at, **fields) for at in times]


def test_the_same_rows_under_a_code_are_told():
    found = told([*answers("ann"), *answers("bob", said="no")], answers("P-1"))
    assert found == [(Severity.WARNING, Rows(count=2, of=3), "rows belong to one person")]


@pytest.mark.parametrize(
    "others",
    [
        answers("bob", said="no"),
        answers("bob", times=range(1, 6001, 1000)),
        answers("bob", times=range(0, 4000, 1000)),
        answers("ann"),
    ],
    ids=["other words", "other instants", "too few", "the same id"],
)
def test_whoever_is_no_copy_is_not_told(others):
    assert told(answers("ann"), others) == []


def test_partners_in_one_file_are_two_people():
    assert told([*answers("ann"), *answers("bob")]) == []


@pytest.mark.parametrize(
    "kind",
    [
        "state.enter", "media.play", "sync.metrics", "experiment.start", "component.start",
        "scanner_pulse", "trigger", "variable.update", "system",
    ],
)  # fmt: skip
def test_what_happens_to_all_at_once_proves_nothing(kind):
    assert told(answers("ann", kind=kind), answers("bob", kind=kind)) == []


def test_a_code_with_a_part_of_the_rows_is_told():
    many = range(0, 100_000, 1000)
    found = told(answers("ann", times=many), answers("P-1", times=list(many)[:70]))
    assert [rows for _, rows, _ in found] == [Rows(count=2, of=2)]


def test_people_who_differ_in_one_type_are_two_people():
    """Data that was made up may have the same events for everybody; then the talk tells."""
    same = answers("ann"), answers("bob")
    assert told(*same, chats=([message("ann", 7)], [message("bob", 7)])) != []
    assert told(*same, chats=([message("ann", 7)], [message("bob", 8)])) == []
