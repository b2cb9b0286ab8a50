"""``create``: what it answers, in which order it refuses, and that a refusal leaves nothing."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pytest

from archive_tool.archive.manifest import info
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    ArchiveToolError,
    BundleError,
    IngestError,
    LockError,
    PolicyError,
    RetentionError,
    ValidationError,
    VaultError,
)
from archive_tool.ingest.json_files import pieces
from archive_tool.keys import Vault
from archive_tool.keys.lock import FileLock
from archive_tool.lifecycle.subjects import roster
from archive_tool.model.policy import Accepted
from archive_tool.pipeline.create import create
from archive_tool.pipeline.second_pass import shards
from archive_tool.policy import load_policy, parse, policy_text
from sample_data.generate import rooms_of
from sample_data.study import SEVEN, Study, small_study
from tests.support.pipelines import NOW, Lab, keep_all, lab
from tests.support.studies import write_form

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    return lab(tmp_path)


def event(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "experimentId": "x1",
        "roomId": "r1",
        "participantId": "p1",
        "timestamp": f"2026-03-01T10:00:0{number}Z",
        "onset": 1000 * number,
        "eventType": "component.response",
        "category": "component",
        **more,
    }


def bundle(folder: Path, *rows: Mapping[str, Any], name: str = "events") -> Path:
    path = folder / "bundle"
    path.mkdir(exist_ok=True)
    (path / f"{name}.json").write_text(json.dumps(rows))
    return path


def left(own: Lab) -> list[str]:
    """Files in the store, but for its lock."""
    if not own.store.exists():
        return []
    files = [path for path in own.store.rglob("*") if path.is_file()]
    return [path.name for path in files if path.name != ".store.lock"]


def dyad() -> Study:
    study = small_study()
    return rooms_of(study, study.rooms[1:2])


def test_the_answer_counts_what_came_and_what_left(own: Lab) -> None:
    study = dyad()
    created = own.create(write_form(study, "api-pages", own.folder / "b"))
    rows = {name: len(study.rows[name]) for name in SEVEN if study.rows[name]}
    assert {name: table.rows_in for name, table in created.tables.items()} == rows
    assert {name: table.rows_out for name, table in created.tables.items()} == rows
    assert all(table.files for table in created.tables.values())
    assert re.fullmatch(r"20261120-[a-z2-9]{12}", created.archive_id)
    assert created.path == own.store / "archives" / created.archive_id
    (found,) = info(own.store)
    assert found.manifest.files == {name: t.files for name, t in created.tables.items()}
    assert verify(own.store, vault=own.vault).rows == sum(rows.values())


def test_the_second_archive_of_a_bundle_names_the_first(own: Lab) -> None:
    path = bundle(own.folder, event(1))
    first, second = own.create(path), own.create(path)
    (path / "events.json").write_text(json.dumps([event(1), event(2)]))
    third = own.create(path)
    assert (first.earlier, second.earlier, third.earlier) == ((), (first.archive_id,), ())
    assert (first.repeated, second.repeated) == ((), (first.archive_id,))


def test_another_text_under_the_name_of_a_policy_is_remarked_on(own: Lab) -> None:
    path = bundle(own.folder, event(1))
    text = policy_text("keep")
    mine = text.replace('name = "keep"', 'name = "mine"')
    other = mine.replace('version = "1"', 'version = "2"')
    edited = mine.replace("period = ", "period =  ") + "\n# a remark changes nothing\n"
    changed = mine.replace('period = "P10Y"', 'period = "P11Y"')
    assert len({text, mine, other, edited, changed}) == 5
    made = [own.create(path, policy=parse(t, where="t")) for t in (mine, other, edited, changed)]
    alike = tuple(sorted((made[0].archive_id, made[2].archive_id)))
    assert [one.other_policy for one in made] == [(), (), (), alike]


def test_ids_are_new_each_time_and_the_vault_knows_them(own: Lab) -> None:
    path = bundle(own.folder, event(1))
    made = {own.create(path).archive_id for _ in range(3)}
    assert len(made) == 3
    assert made == set(Vault.open(own.vault.folder).archives)


def test_rows_whose_room_nobody_knows_are_counted_and_left_out(own: Lab) -> None:
    path = bundle(own.folder, event(1), event(2, roomId=None), event(3))
    created = own.create(path)
    result = created.tables["events"]
    assert (result.rows_in, result.rows_out, result.without_room) == (3, 2, 1)
    assert own.open(created).read("events")["id"].to_pylist() == ["e1", "e3"]


def test_unknown_fields_stay_or_go_as_the_policy_says(own: Lab) -> None:
    path = bundle(own.folder, event(1, futureField="x"))
    kept = own.open(own.create(path)).read("events")
    gone = own.open(own.create(path, policy=load_policy("keep"))).read("events")
    assert kept["extra"].to_pylist() == ['{"futureField":"x"}']
    assert "extra" not in gone.column_names


def test_a_person_has_the_same_code_in_two_archives_of_a_study(own: Lab) -> None:
    policy = load_policy("pseudonymize")
    first = own.open(own.create(bundle(own.folder, event(1)), policy=policy)).read("events")
    second = own.open(own.create(bundle(own.folder, event(2)), policy=policy)).read("events")
    codes = {*first["participantId"].to_pylist(), *second["participantId"].to_pylist()}
    assert len(codes) == 1
    assert "p1" not in codes


def test_retention_counts_from_the_last_session(own: Lab) -> None:
    created = own.create(bundle(own.folder, event(1)), policy=load_policy("keep"))
    term = created.retention["events"]
    assert (term.destroy_after, term.basis) == (date(2036, 3, 1), "session-end")
    (found,) = info(own.store)
    assert found.manifest.retention == dict(created.retention)


def test_progress_tells_rows_and_bytes(own: Lab) -> None:
    told: list[tuple[int, int]] = []
    path = bundle(own.folder, event(1), event(2))
    own.create(path, progress=lambda rows, read: told.append((rows, read)))
    assert told[-1][0] == 2
    assert told == sorted(told)


def test_what_is_written_is_told_until_all_rows_and_recordings_are_in_the_archive(own: Lab) -> None:
    path = bundle(own.folder, event(1), event(2, participantId="p2"))
    (path / "talk.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(5_000_000))
    policy = parse(policy_text("keep").replace('"exclude"', '"seal"'), where="p")
    told: list[tuple[int, int]] = []
    made = own.create(path, policy=policy, writing=lambda rows, size: told.append((rows, size)))
    assert told == sorted(told)
    files = (made.path / "data" / "tables").rglob("*.parquet")
    sealed = (made.path / "data" / "media").glob("*.sealed")
    assert told[-1] == (2, sum(path.stat().st_size for path in (*files, *sealed)))
    assert len([size for _, size in told if 0 < size < 5_000_000]) > 2  # a long one is heard of


def test_a_run_has_few_enough_files_to_hear_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MOST_SHARDS", 3)
    owners = np.array([0, 0, 1, 2, 3, 4, 4, 5, 6])
    assert list(shards._runs(owners, 100)) == [(0, 4), (4, 8), (8, 9)]
    assert list(shards._runs(owners, 2)) == [(0, 2), (2, 4), (4, 5), (5, 7), (7, 9)]


def refused(own: Lab, error: type[ArchiveToolError], path: Path, **more: Any) -> str:
    before = own.vault.epoch
    with pytest.raises(error) as caught:
        own.create(path, **more)
    assert left(own) == []
    assert Vault.open(own.vault.folder).epoch == before
    return str(caught.value)


def test_a_policy_that_leaves_a_field_undecided_is_refused_before_anything_is_read(
    own: Lab,
) -> None:
    text = policy_text("keep").replace('"answer" = "keep"\n', "")
    undecided = parse(text, where="board.toml")
    said = refused(own, PolicyError, own.folder / "is-not-there", policy=undecided)
    assert said.startswith("policy keep: ")
    assert not own.store.exists()


def test_a_vault_inside_the_store_is_refused_before_anything_is_read(own: Lab) -> None:
    with pytest.raises(VaultError) as caught:
        create(
            [own.folder / "is-not-there"],
            policy=keep_all(),
            store=own.folder,
            vault=own.vault,
            now=NOW,
        )
    assert str(caught.value) == (
        "vault: the vault lies inside the store (expected a folder outside the store)"
    )


def test_a_bundle_that_is_not_there_is_refused(own: Lab) -> None:
    said = refused(own, BundleError, own.folder / "nothing")
    assert said == f"{own.folder / 'nothing'}: no such file or folder"


def test_the_first_unreadable_file_is_named_and_the_others_are_counted(own: Lab) -> None:
    path = bundle(own.folder, event(1))
    for name in ("a.csv", "b.csv"):
        (path / name).write_text("<!DOCTYPE html><html>503</html>")
    said = refused(own, IngestError, path, policy=load_policy("keep"))
    assert re.fullmatch(
        r"bundle/a\.csv: .*; 1 more file cannot be read \(expected a table of the platform\)", said
    )
    created = own.create(path, policy=load_policy("keep"), skip_unreadable=True)
    assert created.tables["events"].rows_out == 1


@pytest.mark.parametrize("name", ["events.json", "events.ndjson"])
def test_of_a_broken_file_is_skipped_what_comes_after_the_break(
    name: str, own: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "BYTES", 200)
    path = bundle(own.folder, event(9, participantId="p2"), name="other")
    rows = [json.dumps(event(number)) for number in range(8)]
    page = f'{{"metadata": {{"dataType": "events"}}, "data": [{", ".join(rows)}]}}'
    text = page if name.endswith(".json") else "\n".join(rows)
    place = text.index('"e6"')
    (path / name).write_text(f"{text[:place]} oops {text[place:]}")
    refused(own, IngestError, path)
    created = own.create(path, skip_unreadable=True)
    ids = sorted(own.open(created).read("events", columns=["id"])["id"].to_pylist())
    assert ids[-1] == "e9"
    assert ids[:-1] == [f"e{number}" for number in range(len(ids) - 1)]
    assert 3 <= len(ids) - 1 <= 6


def test_error_findings_stop_until_they_are_accepted(own: Lab) -> None:
    path, policy = bundle(own.folder, event(1, duration=-5)), load_policy("keep")
    said = refused(own, ValidationError, path, policy=policy)
    assert said == "1 finding stops the archive: VALUE-OUT-OF-RANGE"
    accepted = Accepted(code="VALUE-OUT-OF-RANGE", because="a known clock error")
    created = own.create(path, policy=policy, accept=[accepted])
    (found,) = info(own.store)
    assert found.manifest.accepted == ["VALUE-OUT-OF-RANGE"]
    assert created.tables["events"].rows_out == 1


def test_data_past_its_date_is_refused(own: Lab) -> None:
    old = event(1, timestamp="2015-03-01T10:00:00Z")
    said = refused(own, RetentionError, bundle(own.folder, old))
    assert said == (
        "events: the retention period ended on 2025-03-01 "
        "(expected data whose retention date is in the future)"
    )


def test_the_last_day_itself_is_not_past(own: Lab) -> None:
    last = (NOW - timedelta(hours=13)).replace(year=NOW.year - 10) + timedelta(days=1)
    first_past = last - timedelta(days=1)
    path = bundle(own.folder, event(1, timestamp=last.isoformat()))
    assert own.create(path).retention["events"].destroy_after == NOW.date()
    path = bundle(own.folder, event(1, timestamp=first_past.isoformat()))
    with pytest.raises(RetentionError):
        own.create(path)


def test_a_store_in_use_is_refused(own: Lab) -> None:
    path = bundle(own.folder, event(1))
    own.store.mkdir()
    with FileLock(own.store / ".store.lock", what="store"):
        said = refused(own, LockError, path)
    assert said == "store: another process is writing"
    assert own.create(path).tables["events"].rows_out == 1


def test_a_vault_that_was_set_back_meanwhile_is_refused(own: Lab) -> None:
    file = own.vault.folder / "vault.age"
    older = file.read_bytes()
    own.vault.save(NOW)
    file.write_bytes(older)
    with pytest.raises(LockError) as caught:
        own.create(bundle(own.folder, event(1)))
    assert str(caught.value) == ("vault.age: another process has written the vault in the meantime")
    assert left(own) == []


def test_keys_that_were_changed_meanwhile_leave_nothing(own: Lab) -> None:
    other = Vault.open(own.vault.folder)
    other.rotate(own.folder / "new.txt", passphrase=None, now=NOW)
    with pytest.raises(LockError) as caught:
        own.create(bundle(own.folder, event(1)))
    assert str(caught.value) == "vault.age: the keys that open it were changed while this ran"
    assert left(own) == []


def test_a_failure_in_a_worker_leaves_nothing(own: Lab) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    path = bundle(own.folder, event(1))
    with (
        patch("archive_tool.archive.sealed_files.SealedFiles.write_pieces", fail),
        pytest.raises(OSError, match="No space left on device"),
    ):
        own.create(path)
    assert left(own) == []
    assert [p.name for p in own.store.iterdir() if p.name != ".store.lock"] == ["archives"]
    again = Lab(folder=own.folder, vault=Vault.open(own.vault.folder))
    assert again.create(path).tables["events"].rows_out == 1


def test_the_clock_is_an_argument(own: Lab) -> None:
    path = bundle(own.folder, event(1))
    then = datetime(2026, 3, 2, tzinfo=UTC)
    created = create([path], policy=keep_all(), store=own.store, vault=own.vault, now=then)
    (found,) = info(own.store)
    assert created.archive_id.startswith("20260302-")
    assert found.manifest.created == then


def test_a_policy_that_rules_on_every_name_needs_no_default_for_names(own: Lab) -> None:
    names = "participantName", "deviceInfo", "senderName", "variables", "variableSnapshot"
    nested = "response", "value", "data", "rawValue", "sparseRatingData"
    dropped = "".join(f'{name} = "drop"\n' for name in (*names, *nested))
    text = policy_text("keep").replace('"name" = "keep"\n', "") + f'\n[fields."*"]\n{dropped}'
    made = own.create(bundle(own.folder, event(1)), policy=parse(text, where="t"))
    assert own.open(made).read("events")["participantId"].to_pylist() == ["p1"]
    assert roster.rows_of(own.open(made), own.vault) == []
