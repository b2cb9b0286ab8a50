"""What ``extra`` keeps under the name of a column: it goes with that column.

A value that could not be read lies there, and of two names of a field the one that says something
else: a name that is a list, the second id of somebody. A policy that drops names or makes codes of
ids means these too, whatever it says of fields that nobody knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.ingest.columns import simple
from archive_tool.model.policy import Action
from archive_tool.model.tables import EXTRA
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from archive_tool.policy.decisions import Decisions


def hidden_columns(decisions: Decisions, data_type: str) -> dict[str, str]:
    """Names and other names, as :func:`simple` gives them, of columns whose words do not leave."""
    stay = {Action.KEEP}
    if decisions.of(data_type, EXTRA).action is Action.SCRUB:
        stay.add(Action.SCRUB)
    return {
        simple(name): field.name
        for field in FIELDS[data_type]
        if decisions.of(data_type, field.name).action not in stay
        for name in (field.name, *field.aliases)
    }
