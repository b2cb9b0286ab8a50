"""Verifies archives: without a key all sums and the signature, with the vault every row too."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive_tool.archive import bag, layout, media, parallel, parquet, sound
from archive_tool.archive.opening import open_archive
from archive_tool.archive.refusals import REFUSALS, naming, undisturbed
from archive_tool.errors import IntegrityError, LockError, VaultError
from archive_tool.keys import sshsig
from archive_tool.model.archive import FileEntry, VerifiedArchive, VerifyReport
from archive_tool.model.files import read_file
from archive_tool.model.progress import Done

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeGuard

    from archive_tool.archive.reader import Archive
    from archive_tool.errors import ArchiveToolError
    from archive_tool.keys.vault import Vault
    from archive_tool.model.paths import AnyPath
    from archive_tool.model.progress import Progress

RENAMED: Final = "archive"
"""Of an error's detail: the archive that lies under another name."""


def verify(
    path: AnyPath,
    *,
    vault: Vault | None = None,
    signer: str | None = None,
    progress: Progress | None = None,
) -> VerifyReport:
    """Verify what is there, as :func:`archive_tool.lifecycle.whole.verify` does.

    That one also knows which archives of a store should be there.
    """
    whole, wrong = verify_each(Path(path), vault=vault, signer=signer, progress=progress)
    if wrong:
        raise first_of(wrong, len(whole))
    return VerifyReport(archives=tuple(whole))


def verify_each(
    path: Path,
    *,
    vault: Vault | None,
    signer: str | None,
    progress: Progress | None,
) -> tuple[list[VerifiedArchive], list[ArchiveToolError]]:
    """Verify all archives; returns those that are whole, and what is wrong with the others."""
    whole: list[VerifiedArchive] = []
    wrong: list[ArchiveToolError] = []
    done = Done(progress)
    for folder in layout.archives_at(path):
        which = nullcontext() if folder == path else naming(folder.name)
        try:
            with which, undisturbed(folder, listed=True), layout.reading(folder):
                whole.append(_verify_one(folder, vault, signer, done))
        except (*REFUSALS, LockError) as error:
            wrong.append(error)
    return whole, sorted(wrong, key=lambda error: isinstance(error, LockError))


def first_of(wrong: Sequence[ArchiveToolError], whole: int) -> ArchiveToolError:
    """Give the first of several errors, each of one archive; its hint tells of all other archives."""
    first, *others = wrong
    if others:
        named = ", ".join(error.where.partition("/")[0] for error in others)
        are = "did not open" if all(isinstance(e, VaultError) for e in wrong) else "are not whole"
        said = f"{len(wrong)} of {len(wrong) + whole} archives {are}, also {named}"
        first.hint = f"{first.hint}; {said}" if RENAMED in first.detail else said
    elif whole:
        said = (
            "the other archive is whole" if whole == 1 else f"the other {whole} archives are whole"
        )
        first.hint = f"{first.hint}; {said}" if first.hint else said
    if whole + len(others):
        first.detail = {**first.detail, "wrong": [str(error) for error in wrong], "whole": whole}
    return first


def _verify_one(
    folder: Path,
    vault: Vault | None,
    signer: str | None,
    done: Done,
) -> VerifiedArchive:
    if not layout.is_archive(folder):
        raise layout.not_an_archive(folder)
    archive = open_archive(folder, vault=vault)
    line = sshsig.openssh_line(archive.seal.signer)
    if signer is not None and sshsig.parse_openssh_line(signer) != archive.seal.signer:
        raise IntegrityError(
            "signed by another key than the given one",
            where=layout.SIGNATURE,
            expected=sshsig.fingerprint(sshsig.parse_openssh_line(signer)),
        )
    if folder.resolve().name != archive.archive_id:  # a link may be called anything
        raise IntegrityError(
            "lies under the name of another archive",
            where=layout.ARCHIVE_JSON,
            hint=f"if its folder was renamed: give it the name {archive.archive_id} again",
            detail={RENAMED: archive.archive_id},
        )
    bag.check_complete(folder, archive.seal)
    _check_index(archive)
    rows = _check_payload(archive, done)
    return VerifiedArchive(
        archive_id=archive.archive_id,
        path=folder,
        files=len(archive.seal.digests) + archive.seal.tag_files,
        rows=None if vault is None else rows,
        erased=None if vault is None else archive.erased,
        not_granted=sum(not archive.is_granted(entry) for entry in archive.index),
        signer=line,
        fingerprint=sshsig.fingerprint(archive.seal.signer),
        older=vault is not None
        and archive.manifest.revision < vault.newest_revision(archive.archive_id),
        trusted=vault is not None or signer is not None,
    )


def _check_index(archive: Archive) -> None:
    """With a vault: the index and the manifest must name the same files, with equal sums."""
    if archive.vault is None:
        return
    listed = {layout.path_of(e): e.sha256 for e in archive.index}
    tables = {
        path: digest
        for path, digest in archive.seal.digests.items()
        if path.startswith((layout.TABLES, layout.RECORDINGS))
    }
    for path in sorted(tables.keys() ^ listed.keys()):
        raise IntegrityError("index and manifest do not name the same files", where=path)
    for path, digest in tables.items():
        if listed[path] != digest:
            raise IntegrityError("index and manifest do not have the same sum", where=path)


def _check_payload(archive: Archive, done: Done) -> int:
    entries = {layout.path_of(e): e for e in archive.index}
    rows = 0
    todo = [(path, entries.get(path)) for path in sorted(archive.seal.digests)]
    for read, size in parallel.in_order(lambda item: _check_file(archive, *item), todo):
        rows += read
        done.add(read, size)
    return rows


def _check_file(archive: Archive, path: str, entry: FileEntry | None) -> tuple[int, int]:
    """Check one payload file; returns its rows (0 if it was not decrypted) and its bytes."""
    if path.startswith(layout.RECORDINGS):
        return 0, _check_recording(archive, path, entry)
    content = read_file(archive.path / path, most=parquet.LARGEST)
    if path.startswith(layout.TABLES) and content[:4] != parquet.MAGIC:
        raise IntegrityError("is not encrypted", where=path, expected="an encrypted Parquet file")
    if hashlib.sha256(content).hexdigest() != archive.seal.digests[path]:
        raise IntegrityError("was changed: its sum does not fit", where=path)
    if not _is_read(entry, archive):
        return 0, len(content)
    table = parquet.decode(
        content,
        archive.key_of(entry),
        where=path,
        dictionaries=archive.dictionary_columns(entry),
    )
    sound.check_table(table, entry, archive.shape(entry), where=path)
    return table.num_rows, len(content)


def _check_recording(archive: Archive, path: str, entry: FileEntry | None) -> int:
    """Check a sealed recording, with a key every segment of it; returns its bytes."""
    with media.opened(archive.path / path, where=path) as stream:
        stream.seek(0)
        whole = media.Sum().drain(media.pieces(stream))
    if whole.sha256 != archive.seal.digests[path]:
        raise IntegrityError("was changed: its sum does not fit", where=path)
    if _is_read(entry, archive):
        media.Sum().drain(archive.read_recording(entry))
    return whole.bytes


def _is_read(entry: FileEntry | None, archive: Archive) -> TypeGuard[FileEntry]:
    """Whether a file is decrypted too: not without a vault, nor what was erased or not granted."""
    return entry is not None and archive.is_granted(entry) and not archive.is_erased(entry)
