"""Laws of records and reports."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive_tool.errors import FormatError
from archive_tool.model.findings import Severity
from archive_tool.report.grouping import MOST_PLACES, GroupBy, View, arrange, tally
from archive_tool.report.html import render_html
from archive_tool.report.html.scale import WIDTH, axis, bar_path
from archive_tool.report.record import read_record, write_record
from archive_tool.report.terminal import line, screen
from tests.support import reports

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.model.validation import Validation

relaxed = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
moments = st.integers(-(10**9), 10**9)


@relaxed
@given(validation=reports.validations())
def test_read_inverts_write(
    validation: Validation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    held = _sane(validation)
    text = "".join(write_record(held))
    path = _file(tmp_path_factory, text.encode())
    assert read_record(path) == held
    assert "".join(write_record(read_record(path))) == text


@relaxed
@given(data=st.data())
def test_no_cut_record_is_read(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = "".join(write_record(reports.broken())).encode()
    end = data.draw(st.integers(0, len(whole) - 1))
    path = _file(tmp_path_factory, whole[:end])
    with pytest.raises(FormatError) as caught:
        read_record(path)
    assert caught.value.__context__ is None


@relaxed
@given(junk=st.binary(max_size=300))
def test_no_junk_is_read(junk: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(FormatError):
        read_record(_file(tmp_path_factory, junk + b"\n"))


@relaxed
@given(
    number=st.one_of(st.integers(0, 400), st.just(4000)), group=st.sampled_from(GroupBy),
    severity=st.sampled_from(Severity), cap=st.integers(1, 50),
)  # fmt: skip
def test_every_finding_is_counted_once(
    number: int, group: GroupBy, severity: Severity, cap: int
) -> None:
    """Listed, over the cap, in a group that is left out, or too light: the sum is the total."""
    findings = reports.many(number)
    listing = arrange(findings, View(min_severity=severity, group=group, cap=cap))
    listed = sum(kind.total for each in listing.groups for kind in each.kinds)
    assert listed + listing.findings_omitted + listing.lighter == number
    assert sum(each.tally.all for each in listing.groups) == listed
    places = [kind.places for each in listing.groups for kind in each.kinds]
    assert all(len(found) <= cap for found in places)
    assert sum(map(len, places)) <= MOST_PLACES
    assert tally(findings).all == number


@relaxed
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_text_stays_text(text: str) -> None:
    """Whatever a message says, it opens no element and ends no attribute."""
    held = reports.broken()
    odd = replace(
        held,
        findings=tuple(
            replace(f, code=text, message=text, hint=text, column=text, check=text, file=text)
            for f in held.findings
        ),
    )
    assert _elements(render_html(odd)) == _elements(render_html(_renamed(held)))


@given(start=moments, width=st.integers(0, 10**9))
def test_axis_holds_both_ends_and_few_marks(start: int, width: int) -> None:
    on = axis(start, start + width)
    assert on.x(start) == 0
    assert on.x(start + max(1, width)) == WIDTH
    assert len(on.marks) <= 7
    assert all(0 <= at <= 100 for at, _ in on.marks)


@given(
    start=moments, first=st.integers(-10, 1010), length=st.integers(0, 1000),
    gaps=st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 300)), max_size=8),
)  # fmt: skip
def test_bar_stays_in_its_picture(
    start: int, first: int, length: int, gaps: list[tuple[int, int]]
) -> None:
    on = axis(start, start + 1000)
    holes = sorted((start + a, start + a + b) for a, b in gaps)
    path = bar_path(on, start + first, start + first + length, holes, 10)
    pieces = [(int(a), int(b)) for a, b in re.findall(r"M(\d+) 0h(\d+)v10h-\d+z", path)]
    assert pieces
    assert "".join(f"M{a} 0h{b}v10h-{b}z" for a, b in pieces) == path
    assert all(width >= 1 for _, width in pieces)
    assert all(a + w <= b for (a, w), (b, _) in pairwise(pieces))


@settings(relaxed, max_examples=15)
@given(validation=reports.validations())
def test_any_validation_can_be_shown(validation: Validation) -> None:
    held = _sane(validation)
    assert render_html(held).startswith("<!DOCTYPE html>\n")
    assert screen(held)
    assert "\n" not in line(held)


def _sane(validation: Validation) -> Validation:
    """A cell per type and a digest in hex are rules that the annotations cannot say."""
    found = validation.availability
    rows = tuple(replace(row, cells=row.cells[: len(found.types)]) for row in found.rows)
    whole = tuple(row for row in rows if len(row.cells) == len(found.types))
    digest = replace(validation.input, digest="0" * 64)
    return replace(validation, availability=replace(found, rows=whole), input=digest)


def _renamed(validation: Validation) -> Validation:
    return replace(
        validation,
        findings=tuple(
            replace(f, code="x", message="x", hint="x", column="x", check="x", file="x")
            for f in validation.findings
        ),
    )


def _elements(page: str) -> list[str]:
    return re.findall(r"<[a-z/!][^>]*?[\s>]", re.sub(r'aria-label="[^"]*"', "", page))


def _file(factory: pytest.TempPathFactory, content: bytes) -> Path:
    path = factory.mktemp("record") / "findings.jsonl"
    path.write_bytes(content)
    return path
