"""The outside of an archive: a BagIt 1.0 bag (RFC 8493) whose tag manifest is signed.

The signature covers the tag manifest, that covers the manifest, that covers every payload file:
one signature for everything. ``sha256sum -c``, bagit-python and ``ssh-keygen -Y verify`` check
each step without us.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.archive import layout
from archive_tool.errors import IntegrityError
from archive_tool.keys import sshsig
from archive_tool.model.files import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

_BAGIT_TEXT: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")


_DESKTOP: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
"""What macOS and Windows put into a folder that somebody looked at; and ``._`` before a name is what
macOS keeps beside a file on foreign drives."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What the signature of an archive covers."""

    digests: Mapping[str, str]
    """Payload path to SHA-256, hex."""
    signer: bytes
    """Ed25519 public key of whoever signed."""
    tag_files: int
    """Number of tag files whose sum was checked."""


def tag_files(
    digests: Mapping[str, str],
    *,
    archive_id: str,
    created: datetime,
    payload_bytes: int,
    software: str,
    signing_key: bytes,
) -> dict[str, bytes]:
    """Make the files beside ``data``: name to content."""
    info = (
        f"Bag-Software-Agent: {software}\nBagging-Date: {created.date().isoformat()}\n"
        f"External-Identifier: {archive_id}\nPayload-Oxum: {payload_bytes}.{len(digests)}\n"
    )
    files = {
        layout.BAGIT: _BAGIT_TEXT.encode(),
        layout.BAG_INFO: info.encode(),
        layout.MANIFEST: _listing(digests),
    }
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files[layout.TAG_MANIFEST] = _listing(sums)
    signature = sshsig.sign(signing_key, files[layout.TAG_MANIFEST])
    files[layout.SIGNATURE] = signature.encode()
    return files


def read_seal(folder: Path) -> Seal:
    """Check signature, tag files and the manifest's form, all but the payload itself.

    Raises IntegrityError naming the file. Whether the signer is the right one is for the caller.
    """
    tags = _read(folder, layout.TAG_MANIFEST)
    signature = _read(folder, layout.SIGNATURE)
    signer = sshsig.verify(signature, tags, where=layout.SIGNATURE)
    sums = _parse(tags, layout.TAG_MANIFEST)
    if set(sums) != set(layout.TAG_FILES):
        raise IntegrityError("does not list the three tag files", where=layout.TAG_MANIFEST)
    contents = {name: _read(folder, name) for name in layout.TAG_FILES}
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != sums[name]:
            raise IntegrityError("was changed: its sum does not fit", where=name)
    digests = _parse(contents[layout.MANIFEST], layout.MANIFEST)
    for path in digests:
        if not layout.SAFE_PATH.fullmatch(path):
            raise IntegrityError("lists a path outside the payload", where=layout.MANIFEST)
    return Seal(digests=digests, signer=signer, tag_files=len(contents) + 2)


def check_complete(folder: Path, seal: Seal) -> None:
    """IntegrityError naming the first file that is missing, or file or folder that nobody listed."""
    found = layout.files_below(folder)
    expected = {*seal.digests, *layout.TAG_FILES, layout.TAG_MANIFEST, layout.SIGNATURE}
    for path in sorted(expected - found):
        raise IntegrityError("is missing", where=path)
    for path in sorted(found - expected):
        name = path.rpartition("/")[2].lower()
        of_desktop = name in _DESKTOP or name.startswith("._")
        raise IntegrityError(
            "does not belong to the archive",
            where=path,
            hint="the desktop left it there, and nothing is lost: remove it" if of_desktop else "",
        )


def read_checked(folder: Path, seal: Seal, path: str) -> bytes:
    """Read one payload file; IntegrityError when it is missing or not what the manifest says."""
    expected = seal.digests.get(path)
    if expected is None:
        raise IntegrityError("is not in the manifest", where=path)
    content = _read(folder, path)
    if hashlib.sha256(content).hexdigest() != expected:
        raise IntegrityError("was changed: its sum does not fit", where=path)
    return content


def read_text(folder: Path, seal: Seal, path: str) -> str:
    """Read one payload file of text, as :func:`read_checked`; IntegrityError when it is none."""
    text: str | None = None
    with suppress(UnicodeDecodeError):
        text = read_checked(folder, seal, path).decode()
    if text is None:
        raise IntegrityError("is not text in UTF-8", where=path)
    return text


def _read(folder: Path, name: str) -> bytes:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise IntegrityError("is missing", where=name)
    return read_file(path)


def _listing(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def _parse(content: bytes, name: str) -> dict[str, str]:
    lines = content.decode("utf-8", "replace").split("\n")
    matches = [_LINE.fullmatch(line) for line in lines[:-1]]
    digests = {match[2]: match[1] for match in matches if match is not None}
    if lines[-1] or len(digests) != len(matches):
        raise IntegrityError("is not a list of sums", where=name)
    return digests
