"""The secrets of an open vault: of subjects, of archives, of codes.

Every new secret counts for others after the vault's next :meth:`Vault.save`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NoReturn

from archive_tool.errors import UsageError, VaultError
from archive_tool.keys import derive, primitives
from archive_tool.keys.derive import ArchiveSecrets
from archive_tool.keys.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable
    from threading import Lock

    from archive_tool.keys.vault_file import VaultBody


_STAND_IN: Final = "subject/"
"""Begins what stands for the id of a person of whom only the subject key is known."""


class SubjectState(StrEnum):
    """What the vault knows about a subject."""

    KNOWN = "known"
    ERASED = "erased"
    UNKNOWN = "unknown"


class Keyring(Ledger):
    """Secrets over the body of a vault."""

    _body: VaultBody
    _threads: Lock

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied into a file or another process: joblib keeps what it hands over."""
        raise UsageError(
            "an open vault is not copied and not handed to other processes: it would take all keys along",
            where="vault",
            hint="open it where it is needed: call Vault.open and open_archive in the function "
            "that runs there",
        )

    @property
    def archives(self) -> tuple[str, ...]:
        """Ids of the archives it has secrets for."""
        return tuple(self._body.archives)

    @property
    def subject_count(self) -> int:
        """How many subjects have a secret: people, agents, and nobody."""
        return len(self._body.subjects)

    def subject_key(self, subject: str) -> str:
        """Return the name of a subject in vault and index: it tells nothing without the vault."""
        return derive.subject_key(self._body.lookup, subject)

    def person_key(self, person: str) -> str:
        """Return the subject key of a person, by id or by what stands for it (:func:`stand_in`)."""
        key = person.removeprefix(_STAND_IN)
        # an id that only looks like a stand-in names no subject: the keys are told to nobody
        is_known = key != person and key in self._body.subjects
        return key if is_known else self.subject_key(person)

    def subject_state(self, subject: str) -> SubjectState:
        """Whether a subject has a secret, had one, or never came."""
        return self.state_of_key(self.subject_key(subject))

    def state_of_key(self, key: str) -> SubjectState:
        """Do the same for a subject key of an index."""
        if key in self._body.subjects:
            return SubjectState.KNOWN
        return SubjectState.ERASED if key in self._body.erased else SubjectState.UNKNOWN

    def subject_secret(self, subject: str, create: bool = False) -> bytes:
        """Return the secret of a subject; thread-safe. With ``create``, a new one gets one.

        Raises VaultError for an erased subject, and without ``create`` for an unknown one.
        """
        key = self.subject_key(subject)
        if create and self.state_of_key(key) is SubjectState.UNKNOWN:
            with self._threads:
                self._body.subjects.setdefault(key, primitives.random_bytes())
        return self.secret_of_key(key)

    def create_subjects(self, subjects: Iterable[str]) -> None:
        """Give every unknown subject a secret; erased ones stay erased."""
        for subject in subjects:
            if self.subject_state(subject) is not SubjectState.ERASED:
                self.subject_secret(subject, create=True)

    def secret_of_key(self, key: str) -> bytes:
        """Return the secret behind a subject key of an index; VaultError when there is none."""
        secret = self._body.subjects.get(key)
        if secret is not None:
            return secret
        if key in self._body.erased:
            raise subject_erased()
        raise VaultError("the vault does not know the subject", where="vault")

    def secret_unless_erased(self, key: str) -> bytes | None:
        """Do the same; None when the subject was erased."""
        return None if self.state_of_key(key) is SubjectState.ERASED else self.secret_of_key(key)

    def new_archive(self, archive_id: str) -> ArchiveSecrets:
        """Fresh secrets for a new archive; they exist for others after :meth:`save`."""
        secrets = derive.new_archive_secrets(archive_id, self._body.lookup)
        with self._threads:
            if archive_id in self._body.archives:
                raise VaultError("the vault has an archive of this id already", where=archive_id)
            self._body.archives[archive_id] = dict(secrets.scopes)
        return secrets

    def refuse_unknown(self, archive_id: str) -> None:
        """VaultError for an archive that the vault has no keys of, and never had."""
        if archive_id not in self._body.archives and archive_id not in self._body.destroyed:
            raise _no_keys(archive_id)

    def archive_secrets(self, archive_id: str) -> ArchiveSecrets:
        """Return the secrets of an archive; VaultError when the vault has none."""
        scopes = self._body.archives.get(archive_id)
        if archive_id in self._body.destroyed:
            raise VaultError(
                "the archive was destroyed", where=archive_id, hint="no copy of it can be read"
            )
        if scopes is None:
            raise _no_keys(archive_id)
        lookup = self._body.lookup
        return ArchiveSecrets(archive_id=archive_id, scopes=dict(scopes), lookup=lookup)

    def pseudonym_key(self, purpose: str) -> bytes:
        """Return a key for codes of one kind (``person`` …): codes of two kinds never match."""
        info = b"archive-tool/pseudonym/1/" + purpose.encode()
        return primitives.hkdf(self._body.pseudonyms, salt=self._body.vault_id.encode(), info=info)

    def reaches(self, archive_id: str, scope: str) -> dict[str, bytes]:
        """Return what opens a scope of an archive, by subject key."""
        secrets = self.archive_secrets(archive_id)
        return {key: secrets.reach(scope, secret) for key, secret in self._body.subjects.items()}


def stand_in(key: str) -> str:
    """Return what stands for the id of the person behind a subject key of an index."""
    return _STAND_IN + key


def subject_erased() -> VaultError:
    """Make the error for a subject whose secret was destroyed."""
    return VaultError(
        "the subject was erased", where="vault", hint="its rows cannot be read any more"
    )


def _no_keys(archive_id: str) -> VaultError:
    return VaultError(
        "the vault has no keys of this archive",
        where=archive_id,
        hint="use the vault that the archive was made with, or a newer copy of it",
    )
