"""Every command that a page, a hint or a help text names exists, with the options it is given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import pytest

import archive_tool
from archive_tool.cli.main import COMMANDS, NAME
from archive_tool.cli.main import archive_tool as group

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = Path(archive_tool.__file__).parent
PAGES: Final = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SOURCES: Final = sorted(PACKAGE.rglob("*.py"))

CODE: Final = re.compile(r"`([^`\n]+)`")
FULL: Final = re.compile(rf"{NAME} ([a-z].*)")
END: Final = re.compile(r"[|;)>`]| \d> ")
OPTION: Final = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def wrong(words: str, *, prose: bool = False) -> str:
    """What of a command line does not exist; empty when all of it does.

    In ``prose`` what follows a command that has no commands of its own may be a sentence.
    """
    text = END.split(words, maxsplit=1)[0]
    first, *rest = text.replace(",", " ").replace(":", " ").split() or [""]
    context = click.Context(group, info_name=NAME)
    command = group.get_command(context, first.rstrip("."))
    if command is None:
        return f"no command {first}"
    if isinstance(command, click.Group) and rest and re.fullmatch(r"[a-z-]+\.?", rest[0]):
        inner = command.commands.get(rest[0].rstrip("."))
        if inner is None:
            return "" if prose and rest[0] in {"in", "and"} else f"no command {first} {rest[0]}"
        command = inner
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return ", ".join(o for o in OPTION.findall(text) if o not in {*known, "--help"})


def joined(text: str) -> str:
    """A text whose lines that end with a backslash go on in the same line."""
    return re.sub(r"\\{1,2}\n\s*", " ", text)


def test_what_does_not_exist_is_told() -> None:
    assert wrong("create export.zip --policy keep --store S --vault K") == ""
    assert wrong("subject find | access") == ""
    assert wrong("creat export.zip") == "no command creat"
    assert wrong("key make --vault K") == "no command key make"
    assert wrong("key init --vaults K --json") == "--vaults"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_commands_that_exist(page: Path) -> None:
    text = joined(page.read_text(encoding="utf-8"))
    named = [found for line in text.splitlines() for found in FULL.findall(line)]
    # also without the name of the tool: `key rotate`, `create --withdrawn FILE`
    spans = [span for span in CODE.findall(text) if span.split()[0] in COMMANDS]
    named += [span for span in spans if re.match(r"[a-z]+ (?:[a-z-]+$|.*--|[a-z-]+ [-A-Z])", span)]
    assert [(words, wrong(words)) for words in named if wrong(words)] == []


def test_hints_and_helps_name_commands_that_exist() -> None:
    found = [
        (path.name, words)
        for path in SOURCES
        for line in joined(path.read_text(encoding="utf-8")).splitlines()
        for words in FULL.findall(line)
    ]
    assert len(found) > 50
    assert [(*one, wrong(one[1], prose=True)) for one in found if wrong(one[1], prose=True)] == []


def test_all_commands_stand_in_a_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    context = click.Context(group, info_name=NAME)
    missing = []
    for name in COMMANDS:
        command = group.get_command(context, name)
        inner = command.commands if isinstance(command, click.Group) else {"": None}
        missing += [
            f"{name} {one}".strip()
            for one in inner
            if not re.search(rf"\b{name}\b[^\n]*\b{one}\b", text)
        ]
    assert missing == []


def every_command(command: click.Command, context: click.Context) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from every_command(inner, context)


def test_every_option_says_what_it_is_for_and_stands_in_a_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    options = [
        option
        for command in every_command(group, click.Context(group, info_name=NAME))
        for option in command.params
        if isinstance(option, click.Option)
    ]
    assert len(options) > 100
    assert [option.opts for option in options if not option.help] == []
    known = {name for option in options for name in option.opts if name.startswith("--")}
    missing = {name for name in known if not re.search(rf"{name}(?![\w-])", text)}
    assert missing - {"--version"} == set()


def test_no_list_of_commands_cuts_a_sentence_off() -> None:
    context = click.Context(group, info_name=NAME)
    groups = [one for one in every_command(group, context) if isinstance(one, click.Group)]
    assert len(groups) > 5
    shown = [one.get_help(click.Context(one, info_name="x")) for one in groups]
    assert [
        line for text in shown for line in text.splitlines() if re.search(r"\w\.\.\.$", line)
    ] == ["    archive-tool key add-recipient --vault keys --recipient age1..."]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if link.startswith("http"):
            continue
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            heads = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads]
            assert anchor in slugs, link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_of_ours_that_a_page_names_is_there(page: Path) -> None:
    for name in re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", page.read_text(encoding="utf-8")):
        assert (PACKAGE / name).is_file() or (ROOT / name).is_file(), name
