"""Checkpoints: what archives and the vault know of the log of their store, its newest line then.

Each archive holds one, signed, from before it was made: so a tail of the log that is missing is
noticed, which breaks nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from archive_tool.archive import bag, layout
from archive_tool.archive.refusals import REFUSALS
from archive_tool.errors import IntegrityError
from archive_tool.keys import signed, sshsig
from archive_tool.lifecycle import places
from archive_tool.lifecycle.unreadable import Unreadable
from archive_tool.model.parsed import of_kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record

CHECKPOINT_FORMAT: Final = "archive-tool/checkpoint/1"
CHECKPOINT_NAMESPACE: Final = "archive-tool-checkpoint"
CHECKPOINT: Final = "audit.json"
"""Name of the checkpoint in an archive, below ``data/``."""


class _Checkpoint(msgspec.Struct):
    """What of a checkpoint is compared."""

    line: Annotated[int, msgspec.Meta(ge=0)]
    hash: str


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


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """What is known of a log outside of it."""

    known: tuple[Known, ...]
    unread: tuple[Unreadable, ...]
    """Archives that are not whole: what they know of the log cannot be said."""


def known_elsewhere(
    store: Path, records: Sequence[Record], vault: Vault | None = None
) -> Elsewhere:
    """Collect what the archives of a store, and the vault, know of its log."""
    found: list[Known | None] = []
    unread = []
    for folder in places.archives_of(store):
        try:
            with layout.reading(folder):
                found.append(_of_archive(folder))
        except REFUSALS as error:
            unread.append(Unreadable.because(folder.name, error))
    found.append(of_vault(vault, records) if vault is not None and records else None)
    return Elsewhere(known=tuple(known for known in found if known), unread=tuple(unread))


def log_id(records: Sequence[Record]) -> str:
    """Give what a vault knows a log by."""
    return records[0].hash


def _of_archive(folder: Path) -> Known | None:
    """Read the checkpoint of an archive, whose own key must have signed it; None for one without."""
    from archive_tool.archive.opening import open_archive

    path = f"data/{CHECKPOINT}"
    if not layout.is_archive(folder):
        raise layout.not_an_archive(folder)
    archive = open_archive(folder)
    if path not in archive.seal.digests:
        return None
    content = bag.read_checked(folder, archive.seal, path)
    body, signer = signed.unseal(content, namespace=CHECKPOINT_NAMESPACE, where=path)
    if archive.manifest.signer != sshsig.openssh_line(signer):
        raise IntegrityError("is not signed by the archive's key", where=path)
    about = of_kind(body, _Checkpoint)
    if about is None:
        raise IntegrityError("is of a version this release does not know", where=path)
    source = f"archive {folder.name}"
    return Known(line=about.line, hash=about.hash, source=source, signer=signer)


def of_vault(vault: Vault, records: Sequence[Record]) -> Known | None:
    """Give what a vault knows of a log; None for one that it has never seen."""
    seen = vault.checkpoint(log_id(records))
    if seen is None:
        return None
    own = sshsig.parse_openssh_line(vault.public_key)
    return Known(line=seen[0], hash=seen[1], source="the vault", signer=own)
