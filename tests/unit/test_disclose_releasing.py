"""Making an archive with summary tables: what is written down, and what is taken back."""

import pytest

from archive_tool.archive.manifest import info
from archive_tool.archive.staging import Staging
from archive_tool.disclose.releases.ledger import LEDGER_FILE, Ledger
from archive_tool.errors import DisclosureError
from archive_tool.keys import Vault
from archive_tool.lifecycle.planning import erase_plan
from archive_tool.policy import load_policy, parse
from tests.support.disclosing import people_in, rated
from tests.support.pipelines import NOW, keep_all, lab

ACCEPTED = keep_all().text.partition("[[accept]]")[2]
TABLE = '\n[[aggregate.table]]\nname = "one"\ntype = "ratings/continuous"\n'
POLICY = parse(f"{load_policy('aggregate-only').text}{TABLE}\n[[accept]]{ACCEPTED}", where="test")


@pytest.fixture
def place(tmp_path):
    return lab(tmp_path)


def bundle(place, people):
    return rated(place.folder, people_in({"componentId": "film", "experimentId": "E1"}, people))


def releases(place):
    return Ledger.open(Vault.open(place.vault.folder)).releases


def test_the_manifest_names_the_entry_of_the_ledger(place):
    created = place.create(bundle(place, range(20)), policy=POLICY)
    (release,) = releases(place)
    assert release.name == created.archive_id
    (stored,) = info(created.path)
    assert stored.manifest.release == Ledger(vault=place.vault, releases=[]).entry(release)
    assert stored.manifest.release.startswith("1:")


def test_a_withdrawal_between_two_archives_is_blocked(place):
    place.create(bundle(place, range(20)), policy=POLICY)
    with pytest.raises(DisclosureError) as caught:
        place.create(bundle(place, range(19)), policy=POLICY)
    assert caught.value.exit_code == 18
    assert "they differ by one person" in str(caught.value)
    assert len(releases(place)) == len(info(place.store)) == 1


def test_an_archive_without_summary_tables_leaves_no_entry(place):
    created = place.create(bundle(place, range(20)), policy=keep_all())
    assert info(created.path)[0].manifest.release == ""
    assert not (place.vault.folder / LEDGER_FILE).exists()


def test_what_was_not_published_is_in_no_ledger(place, monkeypatch):
    place.create(bundle(place, range(20)), policy=POLICY)
    with monkeypatch.context() as broken:
        broken.setattr("archive_tool.archive.staging.Staging.publish", _full)
        with pytest.raises(OSError, match="no space"):
            place.create(bundle(place, range(40)), policy=POLICY)
    assert len(releases(place)) == 1
    place.create(bundle(place, range(31)), policy=POLICY)  # 31 against 40 would be blocked
    assert len(releases(place)) == 2


def test_what_failed_after_it_was_published_stays_in_the_ledger(place, monkeypatch):
    publish = Staging.publish

    def late(staging):
        publish(staging)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Staging, "publish", late)
        with pytest.raises(KeyboardInterrupt):
            place.create(bundle(place, range(20)), policy=POLICY)
    assert len(releases(place)) == len(info(place.store)) == 1
    with pytest.raises(DisclosureError, match="they differ by one person"):
        place.create(bundle(place, range(19)), policy=POLICY)


def test_a_vault_that_cannot_be_saved_leaves_a_ledger_that_opens(place, monkeypatch):
    place.create(bundle(place, range(20)), policy=POLICY)
    with monkeypatch.context() as broken:
        broken.setattr("archive_tool.keys.vault_file.write", _full)
        with pytest.raises(OSError, match="no space"):
            place.create(bundle(place, range(40)), policy=POLICY)
    assert len(releases(place)) == 2  # it knows too much, never too little
    assert len(info(place.store)) == 1


def counted_by(place, *ids):
    found = erase_plan.plan(place.store, Vault.open(place.vault.folder), ids, now=NOW).not_reached
    return [item.what for item in found if item.kind == "aggregate"]


def test_an_erasure_names_the_releases_that_counted_the_person(place):
    place.create(bundle(place, range(60)), policy=keep_all())
    first = place.create(bundle(place, range(20)), policy=POLICY).archive_id
    second = place.create(bundle(place, range(40)), policy=POLICY).archive_id
    one, two = (
        f"aggregate tables of archive {n}, which counted the person" for n in (first, second)
    )
    assert counted_by(place, "u3") == sorted([one, two])
    assert counted_by(place, "prolific_u30") == [two]
    assert counted_by(place, "u50") == []
    assert counted_by(place, "u50", "u30") == [two]


def test_an_erasure_does_not_wait_for_a_ledger(place):
    place.create(bundle(place, range(60)), policy=keep_all())
    name = place.create(bundle(place, range(20)), policy=POLICY).archive_id
    (place.vault.folder / LEDGER_FILE).unlink()
    assert counted_by(place, "u50") == [
        f"aggregate tables of archive {name}, which may have counted the person"
    ]


def _full(*_args, **_more):
    raise OSError("no space left")


def test_now_is_the_day_of_the_entry(place):
    place.create(bundle(place, range(20)), policy=POLICY)
    assert [release.made for release in releases(place)] == [NOW]
