"""What the archives of a store say about their dates, checked against their signatures.

Kept in ``state/catalogue.json`` under a MAC of the vault, so that a sweep over 10,000 archives
reads two small files of each. An entry counts as long as the archive's tag manifest and its
``archive.json`` are those it was made from, and no newer revision is known. A catalogue that is lost,
older or edited is made again from the archives.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date  # noqa: TC003  (msgspec reads the annotations)
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from archive_tool.archive import bag, layout, manifest
from archive_tool.archive.opening import open_archive
from archive_tool.archive.refusals import REFUSALS
from archive_tool.errors import IntegrityError
from archive_tool.keys import primitives, sshsig
from archive_tool.lifecycle import places
from archive_tool.lifecycle.mentioned import erased_words
from archive_tool.lifecycle.unreadable import Unreadable
from archive_tool.model.archive import PolicyStamp  # noqa: TC001  (msgspec reads the annotations)
from archive_tool.model.parsed import parsed
from archive_tool.model.policy import Ending  # noqa: TC001

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.model.archive import ArchiveManifest

T = TypeVar("T")
FORMAT: Final = "archive-tool/catalogue/6"
PURPOSE: Final = "catalogue"
_MAC_BYTES: Final = 32
_SIZE: Final = re.compile(rb"^Payload-Oxum: ([0-9]{1,18})\.", re.MULTILINE)


class Term(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Until when a data type is kept."""

    data_type: str
    destroy_after: date
    basis: str
    action: Ending
    lesser_until: date | None
    """Last day of what is made of it then; None for nothing."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One archive."""

    archive_id: str
    seal: str
    """SHA-256 of its tag manifest: names the revision that this entry was made from."""
    stated: str
    """SHA-256 of the file that has the dates: one that went bad is named before it is due."""
    terms: list[Term]
    types: list[str]
    files: dict[str, int] | None
    """Table files by data type; None for aggregate archives."""
    bytes: int
    """Size of the payload."""
    aggregate: bool
    revision: int
    newest: int
    """The newest revision that the vault knew when this entry was made: another one voids it."""
    bundle: str
    """Digest of the bundle that it was made of."""
    source: str
    """The archive of that bundle that it was made of; empty where it was the bundle itself."""
    policy: str
    """Digest of the policy that was applied."""
    lesser: PolicyStamp | None
    """The policy that it is downgraded to, where one is named."""
    erased_here: int
    """Files of people who were erased that are here all the same: they came from a copy."""
    named_here: int
    """Files of others that name erased people again: an older revision came from a copy."""


class _Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    vault_id: str
    gone: tuple[int, int]
    """Erased people and destroyed secrets when it was made: others make it worthless."""
    archives: list[Entry]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The archives of a store that belong to one vault."""

    entries: tuple[Entry, ...]
    """Sorted by archive id."""
    foreign: int
    """Archives of other vaults: theirs to sweep."""
    unreadable: tuple[Unreadable, ...] = ()
    """Archives that were not looked at; :func:`archive_tool.lifecycle.each_archive.left_out` adds those that are gone."""


def load(store: Path, vault: Vault) -> Overview:
    """Read what all archives of a store say; those that cannot be read are named."""
    known = {entry.archive_id: entry for entry in _read(store, vault)}
    signer = vault.public_key

    def look(folder: Path) -> Entry | Unreadable | None:
        try:
            with layout.reading(folder):
                seal = _seal_of(folder)
                entry = known.get(folder.name)
                if not entry or not _counts(entry, folder, seal, vault):
                    entry = _entry(folder, seal, vault, signer)
            if entry:  # another copy of the vault may have made it, and written the catalogue
                vault.refuse_unknown(folder.name)
            return entry
        except REFUSALS as error:
            return Unreadable.because(folder.name, error)

    # one thread: the work is many small files, and more threads take twice the time
    found = [look(folder) for folder in places.archives_of(store)]
    entries = [item for item in found if isinstance(item, Entry)]
    if entries != list(known.values()):
        _write(store, vault, entries)
    return Overview(
        entries=tuple(entries),
        foreign=found.count(None),
        unreadable=tuple(item for item in found if isinstance(item, Unreadable)),
    )


def entry_of(folder: Path, vault: Vault) -> Entry | None:
    """Read one archive anew, whatever the catalogue says; None when it is another vault's."""
    return _entry(folder, _seal_of(folder), vault, vault.public_key)


