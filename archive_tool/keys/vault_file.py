"""``vault.age`` on the disk: an age file around one line of JSON and its signature."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.keys import disk, primitives, sshsig
from archive_tool.keys import recipients as age
from archive_tool.model.archive import VAULT_FILE
from archive_tool.model.files import read_file
from archive_tool.model.parsed import parsed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.keys.identities import Identity

FORMAT: Final = "archive-tool/vault/1"
NAMESPACE: Final = "archive-tool-vault"


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of an audit log."""

    line: int
    """Counted from 1."""
    hash: str


class GrantNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a grant was made: never what is in it."""

    grant_id: str
    recipient: str
    scopes: list[str]
    archives: list[str]
    """Archives that it opens."""
    subjects: int
    """Subjects whose files it opens, at most."""
    made: datetime
    expires: datetime
    revoked: datetime | None = None
    """Since when no new files are granted; what was handed out stays readable."""


class CopyNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A copy of the vault that lies elsewhere."""

    label: str
    """What its keeper calls the place."""
    epoch: int
    """Epoch of the copy when it was registered."""
    registered: datetime


class ErasedWord(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True
):
    """An id or a code that was taken out of the rows of others: its shape, never itself."""

    shape: str
    """See :mod:`archive_tool.lifecycle.mentioned.erased_words`."""
    owner: str
    """Subject key of whose it was; it counts when that is erased. Empty: it counts."""


class VaultBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What ``vault.age`` holds. Byte strings are base64 in the JSON.

    A field that this release does not know is refused: saved again, the vault would lose it.
    """

    format: str
    vault_id: str
    """128 random bits, hex."""
    study: str
    epoch: int
    """Counts the versions from 1: a larger epoch is newer."""
    created: datetime
    saved: datetime
    recipients: list[str]
    signing_seed: bytes
    lookup: bytes
    """Names subjects: HMAC-SHA256(lookup, id), whatever way the id is written in."""
    pseudonyms: bytes
    """Root of the pseudonym keys."""
    subjects: dict[str, bytes]
    """Subject key (hex) to 32 random bytes."""
    erased: dict[str, datetime]
    """Subject keys whose secret was destroyed, and when."""
    archives: dict[str, dict[str, bytes]]
    """Archive id to scope to 32 random bytes."""
    destroyed: dict[str, datetime] = {}
    """``<archive id>`` or ``<archive id>/<scope>`` whose secrets were destroyed, and when."""
    checkpoints: dict[str, Checkpoint] = {}
    """Audit log (hash of its first line) to the newest line that this vault has seen."""
    applied: dict[str, datetime] = {}
    """Digests of the plans whose keys were destroyed, and when."""
    grants: list[GrantNote] = []
    """What was granted to whom."""
    copies: list[CopyNote] = []
    """Copies of the vault that somebody registered."""
    revisions: dict[str, int] = {}
    """Archive id to the newest revision that was written; absent for those never revised."""
    words: dict[str, ErasedWord] = {}
    """HMAC (hex) of ids and codes that were taken out of the rows of others."""
    former_signers: dict[str, datetime] = {}
    """OpenSSH lines of signing keys that were renewed, and when."""


def new_body(study: str, now: datetime) -> VaultBody:
    """Make the first epoch of a vault: fresh secrets, nobody in it."""
    return VaultBody(
        format=FORMAT,
        vault_id=primitives.random_bytes(16).hex(),
        study=study,
        epoch=1,
        created=now,
        saved=now,
        recipients=[],
        signing_seed=primitives.new_signing_seed(),
        lookup=primitives.random_bytes(),
        pseudonyms=primitives.random_bytes(),
        subjects={},
        erased={},
        archives={},
    )


def read(path: Path, identity: Identity) -> VaultBody:
    """Decrypt, check the signature and what the identity pins.

    Raises VaultError (17) for a wrong key, IntegrityError (16) for a changed or another vault.
    """
    plain = age.decrypt(read_file(path), identity, where=VAULT_FILE)
    line, _, signature = plain.partition(b"\n")
    body = _decode(line)
    signer = sshsig.verify(signature, line, namespace=NAMESPACE, where=VAULT_FILE)
    if signer != primitives.public_of(body.signing_seed):
        raise IntegrityError("signed with a key that is not its own", where=VAULT_FILE)
    pinned = (identity.vault_id or body.vault_id, identity.signer or sshsig.openssh_line(signer))
    if pinned != (body.vault_id, sshsig.openssh_line(signer)):
        raise IntegrityError(
            "not the vault that this identity was made for",
            where=VAULT_FILE,
            hint="either its keys were renewed (key rekey), or somebody has put another vault in "
            "its place: ask the other custodians",
        )
    return body


def write(
    folder: Path, body: VaultBody, present: Sequence[Identity], *, first: bool = False
) -> None:
    """Write beside, bring to the disk, read back with every identity present, then swap in.

    Custodians who are not present are counted: the file must have a key slot for each recipient.
    The ``first`` goes over no other: FileExistsError where somebody makes a vault there, too.
    """
    mark = primitives.random_bytes(4).hex() if first else "new"
    beside = folder / f".{VAULT_FILE}.{mark}"
    beside.unlink(missing_ok=True)
    try:
        sealed = age.encrypt(_encode(body), body.recipients)
        disk.write_new(beside, sealed, shared=True)
        same = all(read(beside, identity) == body for identity in present)
        if not same or age.slots(sealed) != len(body.recipients):
            raise IntegrityError("did not read back as it was written", where=VAULT_FILE)
        place = disk.move_new if first else disk.move
        place(beside, folder / VAULT_FILE)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    disk.sync_folder(folder)


def _encode(body: VaultBody) -> bytes:
    line = msgspec.json.encode(body, order="sorted")
    signature = sshsig.sign(body.signing_seed, line, namespace=NAMESPACE)
    return line + b"\n" + signature.encode()


def _decode(line: bytes) -> VaultBody:
    body = parsed(line, VaultBody)
    if body is None or body.format != FORMAT or len(body.signing_seed) != primitives.KEY_BYTES:
        raise IntegrityError(
            "not a vault of a known version",
            where=VAULT_FILE,
            expected=FORMAT,
            hint="a newer release may have written it: use that one",
        )
    return body
