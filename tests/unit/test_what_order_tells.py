"""What order tells: of rows, people and files, where codes or taken-out clocks hide the same."""

import json
import os
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest

from archive_tool.archive import index, layout, sealed_files
from archive_tool.archive.sealed_files import SealedFiles
from archive_tool.archive.writer import ArchiveWriter
from archive_tool.keys.derive import key_check, new_archive_secrets
from archive_tool.model.archive import FileEntry
from archive_tool.pipeline.created import Created
from archive_tool.pipeline.second_pass import shards
from archive_tool.policy import parse, policy_text
from tests.support import archives
from tests.support.pipelines import Lab, keep_all, lab, pseudonymize_all

SESSIONS = range(1, 13)
"""So many that an order by chance is never that of the days."""


def row(session: int) -> dict[str, object]:
    day = f"2025-03-{session:02}T10:00:00Z"
    return {"experimentId": "x", "roomId": f"room_{session}", "timestamp": day, "onset": 0}


@pytest.fixture
def place(tmp_path: Path) -> Lab:
    """In the n-th session n messages, of its one person; a metric, a component, an event of nobody."""
    rows = {
        "chat": [
            row(n) | {"messageId": f"m{n}_{k}", "senderId": f"person_{n}", "content": "hi"}
            for n in SESSIONS for k in range(n)
        ],
        "sync": [
            row(n)
            | {"metricId": f"s{n}_{k}", "participantId": f"person_{n}", "timeDrift": n, "latency": k}
            for n in SESSIONS for k in range(n)
        ],
        "components": [
            row(n) | {"componentId": "intro", "componentType": "ShowText", "responseTime": n}
            for n in SESSIONS
        ],
    }  # fmt: skip
    (tmp_path / "bundle").mkdir()
    for name, content in rows.items():
        path = tmp_path / "bundle" / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
    return lab(tmp_path)


def made(place: Lab, **more: object) -> Created:
    return place.create(place.folder / "bundle", **more)


def sessions(place: Lab, created: Created) -> dict[str, list[int]]:
    """The sessions of a type in the order of its extracted rows: each has a number of rows."""
    found: dict[str, list[int]] = {}
    for path in sorted(place.extracted(created, "ndjson").iterdir()):
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        people = [line.get("senderId") or line.get("participantId") for line in lines]
        counts = {who: people.count(who) for who in people}
        alone = [line.get("responseTime") for line in lines]
        found[path.stem] = alone if path.stem == "components" else [*counts.values()]
    return found


@pytest.mark.parametrize("linkability", ["release", "none"])
def test_two_tables_are_not_joined_by_the_order_of_their_people(place, linkability):
    text = policy_text("pseudonymize").replace('"study"', f'"{linkability}"')
    text = text.replace('"record-id" = "pseudonymize"', '"record-id" = "drop"')
    policy = parse(text, where="coded")
    once, again = (sessions(place, made(place, policy=policy)) for _ in range(2))
    orders = [once["chat"], once["sync"], again["chat"], again["sync"]]
    for order in orders:
        assert sorted(order) == [*SESSIONS]
        assert order != [*SESSIONS]
    for number, order in enumerate(orders):
        assert order not in orders[number + 1 :]


@pytest.mark.parametrize("time", ["relative", "shift"])
def test_rows_of_nobody_do_not_tell_which_session_came_first(place, time):
    policy = parse(
        policy_text("pseudonymize").replace('"relative"', f'"{time}"')
        + '\n[fields.components]\ntimestamp = "drop"\n',
        where="coded",
    )
    created = made(place, policy=policy)
    found = sessions(place, created)["components"]
    assert sorted(found) == [*SESSIONS]
    assert found != [*SESSIONS]
    assert place.open(created).read("components")["responseTime"].to_pylist() != [*SESSIONS]


@pytest.mark.parametrize("time", ["relative", "shift"])
def test_rows_without_a_room_do_not_tell_it_either(tmp_path, time):
    rows = [row(n) | {"componentId": "intro", "responseTime": n} for n in SESSIONS]
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle/components.json").write_text(
        json.dumps([{k: v for k, v in one.items() if k != "roomId"} for one in rows]),
        encoding="utf-8",
    )
    place = lab(tmp_path)
    found = sessions(place, made(place, policy=pseudonymize_all(time)))["components"]
    assert sorted(found) == [*SESSIONS]
    assert found != [*SESSIONS]


