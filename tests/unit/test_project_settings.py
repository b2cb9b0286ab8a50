"""``archive.toml``: what a project says once holds for every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from archive_tool.cli import settings
from archive_tool.cli.main import COMMANDS, LazyGroup
from tests.support.commands import command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


LINES = """store = "archives"
vault = "keys"
identity = "me.txt"
policy = "keep"
"""


def _commands() -> Iterator[tuple[str, click.Command]]:
    """Every command as it is called, those of groups too."""
    group = LazyGroup()
    for name in COMMANDS:
        found = group.get_command(click.Context(group), name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from ((f"{name} {inner}", one) for inner, one in found.commands.items())
        else:
            yield name, found


def test_every_command_reads_the_settings_that_it_has_options_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "archive.toml").write_text(LINES)
    monkeypatch.chdir(tmp_path)
    given = settings.default_map()
    looked_at = 0
    for called, one in _commands():
        options = {p.name for p in one.params if isinstance(p, click.Option)}
        known = options & {*settings.PATHS, *settings.WORDS}
        found = given
        for word in called.split():
            found = found.get(word, {})
        assert set(found) == known, called
        looked_at += len(known)
    assert looked_at > 50


def test_settings_reach_the_commands_of_a_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "archive.toml").write_text('vault = "keys"\n')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert command("key", "init").code == 0
    assert (tmp_path / "keys" / "vault.age").is_file()
    assert command("key", "show").out.startswith("vault ")


@pytest.mark.parametrize("asked", [("--help",), ("extract", "-h"), ("--version",)])
def test_a_mistake_in_the_settings_keeps_no_help_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...]
) -> None:
    (tmp_path / "archive.toml").write_text('valt = "keys"\n')
    monkeypatch.chdir(tmp_path)
    assert command(*asked).code == 0
    assert command("key", "show").code == 2
