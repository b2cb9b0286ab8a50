"""Counts of findings are told in their own units, in every place that shows them."""

from __future__ import annotations

from archive_tool.model.findings import Finding, Rows, Severity
from archive_tool.model.units import ROWS, UNITS, unit_of
from archive_tool.report.grouping import kinds
from archive_tool.validation.catalogue import markdown
from archive_tool.validation.codes import CODES
from archive_tool.validation.codes.people import CONSENT_UNKNOWN
from archive_tool.validation.codes.sessions import ROWS_REPEATED
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
