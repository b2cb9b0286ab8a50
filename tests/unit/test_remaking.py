"""An erasure says which summary tables counted the person, and whether they can be made anew."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive_tool.keys import Vault
from archive_tool.lifecycle.applying import erase
from archive_tool.lifecycle.planning import erase_plan, plans
from archive_tool.policy import load_policy
from tests.support.commands import command
from tests.support.pipelines import NOW, Lab, lab, pseudonymize_all, somebody

if TYPE_CHECKING:
    from archive_tool.lifecycle.planning.erase_plan import ErasePlan
    from archive_tool.pipeline.created import Created

BUNDLE = Path(__file__).parents[2] / "sample_data/study_pages"
SAID = "a number of many people; make the tables anew where the protocol asks for it"


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    return lab(tmp_path)


def summaries(own: Lab) -> Created:
    return own.create(BUNDLE, policy=load_policy("aggregate-only"))


def planned(own: Lab, person: str) -> ErasePlan:
    made = erase_plan.plan(own.store, Vault.open(own.vault.folder), [person], now=NOW)
    plans.save(made, own.folder / "erase.json")
    return made


def notices(plan: ErasePlan) -> list[str]:
    return [item.notice for item in plan.not_reached if item.kind == "aggregate"]


def test_the_plan_says_which_command_makes_the_tables_anew(own: Lab) -> None:
    kept, tables = own.create(BUNDLE), summaries(own)
    person = somebody(own, kept)
    archives = "STORE/archives"
    said = (
        f"archive-tool create {archives}/{kept.archive_id} --policy "
        f"{archives}/{tables.archive_id}/data/policy.toml --store STORE --vault VAULT"
    )
    assert notices(planned(own, person)) == [
        f"{SAID}: {said} (refused with 18 where the difference to these tables would tell of the "
        "person)"
    ]
    vault = Vault.open(own.vault.folder)
    erase.apply(own.store, vault, own.folder / "erase.json", now=NOW)
    words = [w.replace("STORE", str(own.store)) for w in shlex.split(said)[1:]]
    words[words.index("VAULT")] = str(own.vault.folder)
    ran = command(*words, "--as-of", "2026-11-20")
    assert ran.code == 18
    assert ": they differ by one person; " in ran.err


def test_codes_are_no_rows_to_make_tables_of(own: Lab) -> None:
    coded = own.create(BUNDLE, policy=pseudonymize_all())
    summaries(own)
    kept = own.create(BUNDLE)
    person = somebody(own, kept)
    assert len(planned(own, person).items) == 2
    shutil.rmtree(kept.path)
    assert coded.path.exists()
    assert notices(planned(own, person)) == [SAID]
