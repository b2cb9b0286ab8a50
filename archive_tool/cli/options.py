"""Options that several commands share, each written once."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from archive_tool.cli.keys import GivenVault
from archive_tool.cli.streams import say
from archive_tool.model.moments import midnight
from archive_tool.model.paths import at_home, is_address

if TYPE_CHECKING:
    _OfMoments = click.ParamType[datetime]
else:
    _OfMoments = click.ParamType  # says of what only from click 8.4 on

F = TypeVar("F", bound=Callable[..., Any])


class Moment(_OfMoments):
    """A date (``2026-11-20``, midnight UTC) or a point in time with its zone."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse to UTC; a time without a zone is refused."""
        if isinstance(value, datetime):
            return value
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            pass
        else:
            return midnight(day)
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("not a date (expected 2026-11-20 or 2026-11-20T14:30:00Z)", param, ctx)
        if moment.tzinfo is None:
            self.fail(
                "a time without a zone (expected for example 2026-11-20T14:30:00Z)", param, ctx
            )
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            self.fail("a time that is before year 1 or after year 9999 in UTC", param, ctx)


MOMENT = Moment()


class WholeNumber(click.IntRange):
    """A whole number, called so where it is none."""

    name = "whole number"


class GivenPath(click.Path):
    """A path on this machine that is not empty: an unset variable would mean the working folder."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        """Refuse the empty text and addresses, then convert as click does."""
        text = os.fsdecode(value)
        if not text:
            self.fail("an empty path", param, ctx)
        if is_address(text):
            self.fail("an address (expected a path on this machine)", param, ctx)
        given = os.fspath(at_home(Path(text))) if text.startswith("~") else text
        return Path(os.fsdecode(super().convert(given, param, ctx)))


def path_option(
    name: str, env: str, text: str, *, required: bool = False, folder: bool = False
) -> Callable[[F], F]:
    """An option that takes a path and can come from the environment; ``folder``: of no file."""
    kind = GivenPath(file_okay=not folder)
    return click.option(name, type=kind, envvar=env or None, required=required, help=text)


def bundles(function: F) -> F:
    """``BUNDLE...``: folders, ZIPs and files, in any mix."""
    return click.argument(
        "bundles", metavar="BUNDLE...", nargs=-1, required=True, type=GivenPath()
    )(function)


def as_of(function: F) -> F:
    """``--as-of DATE``: the clock enters here and nowhere else."""
    return click.option(
        "--as-of",
        type=MOMENT,
        default=lambda: datetime.now(UTC),
        envvar="ARCHIVE_TOOL_AS_OF",
        show_default="now",
        help="Take this for today's date: 2026-11-20, for example.",
    )(function)


def store(function: F) -> F:
    """``--store DIR``."""
    return path_option(
        "--store", "ARCHIVE_TOOL_STORE", "Folder of the archives.", required=True, folder=True
    )(function)


def vault(*, required: bool, grant: bool = False) -> Callable[[F], F]:
    """``--vault DIR`` with the ways to unlock it, as one :class:`~archive_tool.cli.keys.GivenVault`.

    ``grant``: a grant will do in its place.
    """
    text = "Folder of the keys, or a grant." if grant else "Folder of the keys."

    def decorate(function: F) -> F:
        @path_option("--vault", "ARCHIVE_TOOL_VAULT", text, required=required)
        @path_option(
            "--identity",
            "ARCHIVE_TOOL_IDENTITY",
            "File with the private key that opens it.  [default: identity.txt in the vault]",
        )
        @path_option(
            "--passphrase-file",
            "ARCHIVE_TOOL_PASSPHRASE_FILE",
            "File with the passphrase of the identity.",
        )
        @functools.wraps(function)
        def callback(
            *,
            vault: Path | None,
            identity: Path | None,
            passphrase_file: Path | None,
            **others: Any,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401
            given = GivenVault(
                folder=vault, identity=identity, passphrase_file=passphrase_file, or_grant=grant
            )
            return function(vault=given, **others)

        return cast("F", callback)

    return decorate


def workers(function: F) -> F:
    """``--workers``: how many processes share the work on large bundles."""
    return click.option(
        "--workers",
        type=WholeNumber(min=0),
        envvar="ARCHIVE_TOOL_WORKERS",
        metavar="N",
        help="Processes beside this one for large bundles: by default one per further processor, "
        "at most 3; each takes about 200 MB of memory.",
    )(function)


def lock_wait(function: F) -> F:
    """``--lock-wait SECONDS``: take turns with others that write to the same store or vault."""

    @click.option(
        "--lock-wait",
        type=WholeNumber(min=0),
        envvar="ARCHIVE_TOOL_LOCK_WAIT",
        default=0,
        show_default=True,
        metavar="SECONDS",
        help="Wait up to so long for another process that is writing; exit 21 after that.",
    )
    @functools.wraps(function)
    def callback(*, lock_wait: int, **options: Any) -> Any:  # noqa: ANN401
        return _waiting(function, options, lock_wait)

    return cast("F", callback)


def tells_waiting(function: F) -> F:
    """Of a command that only adds a line to the audit log: it says so when others are waited for."""

    @functools.wraps(function)
    def callback(**options: Any) -> Any:  # noqa: ANN401
        return _waiting(function, options, 0)

    return cast("F", callback)


def _waiting(function: Callable[..., Any], options: dict[str, Any], seconds: int) -> Any:  # noqa: ANN401
    from archive_tool.keys.lock import waiting

    most = f"; at most {seconds} seconds" if seconds else ""

    def tell(what: str) -> None:
        if not options.get("quiet"):
            say(f"waiting: {what}: another process is writing{most}")

    with waiting(seconds, tell):
        return function(**options)


def quiet(function: F) -> F:
    """``--quiet``: no progress, no advice on stderr."""
    return click.option("--quiet", "-q", is_flag=True, help="No progress and no advice on stderr.")(
        function
    )


def id_file(*, required: bool) -> Callable[[F], F]:
    """``--id-file F|-``: ids of people come from a file or stdin, never from the command line."""
    text = "File with one participant id per line; - for stdin."
    return _file_or_stdin("--id-file", text, required=required)


def name_file(function: F) -> F:
    """``--name-file F|-``: what people are called, never on the command line either."""
    text = "File with one whole name or address per line; - for stdin."
    return _file_or_stdin("--name-file", text, required=True)(function)


def withdrawn(function: F) -> F:
    """``--withdrawn F|-``: who took their consent back; ids, so never on the command line."""
    text = "Leave out these people: file with one participant id per line; - for stdin."
    return _file_or_stdin("--withdrawn", text, required=False)(function)


def _file_or_stdin(name: str, text: str, *, required: bool) -> Callable[[F], F]:
    return click.option(
        name,
        required=required,
        metavar="FILE|-",
        type=click.Path(exists=True, dir_okay=False, allow_dash=True),
        help=text,
    )


def operator(function: F) -> F:
    """``--operator NAME``: who stands on the certificate."""
    return click.option(
        "--operator",
        default="",
        envvar="ARCHIVE_TOOL_OPERATOR",
        help="Who does this: name and office, for the certificate.",
    )(function)


def present(function: F) -> F:
    """``--present FILE``: custodians who are here to see that they can open the new vault."""
    return click.option(
        "--present",
        multiple=True,
        metavar="FILE",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Private key of another custodian: the new vault is read back with it too; repeatable.",
    )(function)
