"""Make the golden archive that was lowered: ``python -m tests.vectors.make_golden_lesser``.

One archive that keeps ids and names what it becomes, with a roster; its revision from before an
erasure that took mentions out of the rows of others; and what tells less, made of it. For a new
version of the format only, and then beside the old one: what was archived once must open for ever.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archive_tool.archive.opening import open_archive
from archive_tool.keys import Vault
from archive_tool.lifecycle.applying import erase
from archive_tool.lifecycle.planning import erase_plan, plans
from archive_tool.lifecycle.subjects import roster
from archive_tool.pipeline.create import create
from archive_tool.policy import load_policy, parse, policy_text
from tests.vectors.make_golden import digests, small_dictionary

GOLDEN: Final = Path(__file__).parent / "golden_lesser"
NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LESS: Final = "aggregate-only"
PEOPLE: Final = ("ann", "bob", "cy")


def board() -> str:
    """Everything for three years, then summaries."""
    text = policy_text("keep").replace("P10Y", "P3Y")
    return text.replace('action = "destroy"', f'action = "downgrade"\ndowngrade_to = "{LESS}"')


def write_bundle(folder: Path) -> None:
    """Three people who write to each other, one of them an agent."""
    said = [
        {
            "messageId": f"m{number}", "senderId": who, "content": f"hello {PEOPLE[number - 1]}",
            "recipientIds": [PEOPLE[number - 1]], "roomId": "r", "experimentId": "e",
            "onset": number, "messageType": "text", "timestamp": f"2026-03-01T10:00:0{number}.000Z",
        }
        for number, who in enumerate(PEOPLE)
    ]  # fmt: skip
    (folder / "chat.json").write_text(json.dumps(said), encoding="utf-8")
    listed = [
        {"participantId": who, "participantName": f"{who.title()} Example", "isAgent": who == "cy"}
        for who in PEOPLE
    ]
    listing = json.dumps({"participants": listed})
    (folder / "participants.json").write_text(listing, encoding="utf-8")


def make(folder: Path) -> None:
    """A vault and a store, the older revision beside them, and what is expected."""
    vault = Vault.create(folder / "vault", study="golden", passphrase=None, now=NOW)
    store = folder / "store"
    with tempfile.TemporaryDirectory() as bundle, small_dictionary():
        write_bundle(Path(bundle))
        policy = parse(board(), where="golden")
        kept = create([bundle], policy=policy, store=store, vault=vault, now=NOW)
        shutil.copytree(kept.path, folder / "older")
        decided = erase_plan.plan(store, vault, ["bob"], rewrite_mentions=True, now=NOW)
        plans.save(decided, Path(bundle) / "plan.json")
        erase.apply(store, vault, Path(bundle) / "plan.json", ids=["bob"], now=NOW)
        less = create([kept.path], policy=load_policy(LESS), store=store, vault=vault, now=NOW)
    archives = [open_archive(made.path, vault=vault) for made in (kept, less)]
    expected = {
        "kept": kept.archive_id,
        "less": less.archive_id,
        "digests": [digests(archive) for archive in archives],
        "roster": roster.rows_of(archives[0], vault),
        "policy": load_policy(LESS).digest,
    }
    text = json.dumps(expected, indent=1, sort_keys=True)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    for lock in folder.rglob(".*lock"):
        lock.unlink()


if __name__ == "__main__":
    shutil.rmtree(GOLDEN, ignore_errors=True)
    GOLDEN.mkdir()
    with tempfile.TemporaryDirectory() as memory:
        os.environ["ARCHIVE_TOOL_MEMORY"] = memory  # this machine has nothing to remember of it
        make(GOLDEN)
