"""The page for whoever carries the code on names files, words and functions that are there."""

from __future__ import annotations

import re
from pathlib import Path

from archive_tool.model.policy import Basis, Ending
from archive_tool.policy.rules import WORDS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
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
    folders = [ROOT / name for name in ("archive_tool", "sample_data", "tests/unit")]
    code = "".join(p.read_text("utf-8") for one in folders for p in sorted(one.rglob("*.py")))
    assert len(NAMES) > 12
    assert [name for name in sorted(NAMES) if not re.search(rf"\b{name}\b", code)] == []


def test_the_tests_that_are_named_are_tests() -> None:
    named = re.findall(r"`(tests/(?:unit|docs|vectors)/test_\w+\.py)`", PAGE)
    assert len(named) >= 15
    assert all((ROOT / name).is_file() for name in named)


def test_the_words_of_a_policy_are_those_of_the_code() -> None:
    policies = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    table = policies.split("| action | what it does | fits |", 1)[1].split("\n\n", 1)[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(WORDS)
    assert f'basis = "{Basis.SESSION_END}"      # {" | ".join(Basis)}\n' in policies
    assert f'action = "{Ending.DESTROY}"         # {" | ".join(Ending)}\n' in policies
