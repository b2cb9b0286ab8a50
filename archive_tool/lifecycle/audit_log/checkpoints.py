"""Checkpoints: what archives and the vault know of the log of their store, its newest line then.

Each archive holds one, signed, from before it was made: so a tail of the log that is missing is
noticed, which breaks nothing by itself.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.archive import layout
from archive_tool.errors import ArchiveToolError, IntegrityError
from archive_tool.keys import signed, sshsig
from archive_tool.lifecycle import places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record

CHECKPOINT_FORMAT: Final = "archive-tool/checkpoint/1"
CHECKPOINT_NAMESPACE: Final = "archive-tool-checkpoint"
CHECKPOINT: Final = "audit.json"
"""Name of the checkpoint in an archive, below ``data/``."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What an archive or the vault knows of a log: its newest line, once."""

    line: int
    hash: str
    source: str
    signer: bytes
    """Public key under which it is known."""

    def is_in(self, records: Sequence[Record]) -> bool:
        """Whether the log has the line."""
        if not self.line:
            return True
        return self.line <= len(records) and records[self.line - 1].hash == self.hash


def known_elsewhere(
    store: Path, records: Sequence[Record], vault: Vault | None = None
) -> list[Known]:
    """Collect what the archives of a store, and the vault, know of its log."""
    found = []
    for folder in places.archives_of(store):
        with layout.reading(folder):
            content = places.read(folder / "data" / CHECKPOINT)
        if content is not None:
            found.append(_open_checkpoint(content, folder))
    seen = vault.checkpoint(log_id(records)) if vault is not None and records else None
    if vault is not None and seen is not None:
        own = sshsig.parse_openssh_line(vault.public_key)
        found.append(Known(line=seen[0], hash=seen[1], source="the vault", signer=own))
    return found


def log_id(records: Sequence[Record]) -> str:
    """Give what a vault knows a log by."""
    return records[0].hash


def _open_checkpoint(content: bytes, folder: Path) -> Known:
    """Read a checkpoint of an archive; its signer must be the archive's own."""
    from archive_tool.archive.reader import open_archive

    where = f"data/{CHECKPOINT} of {folder.name}"
    body, signer = signed.unseal(content, namespace=CHECKPOINT_NAMESPACE, where=where)
    stated = ""
    with suppress(ArchiveToolError):
        stated = open_archive(folder).manifest.signer
    if not stated:
        raise IntegrityError(
            "cannot be compared: the archive is not whole",
            where=where,
            hint="archive-tool verify says what is wrong with it",
        )
    if stated != sshsig.openssh_line(signer):
        raise IntegrityError("is not signed by the archive's key", where=where)
    source = f"archive {folder.name}"
    return Known(line=int(body["line"]), hash=str(body["hash"]), source=source, signer=signer)
