"""Tells whoever only asks that the audit log of a store lacks lines that the vault knows.

What changes a store refuses such a log. A copy of the store from before may well be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.cli.streams import say
from archive_tool.errors import IntegrityError

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.keys import Vault


def tell(store: Path, vault: Vault) -> None:
    """Say so on stderr, as a note; what else is wrong with a log the command says itself."""
    from archive_tool.lifecycle.audit_log import audit

    audit.read(store)
    try:
        audit.read_known(store, vault)
    except IntegrityError as error:
        say(
            f"note: {error}: archives that were made in lost lines, and are gone, are not missed here"
        )
