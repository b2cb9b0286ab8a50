"""Holds: what must not be destroyed, whatever the dates or a person say, until it is released.

``state/holds.json`` is the list; every change of it is a line of the audit log with the digest of
the list, so that a list that was edited or removed is noticed. Where such lines were lost, the line
that acknowledges it has the digest.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.archive import layout
from archive_tool.errors import FormatError, IntegrityError, UsageError, VaultError
from archive_tool.keys import primitives
from archive_tool.lifecycle import places
from archive_tool.lifecycle.audit_log import audit, lost_lines
from archive_tool.lifecycle.subjects import people
from archive_tool.model.parsed import parsed
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record

FORMAT: Final = "archive-tool/holds/1"
EVENT: Final = "hold"
LIST: Final = "holds"
"""Of the detail of a line that acknowledges lost ones: the digest of the list as it was then."""
_EMPTY: Final = "none"
_ID: Final = re.compile(r"H-[0-9a-f]{16}")
LONGEST_TEXT: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)  # slots: defaults are written out too
class Hold:
    """One hold."""

    id: str
    reason: str
    owner: str
    placed: datetime
    archives: list[str]
    """Archives that it covers as a whole."""
    subjects: list[str]
    """Subject keys of people whom it covers, in all archives."""
    vault_id: str = ""
    """Whose subject keys they are."""

    def __repr__(self) -> str:
        """What it covers; not the reason, which somebody wrote."""
        return f"<Hold {self.id}: {self.covers}, since {self.placed:%Y-%m-%d}>"

    @property
    def people(self) -> int:
        """How many people it covers, apart from those of the archives."""
        return len(self.subjects)

    @property
    def covers(self) -> str:
        """Archives by name, and how many people."""
        parts = [", ".join(self.archives)] if self.archives else []
        if self.subjects:
            parts.append(count(self.people, "person", "people"))
        return " and ".join(parts)


class _List(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    holds: list[Hold]


def active(store: Path, vault: Vault | None = None) -> tuple[Hold, ...]:
    """Return the holds in force; IntegrityError (16) when the list was edited or removed.

    With the vault also when the log lacks a line that it knows: a hold may have been in it.
    """
    records = audit.read_known(store, vault)
    while True:
        try:
            return _read(store, records)
        except IntegrityError:
            before, records = len(records), audit.read(store)
            if len(records) == before:  # else somebody placed or released one in between
                raise


def covering(
    holds: Sequence[Hold], archive_id: str, subjects: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Return the ids of the holds that cover an archive or one of some subjects, sorted."""
    return tuple(
        sorted(
            hold.id
            for hold in holds
            if archive_id in hold.archives or not subjects.isdisjoint(hold.subjects)
        )
    )


def place(
    store: Path,
    *,
    reason: str,
    owner: str,
    now: datetime,
    archives: Sequence[str] = (),
    ids: Sequence[str] = (),
    vault: Vault | None = None,
) -> Hold:
    """Place a hold on archives, on people, or on both.

    People are kept as keyed names only, so ids need the vault. Raises UsageError for a hold on
    nothing or without reason and owner, FormatError (15) for an archive that is not in the store.
    """
    check_text(reason, "reason")
    check_text(owner, "owner")
    if not archives and not ids:
        raise UsageError("the hold covers nothing", where="hold", expected="--archive or --id-file")
    if ids and vault is None:
        raise VaultError("people are held with the vault only", where="vault", hint="add --vault")
    hold = Hold(
        id=f"H-{primitives.random_bytes(8).hex()}",
        reason=reason.strip(),
        owner=owner.strip(),
        placed=now,
        archives=sorted(set(archives)),
        subjects=sorted(people.subject_keys(vault, ids)) if vault is not None else [],
        vault_id=vault.vault_id if vault is not None and ids else "",
    )
    with places.locked(store):
        require_stored(store, *archives)  # who waited for a sweep may find it gone
        if vault is not None:
            vault.follow()  # so does who counts the people of whom nothing is left
        holds = _read(store, audit.read(store))
        detail: dict[str, object] = {
            "action": "place", "hold": hold.id, "archives": hold.archives, "people": hold.people,
        }  # fmt: skip
        _write(store, (*holds, hold), detail, now=now)
    return hold


