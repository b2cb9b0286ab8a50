"""Laws of the whole way: what went in comes out, whatever form it had."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.pipeline.first_pass.parking import Parking
from archive_tool.policy import parse, policy_text
from archive_tool.schemas import FIELDS, Kind
from archive_tool.validation.codes import CODES
from sample_data.forms import TYPES_OF
from tests.support.pipelines import (
    MORE_CODES,
    Lab,
    accepting,
    canonical,
    difference,
    pseudonymize_all,
    rows_of_folder,
    rows_of_study,
    temporary_lab,
)
from tests.support.studies import JSON_FORMS, WHOLE, studies, write_form

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.pipeline.created import Created
    from sample_data.study import Study

LAWS = settings(max_examples=16, deadline=None)


def archived(lab: Lab, study: Study, form: str) -> Created:
    return lab.create(write_form(study, form, lab.folder / "bundle"))


@settings(LAWS, max_examples=20)
@given(data=st.data())
def test_extract_inverts_create(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(WHOLE))
    study = data.draw(studies(form))
    with temporary_lab() as lab:
        created = archived(lab, study, form)
        given_back = lab.extracted(created)
        wanted = rows_of_study(study, TYPES_OF[form])
        assert difference(rows_of_folder(given_back), wanted) == {}
        again = lab.create(given_back)
        assert difference(rows_of_folder(lab.extracted(again)), wanted) == {}


@LAWS
@given(study=studies())
def test_every_format_gives_the_same_rows(study: Study) -> None:
    with temporary_lab() as lab:
        created = archived(lab, study, "array")
        wanted = rows_of_study(study)
        assert difference(rows_of_folder(lab.extracted(created, "ndjson")), wanted) == {}
        as_csv = lab.extracted(created, "csv")
        as_parquet = lab.extracted(created, "parquet")
        flat = {name: sorted(map(flat_row(name), rows)) for name, rows in wanted.items()}
        assert {name: parquet_rows(as_parquet, name) for name in wanted} == flat
        for name in wanted:
            assert csv_ids(as_csv, name) == ids_of(as_parquet, name)


def flat_row(name: str) -> Any:
    """A row as text to compare with a Parquet row: nulls and absent fields are the same there."""
    known = {field.name for field in FIELDS[name]}
    nested = {field.name for field in FIELDS[name] if field.kind is Kind.JSON}

    def flat(text: str) -> str:
        row = {key: value for key, value in json.loads(text).items() if value is not None}
        extra = {key: value for key, value in json.loads(text).items() if key not in known}
        out = {key: value for key, value in row.items() if key in known}
        for key in nested & out.keys():
            out[key] = canonical(out[key])
        return canonical(out | ({"extra": canonical(extra)} if extra else {}))

    return flat


def parquet_rows(folder: Path, name: str) -> list[str]:
    nested = {field.name for field in FIELDS[name] if field.kind is Kind.JSON} | {"extra"}
    times = {field.name for field in FIELDS[name] if field.kind is Kind.TIME}
    found = []
    for row in pq.read_table(folder / f"{name.replace('/', '_')}.parquet").to_pylist():
        out = {key: value for key, value in row.items() if value is not None}
        for key in nested & out.keys():
            out[key] = canonical(answer(out[key]))
        for key in times & out.keys():
            out[key] = out[key].isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found.append(canonical(out))
    return sorted(found)


def answer(text: str) -> Any:
    """A nested value from its cell: JSON, or the text itself where it can be nothing else."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def ids_of(folder: Path, name: str) -> list[str]:
    table = pq.read_table(folder / f"{name.replace('/', '_')}.parquet")
    return sorted(str(row) for row in table.column(0).to_pylist())


def csv_ids(folder: Path, name: str) -> list[str]:
    text = (folder / f"{name.replace('/', '_')}.csv").read_bytes().decode()
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert all(len(row) == len(head) for row in rows)
    return sorted(row[0] for row in rows)


