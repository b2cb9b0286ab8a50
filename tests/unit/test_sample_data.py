"""The committed samples are what the generator makes, and what their lists say of them."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.bundle import open_bundle
from archive_tool.errors import BundleError
from sample_data import defects
from sample_data.bulk import BULK_FORMS, write_bulk
from sample_data.cast import study_cast
from sample_data.forms import FORMS, JSON_FORMS, TYPES_OF, WHOLE, dumps, write_form
from sample_data.generate import HERE, SAMPLES, write_samples
from sample_data.study import SEVEN, Row, Study, small_study
from tests.support.studies import RECORD_IDS, studies

BOMB = Path("defects/zip-bomb/bundle.zip")
"""Its bytes depend on the zlib that packed it, so it is compared by its directory."""
PARTS = ("expected.toml", "bundle.zip", "bundle")
"""Of a defect's folder, what the generator makes."""


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


def files_of(folder: Path) -> dict[Path, bytes]:
    """What the generator answers for: not the lists of findings, nor defects made by hand."""
    own = [f"defects/{defect.name}/{part}" for defect in defects.DEFECTS for part in PARTS]
    tops = [folder / name for name in (*SAMPLES, *own)]
    paths = [p for top in tops for p in ([top] if top.is_file() else top.rglob("*")) if p.is_file()]
    return {path.relative_to(folder): path.read_bytes() for path in paths}


def directory(path: Path) -> list[tuple[str, int, int]]:
    with zipfile.ZipFile(path) as archive:
        return [(entry.filename, entry.file_size, entry.CRC) for entry in archive.infolist()]


def test_the_generator_makes_the_committed_samples_to_the_byte(tmp_path: Path) -> None:
    write_samples(tmp_path)
    made, committed = files_of(tmp_path), files_of(HERE)
    assert len(made) > 100
    assert made.keys() == committed.keys(), "if this is meant: python -m sample_data.generate"
    assert directory(tmp_path / BOMB) == directory(HERE / BOMB)
    del made[BOMB], committed[BOMB]
    other = [path for path in made if made[path] != committed[path]]
    assert other == [], "if this is meant: python -m sample_data.generate"


def test_the_samples_stay_small() -> None:
    assert sum(map(len, files_of(HERE).values())) < 3_000_000


def test_who_takes_part() -> None:
    cast = study_cast()
    kinds = [person.kind for person in cast.people]
    sizes = sorted(sum(p.room == n and p.kind == "person" for p in cast.people) for n in range(13))
    assert (kinds.count("person"), kinds.count("agent"), kinds.count("declined")) == (28, 1, 1)
    assert sizes == [2] * 12 + [4]
    assert len({person.id for person in cast.people}) == len({p.name for p in cast.people}) == 30


def test_record_ids_are_unique(study: Study) -> None:
    for name, key in RECORD_IDS.items():
        ids = [row[key] for row in study.rows[name]]
        assert len(set(ids)) == len(ids) > 0


def test_every_kind_of_marker_is_planted() -> None:
    planted = json.loads((HERE / "planted.json").read_text(encoding="utf-8"))
    assert {entry["kind"] for entry in planted} == {
        "participant-id",
        "room-id",
        "name",
        "first-name",
        "unlisted-name",
        "email",
        "phone",
        "handle",
        "url",
        "ip",
        "signature",
    }
    in_chat = {e["kind"] for e in planted if (e["type"], e["field"]) == ("chat", "content")}
    assert {
        "name",
        "first-name",
        "unlisted-name",
        "email",
        "phone",
        "handle",
        "url",
        "ip",
        "participant-id",
    } <= in_chat


