"""Grants: what a collaborator may open, and nothing else.

A grant is an age file for one recipient with the *reaches* (see :mod:`derive`) of some scopes of
some archives, and of their indexes; a reach opens the files of one subject in one scope of one
archive. It is opened like a vault (``--vault GRANT --identity FILE``) and cannot write, sign, or
derive anything. The expiry is kept by this tool and by the agreement with the recipient: no file
can forget by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import msgspec

from archive_tool.errors import IntegrityError, UsageError, VaultError
from archive_tool.keys import disk, primitives, sshsig, vault_file
from archive_tool.keys import recipients as age
from archive_tool.keys.derive import (
    AGGREGATES_SCOPE,
    INDEX_SCOPE,
    MEDIA_SCOPE,
    NO_SUBJECT,
    ArchiveSecrets,
)
from archive_tool.keys.identities import Identity, read_identity
from archive_tool.keys.keyring import SubjectState
from archive_tool.keys.vault import Vault
from archive_tool.keys.vault_file import GrantNote
from archive_tool.model.datatypes import MEDIA, READ_SCOPES, WITH_SCHEMA
from archive_tool.model.files import read_file
from archive_tool.model.outputs import refuse_outputs
from archive_tool.model.parsed import parsed
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from archive_tool.keys.identities import PassphraseProvider

FORMAT: Final = "archive-tool/grant/1"
NAMESPACE: Final = "archive-tool-grant"

GRANTABLE: Final = (
    *READ_SCOPES,
    MEDIA_SCOPE,
    AGGREGATES_SCOPE,
)
"""Scopes that can be granted; who may read the index comes with every grant."""


class GrantBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a grant holds. Byte strings are base64 in the JSON."""

    format: str
    grant_id: str
    vault_id: str
    signer: str
    """OpenSSH line of the study's signing key: archives must be signed by it."""
    made: Annotated[datetime, msgspec.Meta(tz=True)]
    expires: Annotated[datetime, msgspec.Meta(tz=True)]
    scopes: list[str]
    archives: dict[str, dict[str, dict[str, bytes]]]
    """Archive id to scope to subject key ("" for nobody's files) to reach."""


@dataclass(frozen=True, kw_only=True)
class GrantedSecrets(ArchiveSecrets):
    """What a grant opens of one archive."""

    reaches: Mapping[str, Mapping[str, bytes]] = field(repr=False)

    def reach(self, scope: str, subject_secret: bytes = NO_SUBJECT) -> bytes:
        """Return a granted reach; here the subject's key stands where its secret would."""
        granted = self.reaches.get(scope)
        if granted is None:
            raise VaultError(
                "was not granted",
                where=scope,
                expected=", ".join(name for name in self.reaches if name != INDEX_SCOPE),
                hint=f"name what was granted: {self._options()}",
            )
        found = granted.get("" if subject_secret == NO_SUBJECT else subject_secret.hex())
        if found is None:
            raise VaultError("the grant does not reach the subject", where=scope)
        return found

    def _options(self) -> str:
        """Give what ``extract`` takes for the types that were granted."""
        granted = [kind.name for kind in WITH_SCHEMA if kind.scope in self.reaches]
        others = {MEDIA_SCOPE: MEDIA, AGGREGATES_SCOPE: "TABLE"}
        named = [name for scope, name in others.items() if scope in self.reaches]
        return " ".join(f"--type {name}" for name in (*granted, *named))

    def is_granted(self, scope: str) -> bool:
        """Tell whether the grant names a scope."""
        return scope in self.reaches


class Grant(Vault):
    """An open grant: reads like a vault, within what was granted."""

    def __init__(self, path: Path, body: GrantBody) -> None:
        self._grant = body
        self._subjects = frozenset(
            key
            for scopes in body.archives.values()
            for reaches in scopes.values()
            for key in reaches
            if key
        )
        empty = vault_file.new_body("", body.made)
        super().__init__(path.parent, empty, Identity(keys=()))

    def __repr__(self) -> str:
        """What it opens."""
        archives = count(len(self.archives), "archive")
        return f"<Grant {self.grant_id}: {', '.join(self.scopes)} of {archives}>"

    @property
    def vault_id(self) -> str:
        """Id of the vault that granted."""
        return self._grant.vault_id

    @property
    def public_key(self) -> str:
        """The study's signing key as an OpenSSH line."""
        return self._grant.signer

    @property
    def grant_id(self) -> str:
        """Id under which the vault knows it."""
        return self._grant.grant_id

    @property
    def scopes(self) -> tuple[str, ...]:
        """What was granted."""
        return tuple(self._grant.scopes)

    @property
    def archives(self) -> tuple[str, ...]:
        """Ids of the archives it opens."""
        return tuple(self._grant.archives)

    @property
    def behind(self) -> bool:
        """Never: a grant holds no secret that could be taken out."""
        return False

    def archive_secrets(self, archive_id: str) -> ArchiveSecrets:
        """Return what opens an archive; VaultError when it was not granted or was destroyed."""
        reaches = self._grant.archives.get(archive_id)
        if reaches is None or self.is_destroyed(archive_id):
            raise VaultError("the grant does not open this archive", where=archive_id)
        return GrantedSecrets(archive_id=archive_id, scopes={}, lookup=b"", reaches=reaches)

    def refuse_changed(self) -> None:
        """Never: a grant is written once."""

    def refuse_unknown(self, archive_id: str) -> None:
        """Never: what was not granted may well be the vault's."""

    def subject_state(self, subject: str) -> SubjectState:
        """Unknown, whoever it is: people are found by the codes in the rows."""
        return SubjectState.UNKNOWN

    def state_of_key(self, key: str) -> SubjectState:
        """Tell whether a subject was erased: since, by the record of the store, or before.

        A grant reaches everybody whom the vault knew when it was made: who is in an older copy of an
        archive, and not in the grant, was erased by then.
        """
        gone = key in self._body.erased or (self._subjects and key not in self._subjects)
        return SubjectState.ERASED if gone else SubjectState.KNOWN

    def secret_of_key(self, key: str) -> bytes:
        """Return what :meth:`GrantedSecrets.reach` takes for a secret."""
        return bytes.fromhex(key)

    def subject_key(self, subject: str) -> str:
        """VaultError: who is who needs the vault."""
        raise VaultError(
            "a grant does not know people by their ids",
            where="grant",
            expected="the codes in the rows",
        )

    def _write_next(
        self, now: datetime, *, reader: Identity, present: Sequence[Identity] = ()
    ) -> NoReturn:
        raise VaultError("a grant can only read", where="grant", expected="the vault")


