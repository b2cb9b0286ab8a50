"""One line of the audit log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import Any

import msgspec

from archive_tool.lifecycle import places


@dataclass(frozen=True, kw_only=True, slots=True)  # slots: defaults are written out too
class Record:
    """One line."""

    line: int
    """Counted from 1."""
    time: datetime
    """By the clock of the machine (UTC), which a script may give; never by ``--as-of``."""
    event: str
    """``create``, ``hold``, ``sweep``, ``erase``, ``grant``, ``extract`` …"""
    phase: str
    """``intent`` before a destructive step, then ``done`` or ``undone``."""
    detail: dict[str, Any] = field(default_factory=dict)
    """Archive ids, digests and counts."""
    previous: str
    """Hash of the line before."""
    hash: str = ""
    """SHA-256 of this line's canonical form without ``hash``."""

    def __repr__(self) -> str:
        """What was done, and when; the detail may hold a reason that somebody wrote."""
        return f"<Record {self.line}: {self.event} {self.phase}, {self.time:%Y-%m-%d %H:%M} UTC>"

    def digest(self) -> str:
        """Compute what ``hash`` must be."""
        body = msgspec.to_builtins(self)
        del body["hash"]
        return places.digest(body)
