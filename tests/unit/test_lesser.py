"""An archive of an archive: it tells less, of the same people, for no longer; or it is refused."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.revision import seal_of
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    FormatError,
    IntegrityError,
    PolicyError,
    RetentionError,
    UsageError,
)
from archive_tool.keys import SubjectState, Vault, by_person
from archive_tool.lifecycle.applying import erase, rekey
from archive_tool.lifecycle.planning import erase_plan, plans
from archive_tool.lifecycle.subjects import roster
from archive_tool.lifecycle.subjects import where as subjects_of
from archive_tool.lifecycle.subjects.access import access
from archive_tool.model.archive import ArchiveSource
from archive_tool.pipeline.create import create
from archive_tool.policy import load_policy, parse, policy_text
from tests.support.commands import command
from tests.support.crates import problems
from tests.support.pipelines import NOW, Lab, lab, pseudonymize_all, somebody
from tests.support.refusing import problem

if TYPE_CHECKING:
    from archive_tool.archive.reader import Archive
    from archive_tool.model.policy import Policy
    from archive_tool.pipeline.created import Created

SUMMARIES = load_policy("aggregate-only")


@cache
def _made() -> tuple[Lab, Created, Created]:
    """A study that was archived with ids and, from the same bundle, with codes."""
    made = lab(Path(tempfile.mkdtemp(prefix="lesser-template-")))
    return made, made.create(bundle()), made.create(bundle(), policy=pseudonymize_all())


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    shutil.copytree(_made()[0].folder, tmp_path, dirs_exist_ok=True)
    return Lab(folder=tmp_path, vault=Vault.open(tmp_path / "vault"))


@pytest.fixture
def kept(own: Lab) -> Created:
    made = _made()[1]
    return replace(made, path=own.store / "archives" / made.archive_id)


@pytest.fixture
def coded(own: Lab) -> Created:
    made = _made()[2]
    return replace(made, path=own.store / "archives" / made.archive_id)


def bundle() -> Path:
    return Path(__file__).parents[2] / "sample_data/study_pages"


def keep(**lines: str) -> Policy:
    """The policy ``keep`` with other words for some keys."""
    text = policy_text("keep")
    for key, word in lines.items():
        was = next(line for line in text.splitlines() if line.startswith(f"{key} = "))
        text = text.replace(was, f'{key} = "{word}"')
    return parse(text, where="keep")


def subjects(archive: Archive) -> set[tuple[str, str, int]]:
    return {(entry.data_type, entry.subject, entry.rows) for entry in archive.index}


def test_codes_come_out_as_from_the_bundle_under_the_same_subjects(
    own: Lab, kept: Created, coded: Created
) -> None:
    lesser = own.create(kept.path, policy=pseudonymize_all())
    one, other = own.open(coded), own.open(lesser)
    assert subjects(one) == subjects(other)
    for data_type in one.types():
        rows = [sorted(map(repr, a.read(data_type).to_pylist())) for a in (one, other)]
        assert rows[0] == rows[1]
    assert lesser.consent == coded.consent
    assert {n: t.touched for n, t in lesser.tables.items()} == {
        n: t.touched for n, t in coded.tables.items()
    }


def test_the_manifest_names_the_archive_and_its_seal(own: Lab, kept: Created) -> None:
    lesser = own.create(kept.path, policy=SUMMARIES)
    stated = own.open(lesser).manifest
    before = own.open(kept).manifest
    assert stated.source == ArchiveSource(
        archive_id=kept.archive_id, seal=seal_of(kept.path), policy=before.policy
    )
    assert (before.source, stated.bundle_digest) == (None, before.bundle_digest)
    assert kept.archive_id in lesser.earlier
    assert len(verify(own.store, vault=own.vault).archives) == 3


def test_the_report_says_that_the_source_was_an_archive(own: Lab, kept: Created) -> None:
    lesser = own.create(kept.path, policy=pseudonymize_all())
    report = (lesser.path / "data/reports/validation.jsonl").read_text()
    assert f"the rows come from archive {kept.archive_id}" in report
    assert "the rows come from" not in (kept.path / "data/reports/validation.jsonl").read_text()


def test_codes_are_never_coded_again(own: Lab, coded: Created) -> None:
    said = problem(PolicyError, lambda: own.create(coded.path, policy=load_policy("pseudonymize")))
    first, second, *_ = said.split("\n  ")
    assert first == (
        "policy pseudonymize: cannot be applied to an archive made under policy pseudonymize, "
        "which has codes: only summaries can be made of it"
    )
    assert "events.participantId: an id is needed, it was pseudonymize before" in said
    assert "(defaults." not in said  # no rule is to blame, and they are many
    assert second.endswith(": an id is needed, it was pseudonymize before")


def test_what_was_dropped_is_not_called_kept(own: Lab) -> None:
    text = policy_text("keep") + '\n[fields.chat]\ncontent = "drop"\n'
    kept = own.create(bundle(), policy=parse(text, where="test"))
    said = problem(PolicyError, lambda: own.create(kept.path, policy=keep()))
    assert said == (
        "policy keep: cannot be applied to an archive made under policy keep\n"
        "  chat.content: keep (defaults.text), it was drop before "
        "(expected a policy that only drops or summarises what was changed already)"
    )


def test_who_was_left_out_stays_left_out(own: Lab) -> None:
    kept = own.create(bundle(), policy=keep(consent="not-declined"))
    said = problem(PolicyError, lambda: own.create(kept.path, policy=keep()))
    assert '\n  consent: "any", it was "not-declined" before' in said


def test_summaries_need_what_still_is_what_it_was(own: Lab) -> None:
    scrubbed = parse(policy_text("keep") + '\n[fields.chat]\ncontent = "scrub"\n', where="test")
    kept = own.create(bundle(), policy=scrubbed)
    made = own.create(kept.path, policy=SUMMARIES)
    assert "chat_overall" in made.aggregates
    assert "chat_lengths" not in made.aggregates  # a scrubbed text has another length
    table = (
        '\n[[aggregate.table]]\nname = "talk"\ntype = "chat"\n'
        'measure = {column = "content", as = "length"}\n'
    )
    policy = parse(policy_text("aggregate-only") + table, where="test")
    said = problem(PolicyError, lambda: own.create(kept.path, policy=policy))
    assert said == (
        "policy aggregate-only: aggregate table talk: measure content is dropped by this policy "
        "(expected columns that leave at least in summary)"
    )


def test_summaries_are_no_source(own: Lab) -> None:
    made = own.create(bundle(), policy=SUMMARIES)
    said = problem(PolicyError, lambda: own.create(made.path, policy=SUMMARIES))
    assert said == (
        f"{made.archive_id}: holds summary tables, and nothing that tells less can be made of "
        "those (expected an archive of single rows)"
    )


def test_an_older_revision_is_no_source(own: Lab, kept: Created) -> None:
    own.vault.note_revision(kept.archive_id, 2)
    said = problem(IntegrityError, lambda: own.create(kept.path, policy=SUMMARIES))
    assert said == (
        f"{kept.archive_id}: is an older revision that came from a copy "
        "(expected the newest revision, with its dates)"
    )


def test_an_archive_is_the_only_source(own: Lab, kept: Created) -> None:
    said = problem(UsageError, lambda: own.create(kept.path, bundle(), policy=SUMMARIES))
    assert said == (
        "bundle: an archive is made of one archive alone, or of bundles (expected one of both)"
    )


def test_an_archive_that_cannot_tell_agents_from_people_is_no_source(own: Lab) -> None:
    with patch("archive_tool.pipeline.papers.add_roster"):
        older = own.create(bundle())
    said = problem(FormatError, lambda: own.create(older.path, policy=SUMMARIES))
    assert said == (
        f"{older.archive_id}: does not say who is an agent and who declined "
        "(expected an archive with data/roster.sealed)"
    )


def test_a_type_never_lasts_longer_than_in_the_source(own: Lab) -> None:
    short = policy_text("keep").replace("P10Y", "P3Y")
    kept = own.create(bundle(), policy=parse(short, where="test"))
    lesser = own.create(kept.path, policy=SUMMARIES)
    assert {n: t.destroy_after for n, t in lesser.retention.items()} == {
        n: t.destroy_after for n, t in kept.retention.items()
    }
    assert lesser.retention["chat"].destroy_after.year == 2029


def test_past_its_date_only_a_downgrade_is_archived(own: Lab) -> None:
    made = {
        action: own.create(
            bundle(),
            policy=parse(
                policy_text("keep").replace("P10Y", "P3Y").replace('"destroy"', f'"{action}"'),
                where="test",
            ),
        )
        for action in ("destroy", "downgrade")
    }
    then = NOW + timedelta(days=5 * 365)

    def later(created: Created) -> Created:
        return create([created.path], policy=SUMMARIES, store=own.store, vault=own.vault, now=then)

    last = made["destroy"].retention["chat"].destroy_after
    said = problem(RetentionError, lambda: later(made["destroy"]))
    assert said == (
        f"chat: the retention period ended on {last.isoformat()} "
        "(expected data whose retention date is in the future)"
    )
    lesser = later(made["downgrade"])
    assert lesser.retention["chat"].destroy_after == date(last.year + 7, last.month, last.day)


def erased(own: Lab, *ids: str) -> None:
    plan = own.folder / "erase.json"
    plans.save(erase_plan.plan(own.store, own.vault, ids, now=NOW), plan)
    erase.apply(own.store, own.vault, plan, ids=ids, now=NOW)


def test_the_erased_are_left_out_and_counted(own: Lab, kept: Created) -> None:
    person = somebody(own, kept)
    theirs = own.vault.subject_key(person)
    before = own.create(kept.path, policy=pseudonymize_all())
    erased(own, person)
    lesser = own.create(kept.path, policy=pseudonymize_all())
    assert own.vault.subject_state(person) is SubjectState.ERASED
    assert lesser.people_left_out == before.people_left_out + 1
    archive = own.open(lesser)
    assert theirs not in {entry.subject for entry in archive.index}
    assert {e.subject for e in archive.index} == {e.subject for e in own.open(before).index} - {
        theirs
    }


def test_an_erasure_reaches_what_was_made_of_an_archive(own: Lab, kept: Created) -> None:
    lesser = own.create(kept.path, policy=pseudonymize_all())
    person = somebody(own, kept)
    theirs = own.vault.subject_key(person)
    assert theirs in {entry.subject for entry in own.open(lesser).index}
    erased(own, person)
    assert theirs not in {entry.subject for entry in own.open(lesser).index}
    lines = roster.rows_of(own.open(kept), own.vault)
    assert person not in {line[roster.PERSON] for line in lines}
    assert len(lines) > 5


def test_an_erasure_takes_the_lines_of_the_participants_list_out_of_the_file(
    own: Lab, kept: Created
) -> None:
    def sealed() -> set[str]:
        vault = Vault.open(own.vault.folder)
        content = (kept.path / roster.PATH).read_bytes()
        secrets = vault.archive_secrets(kept.archive_id)
        rows = by_person._rows(content, secrets, "roster", "here")
        return {row.subject for row in rows}

    person = somebody(own, kept)
    theirs, before = own.vault.subject_key(person), sealed()
    erased(own, person)
    assert before - sealed() == {theirs}
    assert verify(kept.path, vault=own.vault).erased == 1


def test_names_lie_in_the_roster_only_where_names_are_kept(own: Lab, coded: Created) -> None:
    listing = [{"participantId": "p1", "name": "Ann Example", "email": "ann@example.org"}]
    folder = own.folder / "bundle"
    folder.mkdir()
    (folder / "participants.json").write_text(json.dumps({"participants": listing}))
    row = {"id": "e1", "participantId": "p1", "roomId": "r1", "experimentId": "x1"}
    more = {"eventType": "start", "timestamp": "2026-03-01T10:00:00Z", "onset": 0}
    (folder / "events.json").write_text(json.dumps([row | more]))
    nameless = parse(
        policy_text("keep").replace('"name" = "keep"', '"name" = "drop"'), where="test"
    )
    lines = {
        policy.text: roster.rows_of(own.open(own.create(folder, policy=policy)), own.vault)
        for policy in (keep(), nameless)
    }
    who = {"participantId": "p1"}
    names = {"participantName": "Ann Example", "email": "ann@example.org"}
    assert list(lines.values()) == [[who | names], [who]]
    assert not roster.has_roster(own.open(coded))


def test_rekey_seals_the_roster_again(own: Lab, kept: Created) -> None:
    archive = own.open(kept)
    lines = roster.rows_of(archive, own.vault)
    done = rekey.rekey(own.store, own.vault, identity_out=own.folder / "new.txt", now=NOW)
    again = open_archive(archive.path, vault=done.vault)
    assert roster.rows_of(again, done.vault) == lines


def test_the_command_takes_an_archive(own: Lab, kept: Created) -> None:
    ran = command(
        "create", kept.path, "--policy", "aggregate-only", "--store", own.store,
        "--vault", own.vault.folder, "--as-of", "2026-11-20", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.json["source"] == kept.archive_id
    assert ran.json["archive"]["id"] != kept.archive_id


def test_the_crate_names_the_archive_that_it_was_made_of(own: Lab, kept: Created) -> None:
    lesser = own.create(kept.path, policy=SUMMARIES)
    entities = {
        entity["@id"]: entity
        for entity in json.loads((lesser.path / "data/ro-crate-metadata.json").read_bytes())[
            "@graph"
        ]
    }
    assert entities["#create"]["object"] == [{"@id": "#source"}, {"@id": "policy.toml"}]
    assert entities["#source"]["name"] == f"Archive {kept.archive_id}, made under policy keep"
    assert entities["#source"]["identifier"] == f"sha256:{seal_of(kept.path)}"
    cache = own.folder / "cache"
    assert problems(lesser.path / "data", cache, "process-run-crate-0.5") == []


def test_recordings_stay_in_the_archive_that_sealed_them(own: Lab) -> None:
    folder = own.folder / "bundle"
    shutil.copytree(bundle(), folder)
    (folder / "film.webm").write_bytes(b"a film")
    kept = own.create(folder, policy=keep(media="seal"))
    assert own.open(kept).entries("media")
    sealing = parse(
        policy_text("pseudonymize").replace('media = "exclude"', 'media = "seal"'), where="test"
    )
    assert problem(PolicyError, lambda: own.create(kept.path, policy=sealing)) == (
        "media: recordings of an archive are not taken over into another "
        '(expected media = "exclude")'
    )
    assert own.create(kept.path, policy=SUMMARIES).source == kept.archive_id


def test_a_copy_for_the_person_holds_their_lines_of_the_participants_list(
    own: Lab, kept: Created
) -> None:
    lines = roster.rows_of(own.open(kept), own.vault)
    person = next(line[roster.PERSON] for line in lines if not line.get("isAgent"))
    handed = access(own.store, own.vault, person, to=own.folder / "copy", now=NOW)
    listed = json.loads((own.folder / "copy" / kept.archive_id / "participant.json").read_bytes())
    assert {line[roster.PERSON] for line in listed} == {person}
    assert handed.rows["participants"] == len(listed)


def test_find_counts_the_lines_of_the_participants_list(own: Lab, kept: Created) -> None:
    lines = roster.rows_of(own.open(kept), own.vault)
    person = next(line[roster.PERSON] for line in lines if not line.get("isAgent"))
    found = subjects_of.find(own.store, own.vault, [person])
    places = [
        (p.archive_id, p.rows, p.files) for p in found.places if p.data_type == "participants"
    ]
    assert places == [(kept.archive_id, 1, 1)]