def make(
    vault: Vault,
    *,
    to: str,
    scopes: Sequence[str],
    expires: datetime,
    out: Path,
    now: datetime,
    archives: Sequence[str] | None = None,
    before: Callable[[GrantNote], object] | None = None,
) -> GrantNote:
    """Write a grant for one recipient, note it, and save the vault.

    ``archives`` defaults to all that the vault has. ``before`` is called before the file appears, which
    it does not where that raises. Raises UsageError (2) for an unknown scope, a
    date that is past or a file that exists; VaultError (17) for a recipient that is none.
    """
    unknown = sorted(set(scopes) - set(GRANTABLE))
    if unknown or not scopes:
        raise UsageError("not a scope", where="scope", expected=", ".join(GRANTABLE))
    if expires <= now:
        raise UsageError("is not in the future", where="expires", expected="a day after today")
    refuse_outputs((out,))
    age.parse_recipient(to)
    wanted = sorted(set(scopes))
    opened = sorted(vault.archives if archives is None else archives)
    if not opened:
        raise UsageError(
            "there is none to open", where="archive", expected="archives of this vault"
        )
    body = GrantBody(
        format=FORMAT,
        grant_id=f"G-{primitives.random_bytes(8).hex()}",
        vault_id=vault.vault_id,
        signer=vault.public_key,
        made=now,
        expires=expires,
        scopes=wanted,
        archives={archive_id: _reaches(vault, archive_id, wanted) for archive_id in opened},
    )
    note = GrantNote(
        grant_id=body.grant_id,
        recipient=to.strip(),
        scopes=wanted,
        archives=opened,
        subjects=vault.subject_count,
        made=now,
        expires=expires,
    )
    vault.note_grant(note)
    vault.save(now)  # first: no grant may exist that the vault does not know of
    if before is not None:
        before(note)
    line = msgspec.json.encode(body, order="sorted")
    signature = sshsig.sign(vault.signing_key, line, namespace=NAMESPACE)
    disk.write_new(out, age.encrypt(line + b"\n" + signature.encode(), [to]))
    return note


def open_grant(
    path: Path,
    *,
    identity: Path | None,
    passphrase_provider: PassphraseProvider | None = None,
    now: datetime,
) -> Grant:
    """Open a grant with the identity of its recipient; ``now`` is compared with its last moment.

    Raises VaultError (17) for a wrong key and after its expiry, IntegrityError (16) when it was
    changed or is no grant.
    """
    if identity is None:
        raise VaultError(
            "is a file: no vault, and a grant is opened with its recipient's key",
            where=path.name,
            hint="name the folder of the vault; with a grant, add --identity FILE",
        )
    key = read_identity(identity, passphrase_provider)
    plain = age.decrypt(read_file(path), key, where=path.name)
    line, _, signature = plain.partition(b"\n")
    body = parsed(line, GrantBody)
    if body is None or body.format != FORMAT:
        raise IntegrityError("not a grant of a known version", where=path.name, expected=FORMAT)
    signer = sshsig.verify(signature, line, namespace=NAMESPACE, where=path.name)
    if sshsig.openssh_line(signer) != body.signer:
        raise IntegrityError("is signed by another key than it says", where=path.name)
    if now >= body.expires:
        raise VaultError(
            f"the grant is closed from {body.expires.date().isoformat()} on",
            where=path.name,
            hint="ask for a new one",
        )
    return Grant(path, body)


def _reaches(vault: Vault, archive_id: str, scopes: Sequence[str]) -> dict[str, dict[str, bytes]]:
    secrets = vault.archive_secrets(archive_id)
    found = {INDEX_SCOPE: {"": secrets.reach(INDEX_SCOPE)}}
    for scope in scopes:
        if vault.is_destroyed(archive_id, scope):
            continue
        if scope == AGGREGATES_SCOPE:
            found[scope] = {"": secrets.reach(scope)}
        else:
            found[scope] = vault.reaches(archive_id, scope)
    return found
