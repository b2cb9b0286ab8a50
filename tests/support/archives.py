"""Small archives with a vault beside them, for the tests of keys and archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from archive_tool.archive.opening import open_archive
from archive_tool.archive.writer import ArchiveWriter
from archive_tool.keys import Vault
from archive_tool.model.archive import ArchiveDescription, PolicyStamp, RetentionTerm
from archive_tool.schemas import arrow_schema

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.archive.reader import Archive

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

Rows = Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
"""Data type and subject to rows."""


@dataclass(frozen=True)
class Made:
    """An archive in its store, and the vault that opens it."""

    path: Path
    store: Path
    vault: Vault

    def open(self) -> Archive:
        return open_archive(self.path, vault=self.vault)


def table(data_type: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows in canonical columns."""
    return pa.Table.from_pylist(list(rows), schema=arrow_schema(data_type))


def description(*, aggregate: bool = False) -> ArchiveDescription:
    term = RetentionTerm(destroy_after=date(2036, 11, 20), basis="session-end")
    return ArchiveDescription(
        created=NOW,
        tool_version="0.1.0",
        policy=PolicyStamp(name="keep", version="1", digest="0" * 64),
        policy_text='name = "keep"\n',
        bundle_digest="1" * 64,
        retention={"events": term},
        findings={"error": 0, "warning": 3},
        aggregate=aggregate,
    )


def make(
    folder: Path,
    rows: Rows,
    *,
    archive_id: str = "20261120-test",
    aggregates: Mapping[str, pa.Table] | None = None,
    recordings: Mapping[tuple[str, str], bytes] | None = None,
    vault: Vault | None = None,
) -> Made:
    """Archive some rows; recordings by subject and name."""
    vault = vault or Vault.create(folder / "vault", study="test", passphrase=None, now=NOW)
    store = folder / "store"
    with ArchiveWriter(
        store=store,
        archive_id=archive_id,
        secrets=vault.new_archive(archive_id),
        subject_secret=lambda subject: vault.subject_secret(subject, create=True),
    ) as writer:
        for (data_type, subject), content in rows.items():
            writer.write_table(data_type, subject, table(data_type, content))
        for name, content in (aggregates or {}).items():
            writer.write_aggregate(name, content)
        for (subject, name), film in (recordings or {}).items():
            writer.write_recording(subject, name, BytesIO(film))
        only_aggregates = bool(aggregates) and not rows
        path = writer.publish(
            description(aggregate=only_aggregates),
            vault.signing_key,
            commit=lambda: vault.save(NOW),
        )
    return Made(path=path, store=store, vault=vault)


def event(number: int, person: str, **more: Any) -> dict[str, Any]:
    """One event row."""
    return {
        "id": f"e{number}",
        "timestamp": datetime(2026, 3, 1, 10, 0, number, 250_000, tzinfo=UTC),
        "onset": 1000.0 * number,
        "roomId": "room-1",
        "experimentId": "exp-1",
        "participantId": person,
        **more,
    }


def small(folder: Path) -> Made:
    """Two people with events, one with chat, and a shared row."""
    return make(
        folder,
        {
            ("events", "ann"): [event(3, "ann"), event(1, "ann", response='"=1+1"')],
            ("events", "bob"): [event(2, "bob", response='{"value":7}', extra='{"new":1}')],
            ("events", ""): [event(4, None, participantId=None, nulls="componentType,response")],
            ("chat", "ann"): [
                {"messageId": "m1", "senderId": "ann", "content": 'say "hi",\nagain'},
                {"messageId": "m2", "senderId": "ann", "content": "=SUM(A1)"},
            ],
        },
    )
