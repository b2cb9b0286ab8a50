"""What was archived once opens for ever, and gives the same rows."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest

from archive_tool.archive.manifest import info
from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys import Vault
from tests.support.commands import command
from tests.vectors.make_golden import GOLDEN, POLICIES, digests, make

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.archive.reader import Archive

EXPECTED: Final[dict[str, Any]] = json.loads((GOLDEN / "expected.json").read_text("utf-8"))
SIZE: Final = 800_000
"""Bytes that the repository spends on it."""


def golden(archive_id: str) -> Archive:
    vault = Vault.open(GOLDEN / "vault")
    return open_archive(GOLDEN / "store" / "archives" / archive_id, vault=vault)


def test_there_is_one_archive_per_ready_policy() -> None:
    assert sorted(one["policy"] for one in EXPECTED.values()) == sorted(POLICIES)
    assert sorted(found.manifest.archive_id for found in info(GOLDEN / "store")) == sorted(EXPECTED)
    size = sum(path.stat().st_size for path in GOLDEN.rglob("*") if path.is_file())
    assert 20_000 < size < SIZE


@pytest.mark.parametrize("archive_id", EXPECTED)
def test_a_golden_archive_gives_the_rows_it_gave_when_it_was_made(archive_id: str) -> None:
    archive = golden(archive_id)
    assert digests(archive) == EXPECTED[archive_id]["digests"]
    assert sum(entry.rows for entry in archive.index) == EXPECTED[archive_id]["rows"]


def test_the_golden_store_verifies_with_and_without_its_vault() -> None:
    vault = Vault.open(GOLDEN / "vault")
    rows = sum(one["rows"] for one in EXPECTED.values())
    report = verify(GOLDEN / "store", vault=vault)
    assert (report.rows, report.erased) == (rows, 0)
    assert all(archive.trusted for archive in report.archives)
    assert [one.rows for one in verify(GOLDEN / "store").archives] == [None] * len(EXPECTED)


@pytest.mark.parametrize("archive_id", EXPECTED)
def test_a_golden_archive_opens_by_command(archive_id: str, tmp_path: Path) -> None:
    copy = shutil.copytree(GOLDEN, tmp_path / "golden")  # extracting leaves a line in its log
    folder = copy / "store" / "archives" / archive_id
    ran = command(
        "extract", folder, "--to", tmp_path / "out", "--vault", copy / "vault", "--format", "parquet",
        "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert len(ran.json["files"]) == len(EXPECTED[archive_id]["digests"])


def test_another_vault_does_not_open_it(tmp_path: Path) -> None:
    archive_id = next(iter(EXPECTED))
    other = tmp_path / "vault"
    command("key", "init", "--vault", other)
    with pytest.raises(VaultError) as caught:
        open_archive(GOLDEN / "store" / "archives" / archive_id, vault=Vault.open(other))
    assert str(caught.value) == f"{archive_id}: the vault has no keys of this archive"


def test_one_flipped_bit_in_any_file_is_noticed(tmp_path: Path) -> None:
    small = next(name for name, one in EXPECTED.items() if one["policy"] == "aggregate-only")
    archive = tmp_path / small
    shutil.copytree(GOLDEN / "store" / "archives" / small, archive)
    files = [path for path in sorted(archive.rglob("*")) if path.is_file()]
    assert len(files) > 10
    for path in files:
        content = path.read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        with pytest.raises(IntegrityError):
            verify(archive)
        path.write_bytes(content)
    assert verify(archive).files == len(files)


def test_the_script_makes_archives_that_hold_the_same(tmp_path: Path) -> None:
    make(tmp_path)
    made = json.loads((tmp_path / "expected.json").read_text("utf-8"))
    rows = {one["policy"]: one["rows"] for one in EXPECTED.values()}
    again = {one["policy"]: one["rows"] for one in made.values()}
    assert (again["keep"], again["pseudonymize"]) == (rows["keep"], rows["pseudonymize"])
    kept = {one["policy"]: one["digests"] for one in made.values()}
    ours = {one["policy"]: one["digests"] for one in EXPECTED.values()}
    assert kept["keep"] == ours["keep"]
    assert kept["pseudonymize"] != ours["pseudonymize"]  # the codes are the vault's own
