"""Two copies of a vault that both go on: neither has the keys, the people or the releases of the other.

They meet in a store, where one finds an archive that its own key has signed and that it knows
nothing of. A vault that was set back to an older copy finds the same.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from archive_tool.archive import bag
from archive_tool.archive.refusals import REFUSALS
from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys import sshsig
from archive_tool.lifecycle import places

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.keys import Vault


def made_elsewhere(store: Path, vault: Vault) -> tuple[str, ...]:
    """Name the archives of a store that the vault's key signed, and that it has no keys of.

    What is wrong with archives that cannot be read is for others to say.
    """
    found = []
    for folder in places.archives_of(store):
        if _is_known(vault, folder.name):
            continue
        signer = ""
        with suppress(*REFUSALS, OSError):
            signer = sshsig.openssh_line(bag.read_seal(folder).signer)
        if vault.has_signed(signer):
            found.append(folder.name)
    return tuple(found)


def refuse(store: Path, vault: Vault) -> None:
    """IntegrityError (16) naming the first archive of :func:`made_elsewhere`.

    LockError (21) when this very vault was written since it was opened: it may know the archive now.
    """
    for archive_id in made_elsewhere(store, vault):
        vault.refuse_changed()
        raise IntegrityError(
            "was made with another copy of this vault, or with a newer one: this one has no keys of "
            "it",
            where=archive_id,
            hint="use that copy, and write no other; if it is lost nobody can read the archive: "
            "move it out of the store",
        )


def _is_known(vault: Vault, archive_id: str) -> bool:
    with suppress(VaultError):
        vault.refuse_unknown(archive_id)
        return True
    return False
