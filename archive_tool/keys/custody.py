"""Who may open a vault: custodians come and go, and its keys are renewed when one must not come back.

Every change counts for others after the vault's next :meth:`Vault.save`.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys import disk, identities, primitives, sshsig, vault_file
from archive_tool.keys import recipients as age
from archive_tool.keys.keyring import Keyring
from archive_tool.model.archive import VAULT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys.identities import Identity
    from archive_tool.keys.vault_file import VaultBody


class Custody(Keyring):
    """Recipients and identities of a vault."""

    _body: VaultBody
    _folder: Path
    _identity: Identity
    _identity_path: Path | None

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who can open it."""
        return tuple(self._body.recipients)

    @property
    def signing_key(self) -> bytes:
        """Ed25519 seed of the study."""
        return self._body.signing_seed

    @property
    def public_key(self) -> str:
        """The study's signing key as an OpenSSH line."""
        return sshsig.openssh_line(primitives.public_of(self._body.signing_seed))

    def own_ssh_keys(self) -> frozenset[str]:
        """Return the ssh key that this vault was opened with, as an OpenSSH line; empty for age."""
        return self._identity.ssh_keys

    def add_recipient(self, recipient: str) -> None:
        """Let one more age or ssh-ed25519 key open the vault, from the next :meth:`save` on."""
        age.parse_recipient(recipient)
        self._body.recipients = [*self.recipients, *distinct((recipient,), self.recipients)]

    def remove_recipient(self, recipient: str) -> None:
        """Let a key open no further epoch, from the next :meth:`save` on.

        Whoever holds that key keeps what older epochs told it: only what is written under renewed
        secrets is out of its reach. Raises VaultError for a key that is no recipient, and for
        the last one.
        """
        left = distinct(self.recipients, without=(recipient,))
        if len(left) == len(self.recipients):
            raise VaultError(
                "is no recipient of the vault",
                where="recipient",
                hint="archive-tool key show lists them",
            )
        if not left:
            raise VaultError("is the last recipient", where="recipient", hint="add another first")
        self._body.recipients = left

    @property
    def is_pinned(self) -> bool:
        """Whether the identity it was opened with names the vault's signing key."""
        return bool(self._identity.signer)

    def renew_secrets(self, now: datetime) -> None:
        """New secrets for every subject, every scope and the signature; all grants are withdrawn.

        Names of subjects and codes stay: to change them the ids would be needed, and no vault has
        ids. Nothing that was written before can be read with what is here now.
        """
        body = self._body
        body.former_signers[self.public_key] = now
        body.signing_seed = primitives.new_signing_seed()
        body.subjects = {key: primitives.random_bytes() for key in body.subjects}
        body.archives = {
            archive_id: {scope: primitives.random_bytes() for scope in scopes}
            for archive_id, scopes in body.archives.items()
        }
        body.grants = [
            note if note.revoked else msgspec.structs.replace(note, revoked=now)
            for note in body.grants
        ]

    @property
    def former_signers(self) -> tuple[str, ...]:
        """OpenSSH lines of the signing keys from before the keys were renewed."""
        return tuple(self._body.former_signers)

    def has_signed(self, signer: str) -> bool:
        """Whether a key is the vault's signing key, or was before its keys were renewed."""
        return signer == self.public_key or signer in self._body.former_signers

    def refuse_former(self, signer: str, where: str) -> None:
        """VaultError (17) for what was signed before the keys were renewed: no key opens it."""
        moment = self._body.former_signers.get(signer)
        if moment is not None:
            raise VaultError(
                f"was made before the keys were renewed on {moment.date().isoformat()}",
                where=where,
                hint="use the archive as it is in the store now",
            )

    @contextmanager
    def _new_identity(
        self, identity_out: Path, *, passphrase: bytes | None, now: datetime
    ) -> Iterator[Identity]:
        """Replace the own identity while the vault is written under it.

        If that fails it is taken away again: an identity that opens nothing must not lie about.
        """
        before = self._body.recipients
        identity = self._replace_identity(identity_out, passphrase=passphrase, now=now)
        try:
            yield identity
        except BaseException:
            if not self._opens(identity):
                self._body.recipients = before
                with suppress(OSError):
                    identity_out.unlink()
            raise

    def _opens(self, identity: Identity) -> bool:
        """Whether the vault on the disk is written for an identity; in doubt it is."""
        try:
            vault_file.read(self._folder / VAULT_FILE, identity)
        except VaultError:
            return False
        except (IntegrityError, OSError):
            pass
        return True

    def _replace_identity(
        self, identity_out: Path, *, passphrase: bytes | None, now: datetime
    ) -> Identity:
        """Write a new identity in the place of the own one; it is on the disk before it counts."""
        if identity_out.exists():
            raise VaultError(
                "exists already and is never overwritten",
                where=identity_out.name,
                hint="a run that was killed may have left it: use it with --identity if it opens the "
                "vault (key show), move it away if it does not",
            )
        own = identities.recipients_of(self._identity)
        if own.isdisjoint(self.recipients):
            raise VaultError(
                "the vault was opened with an ssh key, which this tool does not make",
                where="identity",
                hint="make a new one with ssh-keygen, add it, then remove the old one",
            )
        identity, public, text = identity_for(self._body, self.public_key, now)
        content = identities.protect(text, passphrase)
        disk.write_new(identity_out, content)
        self._body.recipients = [public, *(name for name in self.recipients if name not in own)]
        return identity


def identity_for(body: VaultBody, signer: str, now: datetime) -> tuple[Identity, str, str]:
    """Make a key that opens a vault: identity, recipient, and the text of its file."""
    return identities.new_identity_file(body.vault_id, signer, now.isoformat(timespec="seconds"))


def distinct(new: Sequence[str], without: Sequence[str]) -> list[str]:
    """Return recipients without those that are known already, each key once, in order.

    What stands behind an ssh key is only a comment: under another one the key would stay.
    """
    known = {age.bare(text) for text in without}
    found: dict[str, str] = {}
    for text in new:
        found.setdefault(age.bare(text), text.strip())
    return [text for key, text in found.items() if key not in known]
