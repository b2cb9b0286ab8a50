"""What an archive in the making holds before its papers are written."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future
    from datetime import datetime

    from archive_tool.pipeline.created import Summary
    from archive_tool.pipeline.second_pass.bench import Tally
    from archive_tool.pipeline.second_pass.crew import Elsewhere
    from archive_tool.pipeline.second_pass.media import SealedMedia

_ID_LETTERS: Final = "abcdefghjkmnpqrstvwxyz23456789"


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What was written of the bundle's own content."""

    tallies: Mapping[str, Tally]
    summaries: Mapping[str, Summary]
    media: SealedMedia
    early: Future[Mapping[str, str]]
    """Papers that need nothing of it, by path."""
    elsewhere: Elsewhere
    """What workers still do for it."""

    @property
    def aggregate_only(self) -> bool:
        """Whether nothing of any single person is in the archive."""
        return not self.media.sealed and not any(tally.files for tally in self.tallies.values())


def new_archive_id(now: datetime) -> str:
    """Sorts by date; the rest is random, so that it tells nothing."""
    letters = "".join(secrets.choice(_ID_LETTERS) for _ in range(12))
    return f"{now:%Y%m%d}-{letters}"
