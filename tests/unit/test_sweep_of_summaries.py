"""Summary tables are kept as long as the data type that they are made of, and no longer."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import archive_tool
from archive_tool.policy import parse, policy_text
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.commands import command
from tests.support.pipelines import NOW, lab

if TYPE_CHECKING:
    from pathlib import Path

DUE = date(2028, 1, 1)


def test_the_summaries_of_a_type_go_with_it_and_the_others_stay(tmp_path: Path) -> None:
    """Before, the certificate said that they were destroyed, and they were there."""
    own = lab(tmp_path)
    text = policy_text("aggregate-only") + '\n[retention.types."chat"]\nperiod = "P1Y"\n'
    made = own.create(
        write_form(small_study(), "api-pages", tmp_path / "bundle"),
        policy=parse(text, where="test"),
    )
    before = set(own.open(made).types())
    chat = {name for name in before if name.startswith("aggregates/chat_")}
    assert chat
    assert chat < before

    store = archive_tool.open_store(own.store, vault=own.vault)
    done = store.sweep(store.plan_sweep(as_of=DUE, now=NOW), as_of=DUE, now=NOW)
    assert done.destroyed is not None
    certificate = json.loads(done.destroyed.certificate.read_text())
    assert set(certificate["archives"][0]["types"]) == {"chat", *chat}
    (shared,) = [one for one in certificate["not_reached"] if one["kind"] == "shared-key"]
    assert shared["what"].startswith(f"summary tables in copies of archive {made.archive_id}: ")

    assert set(own.open(made).types()) == before - chat
    report = archive_tool.verify(own.store, vault=own.vault)
    assert not any(archive.older for archive in report.archives)
    assert not store.plan_sweep(as_of=DUE, now=NOW).is_due
    (about,) = archive_tool.info(own.store)
    assert "chat" not in about.manifest.retention
    said = "summary tables are kept as long as the data types that they are made of"
    assert said in command("info", made.path).out.splitlines()
