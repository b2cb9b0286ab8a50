"""The release ledger: what was said of whom before, so that the next release betrays nobody.

Every release leaves a keyed sketch of the people behind each of its cells in the vault's folder
(``ledger.sealed``). The file is sealed under a key of the vault, and the vault remembers the newest
release in it: a ledger that is missing, changed or older than the vault knows is refused.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from archive_tool.disclose.noise.budget import Spend  # noqa: TC001  (msgspec reads the annotations)
from archive_tool.disclose.releases.earlier import Earlier
from archive_tool.disclose.releases.notes import Release  # noqa: TC001
from archive_tool.errors import IntegrityError
from archive_tool.keys import disk, primitives
from archive_tool.model.files import read_file
from archive_tool.model.parsed import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from archive_tool.keys import Vault

LEDGER_FILE: Final = "ledger.sealed"
FORMAT: Final = "archive-tool/ledger/1"
_NUMBER: Final = re.compile("[0-9]{1,9}")
CHECKPOINT: Final = "release-ledger"
SPENT: Final = "privacy-budget"
"""What the vault calls the newest spending that it has seen."""


class _Body(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    format: str
    vault_id: str
    releases: list[Release]
    spent: list[Spend] = []


@dataclass(kw_only=True)
class Ledger:
    """The releases of a study."""

    vault: Vault
    releases: list[Release]
    spent: list[Spend] = field(default_factory=list)
    """What tables with noise have spent of the study's budget; it is never taken back."""
    _before: bytes | None = field(default=None, repr=False)
    """The file before the newest release; None when there was none."""

    @classmethod
    def open(cls, vault: Vault) -> Ledger:
        """Read the ledger beside a vault; an empty one when the study has released nothing.

        Raises IntegrityError when it was changed, taken away or set back.
        """
        content = _content(vault)
        body = None if content is None else _read(content, vault)
        ledger = cls(vault=vault, releases=[])
        if body is not None:
            ledger.releases, ledger.spent = body.releases, body.spent
        for name, entries in ((CHECKPOINT, ledger.releases), (SPENT, ledger.spent)):
            seen = vault.checkpoint(name)
            if seen is not None and _digest(entries[: seen[0]]) != seen[1]:
                raise IntegrityError(
                    "the release ledger is missing or older than the vault knows",
                    where=LEDGER_FILE,
                    hint="it lies beside the vault; put back the newest copy of both",
                )
        return ledger

    @property
    def earlier(self) -> Earlier:
        """What these releases say."""
        return Earlier(releases=self.releases)

    def tags(self, names: Sequence[str]) -> np.ndarray:
        """Keyed names of people, 64 bits each, by their ids or what stands for these.

        They are made of the subject keys, which an archive with codes has too.
        """
        key = self.vault.pseudonym_key(CHECKPOINT)
        people = map(self.vault.person_key, names)
        macs = [primitives.mac(key, person.encode())[:8] for person in people]
        return np.array([int.from_bytes(one, "big") for one in macs], np.uint64)

    def refuse_older(self, published: Iterable[str]) -> None:
        """IntegrityError (16) when an archive names an entry that this ledger does not have.

        Vault and ledger that were set back together agree with each other; what is out knows more.
        """
        for entry in published:
            number, _, digest = entry.partition(":")
            place = int(number) if _NUMBER.fullmatch(number) else 0
            if _digest(self.releases[place - 1 : place]) != digest:
                raise IntegrityError(
                    "the release ledger does not have the summary tables of an archive of the store",
                    where=LEDGER_FILE,
                    hint="vault and ledger come from an older copy, or another copy made these "
                    "tables: put back the newest of both, and write one copy only",
                )

    def entry(self, release: Release) -> str:
        """Name the entry that a release will have: its number and the SHA-256 of what it holds."""
        return f"{len(self.releases) + 1}:{_digest([release])}"

    def add(self, release: Release, spent: Sequence[Spend] = ()) -> None:
        """Write a release down: on disk, and in the vault, which the caller saves next.

        In this order a crash leaves a ledger that knows too much, never one that knows too little.
        """
        self._before = None if spent else _content(self.vault)
        self.releases = [*self.releases, release]
        self.spent = [*self.spent, *spent]
        self._write()

    def take_back(self, now: datetime) -> None:
        """Forget the newest release, which was not published after all; what it spent stays."""
        *self.releases, _ = self.releases
        self._note()
        self.vault.save(now)
        path = self.vault.folder / LEDGER_FILE
        if self._before is not None:
            disk.replace(path, self._before, shared=True)
        elif self.releases or self.spent:
            self._write()
        else:
            path.unlink(missing_ok=True)

    def counted_in(self, person_id: str) -> list[Release]:
        """Releases that counted a person: they cannot be called back."""
        (tag,) = self.tags([person_id])
        return [one for one in self.releases if tag in np.frombuffer(one.everyone, np.uint64)]

    def _write(self) -> None:
        body = _Body(
            format=FORMAT,
            vault_id=self.vault.vault_id,
            releases=self.releases,
            spent=self.spent,
        )
        plain = msgspec.msgpack.encode(body)
        sealed = primitives.seal(_key(self.vault), plain, bound_to=FORMAT.encode())
        disk.replace(self.vault.folder / LEDGER_FILE, sealed, shared=True)
        self._note()

    def _note(self) -> None:
        """Have the vault remember how far both lists go."""
        self.vault.note_checkpoint(CHECKPOINT, len(self.releases), _digest(self.releases))
        if self.spent:
            self.vault.note_checkpoint(SPENT, len(self.spent), _digest(self.spent))


def _content(vault: Vault) -> bytes | None:
    with suppress(FileNotFoundError):
        return read_file(vault.folder / LEDGER_FILE)
    return None


def _key(vault: Vault) -> bytes:
    return vault.pseudonym_key("release-ledger/file")


def _read(content: bytes, vault: Vault) -> _Body:
    plain = primitives.open_sealed(_key(vault), content, bound_to=FORMAT.encode())
    body = unpacked(plain, _Body)
    if body is None or body.format != FORMAT or body.vault_id != vault.vault_id:
        raise IntegrityError("not a ledger of a known version", where=LEDGER_FILE, expected=FORMAT)
    return body


def _digest(entries: Sequence[Release | Spend]) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(list(entries))).hexdigest()
