"""The vault: the only file whose loss loses data, and whose destruction destroys it.

``vault.age`` is an age file. Inside: one line of JSON (:class:`VaultBody`), then an SSHSIG over
exactly that line, made with the signing key that the line holds. Anyone who knows a recipient can
write an age file, so the signature and the vault id are compared with what the identity file
pins. It lies outside the store: whoever copies the store must not get the keys with it.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.errors import ArchiveToolError, LockError, UsageError, VaultError
from archive_tool.keys import founding, identities, primitives, sshsig, vault_file
from archive_tool.keys.custody import distinct, identity_for
from archive_tool.keys.heeding import Heeding
from archive_tool.keys.lock import FileLock
from archive_tool.keys.vault_file import VaultBody
from archive_tool.model.archive import VAULT_FILE
from archive_tool.model.moments import in_utc
from archive_tool.model.paths import as_path
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys.identities import Identity, PassphraseProvider
    from archive_tool.model.paths import AnyPath

IDENTITY_FILE: Final = "identity.txt"

_NO_VAULT_HINT: Final = (
    "check the path; a new study makes a vault with: archive-tool key init --vault DIR"
)


class Vault(Heeding):
    """An open vault. Reading is free; :meth:`save` writes the next epoch."""

    def __init__(
        self, folder: Path, body: VaultBody, identity: Identity, identity_path: Path | None = None
    ) -> None:
        self._folder = folder
        self._body = body
        self._identity = identity
        self._identity_path = identity_path
        self._newest = body.epoch
        self._heeded = {}
        self._threads = Lock()
        self._processes = FileLock(folder / ".vault.lock", what=VAULT_FILE)

    def __repr__(self) -> str:
        """The study and counts: no secret and nobody's name."""
        archives = count(len(self.archives), "archive")
        subjects = count(self.subject_count, "subject")
        name = self.study or self.vault_id[:12]
        return f"<Vault {name}: epoch {self.epoch}, {archives}, {subjects}>"

    @classmethod
    def create(
        cls,
        folder: AnyPath,
        *,
        study: str,
        passphrase: bytes | None,
        now: datetime,
        recipients: Sequence[str] = (),
        identity_out: AnyPath | None = None,
    ) -> Vault:
        """Make a vault and its first identity; VaultError (17) when there is one already.

        ``identity_out`` is where the private key goes (default: ``folder/identity.txt``).
        """
        folder = as_path(folder, "vault")
        identity_path = as_path(identity_out or folder / IDENTITY_FILE, "identity")
        founding.refuse_existing(folder / VAULT_FILE, identity_path)
        body = vault_file.new_body(study, now)
        signer = sshsig.openssh_line(primitives.public_of(body.signing_seed))
        identity, public, text = identity_for(body, signer, now)
        body.recipients = [public, *distinct(recipients, without=(public,))]
        content = identities.protect(text, passphrase)
        founding.put(folder, body, identity=identity, identity_path=identity_path, content=content)
        return cls(folder, body, identity, identity_path)

    @classmethod
    def open(
        cls,
        folder: AnyPath,
        *,
        identity: AnyPath | None = None,
        passphrase_provider: PassphraseProvider | None = None,
        now: datetime | None = None,
    ) -> Vault:
        """Open a vault with an identity file (default: the one beside it).

        The path of a grant opens what was granted, until it ends: that needs ``now``, see
        :mod:`archive_tool.keys.grant`.

        Raises VaultError (17) for a missing vault, a missing, protected or wrong identity;
        IntegrityError (16) for a vault that was changed or is another one; UsageError (2) for a
        grant without ``now``, or with one that has no zone.
        """
        folder = as_path(folder, "vault")
        identity = None if identity is None else as_path(identity, "identity")
        if folder.name == VAULT_FILE:  # the file in the folder was named
            folder = folder.parent
        if folder.is_file():
            from archive_tool.keys.grant import open_grant

            if now is None:
                raise UsageError(
                    "a grant is opened before it ends",
                    where="vault",
                    expected="now",
                    hint="Vault.open(path, identity=…, now=datetime.now(timezone.utc))",
                )
            return open_grant(
                folder,
                identity=identity,
                passphrase_provider=passphrase_provider,
                now=in_utc(now, "now"),
            )
        path = folder / VAULT_FILE
        if not path.is_file():
            raise VaultError("there is no vault", where=folder.name, hint=_NO_VAULT_HINT)
        identity_path = identity or folder / IDENTITY_FILE
        key = identities.read_identity(
            identity_path, passphrase_provider, named=identity is not None
        )
        vault = cls(folder, vault_file.read(path, key), key, identity_path)
        vault._heed_all()
        return vault

    @property
    def folder(self) -> Path:
        """Where the vault lies."""
        return self._folder

    @property
    def study(self) -> str:
        """Name that the study was given."""
        return self._body.study

    @property
    def epoch(self) -> int:
        """Version of the vault, from 1."""
        return self._body.epoch

    @property
    def created(self) -> datetime:
        """When the vault was made."""
        return self._body.created

    def rotate(
        self,
        identity_out: Path,
        *,
        passphrase: bytes | None,
        now: datetime,
        present: Sequence[Identity] = (),
    ) -> None:
        """Change the key that this vault was opened with for a new one, and save.

        No archive is touched. The new identity is on the disk before the vault needs it. Raises
        VaultError when the vault was opened with an ssh key, or the target exists; LockError (21)
        when another process writes or wrote the vault.
        """
        with (
            self.lock(),  # first: who must wait makes no identity
            self._new_identity(identity_out, passphrase=passphrase, now=now) as identity,
        ):
            self._write_next(now, reader=identity, present=present)
        self._identity_path = identity_out

    def renewed(self, now: datetime) -> Vault:
        """Return this vault with renewed secrets (:meth:`renew_secrets`): it counts once saved."""
        body = msgspec.json.decode(msgspec.json.encode(self._body), type=VaultBody)
        vault = Vault(self._folder, body, self._identity, self._identity_path)
        vault._newest, vault._processes = self._newest, self._processes
        vault.renew_secrets(now)
        return vault

    def reopened(self) -> Vault:
        """Read the vault again from the disk, with nothing remembered."""
        body = vault_file.read(self._folder / VAULT_FILE, self._identity)
        return Vault(self._folder, body, self._identity, self._identity_path)

    @contextmanager
    def lock(self, *, take_newer: bool = False) -> Iterator[None]:
        """Hold the vault for a long run: LockError (21) when another process writes or wrote it.

        ``take_newer``: go on with what another process has saved since it was opened, unless the
        keys were renewed. Notes that were not saved are lost then: for who has made none. They are
        lost too when the run fails: keys of an archive that never came to be, or half of an erasure,
        would be saved with whatever is done next.
        """
        with self._processes:
            if take_newer:
                self.follow()
            else:
                self.refuse_changed()
            try:
                yield
            except BaseException:
                self._forget_unsaved()
                raise

    def follow(self) -> None:
        """Go on with what another process has saved since this was opened, as :meth:`lock` does.

        LockError (21) when the keys were renewed: under them every archive looks like a stranger's.
        """
        on_disk = self._on_disk()
        if self._continues(on_disk):
            self._body, self._newest = on_disk, max(self._newest, on_disk.epoch)
            self._heed_all()
        self._refuse_other(on_disk)

    def _forget_unsaved(self) -> None:
        with suppress(ArchiveToolError, OSError):
            self._body = vault_file.read(self._folder / VAULT_FILE, self._identity)
            self._newest = self._body.epoch
            self._heed_all()

    def save(self, now: datetime, *, present: Sequence[Identity] = ()) -> None:
        """Write the next epoch beside the old one, read it back, then swap it in.

        ``present``: identities of further custodians; it is read back with each of them too.
        """
        self._write_next(now, reader=self._identity, present=present)

    def shred_again(self, now: datetime) -> bool:
        """Take out of an older copy what was erased since it was made; False when it is current.

        It gets the epoch of the record, not a newer one: it stays an older copy. Raises OSError
        where it cannot be written.
        """
        if not self.behind:
            return False
        with self._processes:
            self.refuse_changed()
            self._put(msgspec.structs.replace(self._body, epoch=self._newest, saved=now))
        return True

    def _write_next(
        self, now: datetime, *, reader: Identity, present: Sequence[Identity] = ()
    ) -> None:
        with self._processes:
            self.refuse_changed()
            body = msgspec.structs.replace(self._body, epoch=self._newest + 1, saved=now)
            self._put(body, reader=reader, present=present)
            self._leave_record()

    def _put(
        self, body: VaultBody, *, reader: Identity | None = None, present: Sequence[Identity] = ()
    ) -> None:
        reader = reader or self._identity
        vault_file.write(self._folder, body, [reader, *present])
        self._body, self._newest, self._identity = body, body.epoch, reader

    def refuse_changed(self) -> None:
        """LockError (21) when the file on the disk is not the one that was opened."""
        self._refuse_other(self._on_disk())

    def _on_disk(self) -> VaultBody:
        """Read the vault again; LockError (21) when the identity opens it no more."""
        on_disk = None
        with suppress(VaultError):
            on_disk = vault_file.read(self._folder / VAULT_FILE, self._identity)
        if on_disk is None:
            raise LockError(
                "the keys that open it were changed while this ran",
                where=VAULT_FILE,
                hint="run the command again, with the identity that opens the vault now",
            )
        return on_disk

    def _continues(self, on_disk: VaultBody) -> bool:
        """Whether a vault is a later epoch of this one, under the same signing key."""
        ours = (self._body.vault_id, self._body.signing_seed)
        same = ours == (on_disk.vault_id, on_disk.signing_seed)
        return same and on_disk.epoch > self._body.epoch

    def _refuse_other(self, on_disk: VaultBody) -> None:
        if (on_disk.vault_id, on_disk.epoch) != (self._body.vault_id, self._body.epoch):
            raise LockError(
                "another process has written the vault in the meantime",
                where=VAULT_FILE,
                hint="run the command again",
            )
