"""Places of one table that tell what another one of it hides: refused before any row is read.

Ids and names stand in several places of a row: whose it is in a column, the same person, or the one
spoken to, in a list or a nested value beside it. A policy that decides them one by one may keep in
one place what it takes out in another, or put an id beside the code of it. A clock that did not move
beside one that did tells by how many days all clocks of its room moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from archive_tool.errors import PolicyError
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.policy import Action
from archive_tool.policy.paths import tokens, written
from archive_tool.policy.reader import key_path
from archive_tool.schemas import FIELDS, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.policy.decisions import Decisions
    from archive_tool.schemas import Field

_ROOM: Final = "roomId"
_SAME: Final[tuple[tuple[str, ...], ...]] = (
    ("onset", "rawOnset", "sessionTime"),
    ("value", "normalizedValue", "rawValue"),
)
"""Columns of a row that say one number: with another zero, on another scale."""


class _Told(NamedTuple):
    """A place that tells, and the line that ends it."""

    data_type: str
    place: str
    action: Action
    column: str
    """What it tells of."""
    hidden: Action
    line: str


def refuse_telling(decisions: Decisions) -> None:
    """PolicyError (13) with every such place, and the lines to change."""
    told = [one for data_type in FIELDS for one in _told(decisions, data_type)]
    if not told:
        return
    places = "".join(
        f"\n  {key_path(one.data_type, one.place)}: {one.action}, beside {one.column}: {one.hidden}"
        for one in told
    )
    lines: list[str] = []
    for data_type in dict.fromkeys(one.data_type for one in told):
        lines += [f"[{key_path('fields', data_type)}]"]
        lines += dict.fromkeys(one.line for one in told if one.data_type == data_type)
    what = "1 place tells" if len(told) == 1 else f"{len(told)} places tell"
    raise PolicyError(
        f"{what} what another column of the same rows hides{places}",
        where=f"policy {decisions.policy.name}",
        hint="change or add these lines, or decide the other column alike:"
        + "\n  ".join(["", *lines]),
    )


def warnings(decisions: Decisions) -> list[str]:
    """Say what whoever reads all tables can put together, though no single one of them tells it."""
    said = []
    for what, column_of in (
        ("people", {name: known.subject for name, known in BY_NAME.items()}),
        ("rooms", dict.fromkeys(BY_NAME, _ROOM)),
    ):
        kept, coded = (
            [name for name, column in column_of.items() if decisions.of(name, column).action is one]
            for one in (Action.KEEP, Action.PSEUDONYMIZE)
        )
        if kept and coded:
            said.append(
                f"ids of {what} are kept in {', '.join(kept)} and codes in {', '.join(coded)}: whoever "
                "reads both can match them"
            )
    clocks = {name: [a for _, a in _places(decisions, name, Sensitivity.TIME)] for name in FIELDS}
    moved = [name for name, actions in clocks.items() if Action.SHIFT in actions]
    still = [
        name
        for name, actions in clocks.items()
        if name not in moved and {Action.KEEP, Action.GENERALIZE} & set(actions)
    ]
    if moved and still:
        said.append(
            f"clocks tell of true days in {', '.join(still)} and are shifted in {', '.join(moved)}: "
            "whoever reads both can tell by how many days a room moved"
        )
    return [*said, *_finer(decisions)]


def _finer(decisions: Decisions) -> Iterator[str]:
    """Say where a number or a moment is made coarser, and stands as it came beside it."""
    for data_type, fields in FIELDS.items():
        names = {field.name for field in fields}
        groups = [
            [(name, _of_scalar(decisions, data_type, name)) for name in same if name in names]
            for same in _SAME
        ]
        groups.append(list(_places(decisions, data_type, Sensitivity.TIME)))
        for group in groups:
            coarser = [place for place, action in group if action is Action.GENERALIZE]
            stay = [place for place, action in group if action in (Action.KEEP, Action.SCRUB)]
            if coarser and stay:
                yield (
                    f"{data_type}: made coarser in {', '.join(coarser)}, and as it came in "
                    f"{', '.join(stay)}: whoever reads one knows the other"
                )


def _of_scalar(decisions: Decisions, data_type: str, column: str) -> Action:
    """What becomes of a value, also where places inside it are decided one by one."""
    action = decisions.of(data_type, column).action
    return decisions.leaf(data_type, column, ()).action if action is Action.BY_LEAF else action


def _told(decisions: Decisions, data_type: str) -> Iterator[_Told]:
    subject = BY_NAME[data_type].subject
    for sensitivity, column in ((Sensitivity.PERSON, subject), (Sensitivity.ROOM, _ROOM)):
        of_column = decisions.of(data_type, column).action
        is_hidden = of_column is not Action.KEEP
        tells = Action.KEEP if is_hidden else Action.PSEUDONYMIZE
        word = Action.PSEUDONYMIZE if of_column is Action.PSEUDONYMIZE else Action.DROP
        for place, action in _places(decisions, data_type, sensitivity):
            if action is tells and place != column:
                yield _Told(data_type, place, action, column, of_column, _line(place, word))
    hidden = decisions.of(data_type, subject).action
    for field in FIELDS[data_type] if decisions.hides_people(data_type) else ():
        if field.kind is Kind.TEXT and field.sensitivity is Sensitivity.NAME:
            action = decisions.of(data_type, field.name).action
            if action is Action.KEEP:
                line = _line(field.name, Action.DROP)
                yield _Told(data_type, field.name, action, subject, hidden, line)
    yield from _standing(decisions, data_type)


def _standing(decisions: Decisions, data_type: str) -> Iterator[_Told]:
    """Give the clocks that stand still, or tell of the true day, beside one that moves."""
    clocks = list(_places(decisions, data_type, Sensitivity.TIME))
    moving = [place for place, action in clocks if action is Action.SHIFT]
    moved = next((place for place in moving if "." not in place), next(iter(moving), None))
    for place, action in clocks if moved else ():
        if action in (Action.KEEP, Action.GENERALIZE):
            line = _line(place, Action.DROP)
            yield _Told(data_type, place, action, str(moved), Action.SHIFT, line)


def _places(
    decisions: Decisions, data_type: str, sensitivity: Sensitivity
) -> Iterator[tuple[str, Action]]:
    """Give the columns and the leaves that hold ids of a kind, or clocks, and what becomes of them."""
    for field in FIELDS[data_type]:
        if field.kind is not Kind.JSON and field.sensitivity is sensitivity:
            yield field.name, decisions.of(data_type, field.name).action
        for leaf in field.leaves:
            if leaf.sensitivity is sensitivity:
                action = decisions.leaf(data_type, field.name, tokens(leaf.path)).action
                yield _written(field, leaf.path), action


def _written(field: Field, path: str) -> str:
    return written((field.name, *tokens(path)))


def _line(place: str, action: Action) -> str:
    return f'{key_path(place)} = "{action}"'
