"""A study that is archived for three years, and lowered then."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from archive_tool.keys import Vault
from archive_tool.lifecycle.planning import plans, sweep_plan
from archive_tool.pipeline import downgrade
from archive_tool.policy import parse, policy_text
from sample_data.forms import write_form
from sample_data.generate import rooms_of
from sample_data.study import small_study
from tests.support.pipelines import NOW, Lab

if TYPE_CHECKING:
    from archive_tool.lifecycle.applying.destroy import Destroyed
    from archive_tool.lifecycle.planning.sweep_plan import SweepPlan
    from archive_tool.model.policy import Policy


THEN = NOW + timedelta(days=4 * 365)
LATER = NOW + timedelta(minutes=1)


@cache
def bundle() -> Path:
    """One room of the study: events and chat."""
    whole = small_study()
    folder = Path(tempfile.mkdtemp(prefix="downgrade-bundle-"))
    return write_form(rooms_of(whole, whole.rooms[:1]).only("events", "chat"), "array", folder)


def text(to: str = "aggregate-only", more: str = "") -> str:
    """The policy ``keep`` for three years, then something less."""
    lines = policy_text("keep").replace("P10Y", "P3Y")
    action = f'action = "downgrade"\ndowngrade_to = "{to}"'
    return lines.replace('action = "destroy"', action) + more


def policy(to: str = "aggregate-only", more: str = "") -> Policy:
    return parse(text(to, more), where="test")


def planned(own: Lab, as_of: datetime = THEN) -> SweepPlan:
    vault = Vault.open(own.vault.folder)
    found = sweep_plan.plan(own.store, vault, as_of=as_of, now=NOW)
    plans.save(found, own.folder / "sweep.json")
    return found


def applied(own: Lab, as_of: datetime = THEN) -> Destroyed | None:
    vault = Vault.open(own.vault.folder)
    path = own.folder / "sweep.json"
    return downgrade.apply(own.store, vault, path, as_of=as_of, now=LATER).destroyed


def stored(own: Lab) -> list[str]:
    return sorted(path.name for path in (own.store / "archives").iterdir())


def coding(to: str = "aggregate-only") -> Policy:
    """The policy ``pseudonymize`` for three years, then something less."""
    lines = policy_text("pseudonymize").replace("P10Y", "P3Y")
    action = f'action = "downgrade"\ndowngrade_to = "{to}"'
    return parse(lines.replace('action = "destroy"', action), where="test")