def test_planted_markers_lie_in_the_pages_as_often_as_listed() -> None:
    planted = json.loads((HERE / "planted.json").read_text(encoding="utf-8"))
    pages = [
        json.loads(path.read_text("utf-8")) for path in (HERE / "study_pages").glob("chat_*.json")
    ]
    rows = [row for page in pages for row in page["data"]]
    listed = [e for e in planted if (e["type"], e["field"]) == ("chat", "content")]
    assert listed
    for entry in listed:
        assert sum(entry["marker"] in row["content"] for row in rows) == entry["rows"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written(study: Study, tmp_path: Path, form: str) -> None:
    opened = write_form(study.in_room(study.rooms[0]).only(*SEVEN), form, tmp_path / "bundle")
    assert opened.exists()
    assert any(path.stat().st_size for path in (tmp_path / "bundle").rglob("*") if path.is_file())
    assert set(TYPES_OF[form]) <= set(SEVEN)


def test_pages_of_a_listing_chain_up_to_its_total(study: Study) -> None:
    paths = sorted((HERE / "study_pages").glob("ratings_continuous_page_*.json"))
    answers = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    paging = [answer["metadata"]["pagination"] for answer in answers]
    assert [(p["offset"], p["returned"], p["hasMore"], p.get("nextOffset")) for p in paging] == [
        (0, 1000, True, 1000),
        (1000, 120, False, None),
    ]
    assert [row for answer in answers for row in answer["data"]] == study.rows["ratings/continuous"]


def documents(text: str) -> list[Any]:
    """All JSON documents of a text, one after the other."""
    found, at, decoder = [], 0, json.JSONDecoder()
    while at < len(text.rstrip()):
        value, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        found.append(value)
    return found


def records(value: Any) -> list[Row]:
    """The rows of an answer, an array, a dict of types, or a single row."""
    if isinstance(value, list):
        return value
    if "data" in value and "status" in value:
        return list(value["data"])
    if any(isinstance(rows, list) for rows in value.values()) and "experimentId" not in value:
        return [row for rows in value.values() for row in rows]
    return [value]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_json_forms_hold_exactly_the_rows_of_the_study(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from([form for form in JSON_FORMS if form != "gui-zip"]))
    drawn = data.draw(studies(form))
    with tempfile.TemporaryDirectory() as folder:
        write_form(drawn, form, Path(folder))
        texts = [p.read_bytes().decode() for p in Path(folder).rglob("*") if p.is_file()]
    held = [dumps(row) for text in texts for doc in documents(text) for row in records(doc)]
    assert sorted(held) == sorted(dumps(row) for rows in drawn.rows.values() for row in rows)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_csv_forms_hold_every_id_and_text_of_the_study(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from([form for form in WHOLE if form not in JSON_FORMS]))
    drawn = data.draw(studies(form))
    with tempfile.TemporaryDirectory() as folder:
        write_form(drawn, form, Path(folder))
        files = [p for p in Path(folder).rglob("*.csv") if p.stat().st_size]
        texts = [path.read_bytes().decode("utf-8-sig") for path in files]
    cells = {
        cell for text in texts for row in csv.reader(io.StringIO(text, newline="")) for cell in row
    }
    for name in TYPES_OF[form]:
        for row in drawn.rows[name]:
            assert name == "components" or next(iter(row.values())) in cells
            assert "content" not in row or row["content"] in cells


@pytest.mark.parametrize("form", BULK_FORMS)
def test_bulk_bundles_hold_the_rows_asked_for(tmp_path: Path, form: str) -> None:
    wanted = {"ratings/continuous": 2_050, "events": 333, "chat": 111}
    write_bulk(tmp_path, wanted, people=10, form=form)
    assert {name: count_rows(tmp_path, name, form) for name in wanted} == wanted


def count_rows(folder: Path, name: str, form: str) -> int:
    paths = sorted(folder.glob(f"{name.replace('/', '_')}*"))
    if form == "csv":
        import pyarrow.csv as pa_csv

        options = pa_csv.ParseOptions(newlines_in_values=True)
        return int(pa_csv.read_csv(paths[0], parse_options=options).num_rows)
    answers = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    returned = [answer["metadata"]["pagination"]["returned"] for answer in answers]
    assert returned == [len(answer["data"]) for answer in answers]
    assert answers[0]["metadata"]["pagination"]["total"] == sum(returned)
    return sum(returned)


def test_bulk_forms_hold_the_same_rows(tmp_path: Path) -> None:
    write_bulk(tmp_path / "pages", {"events": 120}, people=4, form="pages", page=50)
    write_bulk(tmp_path / "whole", {"events": 120}, people=4, form="envelope")
    pages = sorted((tmp_path / "pages").iterdir())
    rows = [row for path in pages for row in json.loads(path.read_text("utf-8"))["data"]]
    assert rows == json.loads((tmp_path / "whole/events.json").read_text("utf-8"))["data"]


def test_every_defect_says_what_is_expected() -> None:
    names = [defect.name for defect in defects.DEFECTS]
    assert len(set(names)) == len(names) > 50
    for name in names:
        folder = HERE / "defects" / name
        expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
        assert expected.keys() == {"what", "validate_exit", "create_exit", "codes"}
        assert (folder / "bundle").is_dir() != (folder / "bundle.zip").is_file()


HOSTILE = [d.name for d in defects.DEFECTS if d.name.startswith("zip-") and d.create_exit == 10]


def read_everything(path: Path) -> None:
    with open_bundle([path]) as bundle:
        for file in bundle.files:
            bytes(bundle.buffer(file))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_zips_are_refused(name: str) -> None:
    with pytest.raises(BundleError, match=r"^bundle\.zip"):
        read_everything(HERE / "defects" / name / "bundle.zip")
