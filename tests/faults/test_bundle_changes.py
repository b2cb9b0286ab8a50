"""A bundle that somebody still writes, or that goes away, while it is read."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.bundle import open_bundle
from archive_tool.errors import BundleError
from archive_tool.pipeline import making
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOUND = DEFECTS / "overlap-equal" / "bundle"


def append(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def write_again(file: Path) -> None:
    """As many bytes as before, later."""
    os.utime(file, (0, file.stat().st_mtime + 2))


CHANGES = {"more": append, "other": write_again, "nothing": os.unlink}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_bundle_that_changed_while_it_was_read_is_no_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], packed: bool
) -> None:
    """All was read before, and perhaps half of it then: the digest would be of something else."""
    bundle = shutil.copytree(SOUND, tmp_path / "bundle")
    if packed:
        bundle = shutil.make_archive(str(tmp_path / "packed"), "zip", bundle)  # type: ignore[assignment]
    file = tmp_path / "packed.zip" if packed else bundle / "events.json"
    gather = making.gather

    def gathered(*given: Any, **named: Any) -> Any:
        found = gather(*given, **named)
        change(file)
        return found

    monkeypatch.setattr(making, "gather", gathered)
    own = lab(tmp_path)
    ran = command(
        "create", bundle, "--policy", "keep", "--store", own.store, "--vault", own.vault.folder
    )
    shown = "packed.zip" if packed else "bundle/events.json"
    said = "changed while it was being read\nhint: wait until it is complete"
    if change is os.unlink:
        said = (
            "went away while it was being read\nhint: see whether the disk that holds it is still "
        )
        said += "connected"
    assert (ran.code, ran.err) == (10, f"error: {shown}: {said}\n")
    assert not (own.store / "archives").exists()


def test_a_file_that_changed_before_its_turn_is_not_read(tmp_path: Path) -> None:
    bundle = shutil.copytree(SOUND, tmp_path / "bundle")
    with open_bundle(bundle) as opened:
        file = next(file for file in opened.files if file.path.endswith("events.json"))
        write_again(bundle / "events.json")
        for read in (opened.buffer, opened.open, opened.sha256):
            with pytest.raises(BundleError, match="changed while it was being read"):
                read(file)
