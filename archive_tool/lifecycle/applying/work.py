"""What a destruction is made of: the same for sweeps, erasures and the renewal of keys."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import Any, Final

import msgspec

SWEEP: Final = "sweep"
ERASE: Final = "erase"
REKEY: Final = "rekey"
DOWNGRADE: Final = "downgrade"
GIVEN_UP: Final = "given-up"
"""Keys of archives that exist nowhere any more."""

AS_OF: Final = "as_of"
"""Of a sweep's further facts: the day that dates were judged by, which may not be that of the clock."""

UNDER_HOLD: Final = "deferred_by_hold"
"""Of an erasure's further facts: people of whom something stays until a hold is released."""

TAKEN_OUT: Final = "mentions_taken_out"
"""Of an erasure's further facts: files of others that were written without the people, by archive."""


class Task(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to one archive."""

    archive_id: str
    seal: str
    """SHA-256 of its tag manifest before."""
    why: str
    whole: bool = False
    """The archive goes altogether."""
    types: list[str] = []
    """Data types that go altogether."""
    subjects: list[str] = []
    """Subject keys of the people whose files go."""
    successors: list[str] = []
    """Archives that tell less and stand in its place."""
    named: int = 0
    """Files of others that name erased people again: they are written without them."""
    revision: int = 0
    """Number of the revision that it becomes; 0 for the next."""
    files: int | None = None
    """Table files that go; None where it is a secret."""
    bytes: int = 0
    """Size of what goes, where it is known."""


class Unreached(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A copy that the destruction did not reach, and what to do about it."""

    kind: str
    """``grant``, ``vault-copy``, ``export``, ``aggregate``, ``shared-key`` …"""
    what: str
    notice: str
    """What to write to whoever keeps it, or what to do."""


class Work(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A destruction that was decided: written down before it begins, removed when it is done."""

    kind: str
    plan: str
    """Digest of the plan."""
    vault_id: str
    started: datetime
    operator: str
    epoch: int
    """Epoch of the vault before."""
    tasks: list[Task]
    subjects: list[str] = []
    """Subject keys of the people whose secrets are destroyed."""
    secrets: list[str] = []
    """``<archive id>`` or ``<archive id>/<scope>`` whose secrets are destroyed."""
    key_ids: list[str] = []
    """Check values of the destroyed secrets."""
    not_reached: list[Unreached] = []
    extra: dict[str, Any] = {}
    """Further counts for the certificate."""

    @property
    def people(self) -> int:
        """How many people's secrets are destroyed."""
        return len(self.subjects)
