"""Paths that are not what was meant, names that a pipe cannot show, folders used for everything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from archive_tool.model.paths import as_argument
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from pathlib import Path

SOUND = DEFECTS / "overlap-equal" / "bundle"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["validate", ""], "invalid value for 'BUNDLE...': an empty path"),
        (["info", ""], "invalid value for 'ARCHIVE|STORE': an empty path"),
        (
            ["create", SOUND, "--policy", "keep", "--store", ""],
            "invalid value for '--store': an empty path",
        ),
        (
            ["create", SOUND, "--policy", "keep", "--store", __file__],
            f"invalid value for '--store': Directory '{__file__}' is a file",
        ),
    ],
)
def test_a_path_that_cannot_be_meant_is_wrong_usage(arguments: list[object], said: str) -> None:
    ran = command(*arguments)
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: {said}")


def test_a_report_needs_a_folder_before_anything_is_read(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    ran = command("validate", tmp_path / "absent", "--html", nowhere / "report.html")
    assert (ran.code, ran.err) == (2, f"error: {nowhere}: no such folder\nhint: make it first\n")


def test_a_system_that_says_no_is_no_bug(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    made = lab(tmp_path).create(SOUND)
    folder = tmp_path / "file" / "tables"
    ran = command("extract", made.path, "--to", folder, "--vault", tmp_path / "vault")
    assert (ran.code, ran.err) == (2, f"error: {folder}: not a directory\n")


def test_a_reason_in_bytes_of_another_encoding_is_refused() -> None:
    in_latin_1 = os.fsdecode(b"f\xfcr die Kommission")
    ran = command("validate", SOUND, "--accept", "FIELD-MISSING", "--because", in_latin_1)
    said = "error: because: is no readable text (expected text in UTF-8)\n"
    assert (ran.code, ran.err) == (2, said)


def test_an_unknown_code_cannot_be_accepted() -> None:
    ran = command("validate", SOUND, "--accept", "FIELD-MISING", "--because", "seen")
    assert (ran.code, ran.err) == (
        2, "error: --accept FIELD-MISING: no finding has this code\nhint: did you mean FIELD-MISSING\n",
    )  # fmt: skip
    two = command("validate", SOUND, "--accept", "FIELD-MISSING,FIELD-EMPTY", "--because", "seen")
    assert two.err.splitlines()[1:] == ["hint: write --accept before each code"]
    none = command("validate", SOUND, "--accept", ", ", "--because", "seen")
    assert none.err.splitlines()[1:] == ["hint: docs/findings.md lists the codes"]
    assert command("validate", SOUND, "--accept", "FIELD-MISSING", "--because", "seen").code == 0


def test_where_warnings_fail_every_form_says_so(tmp_path: Path) -> None:
    bundle, page = DEFECTS / "zip-nested" / "bundle.zip", tmp_path / "report.html"
    ran = command("validate", bundle, "--fail-on", "warning", "--html", page)
    title = "o open error, but 1 warning, and warnings fail here"
    assert (ran.code, ran.out.splitlines()[0]) == (12, f"fail: n{title}")
    assert ran.out.splitlines()[-3].startswith("next: Begin with FILE-LEFT-OUT: ")
    assert f"N{title}" in page.read_text(encoding="utf-8")
    line = command("validate", bundle, "--fail-on", "warning", "--line")
    assert (line.code, line.out.split()[0]) == (12, "fail")
    assert command("validate", bundle, "--line").out.split()[0] == "pass"


def test_the_folder_of_the_data_holds_everything_else_too(tmp_path: Path) -> None:
    study, own = tmp_path / "study", lab(tmp_path)
    shutil.copytree(SOUND, study)
    before = command("validate", study, "--json").json
    assert command("validate", study, "--findings", study / "findings.jsonl").code == 0
    create = ("create", study, "--policy", "pseudonymize", "--vault", own.vault.folder)
    ran = command(*create, "--store", study)
    assert (ran.code, ran.err) == (
        2,
        "error: store: the store is the folder of the bundle (expected a folder of its own)\n"
        f"hint: for example --store {study / 'archives'}\n",
    )
    assert command(*create, "--store", study / "archives").code == 0
    again = command("validate", study, "--json").json
    assert again["input"]["sha256"] == before["input"]["sha256"]
    assert again["findings"] == before["findings"]
    listed = command("inspect", study).out
    assert "\n  study/archives/: written by archive-tool\n" in listed
    assert "\n  study/findings.jsonl: written by archive-tool" in listed
    archive = next((study / "archives" / "archives").iterdir())
    shutil.copytree(archive, study / "copy")
    assert "\n  study/copy/: written by archive-tool\n" in command("inspect", study).out


def test_extract_of_a_store_names_an_archive(tmp_path: Path) -> None:
    own = lab(tmp_path)
    made = own.create(SOUND)
    ran = command("extract", own.store, "--to", tmp_path / "out", "--vault", own.vault.folder)
    assert (ran.code, ran.err) == (
        2,
        f"error: {own.store.name}: is a store with 1 archive: they are opened one by one "
        f"(expected the folder of one archive)\nhint: for example {made.path}\n",
    )


def test_what_is_no_store_is_not_swept(tmp_path: Path) -> None:
    own = lab(tmp_path)
    made = own.create(SOUND)
    data = tmp_path / "data"
    data.mkdir()
    (data / "events.csv").write_text("id\n1\n")
    plan = ("--plan", tmp_path / "plan.json", "--vault", own.vault.folder)
    for place in (data, made.path):
        ran = command("sweep", "--store", place, *plan)
        assert (ran.code, ran.err) == (
            15,
            f"error: {place.name}: not a store (expected the folder of a store)\n",
        )
    assert not (tmp_path / "plan.json").exists()
    assert command("sweep", "--store", own.store, *plan).code == 0


def test_the_file_of_a_vault_stands_for_its_folder(tmp_path: Path) -> None:
    own = lab(tmp_path)
    own.create(SOUND)
    ran = command("verify", own.store, "--vault", own.vault.folder / "vault.age")
    assert ran.code == 0, ran.err


def test_the_next_command_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    assert as_argument(tmp_path / "my archives").strip("'\"") == str(tmp_path / "my archives")
    own = lab(tmp_path)
    store = tmp_path / "my archives"
    ran = command(
        "create", SOUND, "--policy", "keep", "--store", store, "--vault", own.vault.folder
    )
    (archive,) = (store / "archives").iterdir()
    assert ran.out.splitlines()[-1] == (
        f"next: archive-tool verify {as_argument(archive)} --vault {as_argument(own.vault.folder)}"
    )


def test_a_name_that_the_pipe_cannot_show_is_escaped(tmp_path: Path) -> None:
    bundle = tmp_path / "Ordner ✓"
    shutil.copytree(SOUND, bundle)
    ran = subprocess.run(
        [sys.executable, "-c", "from archive_tool.cli.main import main; main()", "inspect", bundle],
        env=os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.startswith(b"Ordner \\u2713: ")


def test_tables_of_no_known_type_alone_are_no_table(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    ran = command("validate", tmp_path / "table.csv")
    assert (ran.code, ran.out.splitlines()[0]) == (11, "fail: no table was found")
    assert ran.out.splitlines()[-1] == "next: archive-tool inspect lists what is there"


@pytest.mark.parametrize("module", ["archive_tool", "archive_tool.cli.main"])
def test_the_command_is_a_module_too(module: str) -> None:
    """One that did nothing, and said that all was well, would be the worst of answers."""
    ran = subprocess.run(
        [sys.executable, "-m", module, "info", "/nowhere"], capture_output=True, text=True
    )
    assert ran.returncode == 15
    assert "error: " in ran.stderr
