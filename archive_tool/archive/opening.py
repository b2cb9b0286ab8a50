"""Opens an archive: the seal first, then with a vault its signer, then the index."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from archive_tool.archive import bag, index, layout, manifest, sound
from archive_tool.archive.reader import Archive
from archive_tool.archive.refusals import naming
from archive_tool.errors import IntegrityError
from archive_tool.keys import primitives, require_open, sshsig
from archive_tool.model.paths import as_path

if TYPE_CHECKING:
    from archive_tool.keys.vault import Vault
    from archive_tool.model.paths import AnyPath


def open_stored(store: Path, archive_id: str, vault: Vault) -> Archive:
    """Open one of the archives of a store: as :func:`open_archive`, and errors name it."""
    with naming(archive_id):
        return open_archive(layout.stored(store, archive_id), vault=vault)


def open_archive(path: AnyPath, *, vault: Vault | None = None) -> Archive:
    """Open an archive: check its seal, and with a vault its signer, and read its index.

    Raises FormatError (15) when it is no archive or of another version, IntegrityError (16) when
    it was changed or is not signed by the vault's key, VaultError (17) when the vault has no keys
    of it, UsageError (2) for a store.
    """
    path = layout.one_archive(as_path(path, "archive"))
    seal = bag.read_seal(path)
    stated = manifest.decode(bag.read_checked(path, seal, layout.ARCHIVE_JSON))
    signer = sshsig.openssh_line(seal.signer)
    if stated.signer != signer:
        raise IntegrityError("signed by another key than it says", where=layout.SIGNATURE)
    if vault is None:
        return Archive(path=path, manifest=stated, seal=seal, vault=None, index=(), _secrets=None)
    require_open(vault)
    # a vault from a backup must not open what was erased since
    for place in {Path(os.path.abspath(path)), Path(os.path.realpath(path))}:  # it may be a link
        vault.heed_store(place.parent.parent)
    secrets = vault.archive_secrets(stated.archive_id)
    vault.refuse_former(signer, stated.archive_id)
    if not primitives.same(signer.encode(), vault.public_key.encode()):
        raise IntegrityError(
            "signed by a key that is not the vault's",
            where=layout.SIGNATURE,
            hint="somebody else may have made or changed this archive",
        )
    content = bag.read_checked(path, seal, layout.INDEX)
    sound.check_manifest(stated)
    entries = index.decode(content, secrets, stated.index_check)
    sound.check_index(stated, entries)
    return Archive(
        path=path, manifest=stated, seal=seal, vault=vault, index=entries, _secrets=secrets
    )
