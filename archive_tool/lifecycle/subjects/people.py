"""Ids that somebody asks about: read from a file or stdin, turned into keyed names at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from archive_tool.errors import UsageError
from archive_tool.keys import SubjectState
from archive_tool.model.people import PROLIFIC, canonical_person
from archive_tool.model.texts import decoded, several

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.keys import Vault

LARGEST: Final = 16 * 2**20
"""Bytes of an id file."""
MOST: Final = 100_000
"""Ids in one file."""
GIVEN: Final = "ids"
"""The argument of a caller in Python."""
NAME_FILE: Final = "name-file"
NAMES: Final = "names"
"""A file with names, and the argument of a caller in Python."""
_SEPARATORS: Final = (",", ";", "\t")
"""Between the cells of a table."""
_EXPECTED: Final = {
    GIVEN: "participant ids",
    NAME_FILE: "one whole name or address per line",
    NAMES: "whole names, or addresses",
}
"""What there has to be, where it is not one id per line."""


def parse_ids(content: bytes, *, where: str = "id-file") -> tuple[str, ...]:
    """Read one id, or name, per line; blank lines and repeated ones do not count, nor quotes around one.

    ``where``: the option that names the file. An id on the command line would end up in the history
    of the shell: there is no option for it. Raises UsageError (2) for a file without an id, with a
    table of several columns, over the limits or not in UTF-8.
    """
    if len(content) > LARGEST:
        raise _refused("is larger than 16 MB", where)
    text = decoded(content)
    if text is None:
        raise _refused("is not text in UTF-8", where)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if _thing(where) == "id" and _is_table(lines):
        raise _refused("is a table of several columns", where)
    return _distinct(map(_unquoted, lines), where)


def _is_table(lines: Sequence[str]) -> bool:
    """Whether every line has the same number of separators; of a single line nobody can say."""
    apart = [{line.count(separator) for line in lines} for separator in _SEPARATORS]
    return len(lines) > 1 and any(len(counts) == 1 and counts != {0} for counts in apart)


def _unquoted(line: str) -> str:
    """Take off the quotes that R and spreadsheets put around a cell."""
    if len(line) > 1 and line[0] == line[-1] == '"':
        return line[1:-1].replace('""', '"')
    return line


def given(ids: str | Iterable[str], *, where: str = GIVEN) -> tuple[str, ...]:
    """Take ids, or names, from a caller, as :func:`parse_ids` does from a file; a text alone is one."""
    named = several(ids) if isinstance(ids, Iterable) else (ids,)
    if not all(isinstance(one, str) for one in named):
        raise UsageError(
            f"is no list of {where}",
            where=where,
            expected="texts, as the platform writes them",
            hint="ids that were read as numbers have lost their zeros: read that column as text",
        )
    return _distinct(named, where)


def _distinct(named: Iterable[str], where: str) -> tuple[str, ...]:
    ids = dict.fromkeys(one.strip() for one in named if one.strip())
    if len(ids) > MOST:
        raise _refused(f"holds more than 100,000 {_thing(where)}s", where)
    if not ids:
        raise _refused(f"holds no {_thing(where)}", where)
    if not all(map(canonical_person, ids)):  # that would be the rows of nobody in particular
        raise _refused(f"holds the prefix {PROLIFIC} without an id", where)
    return tuple(ids)


def _refused(what: str, where: str) -> UsageError:
    return UsageError(
        what, where=where, expected=_EXPECTED.get(where, "one participant id per line")
    )


def _thing(where: str) -> str:
    return "name" if where in (NAME_FILE, NAMES) else "id"


def count_unknown(vault: Vault, ids: Sequence[str]) -> int:
    """Count ids of which a vault has no data: a hold on a mistyped id keeps nothing."""
    return sum(vault.subject_state(one) is not SubjectState.KNOWN for one in ids)


def unknown(vault: Vault, ids: Sequence[str]) -> tuple[int, ...]:
    """Say which ids, counted from 1, a vault never heard of: mistyped, or a heading."""
    return tuple(
        place
        for place, one in enumerate(ids, 1)
        if vault.subject_state(one) is SubjectState.UNKNOWN
    )


def subject_keys(vault: Vault, ids: Iterable[str]) -> frozenset[str]:
    """Return the subject keys of people, one for each."""
    return frozenset(map(vault.subject_key, ids))
