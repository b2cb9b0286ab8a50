"""``archive.toml``: what a project says once holds for every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from archive_tool.cli import settings
from archive_tool.cli.main import COMMANDS, LazyGroup
from tests.support.commands import command

if TYPE_CHECKING:
    from pathlib import Path


def test_every_command_reads_the_settings_that_it_has_options_for() -> None:
    said = dict.fromkeys((*settings.PATHS, *settings.WORDS), "x")
    group = LazyGroup()
    looked_at = 0
    for name in COMMANDS:
        context = click.Context(group, obj=said)
        command = group.get_command(context, name)
        assert command is not None
        assert context.default_map is not None
        given = context.default_map[name]
        inner = command.commands if isinstance(command, click.Group) else {"": command}
        for called, one in inner.items():
            options = {p.name for p in one.params if isinstance(p, click.Option)}
            found = given[called] if called else given
            assert set(found) == options & said.keys(), (name, called)
            looked_at += len(found)
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
