"""Laws of the audit log: without a key nobody writes another one that anything is destroyed by."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive_tool.errors import ArchiveToolError, IntegrityError
from archive_tool.lifecycle import listing, whole
from archive_tool.lifecycle.applying import erase, sweep
from archive_tool.lifecycle.audit_log import audit, checkpoints, recording
from archive_tool.lifecycle.audit_log.acknowledging import acknowledge
from archive_tool.lifecycle.dates import holds, terms
from archive_tool.lifecycle.planning import erase_plan, sweep_plan
from tests.support.archives import NOW, event
from tests.support.forging import write_anew
from tests.support.lives import DUE, Life, usual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.lifecycle.planning.erase_plan import ErasePlan

A, B, C = "20261120-aaa", "20261120-bbb", "20261120-ccc"
LATER: Final = NOW + timedelta(minutes=1)
EVENTS: Final = frozenset(
    {"create", "hold", "extract", "retention", "erase", "sweep", "lines-lost"}
)


@cache
def lived() -> tuple[Life, tuple[Record, ...], int]:
    """A store with lines of all kinds, its log, and the newest line that the vault knows."""
    life = usual(Path(tempfile.mkdtemp(prefix="audit-laws-")))
    vault = life.vault
    recording.extracted(life.store, A, ["events"], now=NOW)
    lines = audit.read(life.store)
    audit.append(life.store, "grant", now=NOW)
    audit.checkpoint(life.store, vault, now=NOW)
    vault.save(NOW)
    write_anew(life.store, lines)
    acknowledge(life.store, life.vault, reason="the disk broke", now=NOW)
    placed = holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    holds.release(life.store, placed.id, reason="over", now=NOW)
    longer = terms.plan(life.store, life.vault, B, until=date(2040, 1, 1), reason="r", now=NOW)
    terms.extend(life.store, life.vault, longer, now=NOW)
    gone = erase_plan.plan(life.store, life.vault, ["bob"], now=NOW)
    erase.apply(life.store, life.vault, gone, now=NOW)
    life.add(C, {("events", "ann"): [event(9, "ann")]}, last=date(2027, 1, 1))
    day = NOW.replace(year=2028)
    due = sweep_plan.plan(life.store, life.vault, as_of=day, now=NOW)
    sweep.apply(life.store, life.vault, due, as_of=day, now=NOW)
    holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    life.add(C.replace("c", "d"), {("events", "ann"): [event(8, "ann")]})
    recording.extracted(life.store, A, ["events"], now=NOW)
    records = audit.read(life.store)
    known = checkpoints.of_vault(life.vault, records)
    assert known is not None
    assert {record.event for record in records} == EVENTS
    return life, records, known.line


@cache
def planned() -> ErasePlan:
    life, _, _ = lived()
    return erase_plan.plan(life.store, life.vault, ["ann"], now=LATER)


PLACE = st.integers(0, 40)
CHANGES = st.one_of(
    st.tuples(st.just("cut"), PLACE, PLACE),
    st.tuples(st.just("leave out"), PLACE, PLACE),
    st.tuples(st.just("swap"), PLACE, PLACE),
    st.tuples(st.just("double"), PLACE, PLACE),
    st.tuples(st.just("alter"), PLACE, PLACE),
)


def changed(records: Sequence[Record], what: str, one: int, other: int) -> list[Record]:
    made = list(records)
    if not made:
        return made
    here, there = one % len(made), other % len(made)
    if what == "cut":
        return made[:here]
    if what == "leave out":
        del made[here]
    elif what == "swap":
        made[here], made[there] = made[there], made[here]
    elif what == "double":
        made.insert(there, made[here])
    else:
        event_, phase = made[there].event, made[there].phase
        made[here] = replace(made[here], event=event_, phase=phase, detail=made[there].detail)
    return made


@given(changes=st.lists(CHANGES, min_size=1, max_size=3))
@example(changes=[("cut", 0, 0)])
@example(changes=[("leave out", 0, 0)])
@settings(max_examples=40)
def test_a_log_without_what_the_vault_knows_destroys_nothing(
    changes: list[tuple[str, int, int]],
) -> None:
    life, records, line = lived()
    folder = Path(tempfile.mkdtemp(prefix="forged-"))
    store = Path(shutil.copytree(life.store, folder / "store"))
    try:
        forged: Sequence[Record] = records
        for change in changes:
            forged = changed(forged, *change)
        forged = write_anew(store, forged)
        before = sorted(path.name for path in (store / "archives").iterdir())
        for ask in (whole.verify, holds.active, listing.archives, audit.verify):
            with suppress(ArchiveToolError):  # nothing else
                ask(store)
        if forged[line - 1 : line] == records[line - 1 : line]:
            return  # what the vault knows is there; the newer lines anybody could have written
        with pytest.raises(IntegrityError, match=r"^audit log, line [0-9]+: is "):
            sweep_plan.plan(store, life.vault, as_of=DUE, now=LATER)
        with pytest.raises(IntegrityError, match=r"^audit log, line [0-9]+: is "):
            audit.verify(store, vault=life.vault)
        people = planned()
        with pytest.raises(IntegrityError, match=r"^audit log, line [0-9]+: is "):
            erase.apply(store, life.vault, people, now=LATER)
        assert sorted(path.name for path in (store / "archives").iterdir()) == before
    finally:
        shutil.rmtree(folder)
