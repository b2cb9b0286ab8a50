"""The files of all inputs, with their kinds, counted against the limits."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from archive_tool.bundle.files import Stamp, mapped, opened
from archive_tool.bundle.ignored import NESTED, why_ignored_file, why_ignored_folder
from archive_tool.bundle.kinds import is_zip, kind_of
from archive_tool.bundle.limits import KIB, Limits
from archive_tool.bundle.members import MemberReader
from archive_tool.bundle.names import hints_from_path
from archive_tool.bundle.walk import natural, walk
from archive_tool.bundle.zips import read_directory
from archive_tool.errors import BundleError
from archive_tool.model.bundle import FileKind, NameHints
from archive_tool.model.texts import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archive_tool.bundle.walk import Found
    from archive_tool.bundle.zip_entries import Member

_NO_HINTS: Final = NameHints()


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the bytes of one file lie."""

    path: str
    """The file itself, or the ZIP that holds it."""
    stamp: Stamp
    """Of ``path`` when it was listed: another one now means that it changed."""
    member: Member | None = None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A file before it has its label."""

    shown: str
    size: int
    kind: FileKind
    note: str = ""
    hints: NameHints = _NO_HINTS
    source: Source | None = None


class Listing:
    """Gathers the files of all inputs and counts them against the limits."""

    def __init__(self, limits: Limits, *, list_broken: bool = False) -> None:
        self.files: list[tuple[int, Listed]] = []
        self.broken: list[BundleError] = []
        """Why ZIPs cannot be opened, where ``list_broken`` lists them; else the first is raised."""
        self._limits = limits
        self._list_broken = list_broken
        self._unpacked = 0
        self._seen: set[str] = set()

    def add(self, number: int, root: Path) -> None:
        """List one input."""
        before = len(self.files)
        if root.is_dir():
            real = os.path.realpath(root)
            for found in walk(root, self._limits):
                self._extend(number, self._in_folder(root, real, found))
        elif root.is_file():
            stamp = Stamp.of(root.stat())
            source = Source(path=str(root), stamp=stamp)
            # a file alone may still lie in a folder that is named after its room
            real, above = os.path.realpath(root), (root.parent.name,)
            self._extend(number, self._file(source, root.name, real, (*above, root.name)))
        else:
            raise BundleError("not a file or folder", where=printable(root.name))
        if len(self.files) == before:
            raise BundleError(
                "nothing in it", where=printable(root.name), expected="files of an export"
            )

    def _extend(self, number: int, listed: Iterator[Listed]) -> None:
        for one in listed:
            self.files.append((number, one))
            if len(self.files) > self._limits.files:
                raise BundleError("too many files", expected=f"at most {self._limits.files}")

    def _in_folder(self, root: Path, real: str, found: Found) -> Iterator[Listed]:
        shown = "/".join((root.name, *found.names))
        if found.stamp is None:
            yield _ignored(shown, found.size, found.ignored)
        else:
            # no link was followed below the root, so the names are real ones
            real = os.path.join(real, *found.names)
            source = Source(path=found.path, stamp=found.stamp)
            yield from self._file(source, shown, real, (root.name, *found.names))

    def _file(
        self, source: Source, shown: str, real: str, names: tuple[str, ...]
    ) -> Iterator[Listed]:
        """One plain file: ignored, a ZIP with its members, or something with a kind.

        ``names``: its own, behind those of the folders above.
        """
        name, size = names[-1], source.stamp.size
        reason = why_ignored_file(name)
        if real in self._seen:
            reason = "the same file was given twice"
        if reason is not None:
            yield _ignored(shown, size, reason)
            return
        self._seen.add(real)
        if size > self._limits.file_bytes:
            raise BundleError(
                "too large",
                where=printable(shown),
                expected=f"at most {self._limits.file_bytes} bytes",
            )
        head = _Peek(source, printable(shown))
        if is_zip(name, head(4)):
            try:
                yield from self._zip(source, shown, names)
            except BundleError as error:
                if not self._list_broken:
                    raise
                self.broken.append(error)
                broken = FileKind.BROKEN, error.what
                yield _listed(shown, size, broken, names, source)
            return
        kind, note = kind_of(name, size, head)
        yield _listed(shown, size, (kind, note), names, source)

    def _zip(self, source: Source, shown: str, above: tuple[str, ...]) -> Iterator[Listed]:
        """List the members of a ZIP in natural order, as if it were a folder."""
        where = printable(shown)
        zip_bytes = mapped(source.path, source.stamp, where)
        members = read_directory(zip_bytes, where, self._limits)
        self._unpacked += sum(member.size for member in members)
        if self._unpacked > self._limits.unpacked_bytes:
            raise BundleError(
                "too much in all ZIPs together",
                where=where,
                expected=f"at most {self._limits.unpacked_bytes} bytes unpacked",
            )
        left_alone: set[str] = set()
        for member in sorted(members, key=lambda member: natural(tuple(member.name.split("/")))):
            names = member.name.split("/")
            inside = f"{shown}!/{member.name}"
            folder, reason = _ignored_above(names)
            if reason:
                if folder not in left_alone:
                    left_alone.add(folder)
                    yield _ignored(f"{shown}!/{folder}/", 0, reason)
                continue
            reason = why_ignored_file(names[-1]) or (
                NESTED if names[-1].lower().endswith(".zip") else ""
            )
            if reason:
                yield _ignored(inside, member.size, reason)
                continue
            packed = replace(source, member=member)
            peek = _MemberPeek(zip_bytes, member, printable(inside))
            kind = kind_of(names[-1], member.size, peek)
            yield _listed(inside, member.size, kind, (*above, *names), packed)


def _listed(
    shown: str, size: int, kind: tuple[FileKind, str], names: tuple[str, ...], source: Source
) -> Listed:
    what, note = kind
    if what is FileKind.IGNORED:
        return _ignored(shown, size, note)
    hints = hints_from_path(names)
    return Listed(
        shown=printable(shown), size=size, kind=what, note=note, hints=hints, source=source
    )


def _ignored(shown: str, size: int, note: str) -> Listed:
    """List with a reason and without a way to its bytes: what is ignored is never opened."""
    return Listed(shown=printable(shown), size=size, kind=FileKind.IGNORED, note=note)


def _ignored_above(names: Sequence[str]) -> tuple[str, str]:
    """Find the outermost folder that is left alone, and why; empty strings when there is none."""
    for depth, folder in enumerate(names[:-1], start=1):
        reason = why_ignored_folder(folder)
        if reason is not None:
            return "/".join(names[:depth]), reason
    return "", ""


class _Peek:
    """The first bytes of a plain file; reads again only when more is asked for."""

    def __init__(self, source: Source, where: str) -> None:
        self._source, self._where = source, where
        self._head = b""

    def __call__(self, count: int) -> bytes:
        if len(self._head) < min(count, self._source.stamp.size):
            with opened(self._source.path, self._source.stamp, self._where) as stream:
                self._head = stream.read(max(count, 4 * KIB))
        return self._head[:count]


class _MemberPeek:
    """The first bytes of a file in a ZIP."""

    def __init__(self, zip_bytes: memoryview, member: Member, where: str) -> None:
        self._zip_bytes, self._member, self._where = zip_bytes, member, where

    def __call__(self, count: int) -> bytes:
        reader = MemberReader(self._zip_bytes, self._member, self._where)
        return io.BufferedReader(reader, 4 * KIB).read(count)
