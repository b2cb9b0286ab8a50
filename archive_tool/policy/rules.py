"""``[defaults]`` and ``[fields.<type>]``: one line each, checked against the schemas.

A rule is a word (``"response.value" = "scrub"``) or a table with parameters
(``onset = {action = "generalize", bin = 1000}``), of which ``because`` is the reason to be told. A rule whose action does not fit the kind of its
field is a mistake, not a surprise at run time.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from archive_tool.model.policy import WILDCARD_TYPE, Action, Decision, Rule
from archive_tool.policy.paths import ANY, ITEM, tokens, written
from archive_tool.policy.reader import Reader, did_you_mean, key_path
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


def read_defaults(table: Mapping[str, Any], reader: Reader) -> dict[str, Decision]:
    """``[defaults]``: an action by sensitivity, fitting every field of that sensitivity."""
    known = [s.value for s in Sensitivity if s is not Sensitivity.TIME]
    defaults = {}
    for key, value in table.items():
        path = key_path("defaults", key)
        if key == Sensitivity.TIME:
            reader.problem(path, "clocks are decided by the key time", 'time = "relative"')
        elif key not in known:
            reader.problem(path, f"unknown sensitivity{did_you_mean(key, known)}", ", ".join(known))
        elif value not in _DEFAULTS:
            meant = did_you_mean(value, _DEFAULTS) if isinstance(value, str) else ""
            reader.problem(path, f"unknown action{meant}", ", ".join(_DEFAULTS))
        else:
            defaults[key] = Decision(action=Action(value), because=path)
            _check_default(key, Action(value), path, reader)
    return defaults


def _check_default(sensitivity: str, action: Action, path: str, reader: Reader) -> None:
    for data_type, fields in FIELDS.items():
        for field in fields:
            whole = field.kind is not Kind.JSON and field.sensitivity == sensitivity
            if whole and action not in FITS[field.kind]:
                place = key_path("fields", data_type, field.name)
                reader.problem(
                    path,
                    f"{action} does not fit {place}, which is {_a(field.kind)}",
                    _fit(field.kind),
                )
                return


def read_fields(table: Mapping[str, Any], reader: Reader) -> tuple[Rule, ...]:
    """``[fields.<type>]``: rules for columns and for leaves inside them."""
    known = (*FIELDS, WILDCARD_TYPE)
    rules: list[Rule] = []
    for data_type, lines in table.items():
        path = key_path("fields", data_type)
        if data_type not in known:
            reader.problem(
                path, f"unknown data type{did_you_mean(data_type, known)}", ", ".join(known)
            )
        elif not isinstance(lines, dict):
            reader.problem(path, "not a table", f"[{path}]")
        else:
            for pattern, value in lines.items():
                rules.extend(_rule(data_type, pattern, value, reader))
    return tuple(rules)


def _rule(data_type: str, pattern: str, value: object, reader: Reader) -> Iterator[Rule]:
    place = key_path("fields", data_type, pattern)
    first, *rest = tokens(pattern) or ("",)
    path = tuple(rest) if rest else None
    fields = _columns(data_type, first)
    if not fields:
        known = {field.name for field in _all_columns(data_type)}
        reader.problem(
            place, f"unknown column{did_you_mean(first, known)}", "a column of the schema"
        )
        return
    if path is not None and not _check_path(fields, path, place, reader):
        return
    decision = _decision(value, fields, path, place, reader)
    if (
        decision is None and reader.lenient
    ):  # an action of a later release: nothing of it is as it was
        decision = Decision(action=Action.DROP, because=place)
    if decision is None:
        return
    above = path is not None and decision.action not in WHOLE and _is_above_leaves(fields, path)
    if above and not reader.lenient:
        meant = f'"{written((first, *rest, ANY))}", for what lies below it'
        reader.problem(place, f"no leaf, of which there is nothing to {decision.action}", meant)
    else:
        yield Rule(data_type=data_type, column=first, path=path, decision=decision)


def _all_columns(data_type: str) -> tuple[Field, ...]:
    if data_type == WILDCARD_TYPE:
        return tuple(field for fields in FIELDS.values() for field in fields)
    return FIELDS[data_type]


def _columns(data_type: str, name: str) -> tuple[Field, ...]:
    return tuple(field for field in _all_columns(data_type) if field.name == name)


def _check_path(
    fields: tuple[Field, ...], path: tuple[str, ...], place: str, reader: Reader
) -> bool:
    """Check that a leaf rule has a JSON column; a near miss of a known leaf is taken for a typo."""
    nested = [field for field in fields if field.kind is Kind.JSON]
    if not nested:
        reader.problem(place, "this column has no leaves", "a JSON column")
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
        reader.problem(place, f'unknown leaf, did you mean "{close[0]}"', "a leaf of the schema")
        return reader.lenient
    return True


def _is_above_leaves(fields: tuple[Field, ...], path: tuple[str, ...]) -> bool:
    """Whether a place is none that a schema lists, and holds some: a rule for it would do nothing."""
    leaves = {tokens(leaf.path) for field in fields for leaf in field.leaves}
    return path not in leaves and path in {leaf[: len(path)] for leaf in leaves}


def _decision(
    value: object, fields: tuple[Field, ...], path: tuple[str, ...] | None, place: str,
    reader: Reader,
) -> Decision | None:  # fmt: skip
    options: Mapping[str, Any] = value if isinstance(value, dict) else {"action": value}
    before = len(reader.problems)
    reader.unknown_keys(options, _OPTIONS, place)
    word = reader.word(options, "action", place, WORDS)
    if word is None:
        if len(reader.problems) == before:
            reader.problem(place, "has no action", ", ".join(WORDS))
        return None
    action = Action(word)
    kinds = {Kind.JSON} if path is not None else {field.kind for field in fields}
    for kind in sorted(kinds):
        if action not in FITS[kind]:
            reader.problem(place, f"{action} does not fit {_a(kind)}", _fit(kind))
    if any(
        field.sensitivity is Sensitivity.NAME and action is Action.PSEUDONYMIZE for field in fields
    ):
        reader.problem(place, "a name has no code of its own", "drop, scrub or keep")
    _check_parameters(options, action, kinds, place, reader)
    decision = _read_parameters(options, action, place, reader)
    return decision if len(reader.problems) == before else None


def _check_parameters(
    options: Mapping[str, Any], action: Action, kinds: set[Kind], place: str, reader: Reader
) -> None:
    """Check that an action has the one parameter that it needs, and none of another action."""
    given = [key for key in _OWNERS if key in options]
    foreign = [key for key in given if _OWNERS[key] is not action]
    wanted = sorted({key for kind in kinds for key in NEEDS.get(action, {}).get(kind, ())})
    if foreign:
        owner = _OWNERS[foreign[0]]
        reader.problem(place, f"{foreign[0]} belongs to {owner}", f'action = "{owner}"')
    elif action in NEEDS and (len(given) != 1 or given[0] not in wanted):
        reader.problem(place, f"{action} needs one parameter", " or ".join(wanted) or "none")


def _read_parameters(
    options: Mapping[str, Any], action: Action, place: str, reader: Reader
) -> Decision:
    """Read the parameters of an action; without one, each has the value of none."""
    labels = options.get("labels", {})
    if not isinstance(labels, dict) or not all(isinstance(v, str) for v in labels.values()):
        reader.problem(f"{place}.labels", "not a table of texts", '{old = "new"}')
        labels = {}
    digits = reader.integer(options, "digits", f"{place}.digits", low=0, default=None)
    if digits is not None and digits > MOST_DIGITS:
        reader.problem(f"{place}.digits", "more than a number has", f"at most {MOST_DIGITS}")
    reason = reader.text(options, "because", f"{place}.because", default="")
    return Decision(
        action=action,
        because=f"{place}: {reason}" if reason else place,
        bin=reader.number(options, "bin", f"{place}.bin", low=1e-9, default=None),
        digits=digits,
        unit=reader.word(options, "to", f"{place}.to", UNITS, "") or "",
        labels=labels,
    )


def _a(kind: Kind) -> str:
    return f"{'an' if kind is Kind.ID else 'a'} {kind.value} column"


def _fit(kind: Kind) -> str:
    return ", ".join(word for word in WORDS if word in FITS[kind])
