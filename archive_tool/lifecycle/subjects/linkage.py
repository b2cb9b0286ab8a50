"""Opening a linkage table: it leads from codes back to people, so the audit log says so first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import linkage
from archive_tool.archive import bag
from archive_tool.errors import UsageError
from archive_tool.lifecycle.audit_log import audit, recording

if TYPE_CHECKING:
    from datetime import datetime

    from archive_tool.anonymize.random_codes import Link
    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault

EVENT: Final = "linkage"
PATH: Final = f"data/{linkage.NAME}"


def open_linkage(archive: Archive, vault: Vault, *, now: datetime) -> tuple[list[Link], int]:
    """Give the links of an archive and how many people were erased; leaves a line in the log.

    Raises UsageError (2) for an archive without such a table, or outside a store, where no log is;
    VaultError (17) when its scope was destroyed.
    """
    store = recording.store_of(archive.path)
    if store is None:
        raise UsageError(
            "a linkage table is opened in its store only",
            where=archive.archive_id,
            expected="an archive in a store, whose audit log says who was looked up",
        )
    if not has_linkage(archive):
        raise UsageError(
            "has no linkage table",
            where=archive.archive_id,
            expected='an archive made with codes = "random"',
        )
    audit.append(store, EVENT, detail={"archive": archive.archive_id}, now=now)
    links, erased = links_of(archive, vault)
    return links, max(erased, archive.erased)  # lines of the erased leave with their files


def has_linkage(archive: Archive) -> bool:
    """Tell whether codes were drawn at random for an archive."""
    return (archive.path / PATH).is_file()


def links_of(archive: Archive, vault: Vault) -> tuple[list[Link], int]:
    """Read the table for the tool's own use: finding somebody who is to be erased."""
    content = bag.read_checked(archive.path, archive.seal, PATH)
    secrets = vault.archive_secrets(archive.archive_id)
    return linkage.unseal(content, secrets, vault.secret_unless_erased)


def sealed_again(archive: Archive, vault: Vault, fresh: Vault) -> bytes:
    """Seal the table of an archive under renewed secrets; the erased are left out."""
    links, _ = links_of(archive, vault)
    return linkage.seal(links, fresh.archive_secrets(archive.archive_id), fresh.subject_secret)
