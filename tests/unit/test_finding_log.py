"""The log of a run: one finding per kind and place, in one order, the same in another process."""

from __future__ import annotations

import pickle

from archive_tool.model.findings import Finding, FindingLog, Rows, Severity


def finding(code: str, severity: Severity, **more: object) -> Finding:
    return Finding(code=code, severity=severity, message="m", **more)  # type: ignore[arg-type]


LIGHT = finding("B", Severity.NOTE, data_type="chat", file="F002")
HEAVY = finding("Z", Severity.ERROR, rows=Rows(count=2, of=9, first=(3, 4)))


def test_the_heaviest_come_first_also_after_one_more() -> None:
    log = FindingLog()
    log.add(LIGHT)
    assert list(log) == [LIGHT]
    log.extend([HEAVY, finding("A", Severity.NOTE, data_type="chat")])
    assert [one.code for one in log] == ["Z", "A", "B"]
    assert [severity.rank for severity in Severity] == [0, 1, 2]


def test_the_same_at_the_same_place_is_counted_once_also_from_another_log() -> None:
    one, other = FindingLog(), FindingLog()
    for log in (one, other):
        log.extend([HEAVY, LIGHT])
    one.extend(other)
    assert [found.rows for found in one] == [Rows(count=4, of=18, first=(3, 3, 4, 4)), None]


def test_a_log_arrives_in_another_process_as_it_left() -> None:
    log = FindingLog()
    log.extend([LIGHT, HEAVY])
    there = pickle.loads(pickle.dumps(log))
    assert list(there) == list(log)
    assert next(iter(there)).severity is Severity.ERROR
    there.add(LIGHT)
    assert len(there) == 2