def release(store: Path, hold_id: str, *, reason: str, now: datetime) -> Hold:
    """Release a hold; UsageError when there is none of this id."""
    check_text(reason, "reason")
    if not isinstance(hold_id, str) or not _ID.fullmatch(hold_id):
        raise UsageError(
            "not the id of a hold",
            where="hold",
            expected="H- and 16 characters",
            hint="see archive-tool hold list",
        )
    with places.locked(store):
        holds = _read(store, audit.read(store))
        found = next((hold for hold in holds if hold.id == hold_id), None)
        if found is None:
            raise UsageError(
                "there is no such hold, or it was released",
                where=hold_id,
                hint="see archive-tool hold list",
            )
        detail: dict[str, object] = {"action": "release", "hold": hold_id, "reason": reason.strip()}
        _write(store, tuple(h for h in holds if h.id != hold_id), detail, now=now)
    return found


def since_lost(store: Path, records: Sequence[Record]) -> dict[str, str]:
    """Give what a line that acknowledges lost ones notes of a list that they were about.

    Nothing where the log as it is knows the list. IntegrityError (16) for a list that cannot be read.
    """
    content = places.read(store / places.STATE / places.HOLDS)
    if _digest(content) in _known(records):
        return {}
    _parse(content)
    return {LIST: _digest(content)}


def require_stored(store: Path, *archives: str) -> None:
    """FormatError (15) when a store does not hold archives of all of these ids."""
    if archives and not {path.name for path in layout.archives_at(store)}.issuperset(archives):
        raise FormatError(
            "not an archive of this store",
            where="archive",
            hint="archive-tool info lists the archives of a store",
        )


def check_text(text: str, where: str) -> None:
    """UsageError (2) for a reason or name that is no line of text."""
    if (
        not isinstance(text, str)
        or not text.strip()
        or len(text) > LONGEST_TEXT
        or not text.strip().isprintable()
    ):
        raise UsageError("is missing or unreadable", where=where, expected="a line of text")


def _read(store: Path, records: Sequence[Record]) -> tuple[Hold, ...]:
    """Read the list and compare it with the log: the last change was done, or was interrupted."""
    content = places.read(store / places.STATE / places.HOLDS)
    if _digest(content) not in _known(records):
        raise IntegrityError(
            "is not the list that the audit log knows",
            where=f"{places.STATE}/{places.HOLDS}",
            hint="it was edited or removed; restore it, nothing is destroyed until then",
        )
    return _parse(content)


def _known(records: Sequence[Record]) -> frozenset[str]:
    """Give the digests that the list may have by the log."""
    for record in reversed(records):
        if record.event == EVENT:
            after, before = str(record.detail.get("after")), str(record.detail.get("before"))
            return frozenset({after} if record.phase == audit.DONE else {after, before})
        if record.event == lost_lines.EVENT and LIST in record.detail:
            return frozenset({str(record.detail[LIST])})
    return frozenset({_EMPTY})


def _parse(content: bytes | None) -> tuple[Hold, ...]:
    if content is None:
        return ()
    found = parsed(content, _List)
    # a hold of a newer release may keep more than this one knows
    if found is None or found.format != FORMAT or _says_more(content):
        raise IntegrityError("cannot be read", where=f"{places.STATE}/{places.HOLDS}")
    return tuple(found.holds)


def _says_more(content: bytes) -> bool:
    known = {field.name for field in fields(Hold)}
    return any(hold.keys() - known for hold in msgspec.json.decode(content)["holds"])


def _write(
    store: Path, holds: tuple[Hold, ...], detail: dict[str, object], *, now: datetime
) -> None:
    path = store / places.STATE / places.HOLDS
    content = places.pretty(_List(format=FORMAT, holds=list(holds)))
    digests = {"before": _digest(places.read(path)), "after": _digest(content)}
    audit.append(store, EVENT, phase=audit.INTENT, detail=detail | digests, now=now)
    places.write(path, content)
    audit.append(store, EVENT, phase=audit.DONE, detail=detail | digests, now=now)


def _digest(content: bytes | None) -> str:
    return _EMPTY if content is None else hashlib.sha256(content).hexdigest()