def test_where_a_rule_makes_clocks_coarser_no_order_is_finer(place):
    rule = '\n[fields.components]\ntimestamp = { action = "generalize", to = "month" }\n'
    found = sessions(place, made(place, policy=parse(policy_text("keep") + rule, where="coarse")))
    assert sorted(found["components"]) == [*SESSIONS]
    assert found["components"] != [*SESSIONS]


def test_where_clocks_stay_rows_stay_in_their_order(place):
    created = made(place, policy=keep_all())
    assert place.open(created).read("components")["responseTime"].to_pylist() == [*SESSIONS]


def test_rows_of_a_room_stay_in_their_order(place):
    read = place.open(made(place, policy=pseudonymize_all())).read("sync")
    seen: dict[str, list[float]] = {}
    for room, number in zip(
        *(read[name].to_pylist() for name in ("roomId", "latency")), strict=True
    ):
        seen.setdefault(room, []).append(number)
    assert sorted(map(len, seen.values())) == [*SESSIONS]
    assert all(numbers == [*range(len(numbers))] for numbers in seen.values())


def files_of(created: Created, data_type: str) -> list[Path]:
    return sorted((created.path / layout.TABLES / data_type).iterdir())


def test_no_file_is_older_than_another(place):
    created = made(place, policy=pseudonymize_all())
    files = [*files_of(created, "chat"), *files_of(created, "sync")]
    assert len(files) == 2 * len(SESSIONS)
    assert len({file.stat().st_mtime_ns for file in files}) == 1


def test_a_disk_that_does_not_let_us_say_how_old_a_file_is(place, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "utime", refuse)
    assert files_of(made(place, policy=pseudonymize_all()), "chat")


def test_the_files_of_a_run_are_written_by_chance(tmp_path, monkeypatch):
    monkeypatch.setattr(sealed_files, "SystemRandom", lambda: Random(4))
    numbers = (f"{number:032x}" for number in range(100))
    vault = archives.make(tmp_path, {}).vault
    with ArchiveWriter(
        store=tmp_path / "store",
        archive_id="20261120-more",
        secrets=vault.new_archive("20261120-more"),
        subject_secret=lambda subject: vault.subject_secret(subject, create=True),
    ) as writer:
        tables = SealedFiles(
            files=writer.tables.files,
            secrets=writer.secrets,
            new_file_id=lambda: next(numbers),
        )
        people = [(writer.owner(f"person_{n}"), n - 1) for n in SESSIONS]
        rows = pa.table({"onset": [float(n) for n in SESSIONS]})
        written = tables.write_pieces("events", rows, people)
    assert [one.entry.subject for one in written] == [owner.key for owner, _ in people]
    order = sorted(range(len(people)), key=lambda at: written[at].entry.file_id)
    assert order == Random(4).sample(range(len(people)), len(people))
    assert order not in ([*range(len(people))], [*reversed(range(len(people)))])


def test_runs_of_people_are_written_by_chance(place, monkeypatch):
    monkeypatch.setattr(shards, "LEAST_ROWS", 1)
    monkeypatch.setattr(shards, "SystemRandom", lambda: Random(4))
    given = []
    plain = shards.ShardPass._runs

    def noted(self, data_type, bucket):
        for run in plain(self, data_type, bucket):
            given.append(
                (data_type, run.rows["timeDrift"][0].as_py() if data_type == "sync" else 0)
            )
            yield run

    monkeypatch.setattr(shards.ShardPass, "_runs", noted)
    made(place, policy=pseudonymize_all())
    first = [number for data_type, number in given if data_type == "sync"]
    assert len(first) > 5
    assert first != sorted(first)


def test_the_index_lists_people_by_chance_and_their_files_by_part():
    secrets = new_archive_secrets("A", b"k" * 32)
    drawn, people = Random(4), [f"{n:064x}" for n in SESSIONS]
    entries = [
        FileEntry(
            data_type=data_type, subject=person, part=part, file_id=f"{drawn.getrandbits(128):032x}",
            rows=1, sha256="", key_check="", filled="",
        )
        for data_type in ("chat", "sync") for part in (2, 0, 1) for person in people
    ]  # fmt: skip
    check = key_check(index.index_key(secrets))
    read = index.decode(index.encode(entries, secrets), secrets, check)
    assert {*read} == {*entries}
    chat, sync = ([e for e in read if e.data_type == name] for name in ("chat", "sync"))
    assert (*chat, *sync) == read
    for some in (chat, sync):
        assert [e.part for e in some] == [0, 1, 2] * len(people)
        assert [e.file_id for e in some[::3]] == sorted(e.file_id for e in some[::3])
        assert len({e.subject for e in some[:3]}) == 1
    assert [e.subject for e in chat] != [e.subject for e in sync]
