"""What a vault has forgotten, seen and handed out: the part of it that only keeps notes.

Every change counts for others after the vault's next :meth:`Vault.save`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archive_tool.errors import VaultError
from archive_tool.keys import derive, erasure, vault_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from archive_tool.keys.vault_file import CopyNote, ErasedWord, GrantNote, VaultBody


class Ledger:
    """Notes over the body of a vault."""

    _body: VaultBody

    def erase_subjects(self, keys: Iterable[str], *, now: datetime) -> None:
        """Forget the secrets behind subject keys: gone for good after the next :meth:`save`."""
        for key in keys:
            self._body.subjects.pop(key, None)
            self._body.erased.setdefault(key, now)

    def destroy_secrets(self, names: Iterable[str], *, now: datetime) -> None:
        """Forget the secrets of archives or scopes: gone for good after the next :meth:`save`.

        ``names`` are ``<archive id>`` or ``<archive id>/<scope>``.
        """
        for name in names:
            erasure.destroy(self._body, name, now)

    def is_destroyed(self, archive_id: str, scope: str = "") -> bool:
        """Whether the secrets of an archive, or of one scope of it, were destroyed."""
        destroyed = self._body.destroyed
        return archive_id in destroyed or (bool(scope) and f"{archive_id}/{scope}" in destroyed)

    def note_words(self, words: Mapping[str, ErasedWord]) -> None:
        """Remember words of people by their keyed names, from the next :meth:`save` on."""
        self._body.words = {**self._body.words, **words}

    @property
    def words(self) -> Mapping[str, ErasedWord]:
        """Ids and codes that were taken out of the rows of others, by their keyed names."""
        return self._body.words

    @property
    def gone(self) -> tuple[int, int]:
        """How many subjects were erased, and how many archives or scopes destroyed."""
        return len(self._body.erased), len(self._body.destroyed)

    def key_ids(self, subjects: Iterable[str], names: Iterable[str]) -> list[str]:
        """Name secrets without telling anything of them: check values, for certificates.

        ``subjects`` are subject keys, ``names`` are ``<archive id>`` or ``<archive id>/<scope>``.
        """
        secrets = [self._body.subjects.get(key) for key in subjects]
        for name in names:
            archive_id, _, scope = name.partition("/")
            scopes = self._body.archives.get(archive_id, {})
            secrets += [scopes.get(scope)] if scope else list(scopes.values())
        return sorted(derive.key_check(secret) for secret in secrets if secret is not None)

    def note_applied(self, plan: str, *, now: datetime) -> None:
        """Remember that the keys a plan names are destroyed, from the next :meth:`save` on."""
        self._body.applied.setdefault(plan, now)

    def has_applied(self, plan: str) -> bool:
        """Whether the keys a plan names were destroyed."""
        return plan in self._body.applied

    def note_revision(self, archive_id: str, revision: int) -> None:
        """Remember that an archive has a newer revision, from the next :meth:`save` on."""
        newest = max(revision, self._body.revisions.get(archive_id, 1))
        self._body.revisions[archive_id] = newest

    def newest_revision(self, archive_id: str) -> int:
        """Return the newest revision of an archive that this vault knows of."""
        return self._body.revisions.get(archive_id, 1)

    def note_checkpoint(self, log: str, line: int, digest: str) -> None:
        """Remember the newest line of an audit log, from the next :meth:`save` on."""
        self._body.checkpoints[log] = vault_file.Checkpoint(line=line, hash=digest)

    def checkpoint(self, log: str) -> tuple[int, str] | None:
        """Return line and hash of the newest line of an audit log that this vault has seen."""
        seen = self._body.checkpoints.get(log)
        return None if seen is None else (seen.line, seen.hash)

    @property
    def grants(self) -> tuple[GrantNote, ...]:
        """What was granted to whom."""
        return tuple(self._body.grants)

    def note_grant(self, note: GrantNote) -> None:
        """Remember a grant, from the next :meth:`save` on."""
        self._body.grants = [*self._body.grants, note]

    def revoke_grant(self, grant_id: str, *, now: datetime) -> None:
        """Note that a grant is withdrawn; VaultError when there is none of this id."""
        notes = self._body.grants
        if grant_id not in {note.grant_id for note in notes}:
            raise VaultError(
                "there is no such grant", where="grant", hint="see archive-tool key show"
            )
        self._body.grants = [
            msgspec.structs.replace(note, revoked=note.revoked or now)
            if note.grant_id == grant_id
            else note
            for note in notes
        ]

    @property
    def copies(self) -> tuple[CopyNote, ...]:
        """Registered copies of the vault."""
        return tuple(self._body.copies)

    def register_copy(self, label: str, *, now: datetime) -> None:
        """Note that a copy of this epoch lies elsewhere, from the next :meth:`save` on."""
        note = vault_file.CopyNote(label=label, epoch=self._body.epoch + 1, registered=now)
        self._body.copies = [*(c for c in self._body.copies if c.label != label), note]

    @property
    def copies_behind(self) -> tuple[CopyNote, ...]:
        """Registered copies that are older than this vault."""
        return tuple(note for note in self._body.copies if note.epoch < self._body.epoch)
