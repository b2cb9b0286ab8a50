"""The terminal forms, whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive_tool.ingest.cells.value_remarks import NOT_OF_KIND, VALUE_UNPARSED
from archive_tool.model.findings import Severity
from archive_tool.model.policy import Accepted
from archive_tool.report.grouping import View
from archive_tool.report.html import words
from archive_tool.report.terminal import line, screen
from archive_tool.report.text import count, percent, size, table
from archive_tool.report.verdict import State, verdict
from tests.support import reports

SCREEN = """\
fail: 3 errors stand in the way
bundle, 31 files and 4 left alone, 48.2 MB, sha256 9f2c41d79f2c41d7…, as of 2026-11-20
29 tables, 184,213 rows, 15 people and 1 agent, 6 rooms

  type                   rows  people  rooms  complete  errors  warnings
  events                2,210      15      6  100 %          0         1
  recordings               14      15      6  -              0         0
  chat                    963      15      6  100 %          0         0
  ratings/continuous  176,400      15      6  100 %          3         1
  ratings/sparse          412      15      6  100 %          0         0
  sync                  4,214      15      6  99 %           1         0
  components                0       0      0  -              0         0

4 errors (1 accepted), 3 warnings, 1 note
  error    RATINGS-OUT-OF-SCALE (147 rows, 3 places)  first: ratings/continuous F017 value
           Ratings lie outside their own scale
  warning  CONSENT-DECLINED
           A person who declined has rows
  warning  EVENTS-ONSET-ZERO (212 rows)  events F003 onset
           Onsets count from another zero than the room's start, 5,400 ms later
  warning  RATINGS-DROPOUT (9 rows)  ratings/continuous F018
           Stretches without samples
  note     TYPE-ABSENT  components
           No row of this type
  accepted PAGE-MISSING (40 rows)  sync F022
           Rows that the platform announces are in no page

under pseudonymize: 3 columns with cells that look personal
  column           e-mail  phone  ip  url  name  policy
  chat content          4      2   0   11    57  scrub
  events response       0      0   1    0    12  by-leaf
  chat senderName       0      0   0    0   963  drop

not checked: 2
  privacy under another policy: only one policy was given
  length of the recordings: media files are never decoded; their size and name are compared

