"""What somebody wants archived, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.anonymize.review import Review
    from archive_tool.bundle import Limits
    from archive_tool.keys import Vault
    from archive_tool.model.policy import Accepted, Policy
    from archive_tool.model.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Request:
    """See :func:`archive_tool.pipeline.create.create`, which takes the same."""

    bundles: Sequence[str | os.PathLike[str]]
    policy: Policy
    store: Path
    vault: Vault
    now: datetime
    clock: datetime
    accept: Sequence[Accepted]
    skip_unreadable: bool
    withdrawn: Sequence[str]
    leave_out_types: Sequence[str]
    review: Review | None
    limits: Limits | None
    progress: Progress | None
    writing: Progress | None
