"""A reader that was written from docs/format.md alone reads what archive_tool reads.

So the page is whole and right: where it were not, an archive that outlives its tool would be lost.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pytest
from cryptography.exceptions import InvalidSignature

from archive_tool.archive.opening import open_archive
from archive_tool.keys import Vault
from archive_tool.keys import grant as grants
from archive_tool.lifecycle.applying import erase, rekey
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.planning import erase_plan, plans
from archive_tool.lifecycle.subjects import linkage, roster
from archive_tool.policy import load_policy, parse, policy_text
from sample_data.forms import FAKE_MP4, write_form
from sample_data.study import room_of, small_study
from tests.support.lives import custodian
from tests.support.pipelines import NOW, Lab, lab
from tests.vectors import second_keys, second_store
from tests.vectors import second_reader as reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.archive.reader import Archive

HERE: Final = Path(__file__).parent
GOLDEN: Final = ("golden", "golden_life", "golden_lesser")
STAGES: Final = ("made", "erased", "renewed")
LISTS: Final = ("linkage", "roster")
WHOLE: Final = small_study()
ROOMS: Final = (*WHOLE.rooms[:2], None)
STUDY: Final = replace(
    WHOLE,
    rows={name: [r for r in rows if room_of(r) in ROOMS] for name, rows in WHOLE.rows.items()},
)
"""Two rooms, and what is in none."""
GONE: Final = STUDY.rows["chat"][0]["senderId"]
FILM: Final = FAKE_MP4 + b"x" * 1_200_000
"""Two segments."""
LATER: Final = NOW + timedelta(minutes=1)
ALL: Final = policy_text("keep").replace('media = "exclude"', 'media = "seal"')
RANDOM: Final = (
    policy_text("pseudonymize").replace('"derived"', '"random"').replace('"study"', '"release"')
)


@dataclass(frozen=True, kw_only=True)
class Lives:
    """A store and its vault, copied after each thing that happened to them."""

    stages: Path
    grant: Path
    partner: Path


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    """Three archives; somebody is erased; the keys are renewed; on a machine of its own."""
    folder = tmp_path_factory.mktemp("lives")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_TOOL_MEMORY", str(folder / "memory"))
        yield live(folder)


def live(folder: Path) -> Lives:
    own, stages = lab(folder), folder / "stages"
    bundle = folder / "bundle"
    write_form(STUDY, "api-pages", bundle)
    for row in STUDY.rows["recordings"][:2]:
        (bundle / f"{row['recordingId']}.mp4").write_bytes(FILM)
    for policy in (parse(ALL, where="all"), parse(RANDOM, where="random")):
        own.create(bundle, policy=policy)
    own.create(bundle, policy=load_policy("aggregate-only"))
    public, partner = custodian(folder, "partner")
    grant = folder / "partner.grant"
    scopes, expires = ["read:chat", "media"], NOW + timedelta(days=90)
    grants.make(own.vault, to=public, scopes=scopes, expires=expires, out=grant, now=NOW)
    _copy(own, stages / "made")
    plan = erase_plan.plan(own.store, own.vault, [GONE], rewrite_mentions=True, now=NOW)
    plans.save(plan, folder / "plan.json")
    erase.apply(own.store, own.vault, folder / "plan.json", ids=[GONE], now=LATER)
    _copy(own, stages / "erased")
    renewed = rekey.rekey(own.store, own.vault, identity_out=folder / "new.txt", now=LATER)
    assert renewed.identity is not None
    shutil.copy(renewed.identity, own.vault.folder / "identity.txt")
    _copy(own, stages / "renewed")
    return Lives(stages=stages, grant=grant, partner=partner)


def _copy(own: Lab, to: Path) -> None:
    shutil.copytree(own.store, to / "store")
    shutil.copytree(own.vault.folder, to / "vault")


@pytest.fixture(params=[*GOLDEN, *STAGES])
def place(
    request: pytest.FixtureRequest, lives: Lives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with `store` and `vault`, on a machine that remembers nothing."""
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "memory"))
    home = HERE if request.param in GOLDEN else lives.stages
    return shutil.copytree(home / request.param, tmp_path / "place")


def test_the_second_reader_knows_nothing_of_archive_tool() -> None:
    for module in (reader, second_keys, second_store):
        source = Path(str(module.__file__)).read_text("utf-8")
        imported = re.findall(r"^ *(?:from|import) (\S+)", source, re.M)
        assert len(imported) > 5
        assert not [name for name in imported if name.startswith(("archive_tool", "tests.support"))]


def test_it_reads_every_row_and_recording_that_archive_tool_reads(place: Path) -> None:
    vault, keys = Vault.open(place / "vault"), second_keys.open_vault(place / "vault")
    for folder in (place / "store" / "archives").iterdir():
        ours = open_archive(folder, vault=vault)
        theirs = reader.read_archive(folder, keys)
        assert rows(theirs) == {
            kind: sorted(ours.read(kind).to_pylist(), key=str)
            for kind in ours.types()
            if kind != "media"
        }
        assert theirs.recordings == recordings(ours)
        assert theirs.closed + theirs.facts.get("erased", 0) == ours.erased


def rows(contents: reader.Contents) -> dict[str, list[dict[str, Any]]]:
    return {
        kind: sorted((row for part in parts for row in part.to_pylist()), key=str)
        for kind, parts in contents.tables.items()
    }


