"""Copies that destroying keys does not reach: said in every plan and certificate."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from archive_tool.errors import IntegrityError, VaultError
from archive_tool.lifecycle.applying.work import Unreached
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.lifecycle.unreadable import Unreadable

ARCHIVE: Final = "archive"
DAMAGED: Final = "damaged-archive"
CODES: Final = {ARCHIVE: VaultError.exit_code, DAMAGED: IntegrityError.exit_code}
"""Exit codes of archives that could not be looked at."""
GRANT: Final = "grant"
EXPORT: Final = "export"
VAULT_COPY: Final = "vault-copy"
COPIES: Final = (GRANT, EXPORT, VAULT_COPY)
"""What :func:`copies` lists: it changes between a plan and its application."""


def copies(vault: Vault, records: Sequence[Record], archives: Sequence[str]) -> list[Unreached]:
    """List grants, exports and copies of the vault that still open what is about to go."""
    touched = set(archives)
    found = [
        Unreached(
            kind=GRANT,
            what=f"grant {grant.grant_id} of {grant.made:%Y-%m-%d} for {', '.join(grant.scopes)}",
            notice="ask its holder to destroy the grant, the files and what was made of them",
        )
        for grant in vault.grants
        if touched & set(grant.archives)
    ]
    exports = sum(1 for r in records if r.event == "extract" and r.detail.get("archive") in touched)
    if exports:
        found.append(
            Unreached(
                kind=EXPORT,
                what=f"{count(exports, 'export')} of these archives in the audit log",
                notice="ask whoever keeps the exported files to destroy them",
            )
        )
    for copy in vault.copies:
        found.append(
            Unreached(
                kind=VAULT_COPY,
                what=f"registered copy of the vault, epoch {copy.epoch}: {copy.label}",
                notice="replace the copy by the vault as it is now",
            )
        )
    found.append(
        Unreached(
            kind=VAULT_COPY,
            what=f"any copy of the vault up to epoch {vault.epoch} that nobody registered",
            notice="destroy older copies of vault.age; with one of them and an identity, copies of "
            "the archives can still be read",
        )
    )
    return found


def recordings(archives: Sequence[str]) -> list[Unreached]:
    """List recordings that belong to no one person, in archives with files of those who go."""
    return [
        Unreached(
            kind="recording",
            what=f"recordings of archive {archive_id} that belong to no one person and may show "
            "the person",
            notice="look at them, extracted with --type media; a sweep destroys all of them at once",
        )
        for archive_id in archives
    ]


def unreadable(archives: Sequence[Unreadable]) -> list[Unreached]:
    """List archives of the store that could not be looked at: nothing was done to them."""
    return [
        Unreached(
            kind=ARCHIVE if item.is_sealed else DAMAGED,
            what=f"archive {item.archive} of the store, which could not be read: {item.why}",
            notice="put a copy from after the renewal in its place, or use the copy of the vault "
            "that made it, or destroy it: whoever has its keys can read it"
            if item.is_sealed
            else "put a whole copy in its place and make a new plan, or destroy it",
        )
        for item in archives
    ]


def elsewhere(vault: Vault, present: Collection[str]) -> list[Unreached]:
    """Say how many archives the vault opens that are not in this store: nothing there was looked at."""
    others = len(set(vault.archives) - set(present))
    if not others:
        return []
    return [
        Unreached(
            kind="elsewhere",
            what=f"{count(others, 'archive')} of this vault that {'is' if others == 1 else 'are'} "
            "not in this store",
            notice="no key opens what they have of the people; sweep the store that has them: it takes "
            "out the files, and the mentions that were taken out here",
        )
    ]


def of_others(foreign: int) -> list[Unreached]:
    """Say how many archives of the store belong to other vaults: they were not looked at."""
    if not foreign:
        return []
    return [
        Unreached(
            kind="other-vault",
            what=f"{count(foreign, 'archive')} of this store that {'is' if foreign == 1 else 'are'} "
            "another vault's",
            notice="whoever has that vault looks for the person with it, and erases them there too",
        )
    ]


def releases(
    vault: Vault, ids: Sequence[str], archives: Sequence[str], remade_by: Callable[[str], str]
) -> list[Unreached]:
    """Say which summary tables counted the people, by the release ledger.

    ``remade_by`` gives the command that makes the tables of an archive anew, if any does.

    Without ids, or without a ledger that can be trusted, every archive with such tables may have:
    an erasure does not wait for a ledger. A release stays listed when its archive is gone.
    """
    from archive_tool.disclose.releases.ledger import Ledger

    releases: set[str] = set()
    named: set[str] = set()
    with suppress(IntegrityError):
        ledger = Ledger.open(vault)
        releases = {release.name for release in ledger.releases} if ids else set()
        named = {release.name for one in ids for release in ledger.counted_in(one)}
    words = [(name, "which counted the person") for name in sorted(named)]
    words += [
        (name, "which may have counted the person") for name in archives if name not in releases
    ]
    return [
        Unreached(
            kind="aggregate",
            what=f"aggregate tables of archive {archive_id}, {how}",
            notice=_anew(remade_by(archive_id)),
        )
        for archive_id, how in words
    ]


def _anew(command: str) -> str:
    said = "a number of many people; make the tables anew where the protocol asks for it"
    if not command:
        return said
    return (
        f"{said}: {command} (refused with 18 where the difference to these tables would tell of "
        "the person)"
    )


def mentions(rows: int, held: int, *, rewritten: bool) -> list[Unreached]:
    """Say how many rows of others name the person, or did; ``held``: of these, rows under hold."""
    if not rewritten:
        told = [
            (
                rows,
                "of others that name the person by id, code or name",
                "make the plan with --rewrite-mentions to take them out",
            )
        ]
    else:
        told = [
            (
                rows - held,
                "of others, in copies of the archives made before",
                "destroy older copies of the archives",
            ),
            (
                held,
                "of others that name the person and stay under hold",
                "the release of the hold takes them out; give it the vault",
            ),
        ]
    return [
        Unreached(kind="mention", what=f"{count(places, 'place')} in rows {what}", notice=notice)
        for places, what, notice in told
        if places
    ]


def under_hold(people: int, holds: Sequence[str]) -> list[Unreached]:
    """Say which files stay readable because a hold keeps the key of the person."""
    if not people:
        return []
    return [
        Unreached(
            kind="hold",
            what=f"copies of the archives with files of {count(people, 'person', 'people')}: the "
            f"keys stay under {', '.join(holds)}",
            notice="the release of the hold erases them; give it the vault",
        )
    ]