next: Begin with RATINGS-OUT-OF-SCALE: look at the scale of the component in the design; \
the platform does not clip"""


def test_the_screen_says_the_verdict_the_counts_and_the_findings() -> None:
    assert screen(reports.broken()) == SCREEN


def test_screen_names_files_for_their_owner() -> None:
    held = reports.broken()
    named = screen(held, labels=reports.labels(held))
    assert "ratings/continuous study/canary-file-17.csv value" in named
    assert "canary-person" not in named


def test_screen_is_one_screen_and_says_what_it_leaves_out() -> None:
    text = screen(reports.huge(5000))
    assert len(text.splitlines()) < 45
    assert "  … and 62 more kinds (4,424 findings): --html F or --json has all" in text
    assert "1,667 errors, 1,667 warnings, 1,666 notes" in text


def test_lighter_findings_are_counted() -> None:
    text = screen(reports.broken(), view=View(min_severity=Severity.ERROR))
    assert "4 errors (1 accepted), 3 warnings, 1 note" in text
    assert "  … and 4 below error" in text
    assert "TYPE-ABSENT" not in text


def test_the_line_says_the_verdict_and_the_counts() -> None:
    assert line(reports.broken()) == (
        "fail as_of=2026-11-20 sha256=9f2c41d79f2c41d7 errors=4 warnings=3 notes=1 "
        "open_errors=3 not_checked=2 rows=184213 people=15 rooms=6"
    )


def test_verdict_by_what_is_open() -> None:
    broken, good = reports.broken(), reports.good()
    assert (verdict(good).state, verdict(good).title) == (State.PASS, "Nothing stands in the way")
    assert verdict(good).next_step == "archive-tool create makes the archive"
    both = (*broken.accepted, Accepted(code="RATINGS-OUT-OF-SCALE", because="a known fault"))
    eased = verdict(replace(broken, accepted=both))
    assert (eased.state, eased.title) == (State.WARN, "No open error, 3 warnings to read")
    known = tuple(Accepted(code=one.code, because="known") for one in broken.findings)
    for fail_on in (Severity.ERROR, Severity.WARNING):
        assert verdict(replace(broken, accepted=known), fail_on).state is State.PASS
    one = replace(broken, findings=broken.findings[:2], accepted=())
    assert verdict(replace(one, findings=one.findings[:1])).title == "1 error stands in the way"
    assert verdict(reports.nothing()).title == "No table was found"
    assert verdict(reports.nothing()).word == "fail"


def test_hundred_percent_only_when_nothing_is_missing() -> None:
    held = reports.broken()
    nearly = tuple(replace(o, announced=100_000, missing=1) for o in held.overview)
    text = screen(replace(held, overview=nearly))
    assert "99 %" in text
    assert "100 %" not in text


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0 %"), (1e-9, "<1 %"), (0.01, "1 %"), (0.29, "29 %"), (1 / 3, "33 %"),
        (2 / 3, "67 %"), (0.995, "99 %"), (1 - 1e-9, "99 %"), (1.0, "100 %"),
    ],
)  # fmt: skip
def test_a_share_is_the_same_on_the_screen_and_on_the_page(share: float, said: str) -> None:
    assert (percent(share), words.percent(share)) == (said, said)
    assert words.percent(None) == "–"


def test_columns_of_numbers_are_set_to_the_right() -> None:
    assert table(("a", "bb"), [("x", 1000), ("yyy", None)]) == (
        "  a       bb\n  x    1,000\n  yyy      -"
    )


def test_numbers_are_written_for_people() -> None:
    assert (count(1, "row"), count(2, "person", "people")) == ("1 row", "2 people")
    assert (size(999), size(1400), size(999_999_999)) == ("999 B", "1.4 kB", "1.0 GB")


def test_screen_says_how_many_rows_of_overlapping_downloads_were_counted_once() -> None:
    held = reports.broken()
    first, *others = held.overview
    twice = replace(held, overview=(replace(first, copies=1500), *others))
    assert "\n  1,500 further rows of overlapping downloads counted once\n" in screen(twice)


def test_screen_names_the_bundle_for_its_owner() -> None:
    held = reports.broken()
    labels = replace(reports.labels(held), name="canary-bundle.zip")
    assert (
        screen(held, labels=labels)
        .splitlines()[1]
        .startswith("canary-bundle.zip, 31 files and 4 left alone, ")
    )


def test_screen_previews_privacy_only_under_a_policy() -> None:
    held = reports.broken()
    assert "look personal" not in screen(replace(held, policy=""))
    assert "under pseudonymize: 0 columns with cells" in screen(replace(held, privacy=()))
    many = screen(replace(held, privacy=held.privacy * 4))
    assert "\n  … and 9 more: --html F or --json has all\n" in many


def test_a_value_that_cannot_be_read_is_where_to_begin() -> None:
    missing = reports.finding(
        "FIELD-MISSING", Severity.ERROR, "no value", file="F001", column="timestamp", hint="again"
    )
    unread = reports.finding(
        "TIME-AMBIGUOUS", Severity.WARNING, "local", file="F001", column="timestamp", hint="use UTC"
    )
    found = replace(reports.good(), findings=(missing, unread))
    assert verdict(found).next_step == "Begin with TIME-AMBIGUOUS: use UTC"
    for remark in NOT_OF_KIND.values():
        cause = replace(unread, code=remark.name, severity=remark.severity)
        first = missing if remark is VALUE_UNPARSED else cause  # that one is kept as text
        begin = verdict(replace(found, findings=(missing, cause))).next_step
        assert begin.startswith(f"Begin with {first.code}: "), remark.name
    elsewhere = replace(unread, file="F002")
    assert verdict(replace(found, findings=(missing, elsewhere))).next_step == (
        "Begin with FIELD-MISSING: again"
    )
