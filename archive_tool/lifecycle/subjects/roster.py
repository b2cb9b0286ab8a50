"""The sealed roster: who is an agent, who declined, and which names texts are searched for.

A bundle says so in listings that are never archived as tables. An archive that keeps ids keeps
these lines too, ``data/roster.sealed``, each person's under their own key
(:mod:`archive_tool.keys.by_person`): without them nothing that tells less could be made of it,
because agents would be counted as people and names would stay in texts.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.archive import bag
from archive_tool.errors import IntegrityError
from archive_tool.keys import by_person
from archive_tool.model.parsed import parsed
from archive_tool.model.people import canonical_person

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.keys.derive import ArchiveSecrets

NAME: Final = "roster.sealed"
"""File name below ``data/``."""
PATH: Final = f"data/{NAME}"
PERSON: Final = "participantId"
AGENT: Final = "isAgent"
_WHOLE: Final = by_person.FILES[NAME]

Row = dict[str, Any]
"""Values by column of the roster types, those that are not null."""


def seal(
    rows: Iterable[Row], secrets: ArchiveSecrets, subject_secret: Callable[[str], bytes]
) -> bytes:
    """Seal the lines of people; ``subject_secret``: secret of a person by id."""
    theirs: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        theirs[canonical_person(row[PERSON])].append(row)
    lines = {person: msgspec.json.encode(own) for person, own in theirs.items()}
    return by_person.seal(lines, secrets, subject_secret, whole=_WHOLE)


def has_roster(archive: Archive) -> bool:
    """Tell whether an archive holds the lines; those made before there were any do not."""
    return PATH in archive.seal.digests


def rows_of(archive: Archive, vault: Vault, only: Collection[str] | None = None) -> list[Row]:
    """Read the lines of everybody who was not erased, by person; or of some subject keys only."""
    content = bag.read_checked(archive.path, archive.seal, PATH)
    secrets = vault.archive_secrets(archive.archive_id)
    lines, _ = by_person.unseal(
        content, secrets, vault.secret_unless_erased, whole=_WHOLE, where=PATH, only=only
    )
    rows: list[Row] = []
    for own in lines:
        found = parsed(own, list[Row])
        if found is None or not all(map(_is_line, found)):
            raise IntegrityError("is no roster", where=PATH)
        rows += found
    return sorted(rows, key=lambda row: str(row[PERSON]))


def _is_line(row: Row) -> bool:
    """Tell whether it names somebody, and has texts but for the one flag."""
    texts = (value for name, value in row.items() if name != AGENT)
    return (
        PERSON in row
        and isinstance(row.get(AGENT, False), bool)
        and all(isinstance(value, str) for value in texts)
    )


def rows_of_people(archive: Archive, vault: Vault, keys: Collection[str]) -> list[Row]:
    """Read the lines of people by their subject keys; none where the archive keeps no lines."""
    return rows_of(archive, vault, keys) if has_roster(archive) else []


def sealed_again(archive: Archive, vault: Vault, fresh: Vault) -> bytes:
    """Seal the lines under renewed secrets; the erased are left out."""
    secrets = fresh.archive_secrets(archive.archive_id)
    return seal(rows_of(archive, vault), secrets, fresh.subject_secret)
