"""The command line: which commands there are, and the one place where errors become exit codes.

Nothing heavy is imported here: ``archive-tool --help`` and ``info`` start without pandas.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from archive_tool.cli import ending, refused
from archive_tool.cli.answer import document
from archive_tool.cli.settings import default_map, nearest
from archive_tool.cli.streams import prepare_streams, say
from archive_tool.errors import ArchiveToolError
from archive_tool.model.pipes import is_unread
from archive_tool.model.version import NAME, VERSION
from archive_tool.pipeline.processes.interpreter import ours_alone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMANDS: Final = {
    "inspect": "Show what is in a bundle; judges nothing.",
    "validate": "Check a bundle and report findings.",
    "report": "Render saved findings again: terminal, HTML, PDF.",
    "create": "Turn a bundle into an encrypted, signed archive.",
    "info": "Show what an archive or a store is; no key needed.",
    "verify": "Prove that an archive is whole and ours.",
    "extract": "Write an archive's tables as CSV, JSON, Parquet or for SPSS.",
    "policy": "List, show, check and explain policies.",
    "key": "Make, show, share and renew the keys of a study.",
    "sweep": "Destroy what is past its retention date.",
    "retention": "Change until when an archive is kept.",
    "subject": "Find, hand out or erase what one person gave.",
    "hold": "Keep archives or people from being destroyed.",
    "audit": "Show and check the audit log of a store.",
}

_HELP: Final = frozenset({"-h", "--help", "--version"})
"""Answered without the settings of the project: a mistake in them keeps no help back."""

HELP: Final = """Turn HyperStudy bundles into archives that an ethics board accepts.

A bundle is what was downloaded: folders, ZIPs and files. A store is the folder of the archives, and
a vault the folder of the keys that open them. A policy says for every field what may leave.

\b
  archive-tool key init --vault keys
  archive-tool create export.zip --policy pseudonymize --store archives --vault keys
  archive-tool verify archives --vault keys
  archive-tool extract archives/archives/ID --to tables --vault keys

Everything works offline. Secrets are never given on the command line.
"""


class LazyGroup(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the work, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import ``archive_tool.cli.commands.<name>`` and take its ``command``; ``ctx.obj``: the settings."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"archive_tool.cli.commands.{cmd_name}")
        command: click.Command = module.command
        _keep_examples(command)
        ctx.default_map = {cmd_name: default_map(command, ctx.obj or {})}
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the table above, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say what was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


def _keep_examples(command: click.Command) -> None:
    """Turn the mark of examples, written in raw docstrings, into the one that click knows."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _keep_examples(inner)


@click.group(cls=LazyGroup, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name=NAME)
def archive_tool() -> None:
    """Entry point of all commands."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; prints, never raises."""
    wants_json = "--json" in arguments
    name = next((a for a in arguments if a in COMMANDS), NAME)
    try:
        code = archive_tool.main(
            args=list(arguments),
            prog_name=NAME,
            standalone_mode=False,
            obj={} if _HELP.intersection(arguments) else nearest(),
        )
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except (click.Abort, KeyboardInterrupt) as stop:
        return _stopped(name, ending.code_of(stop), wants_json=wants_json)
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.ctx.get_help())
        return 2
    except click.ClickException as error:
        what = _plainly(error)
        hint = _way_out(error, what, name)
        return _fail(name, what, hint=hint, code=2, wants_json=wants_json)
    except ArchiveToolError as error:
        return _fail(
            name,
            str(error),
            hint=error.hint,
            code=error.exit_code,
            wants_json=wants_json,
            kind=type(error).__name__,
            detail=error.detail,
        )
    except OSError as error:
        return _refused(name, error, wants_json=wants_json)
    except Exception as error:  # noqa: BLE001 the last boundary: a bug must not print data
        return _broken(name, error, wants_json=wants_json)


def _refused(name: str, error: OSError, *, wants_json: bool) -> int:
    """Something that the system did not let us do, or the other side of a pipe that is gone."""
    if (ended := ending.code_of(error)) is not None:  # the terminal went away, too
        return _stopped(name, ended, wants_json=wants_json)
    if is_unread(error):  # there is nobody left to answer
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    what, hint = refused.said_of(error)
    code, kind = refused.code_of(error), type(error).__name__
    return _fail(name, what, hint=hint, code=code, wants_json=wants_json, kind=kind)


def _broken(name: str, error: Exception, *, wants_json: bool) -> int:
    """What nobody foresaw: the machine lacks something, or it is a bug, told without values."""
    kind = type(error).__name__
    if (lacking := refused.resource_of(error)) is not None:
        what, hint = lacking
        return _fail(name, what, hint=hint, code=1, wants_json=wants_json, kind=kind)
    hint = "this is a bug in archive-tool; nothing was published. Report the lines above"
    _trace_without_values(error)
    return _fail(name, f"bug: {kind}", hint=hint, code=1, wants_json=wants_json)


def _stopped(name: str, code: int | None, *, wants_json: bool) -> int:
    """Ctrl-C, or a signal that asks for the end; None where a question was left unanswered."""
    hint = "nothing is half done: what was begun was taken back, or the next command that changes "
    hint += "the store finishes it"
    code = code or 130
    return _fail(name, "stopped", hint=hint, code=code, wants_json=wants_json, kind="Stopped")


def _plainly(error: click.ClickException) -> str:
    """Say it as all errors are said, and of an option that is missing what it is for."""
    what = error.format_message().rstrip(".")
    missing = error.param if isinstance(error, click.MissingParameter) else None
    if isinstance(missing, click.Option) and missing.help:
        what = f"{what}: {missing.help.rstrip('.')}"
    return what[:1].lower() + what[1:]


def _way_out(error: click.ClickException, what: str, name: str) -> str:
    """Name the command as it was called, inner ones too, or what it takes one of.

    The shell writes several paths for ``archives/*``; ``name`` is what is known without a context.
    """
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return f"see {NAME if name == NAME else f'{NAME} {name}'} --help"
    takes = [
        p.make_metavar(context) for p in context.command.params if isinstance(p, click.Argument)
    ]
    if takes and "unexpected extra argument" in what:
        one = takes[-1].strip("[]")
        return f"{context.command_path} takes one {one}: name it where * stands for several"
    return f"see {context.command_path} --help"


def _fail(
    name: str,
    what: str,
    *,
    code: int,
    wants_json: bool,
    hint: str = "",
    kind: str = "UsageError",
    detail: Mapping[str, object] | None = None,
) -> int:
    say(f"error: {what}")
    if hint:
        say(f"hint: {hint}")
    if wants_json:
        error = {"kind": kind, "message": what, "hint": hint}
        with suppress(OSError):  # what was wrong may well be where it goes
            click.echo(document(name, {**(detail or {}), "error": error}, code))
    return code


def _trace_without_values(error: BaseException) -> None:
    """Where a bug happened: files and lines of the call stack, no messages and no locals."""
    for frame in traceback.extract_tb(error.__traceback__):
        say(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}")


def main() -> NoReturn:
    """Console script.

    The system takes back at once what the process holds; Python would give back half a gigabyte
    object by object, a fifth of a second in which nobody waits for anything. All files and locks
    were closed by the command.
    """
    ending.end_in_order()
    ours_alone()
    prepare_streams()
    faulthandler.enable(all_threads=False)  # a mapped file that is cut off ends a process at once
    code = run(sys.argv[1:])
    with suppress(OSError):  # the reader of a pipe went away
        sys.stdout.flush()
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
