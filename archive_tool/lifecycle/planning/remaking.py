"""Summary tables that counted somebody: whether the store still has the rows to make them anew."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from archive_tool.archive import bag, layout
from archive_tool.errors import PolicyError
from archive_tool.lifecycle.stored_policy import decisions_of
from archive_tool.lifecycle.subjects import roster
from archive_tool.model.datatypes import BY_NAME
from archive_tool.policy.lesser import lesser

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.lifecycle.catalogue import Entry, Overview


def command(store: Path, overview: Overview, archive_id: str) -> str:
    """Return the command that makes the tables of an archive anew; empty where no rows are left.

    It takes the archive of the same bundle that keeps ids, under the policy of the tables. Whoever
    was erased is not in them then. The release ledger still decides: it refuses (18) tables whose
    difference to those that are out would tell of the person.
    """
    entries = {entry.archive_id: entry for entry in overview.entries}
    tables = entries.get(archive_id)
    for other in overview.entries if tables is not None else ():
        same = tables is not None and other.bundle == tables.bundle
        if same and other.archive_id != archive_id and _fits(store, archive_id, other):
            return (
                f"archive-tool create STORE/archives/{other.archive_id} --policy "
                f"STORE/archives/{archive_id}/{layout.POLICY} --store STORE --vault VAULT"
            )
    return ""


def _fits(store: Path, archive_id: str, other: Entry) -> bool:
    """Whether the policy of the tables can be applied to the rows of an archive."""
    if other.aggregate or any(map(layout.is_aggregate, other.types)):
        return False
    seal = bag.read_seal(layout.stored(store, other.archive_id))
    if roster.PATH not in seal.digests:
        return False
    types = [name for name in other.types if name in BY_NAME]
    with suppress(PolicyError):
        theirs, own = (layout.stored(store, name) for name in (archive_id, other.archive_id))
        lesser(decisions_of(theirs), decisions_of(own), types)
        return True
    return False
