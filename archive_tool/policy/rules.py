"""``[defaults]`` and ``[fields.<type>]``: one line each, checked against the schemas.

A rule is a word (``"response.value" = "scrub"``) or a table with parameters
(``onset = {action = "generalize", bin = 1000}``), of which ``because`` is the reason to be told. A
rule whose action does not fit the kind of its field is a mistake, not a surprise at run time.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from archive_tool.model.policy import WILDCARD_TYPE, Action, Decision, Rule
from archive_tool.policy.paths import ANY, ITEM, tokens, written
from archive_tool.policy.reader import Section, did_you_mean, key_path
from archive_tool.policy.winning import WHOLE
from archive_tool.schemas import FIELDS, Field, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORDS: Final = tuple(
    action.value for action in Action if action not in (Action.SHIFT, Action.BY_LEAF)
)
"""Actions that a policy may write."""

UNITS: Final = ("day", "month", "year")
MOST_DIGITS: Final = 15
"""Decimal places: a float64 has no more."""

_ALWAYS: Final = frozenset({Action.KEEP, Action.DROP, Action.AGGREGATE})
FITS: Final[Mapping[Kind, frozenset[Action]]] = {
    Kind.ID: _ALWAYS | {Action.PSEUDONYMIZE, Action.GENERALIZE},
    Kind.RECORD: _ALWAYS | {Action.PSEUDONYMIZE},
    Kind.LABEL: _ALWAYS | {Action.PSEUDONYMIZE, Action.SCRUB, Action.GENERALIZE},
    Kind.TEXT: _ALWAYS | {Action.SCRUB},
    Kind.NUMBER: _ALWAYS | {Action.GENERALIZE},
    Kind.TIME: _ALWAYS | {Action.GENERALIZE},
    Kind.FLAG: _ALWAYS,
    Kind.JSON: _ALWAYS | {Action.PSEUDONYMIZE, Action.SCRUB, Action.GENERALIZE},
}
"""Which actions make sense for which kind of column."""

_BY_NUMBER: Final = ("bin", "digits")
NEEDS: Final[Mapping[Action, Mapping[Kind, tuple[str, ...]]]] = {
    Action.GENERALIZE: {
        Kind.NUMBER: _BY_NUMBER,
        Kind.JSON: _BY_NUMBER,
        Kind.TIME: ("to",),
        Kind.ID: ("labels",),
        Kind.LABEL: ("labels",),
    },
}
"""Which parameter an action needs for which kind: exactly one of them. Other actions take none."""

_OWNERS: Final = {
    parameter: action
    for action, by_kind in NEEDS.items()
    for wanted in by_kind.values()
    for parameter in wanted
}
"""Parameter → the action that it belongs to."""
_OPTIONS: Final = ("action", *_OWNERS, "because")
_DEFAULTS: Final = tuple(word for word in WORDS if Action(word) not in NEEDS)
"""Actions that ``[defaults]`` may name: it has no room for parameters."""


def read_defaults(section: Section) -> dict[str, Decision]:
    """``[defaults]``: an action by sensitivity, fitting every field of that sensitivity."""
    known = [s.value for s in Sensitivity if s is not Sensitivity.TIME]
    defaults = {}
    for key, value in section.values.items():
        if key == Sensitivity.TIME:
            section.problem(key, "clocks are decided by the key time", 'time = "relative"')
        elif key not in known:
            meant = did_you_mean(key, known)
            section.problem(key, f"unknown sensitivity{meant}", ", ".join(known))
        elif value not in _DEFAULTS:
            meant = did_you_mean(value, _DEFAULTS) if isinstance(value, str) else ""
            section.problem(key, f"unknown action{meant}", ", ".join(_DEFAULTS))
        else:
            defaults[key] = Decision(action=Action(value), because=section.at(key))
            _check_default(section, key, Action(value))
    return defaults


def _check_default(section: Section, sensitivity: str, action: Action) -> None:
    for data_type, fields in FIELDS.items():
        for field in fields:
            whole = field.kind is not Kind.JSON and field.sensitivity == sensitivity
            if whole and action not in FITS[field.kind]:
                place = key_path("fields", data_type, field.name)
                section.problem(
                    sensitivity,
                    f"{action} does not fit {place}, which is {_a(field.kind)}",
                    _fit(field.kind),
                )
                return


def read_fields(section: Section) -> tuple[Rule, ...]:
    """``[fields.<type>]``: rules for columns and for leaves inside them."""
    known = (*FIELDS, WILDCARD_TYPE)
    rules: list[Rule] = []
    for data_type in section.values:
        if data_type not in known:
            meant = did_you_mean(data_type, known)
            section.problem(data_type, f"unknown data type{meant}", ", ".join(known))
            continue
        lines = section.section(data_type)
        for pattern, value in lines.values.items():
            options = value if isinstance(value, dict) else {"action": value}
            rules.extend(_rule(data_type, pattern, lines.part(options, lines.at(pattern))))
    return tuple(rules)


def _rule(data_type: str, pattern: str, section: Section) -> Iterator[Rule]:
    first, *rest = tokens(pattern) or ("",)
    path = tuple(rest) if rest else None
    fields = _columns(data_type, first)
    if not fields:
        known = {field.name for field in _all_columns(data_type)}
        section.refuse(f"unknown column{did_you_mean(first, known)}", "a column of the schema")
        return
    if path is not None and not _check_path(fields, path, section):
        return
    lenient = section.problems.lenient
    decision = _decision(fields, path, section)
    if decision is None and lenient:  # an action of a later release: nothing of it is as it was
        decision = Decision(action=Action.DROP, because=section.path)
    if decision is None:
        return
    above = path is not None and decision.action not in WHOLE and _is_above_leaves(fields, path)
    if above and not lenient:
        meant = f'"{written((first, *rest, ANY))}", for what lies below it'
        section.refuse(f"no leaf, of which there is nothing to {decision.action}", meant)
    else:
        yield Rule(data_type=data_type, column=first, path=path, decision=decision)


def _all_columns(data_type: str) -> tuple[Field, ...]:
    if data_type == WILDCARD_TYPE:
        return tuple(field for fields in FIELDS.values() for field in fields)
    return FIELDS[data_type]


def _columns(data_type: str, name: str) -> tuple[Field, ...]:
    return tuple(field for field in _all_columns(data_type) if field.name == name)


def _check_path(fields: tuple[Field, ...], path: tuple[str, ...], section: Section) -> bool:
    """Check that a leaf rule has a JSON column; a near miss of a known leaf is taken for a typo."""
    nested = [field for field in fields if field.kind is Kind.JSON]
    if not nested:
        section.refuse("this column has no leaves", "a JSON column")
        return False
    if ANY in path or ITEM in path:
        return True
    known = {leaf.path for field in nested for leaf in field.leaves}
    free = any(leaf.path == ANY for field in nested for leaf in field.leaves)
    name = written(path)
    if name in known or free:
        return True
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
    if close:
        section.refuse(f'unknown leaf, did you mean "{close[0]}"', "a leaf of the schema")
        return section.problems.lenient
    return True


def _is_above_leaves(fields: tuple[Field, ...], path: tuple[str, ...]) -> bool:
    """Whether a place is none that a schema lists, and holds some: a rule for it would do nothing."""
    leaves = {tokens(leaf.path) for field in fields for leaf in field.leaves}
    return path not in leaves and path in {leaf[: len(path)] for leaf in leaves}


def _decision(
    fields: tuple[Field, ...], path: tuple[str, ...] | None, section: Section
) -> Decision | None:
    before = len(section.problems.lines)
    section.unknown_keys(_OPTIONS)
    word = section.word("action", WORDS, where=section.path)
    if word is None:
        if len(section.problems.lines) == before:
            section.refuse("has no action", ", ".join(WORDS))
        return None
    action = Action(word)
    kinds = {Kind.JSON} if path is not None else {field.kind for field in fields}
    for kind in sorted(kinds):
        if action not in FITS[kind]:
            section.refuse(f"{action} does not fit {_a(kind)}", _fit(kind))
    if any(
        field.sensitivity is Sensitivity.NAME and action is Action.PSEUDONYMIZE for field in fields
    ):
        section.refuse("a name has no code of its own", "drop, scrub or keep")
    _check_parameters(action, kinds, section)
    decision = _read_parameters(action, section)
    return decision if len(section.problems.lines) == before else None


def _check_parameters(action: Action, kinds: set[Kind], section: Section) -> None:
    """Check that an action has the one parameter that it needs, and none of another action."""
    given = [key for key in _OWNERS if key in section.values]
    foreign = [key for key in given if _OWNERS[key] is not action]
    wanted = sorted({key for kind in kinds for key in NEEDS.get(action, {}).get(kind, ())})
    if foreign:
        owner = _OWNERS[foreign[0]]
        section.refuse(f"{foreign[0]} belongs to {owner}", f'action = "{owner}"')
    elif action in NEEDS and (len(given) != 1 or given[0] not in wanted):
        section.refuse(f"{action} needs one parameter", " or ".join(wanted) or "none")


def _read_parameters(action: Action, section: Section) -> Decision:
    """Read the parameters of an action; without one, each has the value of none."""
    labels = section.values.get("labels", {})
    if not isinstance(labels, dict) or not all(isinstance(v, str) for v in labels.values()):
        section.problem("labels", "not a table of texts", '{old = "new"}')
        labels = {}
    digits = section.integer("digits", low=0)
    if digits is not None and digits > MOST_DIGITS:
        section.problem("digits", "more than a number has", f"at most {MOST_DIGITS}")
    reason = section.text("because", default="")
    return Decision(
        action=action,
        because=f"{section.path}: {reason}" if reason else section.path,
        bin=section.number("bin", low=1e-9),
        digits=digits,
        unit=section.word("to", UNITS, ""),
        labels=labels,
    )


def _a(kind: Kind) -> str:
    return f"{'an' if kind is Kind.ID else 'a'} {kind.value} column"


def _fit(kind: Kind) -> str:
    return ", ".join(word for word in WORDS if word in FITS[kind])
