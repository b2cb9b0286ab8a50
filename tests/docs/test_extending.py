"""The page for whoever carries the code on: what it names is there, and its examples run."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from archive_tool.cli import main
from archive_tool.model.findings import FIRST_ROWS
from archive_tool.model.policy import Basis, Ending
from archive_tool.policy.rules import WORDS
from archive_tool.validation import checks
from tests.support.checking import findings, row
from tests.support.commands import command

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]
WHOLE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", WHOLE, re.DOTALL | re.MULTILINE)
PAGE = re.sub(r"^```.*?^```$", "", WHOLE, flags=re.DOTALL | re.MULTILINE)
QUOTED = re.findall(r"`([^`\n]+)`", PAGE)
PLACES = {word for word in QUOTED if "/" in word and " " not in word}
SHORT = {"model/datatypes.py"}
"""Named after the folder that the sentence speaks of."""
NAMES = {word.removesuffix("()") for word in QUOTED if re.fullmatch(r"[A-Z_]\w+(\(\))?|_\w+", word)}


def test_every_file_that_is_named_is_there() -> None:
    assert len(PLACES) > 40
    assert [place for place in sorted(PLACES - SHORT) if not (ROOT / place).exists()] == []
    package = list((ROOT / "archive_tool").rglob("*.*"))
    for place in SHORT:
        assert any(path.as_posix().endswith(f"/{place}") for path in package), place


def test_every_name_is_one_of_the_code() -> None:
    folders = [
        ROOT / name for name in ("archive_tool", "sample_data", "tests/unit", "tests/support")
    ]
    code = "".join(p.read_text("utf-8") for one in folders for p in sorted(one.rglob("*.py")))
    assert len(NAMES) > 12
    assert [name for name in sorted(NAMES) if not re.search(rf"\b{name}\b", code)] == []


def test_the_tests_that_are_named_are_tests() -> None:
    named = re.findall(r"`(tests/(?:unit|docs|vectors|property)/test_\w+\.py)`", PAGE)
    assert len(named) >= 15
    assert all((ROOT / name).is_file() for name in named)


def test_the_words_of_a_policy_are_those_of_the_code() -> None:
    policies = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    table = policies.split("| action | what it does | fits |", 1)[1].split("\n\n", 1)[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(WORDS)
    assert f'basis = "{Basis.SESSION_END}"      # {" | ".join(Basis)}\n' in policies
    assert f'action = "{Ending.DESTROY}"         # {" | ".join(Ending)}\n' in policies


def module(number: int, name: str) -> ModuleType:
    """One of the examples as a file that was imported."""
    made = ModuleType(name)
    exec(compile(EXAMPLES[number], name, "exec"), made.__dict__)
    return made


def test_the_finding_that_is_shown_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = module(0, "example")
    monkeypatch.setattr(checks, "_ROW_CHECKS", (*checks._ROW_CHECKS, shown.check_length))
    rows = [row("events", id=f"e{n}", onset=n, duration=n * 1e8) for n in range(FIRST_ROWS)]
    (found,) = (one for one in findings({"events": rows}) if one.code == shown.EVENT_LONG.name)
    assert (found.column, found.check) == ("duration", "duration <= 1 day")
    assert found.rows is not None
    assert found.rows.first == (2, 3, 4, 5)


def test_the_command_that_is_shown_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "archive_tool.cli.commands.list"
    monkeypatch.setitem(sys.modules, name, module(1, name))
    monkeypatch.setitem(main.COMMANDS, "list", "List the archives of a store.")
    golden = ROOT / "tests" / "vectors" / "golden"
    ran = command("list", "--store", golden / "store")
    assert (ran.code, ran.err) == (0, "")
    ids = sorted(path.name for path in (golden / "store" / "archives").iterdir())
    assert [line.split()[0] for line in ran.out.splitlines()] == ["archive", *ids]
    assert command("list", "--store", tmp_path / "none", "--json").json["exit_code"] == 15
    (tmp_path / "archive.toml").write_text(f"store = '{golden / 'store'}'\nvault = 'none'\n")
    monkeypatch.chdir(tmp_path)
    refused = command("list", "--json")
    assert refused.code == refused.json["exit_code"] == 17


def test_no_example_is_left_out() -> None:
    assert len(EXAMPLES) == 2
