"""What a store holds, until when, who holds it, and what was done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.lifecycle import listing
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.subjects import people
from archive_tool.pipeline.stores.opened import Opened

if TYPE_CHECKING:
    from archive_tool.lifecycle.audit_log.audit import AuditReport
    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.lifecycle.dates.holds import Hold
    from archive_tool.lifecycle.listing import Kept, StoredArchive
    from archive_tool.lifecycle.subjects.where import Found
    from archive_tool.pipeline.stores.opened import Ids


@dataclass(frozen=True, kw_only=True, repr=False)
class Asking(Opened):
    """What reads and changes nothing."""

    def archives(self) -> tuple[StoredArchive, ...]:
        """Give one row for each archive, by id; one that cannot be read or is gone has its ``problem``.

        With the vault the rows count people and know of holds on them. Reads no table: ``verify``
        does. Raises IntegrityError (16) for holds or an audit log that were changed.
        """
        return listing.archives(self.path, self._vault_if_any())

    def dates(self) -> tuple[Kept, ...]:
        """Give one row for each archive that can be read and data type: kept until when, held by what.

        What goes first stands in front. A plan says what is due; these are the dates it goes by. Raises
        what :meth:`archives` raises.
        """
        return listing.dates(self.path, self._vault_if_any())

    def holds(self) -> tuple[Hold, ...]:
        """Give the holds in force; IntegrityError (16) when the list or the log was changed.

        With the vault also when the log lacks a line that it knows.
        """
        return holds.active(self.path, self._vault_if_any())

    def find(self, ids: Ids) -> Found:
        """Say where people are and how much there is, in rows of others too.

        Raises SubjectError (20) when the vault knows none of them, VaultError (17) when all that it
        knows were erased, UsageError (2) for what are no ids.
        """
        from archive_tool.lifecycle.subjects import where as subjects

        return subjects.find(self.path, self._vault(), people.given(ids))

    def log(self) -> tuple[Record, ...]:
        """Give the lines of the audit log, oldest first; IntegrityError (16) at the first bad one."""
        return audit.read(self.path)

    def audit(self) -> AuditReport:
        """Check the chain of the log, and every checkpoint of it in archives and vault.

        Raises IntegrityError (16), naming the first line that was changed, moved, added or is missing.
        """
        return audit.verify(self.path, vault=self._vault_if_any())
