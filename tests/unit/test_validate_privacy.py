"""The look ahead: what cells look like, as counts."""

from __future__ import annotations

import pytest

from archive_tool.model.validation import PrivacyRow
from archive_tool.validation.for_report.privacy import Preview
from tests.support.canonical import batch
from tests.support.checking import row


def looks(*texts, names=(), column="content", data_type="chat", actions=None):
    """The counts of a column."""
    preview = Preview(names=names, actions=actions or {})
    rows = [row(data_type, **{column: text}) for text in texts]
    preview.add(data_type, batch(data_type, rows).table)
    return [found for found in preview.finish() if found.column == column]


def counts(*texts, **options):
    """Email, phone, ip, url, name."""
    return [(f.email, f.phone, f.ip, f.url, f.name) for f in looks(*texts, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to ada.l+x@mail.example.org please", (1, 0, 0, 0, 0)),
        ("call +49 151 294 8788", (0, 1, 0, 0, 0)),
        ("0151/2340926", (0, 1, 0, 0, 0)),
        ("(555) 234-3705 or so", (0, 1, 0, 0, 0)),
        ("my address is 203.0.113.59", (0, 0, 1, 0, 0)),
        ("2001:db8:0:0:0:0:2:1", (0, 0, 1, 0, 0)),
        ("see https://x.example/u?ref=1", (0, 0, 0, 1, 0)),
        ("www.example.org", (0, 0, 0, 1, 0)),
        ("hello ADA  Lovelace!", (0, 0, 0, 0, 1)),
        ("über Żółć", (0, 0, 0, 0, 1)),
        ("user-abc123 said so", (0, 0, 0, 0, 1)),
    ],
)
def test_what_looks_personal_is_counted(text, expected):
    names = ["Ada Lovelace", "żółć", "user-abc123"]
    assert counts(text, "hello", names=names) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "I am 34 and saw it 7 times",
        "between 10:30 and 11:45",
        "version 1.2.3",
        "Adaptive Lovelacean",
        "@home",
        "2026-03-02T09:06:41.249Z",
        "100.5 or 3.14159265358979",
    ],
)
def test_plain_talk_is_not(text):
    assert counts(text, names=["Ada", "Lovelace"]) == []


@pytest.mark.parametrize("value", [1718454123456, 0.1234567890123, -1234567.5, [1, 2, 3], True])
def test_numbers_in_json_are_no_phone_numbers(value):
    assert counts({"time": value}, column="response", data_type="events") == []


def test_cells_are_counted_not_distinct_texts():
    (found,) = looks("a@b.cd", "a@b.cd", "hi", None, actions={("chat", "content"): "scrub"})
    assert found == PrivacyRow(data_type="chat", column="content", cells=3, email=2, action="scrub")


def test_tables_are_added_up():
    preview = Preview()
    for _ in range(3):
        preview.add("chat", batch("chat", [row("chat", content="a@b.cd")]).table)
    assert [(f.cells, f.email) for f in preview.finish()] == [(3, 3)]


def test_thousands_of_long_names_are_looked_for():
    names = [f"Ż{'ł' * 70} {number}" for number in range(3000)]
    assert counts(names[2999], "nobody", names=names) == [(0, 0, 0, 0, 1)]


def test_a_preview_does_not_show_the_names_it_knows():
    assert "Ada" not in repr(Preview(names=["Ada"]))
