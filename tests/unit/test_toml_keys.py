"""Keys of TOML that have no end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archive_tool.errors import (
    PolicyError,
)
from archive_tool.model.parsed import parse_toml
from archive_tool.policy import load_policy
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "key",
    [".".join(["a"] * 40), " . ".join(["a"] * 40), '"a".' * 40 + "a", "'a'." * 40 + "a"],
    ids=["bare", "spaced", "quoted", "literal"],
)
def test_a_key_of_endless_parts_is_refused_before_it_fills_the_memory(
    tmp_path: Path, key: str
) -> None:
    """tomllib keeps every beginning of such a key: one of 200 kB takes 40 GB."""
    path = tmp_path / "p.toml"
    for text in (f"{key} = 1\n", f"[{key}]\n", f"x = {{{key} = 1}}\n"):
        path.write_text(text)
        said = problem(PolicyError, lambda: load_policy(path))
        assert said == "p.toml: not TOML: nested too deeply, or a number is too long"


def test_a_long_text_is_no_key_of_many_parts() -> None:
    names = [f"name{number}.surname" for number in range(1000)]
    text = f"names = {json.dumps(names)}\nmore = '{'a' * 500_000}'\nurl = 'www.a.b.c.d.e.f.g'\n"
    assert parse_toml(text)["names"] == names
