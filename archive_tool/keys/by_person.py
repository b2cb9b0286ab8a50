"""A small sealed file in which each person's lines lie under their own key.

    AES-256-GCM under the archive's scope ``linkage`` of a JSON list of
        {subject, file_id, sealed}     subject: its name in the vault; empty for what is nobody's
        sealed = AES-256-GCM under (scope ``linkage``, subject) of that person's bytes

So a person who is erased from the study is gone from every copy of the file too, and whoever
destroys the scope closes it for everybody and leaves the rows readable.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.keys import primitives
from archive_tool.keys.derive import NO_SUBJECT
from archive_tool.model.parsed import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from archive_tool.keys.derive import ArchiveSecrets

SCOPE: Final = "linkage"
FILES: Final = {"linkage.sealed": "linkage", "roster.sealed": "roster"}
"""Files of this form below ``data/``, and what stands for the file id in the key around them."""
_FILE_ID_BYTES: Final = 16


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    subject: str
    file_id: str
    sealed: str


def seal(
    lines: Mapping[str, bytes],
    secrets: ArchiveSecrets,
    subject_secret: Callable[[str], bytes],
    *,
    whole: str,
) -> bytes:
    """Seal what there is of each person, by id; the empty id is nobody.

    ``subject_secret``: secret of a person by id. ``whole`` stands for the file id in the
    derivation of the outer key (:data:`FILES`): no two files of an archive share it.
    """
    rows = []
    for person, content in lines.items():
        file_id = primitives.random_bytes(_FILE_ID_BYTES).hex()
        secret = subject_secret(person) if person else NO_SUBJECT
        key = secrets.file_key(SCOPE, secret, file_id)
        sealed = primitives.seal(key, content, bound_to=file_id.encode())
        subject = secrets.subject_key(person) if person else ""
        rows.append(_Sealed(subject, file_id, b64encode(sealed).decode()))
    rows.sort(key=lambda row: row.file_id)  # random: the order of the ids tells nothing
    return _close(rows, secrets, whole)


def unseal(
    content: bytes,
    secrets: ArchiveSecrets,
    secret_of: Callable[[str], bytes | None],
    *,
    whole: str,
    where: str,
    only: Collection[str] | None = None,
) -> tuple[list[bytes], int]:
    """Give what there is of each person, and how many people were erased.

    ``secret_of``: secret behind a subject's name, None when it was erased. ``only``: names of
    subjects; the lines of others stay sealed. Raises VaultError (17)
    when the scope was destroyed or never granted, IntegrityError (16) for a changed file.
    """
    opened: list[bytes] = []
    erased = 0
    for row in _rows(content, secrets, whole, where):
        if only is not None and row.subject not in only:
            continue
        secret = secret_of(row.subject) if row.subject else NO_SUBJECT
        if secret is None:
            erased += 1
            continue
        inner = secrets.file_key(SCOPE, secret, row.file_id)
        sealed = b64decode(row.sealed)
        opened.append(primitives.open_sealed(inner, sealed, bound_to=row.file_id.encode()))
    return opened, erased


def without(
    content: bytes,
    secrets: ArchiveSecrets,
    is_gone: Callable[[str], bool],
    *,
    whole: str,
    where: str,
) -> bytes | None:
    """Take the lines of some subjects out of a file, unread; None when it has none of them.

    ``is_gone`` is asked for the names of subjects. Raises like :func:`unseal`.
    """
    rows = _rows(content, secrets, whole, where)
    left = [row for row in rows if not (row.subject and is_gone(row.subject))]
    return None if len(left) == len(rows) else _close(left, secrets, whole)


def _rows(content: bytes, secrets: ArchiveSecrets, whole: str, where: str) -> list[_Sealed]:
    key = secrets.file_key(SCOPE, NO_SUBJECT, whole)
    plain = primitives.open_sealed(key, content, bound_to=secrets.archive_id.encode())
    rows = parsed(plain, list[_Sealed])
    if rows is None:
        raise IntegrityError("holds something else than lines of people", where=where)
    return rows


def _close(rows: list[_Sealed], secrets: ArchiveSecrets, whole: str) -> bytes:
    key = secrets.file_key(SCOPE, NO_SUBJECT, whole)
    return primitives.seal(key, msgspec.json.encode(rows), bound_to=secrets.archive_id.encode())
