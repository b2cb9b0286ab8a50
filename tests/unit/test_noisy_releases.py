"""Archives with noisy tables: the budget of the study, and what its reviewer sees."""

import shutil
import sys

import pytest

from archive_tool.archive.manifest import info
from archive_tool.disclose.releases.ledger import LEDGER_FILE, Ledger
from archive_tool.errors import DisclosureError, IntegrityError, PolicyError
from archive_tool.keys import Vault
from archive_tool.lifecycle.planning import erase_plan
from archive_tool.report.aggregates import summary_release
from archive_tool.report.html.aggregates import render_aggregates
from tests.support.browser import look, nu_messages
from tests.support.commands import command
from tests.support.disclosing import people_in, rated
from tests.support.noise import asked, policy
from tests.support.pipelines import NOW, Lab, keep_all, lab

ACCEPTED = "\n[[accept]]" + keep_all().text.partition("[[accept]]")[2]
FILM = {"componentId": "a", "experimentId": "E1"}


@pytest.fixture
def place(tmp_path):
    return lab(tmp_path)


def bundle(place, people=range(20)):
    return rated(place.folder, people_in(FILM, people, 3))


def asking(*tables, budget=1.0):
    return policy(*tables, ACCEPTED, budget=budget).policy


def spent(place):
    return [(one.table, one.epsilon) for one in Ledger.open(Vault.open(place.vault.folder)).spent]


def refused(place, policy):
    with pytest.raises(DisclosureError) as caught:
        place.create(bundle(place), policy=policy)
    assert caught.value.exit_code == 18
    return str(caught.value)


def test_a_study_that_spends_more_than_its_budget_is_refused(place):
    created = place.create(bundle(place), policy=asking(asked(epsilon=0.7)))
    assert spent(place) == [("noisy", 0.7)]
    shutil.rmtree(created.path)  # what was said stays said
    assert refused(place, asking(asked(name="again", epsilon=0.4))) == (
        "aggregate table again: epsilon 0.4 is asked for, and 0.7 of the study's 1 are spent "
        "(expected at most 0.3)"
    )
    assert "0.7 of the study's 1 are" in refused(place, asking(asked(epsilon=0.4), budget=9.0))
    place.create(bundle(place), policy=asking(asked(name="again", epsilon=0.3)))
    assert spent(place) == [("noisy", 0.7), ("again", 0.3)]
    assert len(info(place.store)) == 1


def test_the_tables_of_one_release_share_the_budget(place):
    tables = [asked(name=f"t{n}", epsilon=0.4) for n in range(3)]
    assert refused(place, asking(*tables)) == (
        "aggregate table t2: epsilon 0.4 is asked for, and 0.8 of the study's 1 are spent "
        "(expected at most 0.2)"
    )
    assert not (place.vault.folder / LEDGER_FILE).exists()


def test_what_was_spent_stays_spent_when_publishing_fails(place, monkeypatch):
    def full(*_args, **_more):
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr("archive_tool.archive.staging.Staging.publish", full)
        with pytest.raises(OSError, match="no space"):
            place.create(bundle(place), policy=asking(asked(epsilon=0.7)))
    assert spent(place) == [("noisy", 0.7)]
    assert Ledger.open(Vault.open(place.vault.folder)).releases == []
    assert "0.7 of the study's 1 are spent" in refused(place, asking(asked(epsilon=0.4)))


def test_a_ledger_that_is_gone_gives_nothing_back(place):
    place.create(bundle(place), policy=asking(asked()))
    (place.vault.folder / LEDGER_FILE).unlink()
    with pytest.raises(IntegrityError, match="missing or older than the vault knows"):
        place.create(bundle(place), policy=asking(asked(epsilon=0.1)))


def test_spending_set_back_alone_is_found(place):
    place.create(bundle(place), policy=asking(asked(epsilon=0.3)))
    ledger = Ledger.open(Vault.open(place.vault.folder))
    ledger.spent = []
    ledger._write()
    with pytest.raises(IntegrityError, match="missing or older than the vault knows"):
        Ledger.open(Vault.open(place.vault.folder))


