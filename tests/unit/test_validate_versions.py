"""A component that was corrected between two downloads is there twice, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.model.bundle import Page
from archive_tool.validation import Checks
from tests.support.canonical import batch, census, part
from tests.support.checking import AS_OF, Log

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN = {"componentId": "k1", "stateId": "s1", "experimentId": "x1", "onset": 0}
AT = {"timestamp": "2026-04-01T10:00:00Z"}
BEFORE, AFTER = ({**SHOWN, **AT, "variableSnapshot": f'{{"condition":"{c}"}}'} for c in "ab")


def told(*files: list[Mapping[str, Any]], pages: bool = False) -> list[tuple[str | None, Any]]:
    """Files with such a finding, and which rows of each."""
    log = Log()
    checks = Checks(log, as_of=AS_OF)
    parts = []
    for order, rows in enumerate(files):
        page = Page(offset=100 * order, limit=100) if pages else None
        label = f"F{order + 1:03}"
        parts.append(part("components", len(rows), order=order, label=label, page=page))
        checks.add(batch("components", rows, order=order))
    checks.finish(census({"components": [row for rows in files for row in rows]}), [], parts)
    found = [finding for finding in log if finding.code == "COMPONENTS-DIFFER"]
    return [(one.file, one.rows.first if one.rows else None) for one in found]


def test_a_corrected_snapshot_is_told_in_the_later_file() -> None:
    assert told([BEFORE], [SHOWN | AT | {"componentId": "k2"}, AFTER]) == [("F002", (2,))]


def test_an_equal_copy_is_not() -> None:
    assert told([BEFORE], [BEFORE]) == []


def test_a_download_of_the_room_is_compared_with_one_of_the_experiment() -> None:
    assert told([BEFORE], [AFTER | {"roomId": "r1"}]) == [("F002", (1,))]


@pytest.mark.parametrize(
    "other",
    [{"roomId": "r2"}, {"participantId": "p2"}, {"stateId": "s2"}, {"timestamp": "2026-04-01T10:00:01Z"}],
    ids=["room", "person", "state", "instant"],
)  # fmt: skip
def test_another_showing_is_no_version(other: Mapping[str, str]) -> None:
    own = {"roomId": "r1", "participantId": "p1"}
    assert told([BEFORE | own], [AFTER | own | other]) == []


def test_definitions_without_a_time_are_not_compared() -> None:
    before, after = ({**row, "timestamp": None} for row in (BEFORE, AFTER))
    assert told([before], [after]) == []


def test_two_people_who_are_shown_it_at_once_are_no_versions() -> None:
    assert told([BEFORE, AFTER]) == []
    assert told([BEFORE, AFTER], [AFTER, BEFORE]) == []
    assert told([BEFORE], [AFTER], pages=True) == []
