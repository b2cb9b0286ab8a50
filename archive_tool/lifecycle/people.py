"""Ids that somebody asks about: read from a file or stdin, turned into keyed names at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.errors import UsageError
from archive_tool.model.people import spellings
from archive_tool.model.texts import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive_tool.keys import Vault

LARGEST: Final = 16 * 2**20
"""Bytes of an id file."""
MOST: Final = 100_000
"""Ids in one file."""


def parse_ids(content: bytes, *, where: str = "id-file") -> tuple[str, ...]:
    """Read one id per line; blank lines and repeated ids do not count.

    Raises UsageError (2) for a file without an id, over the limits or not in UTF-8. An id on the
    command line would end up in the history of the shell: there is no option for it.
    """
    problem = ""
    ids: dict[str, None] = {}
    if len(content) > LARGEST:
        problem = "is larger than 16 MB"
    else:
        text = decoded(content)
        if text is None:
            text, problem = "", "is not text in UTF-8"
        ids = dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())
        if len(ids) > MOST:
            problem = "holds more than 100,000 ids"
        elif not ids and not problem:
            problem = "holds no id"
    if problem:
        raise UsageError(problem, where=where, expected="one participant id per line")
    return tuple(ids)


def keys_of(vault: Vault, person_id: str) -> tuple[str, ...]:
    """Return the subject keys under which a person may be known."""
    return tuple(vault.subject_key(text) for text in spellings(person_id))


def keys_of_all(vault: Vault, ids: Iterable[str]) -> frozenset[str]:
    """Return the subject keys of many people."""
    return frozenset(key for person_id in ids for key in keys_of(vault, person_id))
