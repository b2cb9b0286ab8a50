"""Nothing that is printed steers the terminal, whoever wrote what it quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from archive_tool.model.texts import unsteered
from tests.support.archives import Made, small
from tests.support.commands import command
from tests.support.resigning import restated

if TYPE_CHECKING:
    from pathlib import Path


CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COLOUR: Final = "\x1b[31m\x9b31m\u202e"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return small(tmp_path)


def test_no_manifest_steers_the_terminal_that_shows_it(made: Made) -> None:
    restated(made, policy={"name": f"keep{COLOUR}"}, tool_version=COLOUR, accepted=[COLOUR])
    ran = command("info", made.path)
    assert ran.code == 0
    assert "policy    keep\ufffd[31m\ufffd31m\ufffd, version 1" in ran.out
    assert not CONTROL.search(ran.out)
    assert not CONTROL.search(command("info", made.path, "--json").out)


def test_no_name_of_a_file_steers_the_terminal_or_passes_for_a_line_of_ours(made: Made) -> None:
    (made.path / f"{COLOUR}\nhint: run this").write_bytes(b"")
    ran = command("verify", made.path)
    assert ran.code == 16
    assert ran.err == (
        "error: \ufffd[31m\ufffd31m\ufffd\ufffdhint: run this: does not belong to the archive\n"
    )


def test_no_policy_steers_the_terminal(tmp_path: Path) -> None:
    policy = tmp_path / "p.toml"
    policy.write_text('"\\u001b[31m" = 1\n')
    ran = command("policy", "check", policy)
    assert ran.code == 13
    assert not CONTROL.search(ran.err)


def test_what_is_printed_keeps_lines_tabs_and_letters_of_all_scripts() -> None:
    text = "a\tb\nÄ 小明 \u200f\u200c é"
    assert unsteered(text) == text
    assert unsteered("a\rb\x07\x85\u2028") == "a\ufffdb\ufffd\ufffd\ufffd"
