"""A ZIP that cannot be opened hides nothing of what lies beside it; ``create`` stops there."""

from __future__ import annotations

import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Final

import pytest

from archive_tool.bundle import open_bundle
from archive_tool.errors import BundleError
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOUND: Final = DEFECTS / "overlap-equal" / "bundle"


def half(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("events.csv", "id,onset\n" + "e1,5\n" * 200)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def climbing(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("../events.csv", "id,onset\ne1,5\n")


@pytest.fixture(params=[half, climbing])
def bundle(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = shutil.copytree(SOUND, tmp_path / "bundle")
    broken: Callable[[Path], None] = request.param
    broken(folder / "rest.zip")
    return folder


def test_what_lies_beside_it_is_listed_and_checked(bundle: Path, tmp_path: Path) -> None:
    alone = command("inspect", SOUND, "--json").json
    ran = command("inspect", bundle, "--json")
    assert (ran.code, ran.json["types"]) == (10, alone["types"])
    assert ran.json["input"]["kinds"]["broken"] == 1
    (unreadable,) = ran.json["unreadable"]
    assert "rest.zip" in command("inspect", bundle).out

    checked = command("validate", bundle, "--json", "--findings", tmp_path / "f.jsonl")
    assert checked.code == 10
    found = [json.loads(line) for line in (tmp_path / "f.jsonl").read_bytes().splitlines()[1:]]
    (told,) = (one for one in found if one["code"] == "FILE-UNREADABLE")
    assert told["file"] == unreadable["file"]
    assert told["message"].endswith(unreadable["reason"])
    assert "rest.zip" not in json.dumps(found)


def test_the_highest_code_counts(bundle: Path) -> None:
    (bundle / "sync.csv").write_bytes(b"<!doctype html><title>Sign in</title>")
    assert command("inspect", bundle).code == 11
    assert command("validate", bundle).code == 11


def test_nobody_accepts_what_nothing_is_known_of(bundle: Path) -> None:
    ran = command("validate", bundle, "--accept", "FILE-UNREADABLE", "--because", "b")
    assert ran.code == 10
    assert ran.out.startswith("fail: 1 error stands in the way")


@pytest.mark.parametrize("more", [(), ("--skip-unreadable",)])
def test_nothing_is_archived_of_such_a_bundle(
    bundle: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    own = lab(tmp_path)
    where = "--store", own.store, "--vault", own.vault.folder
    ran = command("create", bundle, "--policy", "keep", *where, *more)
    assert ran.code == 10
    assert ran.err.startswith("error: bundle/rest.zip")
    assert not list(own.store.glob("archives/*"))
    with pytest.raises(BundleError):
        open_bundle(bundle)


def test_without_a_table_beside_it_there_is_nothing_to_list(bundle: Path) -> None:
    alone = bundle / "rest.zip"
    for name in ("inspect", "validate"):
        ran = command(name, alone)
        assert (ran.code, ran.out) == (10, "")
        assert ran.err.startswith("error: rest.zip")
