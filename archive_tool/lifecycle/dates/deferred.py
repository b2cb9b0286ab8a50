"""Erasures that wait for the release of a hold: noted, so that nobody has to remember them.

``state/deferred/<plan>.json`` is signed with the vault's key and names people by their keyed names.
Where mentions are to be taken out of the rows of others the ids are needed later on, and the names,
which the rows of people tell that are gone then: they lie in it sealed under a key that only the vault
gives.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.keys import disk, primitives, signed, sshsig
from archive_tool.lifecycle import places
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.mentioned.called import Called
from archive_tool.model.files import read_file
from archive_tool.model.parsed import of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.planning.erase_plan import ErasePlan

FORMAT: Final = "archive-tool/deferred/1"
NAMESPACE: Final = "archive-tool-deferred"
PURPOSE: Final = "deferred"


class Deferred(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An erasure of which something is under hold."""

    format: str
    vault_id: str
    plan: str
    """Digest of the plan that was applied."""
    noted: datetime
    operator: str
    subjects: list[str]
    """Subject keys of the people."""
    holds: list[str]
    """Holds that kept something of them when it was last run."""
    ids: bytes
    """Sealed ids whose mentions are taken out; empty when mentions stay."""
    called: bytes = b""
    """Sealed names of these people and rooms in which they were; empty as well."""


def of_plan(
    vault: Vault,
    decided: ErasePlan,
    ids: Sequence[str],
    called: Mapping[str, Called],
    *,
    operator: str,
    now: datetime,
) -> Deferred:
    """Make the note for a plan that is applied."""
    record = Deferred(
        format=FORMAT,
        vault_id=vault.vault_id,
        plan=decided.digest,
        noted=now,
        operator=operator,
        subjects=[person.subject for person in decided.people],
        holds=[],
        ids=_seal(vault, decided.digest, ids) if ids else b"",
        called=_seal(vault, decided.digest, called) if called else b"",
    )
    return kept_by(record, decided)


def kept_by(record: Deferred, decided: ErasePlan, others: Iterable[str] = ()) -> Deferred:
    """Say which holds keep something of it; ``others`` keep rows of others that name somebody."""
    named = {hold for person in decided.people for hold in person.holds}
    kept = {hold for item in decided.items for hold in item.holds}
    return msgspec.structs.replace(record, holds=sorted(named | kept | set(others)))


def of_the_same(store: Path, vault: Vault, record: Deferred) -> list[Deferred]:
    """Return older notes of which another one says all: the erasure was planned again.

    It was killed, or it waits and was asked for once more.
    """
    ids, subjects = set(ids_of(vault, record)), set(record.subjects)
    return [
        older
        for older in waiting(store, vault)
        if older.plan != record.plan
        and ids.issuperset(ids_of(vault, older))
        and subjects.issuperset(older.subjects)
    ]


def note(store: Path, vault: Vault, record: Deferred) -> None:
    """Write an erasure down; it stays until :func:`forget`."""
    places.write(_path(store, record.plan), _encode(record, vault))


def sign_again(store: Path, vault: Vault, fresh: Vault, beside: Path) -> None:
    """Write the noted erasures into a folder, signed with the renewed key of a vault.

    What is sealed in them stays: keys of codes and names are not renewed.
    """
    for record in waiting(store, vault):
        places.write(beside / _path(store, record.plan).name, _encode(record, fresh))


def take_over(store: Path, beside: Path) -> None:
    """Put the notes of :func:`sign_again` in place of the older ones."""
    for path in sorted(beside.glob("[!.]*.json")):
        places.write(store / places.STATE / places.DEFERRED / path.name, read_file(path))


def is_noted(store: Path, record: Deferred) -> bool:
    """Whether something of an erasure waits still."""
    return _path(store, record.plan).exists()


def forget(store: Path, record: Deferred) -> None:
    """Take away the note of an erasure of which nothing is left."""
    path = _path(store, record.plan)
    if path.exists():
        path.unlink()
        disk.sync_folder(path.parent)


def waiting(store: Path, vault: Vault) -> list[Deferred]:
    """Return the noted erasures of a vault; IntegrityError (16) when one was changed."""
    public = sshsig.parse_openssh_line(vault.public_key)
    found = []
    for path in _paths(store):
        document, signer = signed.unseal(
            read_file(path), namespace=NAMESPACE, where=f"{places.DEFERRED}/{path.name}"
        )
        record = of_kind(document, Deferred)
        if record is None or record.format != FORMAT:
            raise IntegrityError("is of a version this release does not know", where=path.name)
        if record.vault_id != vault.vault_id:
            continue
        if signer != public:
            raise IntegrityError("is signed by a key that is not the vault's", where=path.name)
        found.append(record)
    return found


def released(store: Path, vault: Vault) -> int:
    """Count the noted erasures that none of their holds keeps any more: they run with the next sweep."""
    in_force = {hold.id for hold in holds.active(store)}
    return sum(in_force.isdisjoint(record.holds) for record in waiting(store, vault))


def count(store: Path) -> int:
    """Count the noted erasures; needs no key."""
    return len(_paths(store))


def ids_of(vault: Vault, record: Deferred) -> tuple[str, ...]:
    """Return the ids whose mentions are taken out; empty when mentions stay."""
    if not record.ids:
        return ()
    return tuple(msgspec.json.decode(_unseal(vault, record, record.ids), type=list[str]))


def called_of(vault: Vault, record: Deferred) -> dict[str, Called]:
    """Return what the people of :func:`ids_of` were called when it was noted."""
    if not record.called:
        return {}
    return msgspec.json.decode(_unseal(vault, record, record.called), type=dict[str, Called])


def _encode(record: Deferred, vault: Vault) -> bytes:
    return signed.seal(msgspec.to_builtins(record), vault.signing_key, namespace=NAMESPACE)


def _seal(vault: Vault, plan: str, content: object) -> bytes:
    plain = msgspec.json.encode(content, order="deterministic")
    return primitives.seal(_key(vault), plain, bound_to=plan.encode())


def _unseal(vault: Vault, record: Deferred, sealed: bytes) -> bytes:
    return primitives.open_sealed(_key(vault), sealed, bound_to=record.plan.encode())


def _key(vault: Vault) -> bytes:
    return vault.pseudonym_key(PURPOSE)


def _paths(store: Path) -> list[Path]:
    return sorted((store / places.STATE / places.DEFERRED).glob("[!.]*.json"))


def _path(store: Path, plan: str) -> Path:
    return store / places.STATE / places.DEFERRED / f"{plan[:32]}.json"
