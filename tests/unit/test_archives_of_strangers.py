"""Archives that are signed and whole, and say what cannot be: a stranger can send them with a grant."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from archive_tool.archive import index, layout, parquet
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    FormatError,
    IntegrityError,
    VaultError,
)
from archive_tool.keys import primitives, sshsig
from tests.support.archives import Made, small
from tests.support.refusing import problem
from tests.support.resigning import indexed, resign, restated

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return small(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"types": ["chat", "events", "nosuch"]},
        {"types": ["aggregates/..\\..\\evil", "chat", "events"]},
        {"types": ["aggregates/A B", "chat", "events"]},
        {"columns": {"events": ["id", "nosuch"]}},
        {"columns": {"events": ["id", "id"]}},
        {"columns": {"events": None}},
    ],
    ids=str,
)
def test_types_and_columns_that_nobody_knows_are_15(made: Made, changes: dict[str, Any]) -> None:
    """A signature says who signed: a stranger's grant may come with an archive of theirs."""
    restated(made, **changes)
    assert problem(FormatError, made.open) == (
        "data/archive.json: names a data type or a column that this release does not know"
    )
    assert verify(made.path).archives[0].rows is None  # whole all the same


@pytest.mark.parametrize(
    "changes",
    [
        {"data_type": "nosuch"},
        {"data_type": "media"},
        {"file_id": "../../../../x"},
        {"filled": "id,nosuch"},
    ],
    ids=str,
)
def test_an_index_that_does_not_fit_the_manifest_is_16_even_when_signed(
    made: Made, changes: dict[str, Any]
) -> None:
    archive = made.open()
    first, *others = archive.index
    indexed(made, [replace(first, **changes), *others])
    assert problem(IntegrityError, made.open) == (
        "data/index.parquet: does not fit what the manifest says"
    )


@pytest.mark.parametrize("name", ["file_id", "filled", "part", "rows"])
def test_an_index_with_empty_cells_is_16_even_when_signed(made: Made, name: str) -> None:
    first, *_ = made.open().index
    nothing: dict[str, Any] = {name: None}
    indexed(made, [replace(first, **nothing)])
    assert problem(IntegrityError, made.open) == "data/index.parquet: has cells without a value"


def test_a_moment_without_a_zone_is_16_even_when_signed(made: Made) -> None:
    restated(made, created="2026-11-20T12:00:00")
    said = "data/archive.json: was changed: it cannot be read"
    assert problem(IntegrityError, made.open) == said


def test_a_file_whose_key_is_another_than_the_index_says_is_17(made: Made) -> None:
    """A wrong key is told from a changed file."""
    first, *others = made.open().index
    indexed(made, [replace(first, key_check="0" * 16), *others])
    said = problem(VaultError, lambda: made.open().read(first.data_type))
    path = layout.path_of(first)
    assert said == f"{path}: the vault's key does not fit this file"


def test_a_file_that_is_gone_is_named_when_it_is_read(made: Made) -> None:
    archive = made.open()
    path = layout.path_of(archive.index[0])
    (made.path / path).unlink()
    said = problem(IntegrityError, lambda: archive.read(archive.index[0].data_type))
    assert said == f"{path}: is missing"


def of_another_type(table: pa.Table) -> pa.Table:
    return table.set_column(0, table.column_names[0], pa.array([7] * table.num_rows))


def with_one_more(table: pa.Table) -> pa.Table:
    return table.append_column("nosuch", pa.array(["x"] * table.num_rows))


def without_one(table: pa.Table) -> pa.Table:
    return table.drop_columns(table.column_names[0])


def with_one_twice(table: pa.Table) -> pa.Table:
    return table.append_column(table.field(0), table.column(0))


@pytest.mark.parametrize("change", [of_another_type, with_one_more, without_one, with_one_twice])
def test_rows_in_other_columns_are_16_even_when_signed(made: Made, change: Any) -> None:
    archive = made.open()
    first, *others = archive.index
    path = layout.path_of(first)
    rows = parquet.decode(
        (made.path / path).read_bytes(),
        archive.key_of(first),
        where=path,
        dictionaries=archive.dictionary_columns(first),
    )
    rows = change(rows)
    content = bytes(parquet.encode(rows, archive.key_of(first)))
    (made.path / path).write_bytes(content)
    indexed(made, [replace(first, sha256=hashlib.sha256(content).hexdigest()), *others])
    wrong = f"{path}: has other columns than the index says"
    assert problem(IntegrityError, lambda: made.open().read(first.data_type)) == wrong
    assert problem(IntegrityError, lambda: verify(made.path, vault=made.vault)) == wrong


def test_an_archive_that_names_another_signer_than_its_own_is_16(made: Made) -> None:
    """Without a key the signature is all there is: what an archive says of it must be so."""
    stranger = primitives.public_of(primitives.new_signing_seed())
    restated(made, signer=sshsig.openssh_line(stranger))
    for call in (made.open, lambda: verify(made.path)):
        assert problem(IntegrityError, call) == (
            "tagmanifest-sha256.txt.sig: signed by another key than it says"
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop_columns("subject"), "has other columns than an index"),
        (with_one_more, "has other columns than an index"),
        (
            lambda table: table.set_column(0, "archive_id", pa.array(["x"] * table.num_rows)),
            "belongs to another archive",
        ),
    ],
    ids=["a column less", "a column more", "another archive"],
)
def test_an_index_of_another_form_is_16_even_when_signed(
    made: Made, change: Any, said: str
) -> None:
    path, key = (
        made.path / layout.INDEX,
        index.index_key(made.vault.archive_secrets(made.path.name)),
    )
    table = parquet.decode(path.read_bytes(), key, where=layout.INDEX)
    path.write_bytes(bytes(parquet.encode(change(table), key)))
    resign(made, made.vault.signing_key)
    assert problem(IntegrityError, made.open) == f"data/index.parquet: {said}"
