"""The committed reports are what this release makes of the same bundles and the same records."""

from __future__ import annotations

import pytest

from archive_tool.report.record import read_record, write_record
from tests.support.committed import require_same
from tests.vectors.reports.rebuild import BUNDLES, HERE, renderings, validation

REBUILD = "tests.vectors.reports.rebuild"


@pytest.mark.parametrize("name", BUNDLES)
def test_record_renders_as_committed(name: str) -> None:
    """Without the bundle: from the committed record alone."""
    for suffix, text in renderings(read_record(HERE / f"{name}.jsonl")).items():
        kept = (HERE / f"{name}.{suffix}").read_text(encoding="utf-8")
        require_same(kept, text, REBUILD)


@pytest.mark.parametrize("name", BUNDLES)
def test_bundle_validates_as_committed(name: str) -> None:
    kept, made = read_record(HERE / f"{name}.jsonl"), validation(name)
    require_same("".join(write_record(kept)), "".join(write_record(made)), REBUILD)
    assert made == kept


def test_one_is_good_and_one_is_broken() -> None:
    good = (HERE / "good.txt").read_text(encoding="utf-8")
    broken = (HERE / "broken.txt").read_text(encoding="utf-8")
    assert good.startswith("pass: ")
    assert broken.startswith("fail: ")
