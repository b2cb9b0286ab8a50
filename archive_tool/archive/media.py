"""Recordings, sealed as streams: whatever their size, a few MiB of memory and no plaintext on disk.

    file      = MAGIC || segment 0 || segment 1 || …
    segment n = AES-256-GCM(file key, nonce = n (11 bytes, big-endian) || is last (1 byte),
                            1 MiB of the recording, the last one less or as much, AAD = MAGIC)

STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age seals its payload: a segment that was
changed, moved, left out, added or taken from another file does not open, nor does a cut-off end.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, BinaryIO, Final

from archive_tool.errors import FormatError, IntegrityError
from archive_tool.keys import primitives
from archive_tool.model.files import open_in_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

MAGIC: Final = b"ATMEDIA\x01"
"""First 8 bytes of a sealed recording; the last of them is the version."""

SEGMENT: Final = 1 << 20
"""Bytes of plain recording in a segment."""

TAG: Final = 16
"""Bytes that sealing adds to a segment."""

_NAME: Final = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|. -][^\x00-\x1f\x7f/\\:*?\"<>|]*")
"""What an extracted file may be called, on every system: nothing hidden, no way to elsewhere."""


class Sum:
    """SHA-256 and size of what passes by."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.bytes = 0

    @property
    def sha256(self) -> str:
        """Of all that passed, hex."""
        return self._hash.hexdigest()

    def over(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Hand parts on."""
        for part in parts:
            self._hash.update(part)
            self.bytes += len(part)
            yield part

    def drain(self, parts: Iterable[bytes]) -> Sum:
        """Take parts in and keep none of them."""
        for _ in self.over(parts):
            pass
        return self


def check_name(name: str) -> str:
    """Give a name back; FormatError for one that no extracted file may have."""
    if not _NAME.fullmatch(name):
        raise FormatError("not a name for an extracted file", where="media")
    return name


def pieces(stream: BinaryIO, size: int = SEGMENT) -> Iterator[bytes]:
    """Read a buffered stream in pieces of ``size`` bytes; only the last may be shorter."""
    while piece := stream.read(size):
        yield piece


def seal(parts: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """Seal a recording that comes in :func:`pieces`."""
    yield MAGIC
    for number, (part, is_last) in enumerate(_with_end(parts)):
        yield primitives.seal_segment(key, number, part, is_last=is_last, bound_to=MAGIC)


def unseal(path: Path, key: bytes, *, where: str) -> Iterator[bytes]:
    """Undo :func:`seal`, segment by segment; nothing is handed out that was not verified.

    Only the end of the iteration says that the recording is whole. Raises IntegrityError (16)
    naming ``where`` when the file is missing, was changed or cut, or another key sealed it.
    """
    with opened(path, where=where) as stream:
        segments = pieces(stream, SEGMENT + TAG)
        for number, (sealed, is_last) in enumerate(_with_end(segments)):
            try:
                part = primitives.open_segment(key, number, sealed, is_last=is_last, bound_to=MAGIC)
            except IntegrityError as error:
                error.where = where
                raise
            yield part


def opened(path: Path, *, where: str) -> BinaryIO:
    """Open a sealed recording behind its magic; IntegrityError when it is none."""
    if path.is_symlink() or not path.is_file():
        raise IntegrityError("is missing", where=where)
    stream = open(open_in_place(path, os.O_RDONLY), "rb")  # noqa: SIM115  (the caller closes it)
    if stream.read(len(MAGIC)) != MAGIC:
        stream.close()
        raise IntegrityError("is not sealed", where=where, expected="a sealed recording")
    return stream


def write(
    parts: Iterable[bytes],
    key: bytes,
    *,
    put: Callable[[Iterable[bytes]], object],
    path: Path,
    where: str,
) -> Sum:
    """Seal a recording, read it back and compare; gives the sum of the sealed file.

    ``put`` writes what it is given to ``path``. Raises IntegrityError when the file does not read
    back as it was written.
    """
    plain, sealed = Sum(), Sum()
    put(sealed.over(seal(plain.over(parts), key)))
    if Sum().drain(unseal(path, key, where=where)).sha256 != plain.sha256:
        raise IntegrityError("did not read back as it was written", where=where)
    return sealed


def _with_end(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Give each part and whether it is the last; one empty part where there is none."""
    rest = iter(parts)
    held = next(rest, b"")
    for part in rest:
        yield held, False
        held = part
    yield held, True