def _seal_of(folder: Path) -> str:
    seal = _digest_of(folder / layout.TAG_MANIFEST)
    if not seal:
        raise IntegrityError("is missing", where=layout.TAG_MANIFEST)
    return seal


def _counts(entry: Entry, folder: Path, seal: str, vault: Vault) -> bool:
    """Whether an archive is still what an entry was made from."""
    newest = vault.newest_revision(entry.archive_id)
    is_same = (entry.seal, entry.newest) == (seal, newest)
    return is_same and entry.stated == _digest_of(folder / layout.ARCHIVE_JSON)


def _digest_of(path: Path) -> str:
    """SHA-256 of a file, hex; empty for one that is missing."""
    content = places.read(path)
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _entry(folder: Path, seal: str, vault: Vault, signer: str) -> Entry | None:
    """Check seal and signer of an archive and take what a sweep needs of its manifest."""
    checked = bag.read_seal(folder)
    found = sshsig.openssh_line(checked.signer)
    vault.refuse_former(found, folder.name)
    if found != signer:
        return None
    stated = manifest.decode(bag.read_checked(folder, checked, layout.ARCHIVE_JSON))
    manifest.refuse_newer(folder)
    if stated.archive_id != folder.name:
        raise IntegrityError("lies under the name of another archive", where=folder.name)
    size = _SIZE.search(places.read(folder / layout.BAG_INFO) or b"")
    terms = [
        Term(
            data_type=name,
            destroy_after=t.destroy_after,
            basis=t.basis,
            action=t.action,
            lesser_until=t.lesser_until,
        )
        for name, t in sorted(stated.retention.items())
    ]
    erased_here, named_here = _came_back(folder, stated, vault)
    return Entry(
        archive_id=stated.archive_id,
        seal=seal,
        stated=checked.digests[layout.ARCHIVE_JSON],
        terms=terms,
        types=stated.types,
        files=stated.files,
        bytes=0 if size is None else int(size[1]),
        aggregate=stated.aggregate,
        revision=stated.revision,
        newest=vault.newest_revision(stated.archive_id),
        bundle=stated.bundle_digest,
        source="" if stated.source is None else stated.source.archive_id,
        policy=stated.policy.digest,
        lesser=stated.downgrade_to,
        erased_here=erased_here,
        named_here=named_here,
    )


def _came_back(folder: Path, stated: ArchiveManifest, vault: Vault) -> tuple[int, int]:
    """Count files of erased people that an archive holds, and files of others that name them.

    The index is read only if somebody was erased, texts only if the revision is an older one, or has
    files of the erased: then no erasure reached it, because it lay elsewhere.
    """
    if not vault.gone[0] or vault.is_destroyed(stated.archive_id):
        return 0, 0
    archive = open_archive(folder, vault=vault)
    erased = sum(archive.is_subject_erased(entry.subject) for entry in archive.index)
    older = stated.revision < vault.newest_revision(stated.archive_id)
    named = len(erased_words.named_again(vault, archive)) if older or erased else 0
    return erased, named


def _read(store: Path, vault: Vault) -> list[Entry]:
    content = places.read(store / places.STATE / places.CATALOGUE)
    if content is None:
        return []
    mac, body = content[: 2 * _MAC_BYTES], content[2 * _MAC_BYTES + 1 :]
    if not primitives.same(mac, _mac(vault, body)):
        return []
    found = parsed(body, _Catalogue)
    stamp = (FORMAT, vault.vault_id, vault.gone)
    if found is None or (found.format, found.vault_id, found.gone) != stamp:
        return []
    return found.archives


def _write(store: Path, vault: Vault, entries: list[Entry]) -> None:
    body = msgspec.json.encode(
        _Catalogue(format=FORMAT, vault_id=vault.vault_id, gone=vault.gone, archives=entries),
        order="sorted",
    )
    with suppress(OSError):  # it only saves time: a store nobody can write is swept all the same
        places.write(store / places.STATE / places.CATALOGUE, _mac(vault, body) + b"\n" + body)


def _mac(vault: Vault, body: bytes) -> bytes:
    return primitives.mac(vault.pseudonym_key(PURPOSE), body).hex().encode()
