"""What every destruction begins with: the locks, and what was interrupted."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from archive_tool.lifecycle import places
from archive_tool.lifecycle.applying import destroy, lowering, renewal
from archive_tool.lifecycle.audit_log import audit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault


@contextmanager
def changing(store: Path, vault: Vault, *, now: datetime) -> Iterator[None]:
    """Hold vault and store for a destruction, and settle first what was interrupted.

    The vault comes first, as where an archive is made: two that wait never wait for each other.
    What another process has saved of it since it was opened counts. IntegrityError (16) for an
    audit log that lacks what the vault knows.
    """
    places.require_store(store)
    with ExitStack() as stack:
        stack.enter_context(vault.lock(take_newer=True))
        stack.enter_context(places.locked(store))
        vault.heed_store(store)
        vault.shred_again(now)
        audit.read_known(store, vault)
        renewal.recover(store, vault, now=now)
        destroy.recover(store, vault, now=now)
        lowering.recover(store, vault, now=now)
        yield
