"""Counts of findings are told in their own units, in every place that shows them."""

from __future__ import annotations

from archive_tool.model.findings import Finding, Rows, Severity
from archive_tool.model.units import ROWS, UNITS, unit_of
from archive_tool.report.grouping import kinds
from archive_tool.validation.catalogue import markdown
from archive_tool.validation.codes import CODES
from archive_tool.validation.codes.people import CONSENT_UNKNOWN
from archive_tool.validation.codes.sessions import (
    PARTNER_ABSENT,
    ROWS_REPEATED,
    TYPE_ABSENT_ROOM,
)
from tests.support.defects import NAMES, defect, validated


def test_every_unit_belongs_to_a_kind_of_finding() -> None:
    assert UNITS.keys() <= CODES.keys()


def test_what_is_not_listed_counts_rows() -> None:
    assert unit_of(ROWS_REPEATED.name) == ROWS == ("row", "rows")


def test_a_kind_knows_its_unit() -> None:
    rows = Rows(count=2, of=4)
    found = Finding(code=CONSENT_UNKNOWN.name, severity=Severity.NOTE, message="m", rows=rows)
    (kind,) = kinds([found], cap=1, accepted=())
    assert (kind.rows, kind.unit) == (2, ("person", "people"))


def told(code: str, *places: tuple[str, str | None, str, int]) -> str:
    """What a kind with so many rows by type, file and column is said to count."""
    found = [
        Finding(
            code=code, severity=Severity.NOTE, message="m", rows=Rows(count=number),
            data_type=data_type, file=file, column=column,
        )
        for data_type, file, column, number in places
    ]  # fmt: skip
    (kind,) = kinds(found, cap=1, accepted=())
    return kind.amount


def test_a_row_that_is_wrong_in_two_columns_is_one_row() -> None:
    code = ROWS_REPEATED.name
    two = (("chat", "F001", "onset", 100), ("chat", "F001", "content", 40))
    assert told(code, *two) == "100 rows or more"
    assert told(code, *two, ("chat", "F002", "onset", 3), ("sync", "F002", "onset", 1)) == (
        "104 rows or more"
    )
    assert told(code, ("chat", "F001", "onset", 1), ("chat", "F002", "onset", 1)) == "2 rows"


def test_a_person_who_is_told_of_in_two_types_is_one_person() -> None:
    code = PARTNER_ABSENT.name
    assert told(code, ("chat", None, "", 1), ("sync", None, "", 1)) == "1 person or more"
    room = TYPE_ABSENT_ROOM.name
    assert told(room, ("chat", None, "", 2), ("chat", None, "", 1)) == "3 rooms"


def test_the_docs_name_the_unit() -> None:
    assert markdown().count("The count is of ") == len(UNITS)
    assert "The count is of people, not of rows." in markdown()


def test_what_has_positions_counts_rows() -> None:
    """The first rows of a finding are positions in a file; nothing else has such."""
    some = [name for name in NAMES if name.startswith(("consent", "rating", "room", "person"))]
    assert len(some) > 10
    for name in some:
        for found in validated(defect(name).bundle).json["findings"]:
            if found["rows"] and found["rows"]["first"]:
                assert unit_of(found["code"]) == ROWS, found["code"]