@LAWS
@given(data=st.data())
def test_any_mix_of_forms_is_one_study(data: st.DataObject) -> None:
    study = data.draw(studies("api-csv"))  # what every form of the mix can carry
    names = [name for name, rows in study.rows.items() if rows]
    forms = [form for form in WHOLE if len(TYPES_OF[form]) == len(study.rows)]
    chosen = data.draw(st.lists(st.sampled_from(forms), min_size=len(names), max_size=len(names)))
    with temporary_lab() as lab:
        bundles = []
        for number, (name, form) in enumerate(zip(names, chosen, strict=True)):
            bundles.append(write_form(study.only(name), form, lab.folder / f"bundle_{number}"))
        created = lab.create(*data.draw(st.permutations(bundles)))
        assert difference(rows_of_folder(lab.extracted(created)), rows_of_study(study)) == {}


@LAWS
@given(data=st.data())
def test_create_twice_gives_the_same_rows(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(JSON_FORMS))
    study = data.draw(studies(form))
    with temporary_lab() as lab:
        first, second = archived(lab, study, form), archived(lab, study, form)
        assert second.earlier == (first.archive_id,)
        assert first.archive_id != second.archive_id
        assert tables(lab, first) == tables(lab, second)


def tables(lab: Lab, created: Created) -> dict[str, list[list[dict[str, Any]]]]:
    """Rows by type and person, in their order; that of the people is another in each archive."""
    archive = lab.open(created)
    return {
        name: sorted((archive.read_file(e).to_pylist() for e in archive.entries(name)), key=str)
        for name in archive.types()
    }


@LAWS
@given(data=st.data())
def test_overlapping_downloads_fold(data: st.DataObject) -> None:
    study = data.draw(studies("api-csv"))
    forms = data.draw(st.lists(st.sampled_from(JSON_FORMS[:-1]), min_size=2, max_size=3))
    study = study.only(*(name for name in study.rows if name != "components"))  # they have no id
    with temporary_lab() as lab:
        bundles = [
            write_form(study, form, lab.folder / f"bundle_{number}")
            for number, form in enumerate(forms)
        ]
        created = lab.create(*bundles)
        assert difference(rows_of_folder(lab.extracted(created)), rows_of_study(study)) == {}
        counts = {name: len(rows) for name, rows in study.rows.items() if rows}
        assert {name: result.rows_in for name, result in created.tables.items()} == counts


@LAWS
@given(study=studies(), time=st.sampled_from(("relative", "shift")))
def test_what_is_pseudonymized_passes_the_gate(study: Study, time: str) -> None:
    policy = pseudonymize_all(time)
    with temporary_lab() as lab:
        created = lab.create(write_form(study, "array", lab.folder / "bundle"), policy=policy)
        rows = {name: sum(map(len, found)) for name, found in tables(lab, created).items()}
        assert rows == {name: len(wanted) for name, wanted in study.rows.items() if wanted}


@settings(LAWS, max_examples=10)
@given(study=studies(max_rows=12), run=st.integers(1, 5), bucket=st.integers(200, 4000))
def test_threads_and_buckets_do_not_matter(study: Study, run: int, bucket: int) -> None:
    with temporary_lab() as lab:
        bundle = write_form(study, "ndjson", lab.folder / "bundle")
        wanted = rows_of_folder(lab.extracted(lab.create(bundle)))
        with (
            patch("archive_tool.pipeline.making.Parking", partial(Parking, memory_bytes=1)),
            patch("archive_tool.pipeline.first_pass.parking.BUCKET_BYTES", bucket),
            patch("archive_tool.pipeline.second_pass.shards.RUN_ROWS", run),
        ):
            found = rows_of_folder(lab.extracted(lab.create(bundle)))
        assert difference(found, wanted) == difference(found, rows_of_study(study)) == {}


@settings(LAWS, max_examples=6)
@given(study=studies())
def test_an_archive_gives_the_same_tables_as_its_bundle(study: Study) -> None:
    text = policy_text("aggregate-only").replace("people = 10", "people = 2")
    text = text.replace("rooms = 5", 'rooms = 1\nbecause = "small studies show cells too"')
    policy = parse(text + accepting(*CODES, *MORE_CODES), where="summaries")
    with temporary_lab() as lab:
        bundle = write_form(study, "api-pages", lab.folder / "bundle")
        straight = lab.open(lab.create(bundle, policy=policy))
        again = lab.open(lab.create(lab.create(bundle).path, policy=policy))
        assert again.types() == straight.types()
        for name in straight.types():
            assert again.read(name).equals(straight.read(name)), name
