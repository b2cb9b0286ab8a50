"""Tables that no archive holds are read for the names in them, and for nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.anonymize import Identifiers
from archive_tool.bundle import open_bundle
from archive_tool.ingest import Ingest
from archive_tool.model.findings import FindingLog
from archive_tool.pipeline.first_pass.reading import BlocksThere, ReadTogether
from tests.support.ingesting import page

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.anonymize.known.identifiers import KnownIdentifiers

VARIABLE = {"variable": "partner_name", "value": "Zofia", "source": "human", "persisted": True}


def known(folder: Path, files: dict[str, str]) -> KnownIdentifiers:
    """Read a bundle for who is in it."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    found = Identifiers()
    with open_bundle([folder]) as bundle:
        ingest = Ingest(bundle, FindingLog())
        for batch in ingest.batches():
            found.add(batch)
        found.add_told(ingest.told)
    return found.freeze()


@pytest.mark.parametrize(
    "files",
    [
        {"variables.json": json.dumps([VARIABLE])},
        {"variables.ndjson": f"{json.dumps(VARIABLE)}\n" * 2},
        {"variables.csv": "variable,value,source,persisted\npartner_name,Zofia,human,true\n"},
        {"page.json": page([VARIABLE], dataType="variables", scope="room", scopeId="r7")},
    ],
    ids=lambda files: next(iter(files)),
)
def test_a_variable_with_a_name_tells_it(tmp_path: Path, files: dict[str, str]) -> None:
    assert set(known(tmp_path, files).names) == {"Zofia"}


def test_the_page_of_a_room_says_where_the_name_is_one(tmp_path: Path) -> None:
    text = page([VARIABLE], dataType="variables", scope="room", scopeId="r7")
    assert known(tmp_path, {"variables.json": text}).rooms_of_name("Zofia") == {"r7"}


STATES = [
    {"stateId": "s1", "partner_name": "Zofia", "score": 3, "colour": "Red", "peers": [1]},
    {"stateId": "s2", "partner_name": None, "email": "z@a.pl", "stateName": "Film"},
    "no state",
]


@pytest.mark.parametrize("rows", [[VARIABLE | {"value": "x"}], []], ids=["rows", "no-rows"])
def test_the_timeline_of_a_page_of_variables_tells_names(
    tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    more = {"dataType": "variables", "scope": "room", "scopeId": "r7", "timeline": STATES}
    found = known(tmp_path, {"page.json": page(rows, **more)})
    assert (set(found.names) - {"x"}, set(found.emails)) == ({"Zofia"}, {"z@a.pl"})
    assert found.rooms_of_name("Zofia") == {"r7"}
    odd = known(tmp_path / "odd", {"page.json": page([], **more | {"timeline": "Zofia"})})
    assert not odd.names


TELLING: list[tuple[str, dict[str, Any], set[str], set[str]]] = [
    ("experiments", {"id": "e", "roomCount": 2, "name": "Dyads", "ownerName": "Ada Krol",
     "ownerEmail": "ada@lab.org"}, {"Ada Krol"}, {"ada@lab.org"}),
    ("experiments", {"exportInfo": {"exportedBy": "ada@lab.org"}, "experiment": {
        "metadata": {"createdBy": "Jk3xq0ZZ"}, "states": [{"name": "Film", "displayName": "Zofia"}],
        "prompt": "What is your name?", "text": "Your name"}}, set(), {"ada@lab.org"}),
    ("deployments", {"id": "d", "maxParticipants": 4, "name": "Ms Marta", "ownerName": "Ada Krol"},
     {"Ada Krol"}, set()),
    ("rooms", {"id": "r", "name": "Red Room", "participantCount": 2, "status": "done"}, set(), set()),
    ("videochat", {"participantId": "u1", "name": "Zofia", "track": "t"}, {"Zofia"}, set()),
    ("videochat", {"participantId": "undefined", "displayName": "Camera"}, set(), set()),
    ("variables", VARIABLE | {"variable": "room_name", "value": "Red"}, set(), set()),
    ("variables", VARIABLE | {"value": 7}, set(), set()),
    ("variables", VARIABLE | {"value": "word " * 60}, set(), set()),
    ("signup", {"participantName": "Zofia", "mail": "x", "email": "z@a.pl"}, {"Zofia"}, {"z@a.pl"}),
    ("eyetracking", {"gazeX": 1, "gazeY": 2, "participantName": "Zofia"}, set(), set()),
]  # fmt: skip


@pytest.mark.parametrize(("stem", "row", "names", "emails"), TELLING)
def test_what_counts_as_a_name(
    tmp_path: Path, stem: str, row: dict[str, Any], names: set[str], emails: set[str]
) -> None:
    found = known(tmp_path, {f"{stem}.json": json.dumps([row])})
    assert set(found.names) == names
    assert set(found.emails) == emails
    assert found.people == frozenset()


def test_a_name_belongs_to_the_person_beside_it(tmp_path: Path) -> None:
    row = {"participantId": "prolific_u1", "participantName": "Zofia", "track": "t"}
    found = known(tmp_path, {"videochat.json": json.dumps([row])})
    assert found.names == {"Zofia": frozenset({"u1"})}


def test_workers_say_what_they_read(tmp_path: Path) -> None:
    (tmp_path / "variables.json").write_text(json.dumps([VARIABLE]), encoding="utf-8")
    with open_bundle([tmp_path]) as bundle:
        (there,) = BlocksThere(bundle).read((0, 1)).told
        together = ReadTogether(bundle, FindingLog(), [])
        assert list(together.batches()) == []
        assert together.told == {there}
