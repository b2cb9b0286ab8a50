"""Make the golden store with a life behind it anew: ``python -m tests.vectors.make_golden_life``.

Only for a new version of a format, and then beside the old one: records, certificates, grants and
logs that were written once must be read for ever. Keys and nonces are random by design; everything
else comes from fixed dates and rows.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import pyrage

from archive_tool.archive.verify import verify
from archive_tool.errors import RetentionError
from archive_tool.keys import Vault
from archive_tool.keys import grant as grants
from archive_tool.lifecycle.applying import erase, rekey, sweep
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.planning import erase_plan, plans, sweep_plan
from tests.support.archives import NOW, event
from tests.support.lives import DUE, LAST_DAY, Life, begin

if TYPE_CHECKING:
    from collections.abc import Sequence

GOLDEN_LIFE: Final = Path(__file__).parent / "golden_life"
NEVER: Final = NOW.replace(year=9998)
"""When the golden grant ends."""


def live(folder: Path) -> Life:
    """Archive, erase, hold, sweep, renew the keys, grant: one of each."""
    life = begin(folder)
    life.add(
        "20261120-one",
        {("events", who): [event(number, who)] for number, who in enumerate(("ann", "bob", "cy"))},
    )
    life.add("20261120-two", {("events", "ann"): [event(9, "ann")]})
    last = LAST_DAY + timedelta(days=900)
    life.add("20261120-three", {("events", "bob"): [event(8, "bob")]}, last=last)
    erased(life, ["ann"])
    done = rekey.rekey(
        life.store, life.vault, identity_out=life.vault_folder / "identity-2.txt", now=NOW
    )
    os.replace(done.identity or Path(), life.vault_folder / "identity.txt")
    held = holds.place(
        life.store, reason="a question", owner="office", archives=["20261120-one"], now=NOW
    )
    (folder / "hold").write_text(held.id + "\n")
    path = folder / "plan.json"
    plans.save(sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW), path)
    sweep.apply(life.store, life.vault, path, as_of=DUE, now=NOW)
    try:
        erased(life, ["cy"])
    except RetentionError:  # under hold: noted for its release
        path.unlink()
    granted(life, folder)
    return life


def erased(life: Life, ids: Sequence[str]) -> None:
    path = life.store.parent / "plan.json"
    plans.save(erase_plan.plan(life.store, life.vault, ids, now=NOW), path)
    erase.apply(life.store, life.vault, path, now=NOW)


def granted(life: Life, folder: Path) -> None:
    secret = pyrage.x25519.Identity.generate()
    (folder / "colleague.txt").write_text(f"{secret}\n")
    grants.make(
        life.vault, to=str(secret.to_public()), scopes=["read:events"], expires=NEVER,
        out=folder / "events.grant", now=NOW,
    )  # fmt: skip


def seen(folder: Path) -> dict[str, Any]:
    """What a reader makes of it."""
    vault = Vault.open(folder / "vault")
    report = verify(folder / "store", vault=vault)
    log = audit.verify(folder / "store", vault=vault)
    return {
        "archives": {a.archive_id: [a.rows, a.erased] for a in report.archives},
        "checkpoints": log.checkpoints,
        "events": [f"{record.event} {record.phase}" for record in log.records],
        "grants": [note.scopes for note in vault.grants],
        "holds": [hold.owner for hold in holds.active(folder / "store")],
    }


def make(folder: Path) -> None:
    with patch.dict(os.environ, {"ARCHIVE_TOOL_MEMORY": str(folder / "memory")}):
        live(folder)
        text = json.dumps(seen(folder), indent=1, sort_keys=True)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    shutil.rmtree(folder / "memory", ignore_errors=True)
    for path in folder.rglob("*"):
        if path.name.endswith((".lock", ".erasures")):
            path.unlink()


if __name__ == "__main__":
    shutil.rmtree(GOLDEN_LIFE, ignore_errors=True)
    GOLDEN_LIFE.mkdir()
    make(GOLDEN_LIFE)
