"""When recordings may leave: beside rows of single people only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.errors import PolicyError
from archive_tool.model.datatypes import BY_NAME

if TYPE_CHECKING:
    from archive_tool.policy.decisions import Decisions

SEAL: Final = "seal"


def refuse_alone(decisions: Decisions) -> None:
    """PolicyError (13) where recordings would leave beside nothing but summaries."""
    is_sealing = decisions.policy.media == SEAL
    if is_sealing and not any(decisions.leaves_to_someone(name) for name in BY_NAME):
        raise PolicyError(
            "recordings cannot leave where only summaries do",
            where="media",
            expected='media = "exclude"',
            hint="a recording tells more of one person than any row",
        )
