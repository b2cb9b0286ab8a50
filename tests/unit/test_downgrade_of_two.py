"""Two archives of one bundle: what was made of one of them does not stand for the other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.keys import Vault
from archive_tool.lifecycle import certificates
from archive_tool.lifecycle.dates import terms
from archive_tool.lifecycle.planning import sweep_items
from archive_tool.policy import load_policy, parse, policy_text
from tests.support.lowering import THEN, applied, bundle, planned, policy, stored
from tests.support.pipelines import NOW, Lab, lab

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.model.archive import ArchiveManifest

LESS = load_policy("aggregate-only")
NO_CHAT = '\n[retention.types.chat]\nperiod = "P3Y"\naction = "destroy"\n'
VERY_LATE = THEN + timedelta(days=3 * 365)


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    return lab(tmp_path)


def manifest(own: Lab, name: str) -> ArchiveManifest:
    return open_archive(own.store / "archives" / name, vault=Vault.open(own.vault.folder)).manifest


def lengthened(own: Lab, name: str) -> None:
    vault = Vault.open(own.vault.folder)
    day = date(THEN.year + 2, 1, 1)
    change = terms.plan(own.store, vault, name, until=day, reason="r", now=NOW)
    terms.extend(own.store, vault, change, now=NOW)


def test_what_ended_in_one_of_them_is_made_of_the_other(own: Lab) -> None:
    """The first loses its chat for good; two years later the chat of the second has to stay."""
    first = own.create(bundle(), policy=policy(more=NO_CHAT)).archive_id
    second = own.create(bundle(), policy=policy()).archive_id
    lengthened(own, second)
    planned(own)
    assert applied(own) is not None
    (less,) = set(stored(own)) - {second}
    assert first not in stored(own)
    assert not [name for name in manifest(own, less).types if "chat" in name]
    (item,) = (i for i in planned(own, as_of=VERY_LATE).items if i.archive == second)
    assert (item.why, item.successors) == (sweep_items.LOWERED, [])
    assert applied(own, as_of=VERY_LATE) is not None
    (made,) = (name for name in stored(own) if name != less)
    assert [name for name in manifest(own, made).types if "chat" in name]


def test_the_certificate_names_for_each_what_was_made_of_it(own: Lab) -> None:
    both = [own.create(bundle(), policy=policy()).archive_id for _ in range(2)]
    planned(own)
    done = applied(own)
    assert done is not None
    body = certificates.read(done.certificate, signer=own.vault.public_key)
    named = {one["id"]: one["successors"] for one in body["archives"]}
    assert sorted(named) == sorted(both)
    for archive_id, successors in named.items():
        (less,) = successors
        source = manifest(own, less).source
        assert source is not None
        assert source.archive_id == archive_id


def test_without_a_named_policy_it_waits_for_one_of_its_own(own: Lab) -> None:
    lines = policy_text("keep").replace("P10Y", "P3Y").replace('"destroy"', '"downgrade"')
    both = [own.create(bundle(), policy=parse(lines, where="t")) for _ in range(2)]
    own.create(both[0].path, policy=LESS)
    found = planned(own)
    assert [item.archive for item in found.items] == [both[0].archive_id]
    assert {decision.archive for decision in found.decisions} == {both[1].archive_id}


def test_what_was_made_of_the_bundle_itself_stands_for_both(own: Lab) -> None:
    both = [own.create(bundle(), policy=policy()).archive_id for _ in range(2)]
    less = own.create(bundle(), policy=LESS).archive_id
    found = {item.archive: item.successors for item in planned(own).items}
    assert found == {name: [less] for name in both}


def test_so_does_what_was_made_of_an_archive_that_was_made_of_it(own: Lab) -> None:
    first = own.create(bundle(), policy=policy())
    codes = own.create(first.path, policy=load_policy("pseudonymize"))
    less = own.create(codes.path, policy=LESS)
    (item,) = (i for i in planned(own).items if i.archive == first.archive_id)
    assert item.successors == [less.archive_id]
