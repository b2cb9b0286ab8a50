"""An open bundle: its files, and the only ways to their bytes."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self, cast

from archive_tool.bundle.files import Stamp, changed, mapped, opened
from archive_tool.bundle.limits import KIB, Limits
from archive_tool.bundle.listing import Listed, Listing, Source
from archive_tool.bundle.members import MemberReader
from archive_tool.errors import BundleError, UsageError
from archive_tool.model.archive import ARCHIVE_JSON
from archive_tool.model.bundle import TABLE_KINDS, FileKind, SourceFile
from archive_tool.model.paths import as_path
from archive_tool.model.processors import threads_worth
from archive_tool.model.texts import printable
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from archive_tool.bundle.zip_entries import Member
    from archive_tool.model.paths import AnyPath, Inputs

_OPEN_ZIPS: Final = 16
"""ZIPs that stay mapped at a time."""
_LIMITS: Final = Limits()


class Bundle:
    """The files of a bundle, read-only. Made by :func:`open_bundle`; a context manager."""

    def __init__(
        self, name: str, listed: Sequence[tuple[int, Listed]], limits: Limits = _LIMITS
    ) -> None:
        self.name: Final = name
        """Short name of the inputs, for people; it may hold ids."""
        self.limits: Final = limits
        """The limits it was opened with; later stages keep to the same table."""
        self._sources: dict[str, Source] = {}
        self._digests: dict[str, str] = {}
        self._lock = Lock()
        self._zip = lru_cache(_OPEN_ZIPS)(mapped)
        files = []
        for number, (root, one) in enumerate(listed, start=1):
            label = f"F{number:03d}"
            if one.source is not None:
                self._sources[label] = one.source
            files.append(
                SourceFile(
                    label=label,
                    path=one.shown,
                    size=one.size,
                    kind=one.kind,
                    hints=one.hints,
                    note=one.note,
                    root=root,
                )
            )
        self.files: Final[tuple[SourceFile, ...]] = tuple(files)
        """Every file, the ignored ones too: inputs as given, then paths in natural order."""

    def __repr__(self) -> str:
        """Number and size of the files that may be data; no name, which may hold an id."""
        files = [file for file in self.files if file.kind is not FileKind.IGNORED]
        size = sum(file.size for file in files)
        return f"<Bundle: {count(len(files), 'file')}, {count(size, 'byte')}>"

    def __getstate__(self) -> dict[str, object]:
        """Travel to another process: where the files lie, not what is open here."""
        return {"name": self.name, "limits": self.limits, "files": self.files, "at": self._sources}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["name"], (), state["limits"])  # type: ignore[misc]
        self.__dict__.update(files=state["files"], _sources=state["at"])

    def buffer(self, file: SourceFile) -> memoryview:
        """Give all bytes of a file: mapped when it is plain, unpacked when it lies in a ZIP."""
        source = self._source(file)
        limits = self.limits
        most = limits.buffer_bytes if source.member is None else limits.member_buffer_bytes
        if file.size > most:
            raise BundleError(
                "too large for one document",
                where=file.path,
                expected=f"at most {most} bytes",
                hint="fetch it in pages, or as CSV",
            )
        if source.member is None:
            return mapped(source.path, source.stamp, file.path)
        # the size was held against the limits, and the pages of the array come as they are filled
        unpacked = memoryview(bytearray(file.size))
        reader = self._member_reader(source, source.member, file)
        filled = 0
        while True:
            count = reader.readinto(unpacked[filled:])
            filled += count
            if not count or filled == file.size:
                return unpacked.toreadonly()

    def open(self, file: SourceFile) -> BinaryIO:
        """Open a stream over the bytes of a file; the caller closes it. Not seekable in a ZIP."""
        source = self._source(file)
        if source.member is None:
            return opened(source.path, source.stamp, file.path)
        reader = self._member_reader(source, source.member, file)
        return cast("BinaryIO", io.BufferedReader(reader, 256 * KIB))

    def local_path(self, file: SourceFile) -> Path | None:
        """Where a plain file lies on disk; None for a file in a ZIP."""
        source = self._source(file)
        return Path(source.path) if source.member is None else None

    def sha256(self, file: SourceFile) -> str:
        """Hex digest of a file's bytes, read in chunks once and kept; threads may call it."""
        known = self._digests.get(file.label)
        if known is None:
            with self.open(file) as stream:
                known = hashlib.file_digest(cast("io.BufferedReader", stream), "sha256").hexdigest()
            with self._lock:
                self._digests[file.label] = known
        return known

    def digest(self) -> str:
        """One digest of what the bundle holds, whatever its files are called and however ordered.

        SHA-256 over the sorted lines ``<sha256> <size>`` of all files that are not ignored.
        """
        files = [file for file in self.files if file.kind is not FileKind.IGNORED]
        with ThreadPoolExecutor(threads_worth()) as threads:
            digests = list(threads.map(self.sha256, files))
        lines = (f"{digest} {file.size}\n" for digest, file in zip(digests, files, strict=True))
        return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()

    def refuse_changed(self) -> None:
        """Raise BundleError for the first file that is not what it was when it was listed.

        Each is looked at when it is opened; this is for what happened while it was read.
        """
        looked_at: set[str] = set()
        for file in self.files:
            source = self._sources.get(file.label)
            if source is None or source.path in looked_at:
                continue
            looked_at.add(source.path)
            now: Stamp | None = None
            with suppress(OSError):
                now = Stamp.of(os.stat(source.path))
            where = _on_disk(file, source)
            if now is None:
                raise BundleError(
                    "went away while it was being read",
                    where=where,
                    hint="see whether the disk that holds it is still connected",
                )
            if now != source.stamp:
                raise changed(where)

    def close(self) -> None:
        """Let go of all files. Buffers already handed out stay readable."""
        self._sources.clear()
        self._zip.cache_clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _source(self, file: SourceFile) -> Source:
        source = self._sources.get(file.label)
        if source is None:
            raise BundleError(
                "not open to readers", where=file.path, expected="data of an open bundle"
            )
        return source

    def _member_reader(self, source: Source, member: Member, file: SourceFile) -> MemberReader:
        zip_bytes = self._zip(source.path, source.stamp, _on_disk(file, source))
        return MemberReader(zip_bytes, member, file.path)


