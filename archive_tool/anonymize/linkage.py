"""The sealed linkage table: which id has which random code, each person's lines under their own key.

    data/linkage.sealed = AES-256-GCM under the archive's scope ``linkage`` of a JSON list of
        {subject, file_id, sealed}     subject: its name in the vault; empty for rooms and labels
        sealed = AES-256-GCM under (scope ``linkage``, subject) of a JSON list of links

So a person who is erased from the study is gone from every copy of the table too, and whoever
destroys the scope cuts the way back for everybody and leaves the rows readable.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from archive_tool.anonymize.random_codes import PERSON, Link
from archive_tool.errors import IntegrityError
from archive_tool.keys import primitives
from archive_tool.keys.derive import NO_SUBJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archive_tool.keys.derive import ArchiveSecrets

SCOPE: Final = "linkage"
NAME: Final = "linkage.sealed"
"""File name below ``data/``."""
_WHOLE: Final = "linkage"
"""Stands for the file id in the derivation of the outer key."""
_FILE_ID_BYTES: Final = 16


T = TypeVar("T")


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    subject: str
    file_id: str
    sealed: str


def seal(
    links: Iterable[Link], secrets: ArchiveSecrets, subject_secret: Callable[[str], bytes]
) -> bytes:
    """Seal the table. ``subject_secret``: secret of a person by id."""
    by_person: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_person[link.id if link.kind == PERSON else ""].append(link)
    rows = []
    for person, theirs in by_person.items():
        file_id = primitives.random_bytes(_FILE_ID_BYTES).hex()
        secret = subject_secret(person) if person else NO_SUBJECT
        key = secrets.file_key(SCOPE, secret, file_id)
        sealed = primitives.seal(key, msgspec.json.encode(theirs), bound_to=file_id.encode())
        subject = secrets.subject_key(person) if person else ""
        rows.append(_Sealed(subject, file_id, b64encode(sealed).decode()))
    rows.sort(key=lambda row: row.file_id)  # random: the order of the ids tells nothing
    return primitives.seal(
        secrets.file_key(SCOPE, NO_SUBJECT, _WHOLE),
        msgspec.json.encode(rows),
        bound_to=secrets.archive_id.encode(),
    )


def unseal(
    content: bytes, secrets: ArchiveSecrets, secret_of: Callable[[str], bytes | None]
) -> tuple[list[Link], int]:
    """Give the links, and how many people were erased.

    ``secret_of``: secret behind a subject's name, None when it was erased. Raises VaultError (17)
    when the scope was destroyed or never granted, IntegrityError (16) for a changed table.
    """
    key = secrets.file_key(SCOPE, NO_SUBJECT, _WHOLE)
    plain = primitives.open_sealed(key, content, bound_to=secrets.archive_id.encode())
    links: list[Link] = []
    erased = 0
    for row in _decoded(plain, list[_Sealed]):
        secret = secret_of(row.subject) if row.subject else NO_SUBJECT
        if secret is None:
            erased += 1
            continue
        inner = secrets.file_key(SCOPE, secret, row.file_id)
        sealed = b64decode(row.sealed)
        opened = primitives.open_sealed(inner, sealed, bound_to=row.file_id.encode())
        links += _decoded(opened, list[Link])
    return sorted(links, key=lambda link: (link.kind, link.data_type, link.id)), erased


def _decoded(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError:
        pass
    raise IntegrityError("is no linkage table", where=NAME)
