"""Erasures of a store with a life, planned, applied and held back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from archive_tool.lifecycle.applying import destroy, erase
from archive_tool.lifecycle.dates import holds, releasing
from archive_tool.lifecycle.planning import erase_plan, plans
from tests.support.archives import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lives import Life


LATER = NOW + timedelta(minutes=1)


def planned(life: Life, *ids: str, rewrite_mentions: bool = False) -> Path:
    """The file with the plan to erase some people."""
    path = life.store.parent / "erase.json"
    decided = erase_plan.plan(
        life.store, life.vault, ids, rewrite_mentions=rewrite_mentions, now=NOW
    )
    plans.save(decided, path)
    return path


def apply(life: Life, path: Path, ids: tuple[str, ...] | None = None) -> destroy.Destroyed:
    return erase.apply(life.store, life.vault, path, ids=ids, now=LATER)


def hold(life: Life, **more: Any) -> holds.Hold:
    return holds.place(life.store, reason="r", owner="o", now=NOW, **more)


def release(life: Life, placed: holds.Hold, *, vault: bool = True) -> releasing.Released:
    keys = life.vault if vault else None
    return releasing.release(life.store, placed.id, reason="over", now=LATER, vault=keys)
