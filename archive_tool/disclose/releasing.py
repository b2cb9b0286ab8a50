"""Summary tables on their way out: counted, protected, compared, and written down in the ledger."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive_tool.anonymize.columns import drop_withdrawn
from archive_tool.errors import ArchiveToolError
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    import pyarrow as pa

    from archive_tool.disclose.aggregate import Aggregation
    from archive_tool.disclose.noise.tables import NoisyTable
    from archive_tool.disclose.protection.table import AggregateTable
    from archive_tool.disclose.releases.ledger import Ledger
    from archive_tool.disclose.releases.notes import Release
    from archive_tool.keys import Vault
    from archive_tool.policy import Decisions


@dataclass(kw_only=True)
class Releasing:
    """The release that goes with one archive; leaving it by an exception takes the entry back."""

    decisions: Decisions
    leave_out: frozenset[str]
    vault: Vault
    name: str
    """Archive id."""
    now: datetime
    clean: Callable[[], Callable[[str], str] | None] = field(default=lambda: None, repr=False)
    """Gives what takes names of people out of the words of the tables; None leaves them.

    It is asked for when there are tables only: it knows everybody.
    """
    out: Callable[[], Iterable[str]] = field(default=tuple, repr=False)
    """Gives the entries that archives of the store name; it is asked for like ``clean``."""
    entry: str = ""
    """Number and SHA-256 of the entry in the ledger; empty for an archive without such tables."""
    _counted: Aggregation | None = field(default=None, repr=False)
    """None under a policy without such tables; then what makes them is not loaded either."""
    _ledger: Ledger | None = field(default=None, repr=False)
    _release: Release | None = field(default=None, repr=False)
    _written: bool = False

    def __post_init__(self) -> None:
        if not any(self.decisions.aggregates(data_type) for data_type in FIELDS):
            return
        from archive_tool.disclose.aggregate import Aggregation
        from archive_tool.disclose.noise import budget
        from archive_tool.disclose.releases.ledger import Ledger

        self._ledger = Ledger.open(self.vault)
        self._ledger.refuse_older(self.out())
        budget.refuse(self.decisions.policy.aggregate, self._ledger.spent)
        self._counted = Aggregation(
            decisions=self.decisions, leave_out=self.leave_out, ledger=self._ledger
        )

    def __enter__(self) -> Releasing:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or not self._written or self._ledger is None:
            return
        # an entry that cannot be taken back knows too much: later releases are judged more strictly
        with suppress(OSError, ArchiveToolError):
            if self.entry not in self.out():  # whatever failed after the rename, the archive is out
                self._ledger.take_back(self.now)

    def count(self, data_type: str, rows: pa.Table) -> None:
        """Count some rows, of chat messages that were deleted no content; they are not kept."""
        if self._counted is not None:
            self._counted.add(data_type, drop_withdrawn(rows)[0])

    def tables(self) -> Sequence[AggregateTable | NoisyTable]:
        """Protect what was counted and compare it with earlier releases: DisclosureError (18)."""
        if self._counted is None or self._ledger is None:
            return ()
        from archive_tool.disclose.levels import cleaned

        tables, noisy = self._counted.tables(), self._counted.noisy()
        if tables or noisy:
            self._release = self._counted.release(
                tables, self._ledger, name=self.name, made=self.now
            )
            self.entry = self._ledger.entry(self._release)
        clean = self.clean() if tables else None
        return [*(cleaned(table, clean) for table in tables), *noisy]

    def write(self) -> None:
        """Write the entry; the caller saves the vault next."""
        if self._release is not None and self._ledger is not None:
            from archive_tool.disclose.noise import budget

            self._written = True
            asked = self.decisions.policy.aggregate
            self._ledger.add(self._release, budget.spends(asked, release=self.name, made=self.now))

    def published(self) -> None:
        """Note that the archive is out: the entry stays."""
        self._written = False
