"""Ids that a program took for numbers."""

from __future__ import annotations

import pytest

from archive_tool.model.findings import Rows, Severity
from tests.support.checking import findings_of, row


@pytest.mark.parametrize("spelled", ["1.23457E+15", "1,23457E+15", "1e+05", "5E+20"])
def test_a_person_with_an_exponent_is_an_error(spelled):
    rows = [row("chat"), row("chat", messageId="m2", senderId=spelled)]
    (found,) = findings_of("chat", *rows)
    assert (found.code, found.severity, found.column) == (
        "IDS-ROUNDED", Severity.ERROR, "senderId",
    )  # fmt: skip
    assert found.message == "ids are rounded numbers: several people or rooms may have become one"
    assert found.check == "senderId is no number with an exponent"
    assert found.rows == Rows(count=1, of=2, first=(2,))


@pytest.mark.parametrize("spelled", ["1e05", "5e3a9c11", "123456789012345", "E+5", "1.5", "p1E+05"])
def test_ids_that_only_look_like_it_are_good(spelled):
    assert findings_of("sync", row("sync", participantId=spelled, roomId=spelled)) == []


def test_every_type_with_a_person_or_a_room_is_looked_at():
    for data_type in ("events", "recordings", "ratings/continuous", "ratings/sparse", "sync"):
        bad = row(data_type, participantId="2E+10", roomId="3E+10")
        columns = {f.column for f in findings_of(data_type, bad) if f.code == "IDS-ROUNDED"}
        assert columns == {"participantId", "roomId"}


def of_persons(ids):
    rows = [row("chat", messageId=f"m{n}", senderId=one) for n, one in enumerate(ids)]
    return [f for f in findings_of("chat", *rows) if f.code == "IDS-ROUNDED"]


LONG = [123456789012345678, 987654321098765433, 555544443333222211, 314159265358979323]


def test_long_numbers_that_all_are_doubles_are_rounded():
    """R writes 123456789012345678 as 123456789012345680."""
    (found,) = of_persons([*(str(int(float(one))) for one in LONG), "p1"])
    assert (found.code, found.column, found.rows.count) == ("IDS-ROUNDED", "senderId", 4)
    assert found.check == "senderId has digits that a double does not hold"


def test_long_numbers_with_zeros_after_fifteen_digits_are_rounded():
    (found,) = of_persons([f"{one // 1000}000" for one in LONG])
    assert found.rows.count == 4


def test_long_numbers_with_all_their_digits_are_good():
    assert of_persons(map(str, LONG)) == []
    assert of_persons([*map(str, LONG), str(int(float(LONG[0])))]) == []
    assert of_persons([str(int(float(LONG[0])))]) == []
    assert of_persons(["1234567890123456", "1234567890123457", "1234567890123458"]) == []


def test_records_are_looked_at_too():
    rows = [row("chat", messageId="1.23457E+17"), row("chat", messageId="m2")]
    (found,) = [f for f in findings_of("chat", *rows) if f.code == "IDS-ROUNDED"]
    assert (found.code, found.column) == ("IDS-ROUNDED", "messageId")
    assert found.rows == Rows(count=1, of=2, first=(1,))
    rows = [row("chat", messageId=str(int(float(one)))) for one in LONG]
    (found,) = [f for f in findings_of("chat", *rows) if f.code == "IDS-ROUNDED"]
    assert (found.code, found.column, found.rows.count) == ("IDS-ROUNDED", "messageId", 4)