def recordings(archive: Archive) -> dict[str, bytes]:
    return {
        entry.filled: b"".join(archive.read_recording(entry))
        for entry in archive.index
        if entry.data_type == "media"
    }


def test_it_reads_the_sealed_lists(place: Path) -> None:
    vault, keys = Vault.open(place / "vault"), second_keys.open_vault(place / "vault")
    for folder in (place / "store" / "archives").iterdir():
        archive = open_archive(folder, vault=vault)
        if linkage.has_linkage(archive):
            lines, closed = reader.sealed_list(folder, keys, "linkage")
            links, erased = linkage.links_of(archive, vault)
            found = {(link.kind, link.data_type, link.id, link.code) for link in links}
            keys_of_link = ("kind", "data_type", "id", "code")
            assert {tuple(line[key] for key in keys_of_link) for line in lines} == found
            assert (len(lines), closed) == (len(links), erased)
        if roster.has_roster(archive):
            lines, _ = reader.sealed_list(folder, keys, "roster")
            assert sorted(lines, key=lambda row: row["participantId"]) == roster.rows_of(
                archive, vault
            )


def test_it_checks_log_certificates_and_records(place: Path) -> None:
    vault = Vault.open(place / "vault")
    state = second_store.read_store(place / "store", second_keys.open_vault(place / "vault"))
    ours = audit.verify(place / "store", vault=vault)
    assert [line["hash"] for line in state.log] == [record.hash for record in ours.records]
    assert len(state.erased) == vault.gone[0]


def test_each_stage_holds_what_this_file_is_about(lives: Lives) -> None:
    seen = {}
    for stage in STAGES:
        place = lives.stages / stage
        keys = second_keys.open_vault(place / "vault")
        state = second_store.read_store(place / "store", keys)
        found = [reader.read_archive(a, keys) for a in (place / "store" / "archives").iterdir()]
        lists = sum(len(list(place.glob(f"store/archives/*/data/{n}.sealed"))) for n in LISTS)
        films = sum(len(one.recordings) for one in found)
        seen[stage] = (len(found), films, lists, len(state.certificates), len(state.erased) > 0)
    assert seen["made"] == (3, 2, 2, 0, False)
    assert seen["erased"][2:] == seen["renewed"][2:] == (2, 1, True)


def test_an_older_copy_of_a_store_is_closed_for_the_erased_alone(lives: Lives) -> None:
    keys = second_keys.open_vault(lives.stages / "erased" / "vault")
    gone = second_keys.subject_name(keys, GONE)
    assert gone in keys.document["erased"]
    closed = 0
    for folder in (lives.stages / "made" / "store" / "archives").iterdir():
        contents = reader.read_archive(folder, keys)
        theirs = [row for row in contents.index if row["subject"] in keys.document["erased"]]
        assert contents.closed == len(theirs)
        closed += contents.closed
    assert closed > 5


def test_a_grant_opens_its_scopes_and_nothing_else(lives: Lives) -> None:
    grant = second_keys.open_grant(lives.grant, lives.partner)
    keys = second_keys.open_vault(lives.stages / "made" / "vault")
    for folder in (lives.stages / "made" / "store" / "archives").iterdir():
        granted, everything = (reader.read_archive(folder, one) for one in (grant, keys))
        opened = {kind for kind, parts in granted.tables.items() if parts}
        assert opened <= {"chat"}
        assert rows(granted).get("chat") == rows(everything).get("chat")
        assert granted.recordings == everything.recordings


@pytest.mark.parametrize("stage", STAGES)
def test_it_refuses_an_archive_of_which_one_byte_was_changed(
    lives: Lives, stage: str, tmp_path: Path
) -> None:
    place = shutil.copytree(lives.stages / stage, tmp_path / "place")
    keys = second_keys.open_vault(place / "vault")
    (folder, *_) = (place / "store" / "archives").iterdir()
    for name in ("data/index.parquet", "tagmanifest-sha256.txt", "data/archive.json"):
        path = folder / name
        content = path.read_bytes()
        path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        with pytest.raises((AssertionError, InvalidSignature)):
            reader.read_archive(folder, keys)
        path.write_bytes(content)
    assert reader.read_archive(folder, keys).tables


def test_columns_have_the_types_that_the_dictionary_beside_them_gives(lives: Lives) -> None:
    place = lives.stages / "made"
    keys = second_keys.open_vault(place / "vault")
    seen = 0
    for folder in (place / "store" / "archives").iterdir():
        typed = reader.read_dictionary(folder)
        for kind, parts in reader.read_archive(folder, keys).tables.items():
            if kind.startswith("aggregates/"):
                continue
            for column in (column for part in parts for column in part.schema):
                plain = column.type
                if pa.types.is_dictionary(plain):
                    plain = plain.value_type
                assert plain in (typed[kind, column.name], pa.null())
                seen += plain != pa.null()
    assert seen > 200


def test_the_privacy_record_is_the_one_that_the_archive_names(lives: Lives) -> None:
    stated = []
    for folder in (lives.stages / "made" / "store" / "archives").iterdir():
        facts = json.loads((folder / "data" / "archive.json").read_bytes())
        if facts["privacy"]:
            record = (folder / "data" / facts["privacy"]["record"]).read_bytes()
            assert second_keys.sha256(record) == facts["privacy"]["sha256"]
            stated.append(facts["policy"]["name"])
    assert sorted(stated) == ["keep", "pseudonymize"]
