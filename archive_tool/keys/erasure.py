"""The record of erasures: what a vault has forgotten, so that an older copy of it forgets it too.

A vault that comes back from a backup still holds the secrets that were destroyed since. The record
lies where such a copy is opened: in the store (``state/erasures/<vault id>.json``), beside the
identity file, and in the memory of the machine (``ARCHIVE_TOOL_MEMORY``, else the user's own folder
for program state). It is signed with the vault's key and holds keyed names only. It cannot help
where vault, identity and store are all restored to a day before the erasure on a machine that has
never opened the newer ones: nothing there knows of it.
"""

from __future__ import annotations

import os
from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.keys import signed, sshsig
from archive_tool.keys.vault_file import ErasedWord  # noqa: TC001  (msgspec reads the annotations)
from archive_tool.model.parsed import of_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.keys.vault_file import VaultBody

FORMAT: Final = "archive-tool/erasures/1"
NAMESPACE: Final = "archive-tool-erasures"
SUFFIX: Final = ".erasures"
"""Of the record beside an identity file."""


class ErasureRecord(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a vault had forgotten by some epoch."""

    format: str
    vault_id: str
    epoch: int
    subjects: dict[str, datetime]
    """Subject keys, and when their secrets were destroyed."""
    destroyed: dict[str, datetime]
    """``<archive id>`` or ``<archive id>/<scope>``, and when."""
    words: dict[str, ErasedWord] = {}
    """Keyed names of ids and codes that were taken out of the rows of others."""


def encode(body: VaultBody) -> bytes:
    """Write the record of a vault, signed."""
    record = ErasureRecord(
        format=FORMAT,
        vault_id=body.vault_id,
        epoch=body.epoch,
        subjects=body.erased,
        destroyed=body.destroyed,
        words=body.words,
    )
    return signed.seal(msgspec.to_builtins(record), body.signing_seed, namespace=NAMESPACE)


def decode(
    content: bytes, *, vault_id: str, signers: Sequence[str], where: str
) -> ErasureRecord | None:
    """Read a record; IntegrityError when it was changed or another vault signed it.

    ``signers``: OpenSSH lines of the vault's signing key and then of its former ones. What a former
    one signed tells nothing (None): the vault knew it when its keys were renewed, and somebody who
    had the old key could make the vault forget anybody.
    """
    document, found = signed.unseal(content, namespace=NAMESPACE, where=where)
    record = of_kind(document, ErasureRecord)
    if record is None or record.format != FORMAT:
        raise IntegrityError("is of a version this release does not know", where=where)
    signer = sshsig.openssh_line(found)
    if record.vault_id != vault_id:
        raise IntegrityError("is the record of another vault", where=where)
    if signer not in signers:
        raise IntegrityError(
            "is not signed by this vault's key",
            where=where,
            hint="if its keys were renewed since, use the vault as it is now",
        )
    return record if signer == signers[0] else None


def heed(body: VaultBody, record: ErasureRecord) -> None:
    """Forget what the record says was destroyed."""
    for key, moment in record.subjects.items():
        body.subjects.pop(key, None)
        body.erased.setdefault(key, moment)
    for name, moment in record.destroyed.items():
        destroy(body, name, moment)
    body.words = {**record.words, **body.words}


def destroy(body: VaultBody, name: str, moment: datetime) -> None:
    """Forget the secrets of an archive, or of one scope of it."""
    archive_id, _, scope = name.partition("/")
    if scope:
        body.archives.get(archive_id, {}).pop(scope, None)
    else:
        body.archives.pop(archive_id, None)
    body.destroyed.setdefault(name, moment)


def places_of(vault_id: str, identity: Path | None) -> list[Path]:
    """Return where the record lies outside the store: beside the identity, and on this machine."""
    beside = [] if identity is None else [identity.with_name(f"{identity.name}.{vault_id}{SUFFIX}")]
    memory = _memory()
    return beside if memory is None else [*beside, memory / f"{vault_id}{SUFFIX}"]


def _memory() -> Path | None:
    """Return the folder in which this machine remembers erasures; None for a user without one."""
    for name, below in (
        ("ARCHIVE_TOOL_MEMORY", ""),
        ("XDG_STATE_HOME", "archive-tool"),
        ("LOCALAPPDATA", "archive-tool"),
    ):
        if os.environ.get(name):
            return Path(os.environ[name]) / below
    try:
        return Path.home() / ".local" / "state" / "archive-tool"
    except RuntimeError:
        return None


def store_path(store: Path, vault_id: str) -> Path:
    """Return where a store keeps the record of a vault."""
    return store / "state" / "erasures" / f"{vault_id}.json"