def _on_disk(file: SourceFile, source: Source) -> str:
    """Where its owner finds the file itself, or the ZIP that holds it."""
    if source.member is None:
        return file.path
    return file.path.removesuffix(printable(f"!/{source.member.name}"))


def inputs(paths: Inputs) -> Sequence[Path]:
    """Give one path or many as many: a text alone would be read letter by letter."""
    named: list[AnyPath]
    if isinstance(paths, str | os.PathLike):
        named = [paths]
    elif isinstance(paths, Iterable):
        named = [*paths]
    else:
        raise UsageError(
            "is no path", where="bundle", expected="a folder, a ZIP or a file, or a list of them"
        )
    if not named or "" in named:
        # an unset variable of a shell is an empty path, and that would be the working folder
        raise BundleError("no input", expected="a folder, a ZIP or a file")
    return [as_path(path, "bundle") for path in named]


def open_bundle(paths: Inputs, *, limits: Limits = _LIMITS, list_broken: bool = False) -> Bundle:
    """Open folders, ZIPs and single files, one or many, as one bundle.

    Lists everything and opens nothing but the first bytes of what may be data. Raises
    :class:`BundleError` when an input does not exist, holds nothing or is an archive of ours, when
    a ZIP is damaged or hostile, and when a limit is passed. With ``list_broken`` such a ZIP is one of
    the files, of the kind ``broken``, where there are tables beside it: for who wants to see all.
    """
    given = inputs(paths)
    roots = [Path(os.path.abspath(path)) for path in given]  # keeps the name of a linked folder
    listing = Listing(limits, list_broken=list_broken)
    for number, (root, path) in enumerate(zip(roots, given, strict=True)):
        if not root.exists():
            raise BundleError("no such file or folder", where=printable(str(path)))
        _refuse_archive(root)
        listing.add(number, root)
    if listing.broken and not any(one.kind in TABLE_KINDS for _, one in listing.files):
        raise listing.broken[0]
    shown = printable(roots[0].name or str(roots[0]))
    name = shown if len(roots) == 1 else f"{shown} and {len(roots) - 1} more"
    return Bundle(name, listing.files, limits)


def _refuse_archive(root: Path) -> None:
    """Its tables are encrypted: read as a bundle, it would look like one without rows."""
    if (root / ARCHIVE_JSON).is_file() or any(root.glob(f"archives/*/{ARCHIVE_JSON}")):
        raise BundleError(
            "is an archive or a store of archives",
            where=printable(root.name),
            expected="files that were downloaded",
            hint="archive-tool info shows it, verify proves it, extract takes its tables out",
        )
