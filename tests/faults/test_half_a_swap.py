"""Killed between the two renames of a swap, a store has an older revision aside and none in place.

Until a command that changes something settles that, whoever reads finds the older one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive import layout
from archive_tool.lifecycle.dates import terms
from archive_tool.lifecycle.planning import erase_plan
from archive_tool.lifecycle.subjects import where as subjects
from tests.support.archives import NOW
from tests.support.lives import LAST_DAY, Life, usual

if TYPE_CHECKING:
    from pathlib import Path

A = "20261120-aaa"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    made = usual(tmp_path)
    aside = made.store / layout.REPLACED
    aside.mkdir()
    made.folder(A).rename(aside / A)
    return made


def test_nobody_is_overlooked_in_it(life: Life) -> None:
    found = subjects.find(life.store, life.vault, ["bob"])
    assert [place.archive_id for place in found.places] == [A, A]
    decided = erase_plan.plan(life.store, life.vault, ["ann"], now=NOW)
    assert [item.archive for item in decided.items] == [A, "20261120-bbb"]
    assert found.unreadable == ()


def test_its_dates_can_be_changed(life: Life) -> None:
    until = LAST_DAY + timedelta(days=30)
    change = terms.plan(life.store, life.vault, A, until=until, reason="board", now=NOW)
    stated = terms.extend(life.store, life.vault, change, now=NOW)
    assert {term.destroy_after for term in stated.retention.values()} == {until}
    assert life.folder(A).is_dir()
    assert not (life.store / layout.REPLACED).exists()
