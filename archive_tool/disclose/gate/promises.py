"""What a policy promises for one column or leaf: the gate asks for no less and no more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.nested.leaf_changes import QUANTITIES
from archive_tool.model.policy import INDIVIDUAL, Action
from archive_tool.model.tables import EXTRA
from archive_tool.policy.listed import listed
from archive_tool.policy.paths import ANY, ITEM
from archive_tool.schemas import Field, Kind, Sensitivity

if TYPE_CHECKING:
    from archive_tool.policy import Decisions

_LETTERS: Final = {
    Sensitivity.PERSON: "[PA]",
    Sensitivity.ROOM: "R",
    Sensitivity.RECORD: "E",
}
"""First letters of codes by what they stand for; ``L`` for anything else."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What must not be found in a text. By default anything may stand there."""

    ids: bool = False
    """No id of a person, and of a room where rooms are coded."""
    names: bool = False
    """No name and no address that the bundle holds."""
    addresses: bool = False
    """No e-mail address and no URL."""
    numbers: bool = False
    """No phone number and no IP address."""
    numerals: bool = False
    """No number that is somebody's id."""
    left_out: bool = False
    """Nothing of the people who are left out, where everybody else stays as they are."""
    code: str = ""
    """Where ids became codes: first letters of the code that every value is."""

    @property
    def looks(self) -> bool:
        """Whether any text has to be looked at."""
        return self.ids or self.names or self.addresses or self.numbers or self.left_out


NOTHING: Final = Promise()
LEFT_OUT: Final = Promise(left_out=True)
KEPT: Final = Promise(ids=True, names=True, addresses=True)
"""Text that is kept while people get codes."""
SCRUBBED: Final = Promise(ids=True, names=True, addresses=True, numbers=True)


def leaves(decisions: Decisions, data_type: str, column: str) -> bool:
    """Whether a column may be in the archive at all."""
    return decisions.of(data_type, column).action in INDIVIDUAL


def of_column(decisions: Decisions, data_type: str, column: Field) -> Promise:
    """What holds for every value of a column that is no JSON."""
    match decisions.of(data_type, column.name).action:
        case Action.PSEUDONYMIZE:
            return Promise(code=_LETTERS.get(column.sensitivity, "L"))
        case Action.SCRUB:
            return SCRUBBED
        case Action.KEEP:
            return _kept(column, hidden=decisions.hides_people(data_type))
        case Action.GENERALIZE | Action.SHIFT:
            return NOTHING
        case Action.DROP | Action.AGGREGATE | Action.BY_LEAF:
            return NOTHING  # nothing of it leaves, or its leaves have promises of their own


def _kept(column: Field, *, hidden: bool) -> Promise:
    """What holds for a column whose words stay; ``hidden``: while people do not."""
    if column.sensitivity in (Sensitivity.NAME, Sensitivity.PERSON, Sensitivity.ROOM):
        return NOTHING
    if column.kind not in (Kind.TEXT, Kind.LABEL, Kind.ID):
        return NOTHING
    if not hidden:
        return LEFT_OUT
    return Promise(ids=True, names=True) if column.kind is Kind.ID else KEPT


def of_leaf(
    decisions: Decisions, data_type: str, column: Field | None, path: tuple[str, ...]
) -> Promise | None:
    """What holds for a text inside a JSON column; None when none may be there.

    ``column`` None stands for ``extra``.
    """
    if column is None and path and path[0] not in (ANY, ITEM):
        return None  # it stands for a column that does not leave
    if column is None:
        action, sensitivity = decisions.of(data_type, EXTRA).action, None
    else:
        action = decisions.leaf(data_type, column.name, path).action
        sensitivity = listed(column, path)
    numerals = sensitivity not in QUANTITIES
    match action:
        case Action.DROP | Action.AGGREGATE:
            return None
        case Action.PSEUDONYMIZE:
            return Promise(code=_LETTERS.get(sensitivity or Sensitivity.HARMLESS, "L"))
        case Action.SCRUB:
            return replace(SCRUBBED, numerals=numerals)
        case Action.KEEP if not decisions.hides_people(data_type):
            return replace(LEFT_OUT, numerals=numerals)
        case Action.KEEP if sensitivity is Sensitivity.MEASURE:
            return SCRUBBED
        case Action.KEEP:
            return replace(KEPT, numerals=numerals)
        case Action.GENERALIZE | Action.SHIFT | Action.BY_LEAF:
            return NOTHING


def of_key(decisions: Decisions, data_type: str) -> Promise:
    """What holds for keys inside documents that people made up."""
    return SCRUBBED if decisions.hides_people(data_type) else LEFT_OUT
