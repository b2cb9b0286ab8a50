"""What names somebody, planted in every column and leaf of every type, in every form of bundle.

The gate lets the archive pass, and a search that shares no code with gate or scrubber agrees.
"""

from __future__ import annotations

import base64
import json
from itertools import cycle
from typing import Any, Final

import pytest

from archive_tool.schemas import FIELDS, Field, Kind
from sample_data.forms import TYPES_OF, WHOLE, write_form
from sample_data.places import iso
from sample_data.study import SEVEN, Row, Study
from tests.support.pipelines import lab, pseudonymize_all
from tests.support.studies import ZERO

PERSON: Final = "prolific_5f3a9c11aa07"
PARTNER: Final = "user_0042XyZ"
NAME: Final = "Ottokar Zebrowski"
EMAIL: Final = "ottokar.zeb@uni.example"
ROOM: Final = "room_kCpc7XXq"
PLANTED: Final = (
    NAME, PERSON, f"I met ottokar, {PARTNER}", EMAIL, f"see https://x.example/?p={PARTNER}",
    "call +49 151 113 5516", base64.b64encode(NAME.encode()).decode(), "ZEBROWSKI'S",
    "http://x.example/%6ftto?u=5F3A9C11AA07", f"198.51.100.7 {ROOM}",
)  # fmt: skip
GONE: Final = (
    "ottokar", "zebrowski", "5f3a9c11aa07", "0042xyz", "kcpc7xxq", "uni.example", "x.example",
    "198.51.100", "113 5516", PLANTED[6].lower(),
)  # fmt: skip
IN_IDS: Final = (NAME, PERSON, f"{PARTNER}_clip", EMAIL, PLANTED[6])
"""Ids of the design (stimuli, deployments) may be addresses of files, and have numbers."""


def study() -> Study:
    marks = cycle(PLANTED)
    rows: dict[str, list[Row]] = {name: [_row(name, n, marks) for n in range(4)] for name in SEVEN}
    rows["chat"][0]["senderName"] = NAME
    rows["events"][0]["variableSnapshot"] = {"participant_email": EMAIL}
    return Study(experiment_id="exp_small", rows=rows, zeros={ROOM: iso(ZERO)})


def _row(name: str, number: int, marks: Any) -> Row:
    row = {field.name: _value(field, marks) for field in FIELDS[name]}
    row = {key: value for key, value in row.items() if value is not None}
    ids = {"participantId", "senderId"} & row.keys()
    row.update(dict.fromkeys(ids, PERSON if number % 2 else PARTNER))
    for field in FIELDS[name]:
        if field.kind is Kind.RECORD:
            row[field.name] = f"{name}-{field.name}-{number}".replace("/", "-")
    if "roomId" in row:
        row["roomId"] = ROOM
    row.update({"experimentId": "exp_small", "onset": number})
    return row


def _value(field: Field, marks: Any) -> Any:
    if field.kind is Kind.TIME:
        return iso(ZERO)
    if field.kind is Kind.NUMBER:
        return max(field.low or 0, 0)
    if field.kind is Kind.FLAG:
        return False
    if field.kind is Kind.JSON:
        leaves = [leaf.path for leaf in field.leaves]
        plain = [path for path in leaves if path.isidentifier()]
        inside: dict[str, Any] = {path: next(marks) for path in plain}
        inside[next(marks)] = {"deeper": [next(marks), {next(marks): next(marks)}]}
        return inside
    return IN_IDS[len(field.name) % len(IN_IDS)] if field.kind is Kind.ID else next(marks)


@pytest.mark.parametrize("form", WHOLE)
def test_nothing_planted_survives_in_any_form(tmp_path, form):
    made = lab(tmp_path)
    created = made.create(write_form(study(), form, tmp_path / "bundle"), policy=pseudonymize_all())
    archive = made.open(created)
    assert set(archive.types()) == set(TYPES_OF[form])
    for name in archive.types():
        rows = archive.read(name).to_pylist()
        assert len(rows) >= 1
        text = json.dumps(rows, default=str, ensure_ascii=False).lower()
        assert [mark for mark in GONE if mark in text] == [], name
