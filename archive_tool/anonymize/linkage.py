"""The sealed linkage table: which id has which random code, each person's lines under their own key.

``data/linkage.sealed`` has the form of :mod:`archive_tool.keys.by_person`; the bytes of a person,
or of nobody (rooms and labels), are a JSON list of links.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.anonymize.random_codes import PERSON, Link
from archive_tool.errors import IntegrityError
from archive_tool.keys import by_person
from archive_tool.model.parsed import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archive_tool.keys.derive import ArchiveSecrets

SCOPE: Final = by_person.SCOPE
NAME: Final = "linkage.sealed"
"""File name below ``data/``."""
_WHOLE: Final = by_person.FILES[NAME]


def seal(
    links: Iterable[Link], secrets: ArchiveSecrets, subject_secret: Callable[[str], bytes]
) -> bytes:
    """Seal the table. ``subject_secret``: secret of a person by id."""
    theirs: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        theirs[link.id if link.kind == PERSON else ""].append(link)
    lines = {person: msgspec.json.encode(own) for person, own in theirs.items()}
    return by_person.seal(lines, secrets, subject_secret, whole=_WHOLE)


def unseal(
    content: bytes, secrets: ArchiveSecrets, secret_of: Callable[[str], bytes | None]
) -> tuple[list[Link], int]:
    """Give the links, and how many people were erased.

    ``secret_of``: secret behind a subject's name, None when it was erased. Raises VaultError (17)
    when the scope was destroyed or never granted, IntegrityError (16) for a changed table.
    """
    lines, erased = by_person.unseal(content, secrets, secret_of, whole=_WHOLE, where=NAME)
    links: list[Link] = []
    for own in lines:
        found = parsed(own, list[Link])
        if found is None:
            raise IntegrityError("is no linkage table", where=NAME)
        links += found
    return sorted(links, key=lambda link: (link.kind, link.data_type, link.id)), erased
