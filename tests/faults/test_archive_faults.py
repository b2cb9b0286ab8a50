"""An archive whose disk fails, lies or is full: whole or not there."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive import parquet
from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.files import Files
from archive_tool.archive.manifest import info
from archive_tool.archive.verify import verify
from archive_tool.errors import IntegrityError
from archive_tool.keys import Vault
from archive_tool.lifecycle.applying import rekey
from tests.faults.test_lifecycle_faults import content_of
from tests.support.archives import NOW, description, event, make, table
from tests.support.lives import usual
from tests.unit.test_archive import writer

if TYPE_CHECKING:
    from pathlib import Path


def test_a_vault_that_cannot_be_saved_publishes_nothing(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "v", study="s", passphrase=None, now=NOW)

    def commit() -> None:
        raise OSError(28, "No space left on device")

    with writer(tmp_path, vault) as to:
        to.write_table("events", "ann", table("events", [event(1, "ann")]))
        with pytest.raises(OSError, match="No space left"):
            to.publish(description(), vault.signing_key, commit=commit)
    assert info(tmp_path / "store") == ()


def test_a_disk_that_writes_something_else_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault.create(tmp_path / "v", study="s", passphrase=None, now=NOW)
    real = Files.read

    def lying(files: Files, path: str) -> bytes:
        content = real(files, path)
        return content[:-9] + b"\0" + content[-8:] if path.endswith(".parquet") else content

    monkeypatch.setattr(Files, "read", lying)
    with pytest.raises(IntegrityError) as caught, writer(tmp_path, vault) as to:
        to.write_table("events", "ann", table("events", [event(1, "ann")]))
    assert str(caught.value).endswith(".parquet: was changed: it cannot be decrypted")


@pytest.mark.parametrize("name", ["index.parquet", "bag-info.txt", "manifest-sha256.txt"])
def test_a_revision_that_a_disk_changes_takes_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    life = usual(tmp_path)
    before = content_of(life.store / "archives")
    real = Files.read

    def lying(files: Files, path: str) -> bytes:
        content = real(files, path)
        return content[:-1] + b"\0" if path.endswith(name) else content

    monkeypatch.setattr(Files, "read", lying)
    with pytest.raises(IntegrityError) as caught:
        rekey.rekey(life.store, life.vault, identity_out=tmp_path / "new.txt", now=NOW)
    assert str(caught.value).endswith(f"{name}: did not read back as it was written")
    monkeypatch.undo()
    assert content_of(life.store / "archives") == before
    assert all(verified.rows for verified in verify(life.store, vault=life.vault).archives)


def test_rows_of_a_revision_that_read_back_as_others_take_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = usual(tmp_path)
    before = content_of(life.store / "archives")
    with monkeypatch.context() as patch:
        patch.setattr(parquet, "same_content", lambda written, back: written is back)
        with pytest.raises(IntegrityError) as caught:
            rekey.rekey(life.store, life.vault, identity_out=tmp_path / "new.txt", now=NOW)
    assert str(caught.value).endswith(".parquet: did not read back as it was written")
    assert content_of(life.store / "archives") == before


@pytest.mark.parametrize("format", ["csv", "json", "ndjson", "parquet"])
@pytest.mark.parametrize("most", [10, 300])
def test_a_full_disk_keeps_nothing_of_what_was_extracted(
    tmp_path: Path, format: str, most: int
) -> None:
    made = make(tmp_path, {("events", "ann"): [event(n, "ann") for n in range(60)]})
    archive = made.open()
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            extract(archive, to=tmp_path / "out", format=format)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not (tmp_path / "out").exists()
