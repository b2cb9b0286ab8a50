"""What every destruction begins with: the locks, what was interrupted, and a clock to be trusted."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from archive_tool.errors import RetentionError
from archive_tool.keys import erasure
from archive_tool.lifecycle import destroy, lowering, places, renewal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle import audit


@contextmanager
def changing(store: Path, vault: Vault, *, now: datetime) -> Iterator[None]:
    """Hold store and vault for a destruction, and settle first what was interrupted."""
    with ExitStack() as stack:
        stack.enter_context(places.locked(store))
        stack.enter_context(vault.lock())
        vault.heed(erasure.store_path(store, vault.vault_id))
        vault.shred_again(now)
        renewal.recover(store, vault, now=now)
        destroy.recover(store, vault, now=now)
        lowering.recover(store, vault, now=now)
        yield


def refuse_clock(records: Sequence[audit.Record], made: datetime, now: datetime) -> None:
    """RetentionError (14) when the machine's clock runs behind the plan or the log.

    Such a clock was ahead when they were written, or is wrong now; both times dates mean nothing.
    ``create`` and ``extract`` do not count: they may run under ``--as-of``.
    """
    times = [r.time for r in records if r.event not in ("create", "extract")]
    if now < max([made, *times]):
        raise RetentionError(
            "the clock runs behind the plan or the audit log",
            where="clock",
            hint="set the clock of this machine right, then make another plan",
        )
