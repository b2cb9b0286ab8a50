"""Names that SPSS takes, and names under which a long text stays in one piece."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

LONGEST: Final = 64
"""Characters of a name; ours are ASCII, so bytes too."""

SHORT: Final = 8
"""Characters of the name that a file of SPSS gives a variable beside its own."""

STEM: Final = 5
"""So many characters of the short name the pieces of a long text have in common."""

_RESERVED: Final = frozenset(
    {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}
)
_REFUSED: Final = re.compile(r"[^A-Za-z0-9_.]")


def legal(names: Iterable[str]) -> list[str]:
    """Return a name that SPSS takes for each; one that it takes already stays as it is.

    Letters, digits, ``_`` and dots; a letter first, no dot last, no word of the syntax, and no two
    names that differ in case only.
    """
    given: list[str] = []
    used: set[str] = set()
    for name in names:
        plain = _REFUSED.sub("_", name).rstrip(".")
        plain = plain if plain[:1].isalpha() else f"v{plain}"
        free, number = plain[:LONGEST].rstrip("."), 1
        while free.upper() in used or free.upper() in _RESERVED:
            number += 1
            ending = f"_{number}"
            free = plain[: LONGEST - len(ending)] + ending
        used.add(free.upper())
        given.append(free)
    return given


def standing_in(names: Sequence[str], long: Collection[str]) -> dict[str, str]:
    """Return other names, of the same length, for some of the ``long`` texts.

    A text of more than 255 bytes lies in pieces, each a variable with a short name. SPSS puts
    together those that begin with the same five characters as the first piece, whose short name is
    made of the variable's name. Where another variable before has the same eight characters, the
    library makes up a short name like ``V2``, and SPSS shows the pieces one by one
    (ReadStat issue 236, haven issue 752).
    """
    shorts = {name[:SHORT].upper() for name in names}
    seen: set[str] = set()
    found: dict[str, str] = {}
    for name in names:
        short = name[:SHORT].upper()
        if short in seen and name in long:
            number = 0
            while (other := f"{name[:STEM]}{number:03d}").upper() in shorts:
                number += 1
            shorts.add(other.upper())
            found[name] = other + name[SHORT:]
        seen.add(short)
    return found