def test_vault_and_ledger_set_back_together_give_nothing_back(place):
    before = place.folder / "before"
    place.create(bundle(place), policy=asking(asked(epsilon=0.3)))
    shutil.copytree(place.vault.folder, before)
    place.create(bundle(place), policy=asking(asked(name="again", epsilon=0.7)))
    shutil.rmtree(place.vault.folder)
    before.rename(place.vault.folder)
    restored = Lab(folder=place.folder, vault=Vault.open(place.vault.folder))
    with pytest.raises(IntegrityError) as caught:
        restored.create(bundle(place), policy=asking(asked(name="third", epsilon=0.7)))
    assert str(caught.value) == (
        "ledger.sealed: the release ledger does not have the summary tables of an archive of the "
        "store"
    )
    assert spent(restored) == [("noisy", 0.3)]
    assert restored.create(bundle(place)).aggregates == {}  # what makes no tables goes on


def test_neither_ledger_nor_archive_keeps_the_figure_without_its_noise(place):
    created = place.create(bundle(place), policy=asking(asked("rows", epsilon=0.5)))
    table = place.open(created).read("aggregates/noisy")
    assert table.column_names == ["componentId", "rows", "low", "high", "status", "note"]
    (entry,) = Ledger.open(Vault.open(place.vault.folder)).releases
    assert entry.tables == []


def test_the_reviewer_sees_mechanism_scale_and_budget(place):
    created = place.create(bundle(place), policy=asking(asked("rows", rows=3, epsilon=0.5)))
    page = render_aggregates(summary_release(place.open(created)))
    assert (
        "Differential privacy by person: discrete Laplace, epsilon 0.5 for the table; scale 6 of "
        "rows, 95 % within 18. No cell is hidden; a count below zero is noise."
    ) in page
    assert "<dd>this release spends epsilon 0.5 of the study's 1</dd>" in page
    assert "one person counts for 3 rows of the table at most" in page
    assert "Every table of this release has noise: there are no exact totals." in page


def test_an_erasure_names_releases_with_noise_too(place):
    place.create(bundle(place, range(60)), policy=keep_all())
    name = place.create(bundle(place), policy=asking(asked())).archive_id
    vault = Vault.open(place.vault.folder)
    found = erase_plan.plan(place.store, vault, ("u3",), now=NOW).not_reached
    assert f"aggregate tables of archive {name}, which counted the person" in [
        item.what for item in found
    ]


def test_noise_needs_the_extra(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(PolicyError) as caught:
        place.create(bundle(place), policy=asking(asked()))
    assert str(caught.value) == (
        "aggregate.noisy: opendp is not installed (expected the extra archive-tool[dp])"
    )
    assert caught.value.exit_code == 13


def test_the_command_says_what_is_left(place):
    path = place.folder / "noisy.toml"
    path.write_text(asking(asked(epsilon=0.8)).text)
    words = ("create", bundle(place), "--policy", path, "--store", place.store)
    assert command(*words, "--vault", place.vault.folder).code == 0
    again = command(*words, "--vault", place.vault.folder)
    assert again.code == 18
    assert again.err.splitlines()[-2:] == [
        "error: aggregate table noisy: epsilon 0.8 is asked for, and 0.8 of the study's 1 are "
        "spent (expected at most 0.2)",
        "hint: the budget is that of all releases together; neither deleting an archive nor a "
        "larger budget in the policy gives anything back",
    ]


def test_the_page_with_noise_is_sound_in_a_browser(place, tmp_path):
    tables = [asked("mean", name="mood"), asked("people", name="there")]
    created = place.create(bundle(place), policy=asking(*tables))
    page = tmp_path / "noise.html"
    page.write_text(render_aggregates(summary_release(place.open(created))), encoding="utf-8")
    for seen in look(page, tmp_path, (390, "dark")):
        assert (seen.console, seen.requests, seen.errors, seen.axe) == ([], [], [], [])
        assert (seen.overflow, seen.scripts) == (0, 0)
    assert nu_messages(page) == []
