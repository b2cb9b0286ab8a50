"""Ratings against their own scale."""

from __future__ import annotations

import pytest

from archive_tool.model.findings import Rows, Severity
from tests.support.checking import codes, findings_of, row


def continuous(**fields):
    return row("ratings/continuous", **fields)


def sparse(**fields):
    return row("ratings/sparse", **fields)


@pytest.mark.parametrize(
    "good",
    [
        continuous(value=0.75, normalizedValue=0.75, rawValue=75, scaleMin=0, scaleMax=100),
        continuous(value=-40, rawValue=-40, scaleMin=-100, scaleMax=100),
        continuous(value=0.2, scaleMin=5, scaleMax=10),
        continuous(value=900),
        continuous(value=900, scaleMin=0),
        sparse(value=7, scaleMin=1, scaleMax=10),
        sparse(value=72.5, rawValue=58, scaleMin=0, scaleMax=80),
        sparse(value=72.5, rawValue=0.3, scaleMin=0, scaleMax=1),
        sparse(value="11", scaleMin=1, scaleMax=10),
        sparse(value=["a", "b"], scaleMin=1, scaleMax=10),
        sparse(value={"value": 99}, scaleMin=1, scaleMax=10),
        sparse(value=None, scaleMin=1, scaleMax=10),
    ],
)
def test_values_that_mean_something(good):
    assert (
        findings_of("ratings/sparse" if good["ratingId"] == "s1" else "ratings/continuous", good)
        == []
    )


@pytest.mark.parametrize(
    ("data_type", "bad", "column", "check"),
    [
        (
            "ratings/continuous",
            continuous(rawValue=101, scaleMin=0, scaleMax=100),
            "rawValue",
            "scaleMin <= rawValue <= scaleMax",
        ),
        (
            "ratings/continuous",
            continuous(value=1.5, scaleMin=5, scaleMax=10),
            "value",
            "scaleMin <= value <= scaleMax or 0-1",
        ),
        (
            "ratings/sparse",
            sparse(value=11, scaleMin=1, scaleMax=10),
            "value",
            "scaleMin <= value <= scaleMax or 0-100 with rawValue",
        ),
        (
            "ratings/sparse",
            sparse(value=50, rawValue=-1, scaleMin=0, scaleMax=80),
            "rawValue",
            "scaleMin <= rawValue <= scaleMax",
        ),
        (
            "ratings/sparse",
            sparse(value=100.5, rawValue=58, scaleMin=0, scaleMax=80),
            "value",
            "scaleMin <= value <= scaleMax or 0-100 with rawValue",
        ),
        (
            "ratings/sparse",
            sparse(value=1e3, scaleMin=1, scaleMax=10),
            "value",
            "scaleMin <= value <= scaleMax or 0-100 with rawValue",
        ),
    ],
)
def test_values_off_their_scale_are_errors(data_type, bad, column, check):
    found = findings_of(data_type, row(data_type), bad)
    assert [(f.code, f.severity, f.message, f.column, f.check, f.rows) for f in found] == [
        (
            "RATINGS-OUT-OF-SCALE",
            Severity.ERROR,
            "a rating lies outside its own scale",
            column,
            check,
            Rows(count=1, of=2, first=(2,)),
        )
    ]


@pytest.mark.parametrize(("low", "high"), [(10, 1), (5, 5)])
def test_a_scale_upside_down_is_a_warning_and_no_scale(low, high):
    found = findings_of("ratings/sparse", sparse(value=500, scaleMin=low, scaleMax=high))
    assert [(f.code, f.severity, f.column, f.check) for f in found] == [
        ("RATINGS-SCALE-REVERSED", Severity.WARNING, "scaleMin", "scaleMin < scaleMax")
    ]


@pytest.mark.parametrize(("raw", "normalized"), [(150, 1.0), (75, 1.5)])
def test_one_mistake_is_one_finding(raw, normalized):
    bad = continuous(normalizedValue=normalized, rawValue=raw, scaleMin=0, scaleMax=100)
    assert len(findings_of("ratings/continuous", bad)) == 1


def test_a_normalized_value_follows_from_the_raw_value():
    bad = continuous(value=0.5, normalizedValue=0.5, rawValue=75, scaleMin=0, scaleMax=100)
    found = findings_of("ratings/continuous", bad)
    assert codes(found) == [("RATINGS-NORMALIZED-MISMATCH", "normalizedValue")]
    assert found[0].message == "the normalised value is not the raw value's place on the scale"


def rated(number, value, raw, *, low=0, high=100):
    """A sample whose normalised value is right."""
    share = (raw - low) / (high - low)
    return continuous(
        ratingId=f"c{number}", onset=number, value=value, rawValue=raw, normalizedValue=share,
        scaleMin=low, scaleMax=high,
    )  # fmt: skip


@pytest.mark.parametrize(
    "pairs",
    [
        [(0.75, 75), (0.0, 0), (1.0, 100), (0.333, 33)],
        [(75, 75), (0, 0), (1, 1), (100, 100)],
        [(0, 0), (0.005, 0.5)],
        [(None, 75), (0.2, None)],
    ],
)
def test_a_value_that_means_the_same_everywhere_is_fine(pairs):
    rows = [
        continuous(ratingId=f"c{n}", onset=n, value=value, rawValue=raw, scaleMin=0, scaleMax=100)
        for n, (value, raw) in enumerate(pairs)
    ]
    assert findings_of("ratings/continuous", *rows) == []


def test_a_value_that_is_raw_in_some_rows_and_a_share_in_others_is_told():
    rows = [rated(n, n / 100, n) for n in range(40, 46)]
    rows += [rated(n, n, n) for n in (60, 61)]
    (found,) = findings_of("ratings/continuous", *rows)
    assert (found.code, found.severity, found.column, found.check, found.rows) == (
        "RATINGS-VALUE-MIXED", Severity.WARNING, "value", "value means the same in all rows",
        Rows(count=2, of=8, first=(7, 8)),
    )  # fmt: skip
    assert found.message == (
        "the value is neither the raw nor the normalised value, or the one in some rows and the "
        "other in others"
    )
    more = [rated(n, n, n) for n in range(70, 80)]
    (found,) = findings_of("ratings/continuous", *rows, *more)
    assert found.rows == Rows(count=6, of=18, first=(1, 2, 3, 4, 5))


@pytest.mark.parametrize("beside", [None, 0.5])
def test_without_a_normalised_value_the_raw_one_tells_whatever_lies_beside(beside):
    rows = [rated(1, 5, 75), rated(2, 0.5, 50)]
    rows = [
        {**one, "normalizedValue": told} for one, told in zip(rows, (None, beside), strict=True)
    ]
    (found,) = findings_of("ratings/continuous", *rows)
    assert (found.code, found.rows) == ("RATINGS-VALUE-MIXED", Rows(count=1, of=2, first=(1,)))


def test_a_value_that_is_neither_raw_nor_share_is_told():
    rows = [rated(1, 0.75, 75), rated(2, 5, 75), rated(3, -20, -40, low=-100)]
    found = findings_of("ratings/continuous", *rows)
    assert [(f.code, f.check, f.rows) for f in found] == [
        (
            "RATINGS-VALUE-MIXED",
            "value = rawValue or value = normalizedValue",
            Rows(count=2, of=3, first=(2, 3)),
        )
    ]
