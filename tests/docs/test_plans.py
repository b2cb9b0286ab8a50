"""The page of the format names every key of a plan, and how its digest is made."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive_tool.lifecycle.applying.work import Unreached
from archive_tool.lifecycle.dates import due, terms
from archive_tool.lifecycle.planning import (
    erase_items,
    erase_plan,
    raw_bundles,
    sweep_item,
    sweep_plan,
)
from archive_tool.lifecycle.unreadable import Unreadable
from tests.support.lowering import bundle, planned, policy
from tests.support.pipelines import lab

if TYPE_CHECKING:
    import msgspec

PAGE = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
PLANS = (sweep_plan.SweepPlan, erase_plan.ErasePlan, terms.Change)
COMMON = frozenset.intersection(*(frozenset(plan.__struct_fields__) for plan in PLANS))
OBJECTS: list[tuple[str, type[msgspec.Struct]]] = [
    ("`archive-tool/sweep-plan/1`", sweep_plan.SweepPlan),
    ("… in `items`, an archive", sweep_item.Item),
    ("… in `decisions`, what waits for somebody", due.Decision),
    ("… in `coming`, due in 90 days", sweep_plan.Coming),
    ("… in `bundles`, raw ones that were named", raw_bundles.RawBundle),
    ("`archive-tool/erase-plan/1`", erase_plan.ErasePlan),
    ("… in `people`", erase_items.Person),
    ("… in `items`, an archive", erase_items.Item),
    ("… in `mentions`, rows of others", erase_items.Named),
    ("`archive-tool/retention-change/1`", terms.Change),
    ("`unreadable`, in sweeps", Unreadable),
    ("`not_reached`, in sweeps and erasures", Unreached),
]


def test_every_key_of_every_plan_is_named() -> None:
    table = PAGE.split("## Plans", 1)[1].split("## ", 1)[0]
    lines = re.findall(r"^\| (.+?) \| (`.+) \|$", table, re.MULTILINE)
    named = [(of, _keys(said)) for of, said in lines]
    assert named == [
        ("all plans", COMMON),
        *((of, _own_keys(kind)) for of, kind in OBJECTS),
    ]


def _keys(said: str) -> set[str]:
    """What stands in brackets belongs to a key."""
    return set(re.findall("`([a-z_]+)`", re.sub(r"\(.*?\)", "", said)))


def _own_keys(kind: type[msgspec.Struct]) -> set[str]:
    return set(kind.__struct_fields__) - (COMMON if kind in PLANS else set())


def test_the_digest_is_made_as_the_page_says(tmp_path: Path) -> None:
    own = lab(tmp_path)
    own.create(bundle(), policy=policy())
    planned(own)
    body: dict[str, Any] = json.loads((own.folder / "sweep.json").read_bytes())
    said = body.pop("digest")
    assert body["items"]
    line = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert said == hashlib.sha256(line.encode()).hexdigest()
