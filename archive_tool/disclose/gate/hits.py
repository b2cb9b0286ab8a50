"""What the gate found, and its refusal. No hit holds a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.errors import DisclosureError
from archive_tool.model.archive import POLICY

if TYPE_CHECKING:
    from collections import Counter

ID: Final = "known id"
NAME: Final = "known name"
KNOWN_EMAIL: Final = "known e-mail address"
EMAIL: Final = "e-mail address"
URL: Final = "URL"
IP: Final = "IP address"
PHONE: Final = "phone number"
CLOCK: Final = "point in time"
UNMOVED: Final = "clock that did not move with its room"
UNCODED: Final = "id that is no code"
COLUMN: Final = "column that the policy takes out"
METADATA: Final = "metadata of a table file"
FILE_NAME: Final = "file name"

SHOWN: Final = 20
"""Places that a message lists; the count is never cut."""


@dataclass(frozen=True, kw_only=True, order=True)
class Hit:
    """One place where something stands that the policy promised to take out."""

    table: str
    """Data type, or the path of a readable file of the archive."""
    column: str
    """Column, or column and leaf with ``*`` for keys that people made up; empty for files."""
    kind: str
    """What was found, in fixed words."""

    def __str__(self) -> str:
        place = f"{self.table}.{self.column}" if self.column else self.table
        return f"{place}: {self.kind}"


def refusal(found: Counter[Hit]) -> DisclosureError:
    """One error for everything that was found, with places and counts only."""
    hits = sorted(found)
    lines = [f"\n  {hit}, {found[hit]} distinct" for hit in hits[:SHOWN]]
    if len(hits) > SHOWN:
        lines.append(f"\n  and {len(hits) - SHOWN} more places")
    hint = "nothing was published; drop these fields in the policy, or have their rule mended"
    if any(hit.table == POLICY for hit in hits):
        hint = (
            "nothing was published; the policy's text lies readable in the archive: take out of the "
            "comments and settings of that file what tells who somebody is"
        )
    places = "1 place holds" if len(hits) == 1 else f"{len(hits)} places hold"
    return DisclosureError(
        f"{places} what the policy takes out{''.join(lines)}",
        where="leak gate",
        hint=hint,
        detail={"hits": [_fields(hit, found[hit]) for hit in hits]},
    )


def _fields(hit: Hit, count: int) -> dict[str, object]:
    return {"table": hit.table, "column": hit.column, "kind": hit.kind, "distinct": count}
