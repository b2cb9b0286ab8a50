"""The library as a notebook uses it: paths as text, a ready policy by its name."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import archive_tool
from archive_tool.errors import UsageError

NOW = datetime(2026, 5, 1, tzinfo=UTC)
MESSAGE = {
    "messageId": "m1",
    "experimentId": "e",
    "roomId": "room_a",
    "senderId": "user_1",
    "content": "write to anna@uni.example",
    "timestamp": "2026-04-20T14:30:45.123Z",
    "onset": 5,
    "messageType": "text",
}


def test_the_whole_way_with_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = {"metadata": {"dataType": "chat"}, "data": [MESSAGE]}
    (tmp_path / "chat.json").write_text(json.dumps(page))
    archive_tool.Vault.create("keys", study="s", passphrase=None, now=NOW)
    vault = archive_tool.Vault.open("keys", identity="keys/identity.txt")
    checked = archive_tool.validate("chat.json", as_of=NOW, policy="pseudonymize")
    assert checked.policy == "pseudonymize"
    made = archive_tool.create(
        "chat.json", policy="pseudonymize", store="store", vault=vault, now=NOW
    )
    (stated,) = archive_tool.info("store")
    (verified,) = archive_tool.verify("store", vault=vault).archives
    assert {stated.manifest.archive_id, verified.archive_id} == {made.archive_id}
    archive = archive_tool.open_archive(f"store/archives/{made.archive_id}", vault=vault)
    (row,) = archive.read("chat").to_pandas().to_dict("records")
    assert row["content"] == "write to [EMAIL]"
    (file,) = archive_tool.extract(archive, to="tables")
    assert file.path.read_text().splitlines()[1].count("[EMAIL]") == 1


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("import archive_tool; archive_tool.create; archive_tool.open_archive", False),
        ("from archive_tool.cli import main; main.run = lambda _: 0; "
         "import os; os._exit = lambda _: None; main.main()", True),
    ],
)  # fmt: skip
def test_the_settings_of_the_process_are_the_command_lines_alone(code: str, kept: bool) -> None:
    names = ("MIMALLOC_PURGE_DELAY", "MIMALLOC_ALLOW_THP", "OPENBLAS_NUM_THREADS")
    bare = {name: value for name, value in os.environ.items() if name not in names}
    late = "'numpy' in sys.modules or 'pyarrow' in sys.modules" if kept else "False"
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys\n{code}\nimport os; print([n in os.environ for n in {names}], {late})",
        ],
        env=bare,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == f"{[kept] * 3} False\n"


def test_numbers_beyond_all_measure_leave_the_terminal_alone(tmp_path: Path) -> None:
    rows = [MESSAGE | {"messageId": str(n), "onset": onset} for n, onset in enumerate([5, -1e308])]
    (tmp_path / "chat.json").write_text(json.dumps(rows))
    ran = subprocess.run(
        [sys.executable, "-c", "from archive_tool.cli.main import main; main()",
         "validate", str(tmp_path / "chat.json")],
        capture_output=True, text=True,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")


def test_only_our_own_sums_are_silent_and_only_on_the_command_line() -> None:
    warn = "warnings.warn_explicit('too large', RuntimeWarning, 'f', 1, module={!r})"
    code = "import warnings; from archive_tool.pipeline.processes.interpreter import ours_alone; {}; {}"

    def said(start: str, module: str) -> bool:
        program = code.format(start, warn.format(module))
        ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        return "too large" in ran.stderr

    assert not said("ours_alone()", "archive_tool.disclose.cells.lines")
    assert said("ours_alone()", "elsewhere")
    assert said("pass", "archive_tool.disclose.cells.lines")


def test_a_store_is_not_one_archive(tmp_path: Path) -> None:
    (tmp_path / "store" / "archives" / "20260501-aaaabbbbcccc").mkdir(parents=True)
    with pytest.raises(UsageError) as refused:
        archive_tool.open_archive(tmp_path / "store")
    assert str(refused.value) == (
        "store: is a store with 1 archive: they are opened one by one "
        "(expected the folder of one archive)"
    )
    assert refused.value.hint.endswith("20260501-aaaabbbbcccc")


def test_a_type_checker_knows_every_name_and_finds_it_where_it_is_loaded_from() -> None:
    """Names are loaded when they are used: a checker reads other lines than Python does."""
    (block,) = [
        node
        for node in ast.parse(Path(archive_tool.__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.If)
    ]
    told = {
        alias.asname: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }
    assert told == archive_tool._HOMES
    assert all(getattr(archive_tool, name) is not None for name in archive_tool.__all__)


def test_a_loaded_policy_is_itself() -> None:
    loaded = archive_tool.load_policy("keep")
    assert archive_tool.load_policy(loaded) is loaded
