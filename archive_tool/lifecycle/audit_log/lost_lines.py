"""Lines of the audit log that are gone for good: said once, signed, and told ever after.

A store that came back from a backup has a log that ends before what its archives and the vault know.
Whoever has the vault acknowledges that, in a line of the log that lists what is known of the lost
ones. What such a line lists is excused under the key that signed it, and nothing else is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.keys import signed
from archive_tool.model.parsed import of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive_tool.lifecycle.audit_log.record import Record

EVENT: Final = "lines-lost"
SIGNED: Final = "signed"
"""Of the detail of such a line: the signed document."""
FORMAT: Final = "archive-tool/lost-lines/1"
NAMESPACE: Final = "archive-tool-lost-lines"


class LostLines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody acknowledged."""

    format: str
    vault_id: str
    time: datetime
    reason: str
    first: int
    """The first line that may be lost: what came before is known to be there."""
    last: int
    """The last line that is known to be lost."""
    known: list[tuple[int, str]]
    """Line and hash of the lost lines that archives and vault know."""


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """One acknowledgement in a log."""

    line: int
    about: LostLines
    signer: bytes

    def __repr__(self) -> str:
        """Which lines, and who said so when."""
        return f"<Acknowledged {self.summary}>"

    @property
    def summary(self) -> str:
        """Which lines are lost, how, and where the log says so."""
        about = self.about
        several = f"lines {about.first} to {about.last}"
        lines = f"line {about.last}" if about.first == about.last else several
        return (
            f"lost: {lines} at most, acknowledged on {about.time:%Y-%m-%d} in line {self.line}: "
            f"{about.reason}"
        )

    def excuses(self, line: int, digest: str, signer: bytes) -> bool:
        """Whether a line that is known under a key was acknowledged with that key."""
        return signer == self.signer and (line, digest) in self.about.known


def seal(about: LostLines, seed: bytes) -> str:
    """Sign an acknowledgement, as one line of text."""
    sealed = signed.seal(msgspec.to_builtins(about), seed, namespace=NAMESPACE)
    return sealed.decode().rstrip()


def acknowledged(records: Iterable[Record]) -> tuple[Acknowledged, ...]:
    """Read the acknowledgements of a log; IntegrityError (16) for one that was changed."""
    found = []
    for record in records:
        if record.event != EVENT:
            continue
        where = f"audit log, line {record.line}"
        content = str(record.detail.get(SIGNED, "")).encode()
        document, signer = signed.unseal(content, namespace=NAMESPACE, where=where)
        about = of_kind(document, LostLines)
        if about is None or about.format != FORMAT:
            raise IntegrityError("is of a version this release does not know", where=where)
        found.append(Acknowledged(line=record.line, about=about, signer=signer))
    return tuple(found)
