"""What every destruction begins with: the locks, what was interrupted, and a clock to be trusted."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from archive_tool.errors import RetentionError
from archive_tool.keys import erasure
from archive_tool.lifecycle import destroy, lowering, places, renewal
from archive_tool.lifecycle.audit_log import audit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record


BESIDE: Final = timedelta(hours=1)
"""So much later may a line be of a command that ran beside this one, which took the time when it
began and then waited. A clock that is wrong by less moves no day that is not about to begin."""


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
        vault.heed(erasure.store_path(store, vault.vault_id))
        vault.shred_again(now)
        audit.read_known(store, vault)
        renewal.recover(store, vault, now=now)
        destroy.recover(store, vault, now=now)
        lowering.recover(store, vault, now=now)
        yield


def refuse_clock(records: Sequence[Record], made: datetime, now: datetime) -> None:
    """RetentionError (14) when the machine's clock runs behind the plan or the log.

    Such a clock was ahead when they were written, or is wrong now; both times dates mean nothing.
    ``create`` and ``extract`` do not count: a script may give them a moment of its own.
    """
    times = [r.time - BESIDE for r in records if r.event not in ("create", "extract")]
    if now < max([made, *times]):
        raise RetentionError(
            "the clock runs behind the plan or the audit log",
            where="clock",
            hint="set the clock of this machine right, then make another plan",
        )
