"""Archives of a store that cannot be looked at: they are named, and keep nobody from the others.

One file that went bad on a disk must not hold up what is due in all other archives, nor what a
person asks for. Whoever looks through a store says which archives it left out, and ends with their
exit code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archive_tool.errors import VaultError

if TYPE_CHECKING:
    from archive_tool.errors import ArchiveToolError


class Unreadable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An archive that was not looked at.

    It was changed, is not whole or is gone (16), is of a version that we do not know (15), or no key
    of the vault opens it (17): it is from before the keys were renewed, or another copy of the vault
    made it.
    """

    archive: str
    why: str
    code: int
    """Exit code of what is wrong."""

    @property
    def is_sealed(self) -> bool:
        """Whether no key of the vault opens it, which is all that is wrong with it."""
        return self.code == VaultError.exit_code

    @classmethod
    def because(cls, archive_id: str, error: ArchiveToolError) -> Unreadable:
        """Say of one archive what is wrong with it."""
        named = str(error).removeprefix(f"{archive_id}/").removeprefix(f"{archive_id}: ")
        why = error.what if isinstance(error, VaultError) else named
        return cls(archive=archive_id, why=why, code=error.exit_code)
