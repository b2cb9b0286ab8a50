"""Whether a store is whole: all archives that are there, and none of those that were made is lost.

The audit log says what was made. A folder that somebody deleted or moved away breaks no signature
of the others: without this, a store that lost an archive would be called whole.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.archive import layout
from archive_tool.archive.verify import RENAMED, first_of, verify_each
from archive_tool.errors import IntegrityError, VaultError
from archive_tool.lifecycle import places
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.audit_log.recording import CREATE
from archive_tool.lifecycle.unreadable import Unreadable
from archive_tool.model.archive import VerifyReport
from archive_tool.model.files import read_file
from archive_tool.model.parsed import parsed
from archive_tool.model.paths import as_path

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.model.paths import AnyPath
    from archive_tool.model.progress import Progress


_MADE: Final = (CREATE, audit.DONE)


class _Gone(msgspec.Struct):
    """What a tombstone says of its archive, as far as it is read here."""

    id: str
    whole: bool


class _Stone(msgspec.Struct):
    archive: _Gone


def verify(
    path: AnyPath,
    *,
    vault: Vault | None = None,
    signer: str | None = None,
    progress: Progress | None = None,
) -> VerifyReport:
    """Verify an archive, or every archive of a store and that none is missing.

    Checks the signature, every sum, that nothing is missing and nothing is there that was not
    listed. With a vault: that the signer is ours, that every file decrypts, and that its rows are
    those of the index; with a grant, of the files that it opens. ``signer`` is an OpenSSH public
    key line to insist on. ``progress`` is told how far it has come. When all were looked at,
    raises the error of the first file or archive that is wrong, and its hint tells of the other
    archives: IntegrityError (16), FormatError (15) for what is no archive, VaultError (17) for
    keys that are not here.
    """
    path = as_path(path, "archive")
    found, wrong = verify_each(path, vault=vault, signer=signer, progress=progress)
    if not layout.is_archive(path):
        renamed = {error.detail.get(RENAMED) for error in wrong}
        wrong += gone(path, vault, there=renamed)
    if wrong:
        raise first_of(wrong, len(found))
    return VerifyReport(archives=tuple(found))


def gone(
    store: Path, vault: Vault | None = None, *, there: Collection[object] = ()
) -> list[IntegrityError]:
    """Say of each lost archive that it is; but not of those that are ``there`` under other names."""
    return [_lost(one) for one in missing(store, audit.read(store), vault) if one not in there]


def _lost(archive_id: str) -> IntegrityError:
    return IntegrityError(
        "is missing: the audit log says that it was made, and nothing that it was destroyed",
        where=archive_id,
        hint="put it back from a copy",
    )


def missing(store: Path, records: Sequence[Record], vault: Vault | None = None) -> tuple[str, ...]:
    """Return the ids of lost archives, in the order they were made, by the lines of the log.

    What was destroyed has a tombstone; with a vault that still has the keys of an archive, a
    tombstone proves nothing. A store without a log has lost nothing that anybody knows of.
    """
    absent = _not_there(store, records)
    buried = _buried(store) if absent else set()
    return tuple(
        archive_id
        for archive_id in absent
        if (_opens(vault, archive_id) or archive_id not in buried)
        and not (vault is not None and vault.is_destroyed(archive_id))
    )


def unseen(store: Path, records: Sequence[Record], vault: Vault) -> list[Unreadable]:
    """Say which lost archives the vault still opens: their dates and people nobody can look at."""
    return [lost(one) for one in _not_there(store, records) if _opens(vault, one)]


def lost(archive_id: str) -> Unreadable:
    """Say of one archive that it is lost."""
    return Unreadable.because(archive_id, _lost(archive_id))


def _not_there(store: Path, records: Sequence[Record]) -> list[str]:
    """Give what was made here and is not here, whatever became of it."""
    there = {folder.name for folder in places.archives_of(store)}
    made = (r.detail.get("archive", "") for r in records if (r.event, r.phase) == _MADE)
    return [archive_id for archive_id in dict.fromkeys(made) if archive_id not in there]


def _opens(vault: Vault | None, archive_id: str) -> bool:
    with suppress(VaultError):
        return vault is not None and bool(vault.archive_secrets(archive_id))
    return False


def _buried(store: Path) -> set[str]:
    """Ids of the archives that went as a whole, by their tombstones."""
    found = set()
    for stone in sorted((store / places.STATE / places.TOMBSTONES).glob("*.json")):
        about = parsed(read_file(stone), _Stone)
        if about is not None and about.archive.whole:
            found.add(about.archive.id)
    return found
