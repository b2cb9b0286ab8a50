"""Every failure the tool can name, with its exit code.

The exit code is an attribute of the class, so that the CLI needs no table of
its own. Wording follows one rule: ``<where>: <what> (expected <what>)``, lower
case, no full stop. **No message may hold a data value**: ``where`` is a file
name, a policy path or a table and column; ``what`` is a plain sentence.

0 is success, 1 is a machine without room or memory, or a bug in this tool, 2 is wrong usage; ours
start at 10.
"""

from __future__ import annotations

import os
import traceback
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class ArchiveToolError(Exception):
    """Base of all named failures; never raised itself."""

    exit_code: int = 1

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        expected: str = "",
        hint: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.hint = hint
        if hint:  # a traceback, in a notebook too, tells the way out as the command line does
            self.add_note(f"hint: {hint}")
        self.detail = dict(detail or {})
        """Further fields for ``--json``: counts and labels, never a value."""

    def __str__(self) -> str:
        where = f"{_one_line(self.where)}: " if self.where else ""
        expected = f" (expected {_one_line(self.expected)})" if self.expected else ""
        return f"{where}{self.what}{expected}"

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows (IPython asks for it): the caller's own lines, what, and the way out.

        Not our files, and no variables of theirs: they hold rows, and a notebook saves what it shows.
        """
        ours = os.path.dirname(os.path.abspath(__file__)) + os.sep
        callers = takewhile(
            lambda frame: not frame.filename.startswith(ours),
            traceback.extract_tb(self.__traceback__),
        )
        lines = [
            f"line {frame.lineno}: {frame.line}"
            for frame in callers
            if "IPython" not in frame.filename  # which runs the cell
        ]
        return [*lines, f"{type(self).__name__}: {self}", *getattr(self, "__notes__", ())]

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling: a worker process hands its failure to the parent."""
        return _rebuild, (type(self), self.what, self.where, self.expected, self.hint, self.detail)


def _one_line(told: str) -> str:
    """Give the name of a file, say, that somebody else made up: it must not pass for our next line."""
    return "\N{REPLACEMENT CHARACTER}".join(told.splitlines())


def _rebuild(
    kind: type[ArchiveToolError],
    what: str,
    where: str,
    expected: str,
    hint: str,
    detail: Mapping[str, object],
) -> ArchiveToolError:
    return kind(what, where=where, expected=expected, hint=hint, detail=detail)


class UsageError(ArchiveToolError):
    """The command line or the call is wrong; nothing was read."""

    exit_code = 2


class BundleError(ArchiveToolError):
    """A bundle cannot be opened, is hostile, or is larger than the limits allow."""

    exit_code = 10


class IngestError(ArchiveToolError):
    """A file is not what it says it is."""

    exit_code = 11


class ValidationError(ArchiveToolError):
    """Findings at or above the level that the caller set."""

    exit_code = 12


class PolicyError(ArchiveToolError):
    """The policy cannot be parsed, or leaves a field undecided."""

    exit_code = 13


class RetentionError(ArchiveToolError):
    """The retention date forbids it, or ``--check`` found something due."""

    exit_code = 14


class FormatError(ArchiveToolError):
    """Not an archive of ours, or of a version this release does not know."""

    exit_code = 15


class IntegrityError(ArchiveToolError):
    """Changed, truncated, swapped, rolled back or badly signed."""

    exit_code = 16


class VaultError(ArchiveToolError):
    """A key is missing or wrong, or its subject was erased."""

    exit_code = 17


class DisclosureError(ArchiveToolError):
    """The leak gate or a release rule refused."""

    exit_code = 18


class PlanError(ArchiveToolError):
    """A plan is stale, was changed, or was not confirmed."""

    exit_code = 19


class SubjectError(ArchiveToolError):
    """The subject is in none of the archives."""

    exit_code = 20


class LockError(ArchiveToolError):
    """Another process holds the lock, or has changed the vault or an archive since it was opened."""

    exit_code = 21
