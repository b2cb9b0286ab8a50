"""How the key of a file comes about. Keys are derived, not stored.

    reach = HKDF(scope secret || subject secret, salt = archive id, info = "archive-tool/reach/1")
    key   = HKDF(reach,                          salt = file id,    info = "archive-tool/file/1")

Destroying a scope secret destroys one archive in every copy; destroying a subject secret destroys
one person in every archive of the study. A *reach* opens the files of one subject in one scope of
one archive and nothing else: it is what a grant to a collaborator carries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.errors import VaultError
from archive_tool.keys import primitives
from archive_tool.model.datatypes import MEDIA, READ_SCOPES
from archive_tool.model.people import canonical_person

if TYPE_CHECKING:
    from collections.abc import Mapping

INDEX_SCOPE: Final = "index"
AGGREGATES_SCOPE: Final = "aggregates"
MEDIA_SCOPE: Final = MEDIA

SCOPES: Final = (
    *READ_SCOPES,
    "linkage",
    MEDIA_SCOPE,
    AGGREGATES_SCOPE,
    INDEX_SCOPE,
)
"""The platform's read scopes, then ours. Every archive has a secret for each."""

NO_SUBJECT: Final = bytes(primitives.KEY_BYTES)
"""Subject secret of files that belong to nobody: the index and aggregates."""

CHECK_BYTES: Final = 8


@dataclass(frozen=True, kw_only=True)
class ArchiveSecrets:
    """What opens one archive, apart from the subjects' secrets."""

    archive_id: str
    scopes: Mapping[str, bytes] = field(repr=False)
    """32 random bytes per scope."""
    lookup: bytes = field(repr=False)
    """The study's key under which subjects are named: :func:`subject_key`."""

    def reach(self, scope: str, subject_secret: bytes = NO_SUBJECT) -> bytes:
        """Return what opens one subject's files in one scope; VaultError when it was destroyed."""
        secret = self.scopes.get(scope)
        if secret is None:
            raise VaultError(
                "the vault has no secret for a scope of this archive",
                where=scope,
                hint="the scope was destroyed, or this key was never granted it",
            )
        return primitives.hkdf(
            secret + subject_secret, salt=self.archive_id.encode(), info=b"archive-tool/reach/1"
        )

    def is_granted(self, scope: str) -> bool:
        """Tell whether a scope is for whoever holds this: all are, but of a grant."""
        return True

    def file_key(self, scope: str, subject_secret: bytes, file_id: str) -> bytes:
        """Return the 256-bit key of one file."""
        return file_key(self.reach(scope, subject_secret), file_id)

    def subject_key(self, subject: str) -> str:
        """Return the name of a subject in vault and index."""
        return subject_key(self.lookup, subject)


def new_archive_secrets(archive_id: str, lookup: bytes) -> ArchiveSecrets:
    """Fresh random secrets for every scope."""
    scopes = {scope: primitives.random_bytes() for scope in SCOPES}
    return ArchiveSecrets(archive_id=archive_id, scopes=scopes, lookup=lookup)


def file_key(reach: bytes, file_id: str) -> bytes:
    """Return the key of one file, from the reach of its subject."""
    return primitives.hkdf(reach, salt=file_id.encode(), info=b"archive-tool/file/1")


def key_check(key: bytes) -> str:
    """8 bytes (hex) that tell a wrong key from a changed file, and tell nothing about the key."""
    return primitives.hkdf(key, salt=b"", info=b"archive-tool/check/1")[:CHECK_BYTES].hex()


def subject_key(lookup: bytes, subject: str) -> str:
    """HMAC-SHA256 of a person's id, hex: the vault and the index are no list of people.

    Every way to write the id gives the same.
    """
    return primitives.mac(lookup, canonical_person(subject).encode()).hex()
