"""The attack on a release by whoever holds the original export, and what it means for a board.

The released traces are joined to those of the source, exact and rounded. Counted per person, never
per row; a missing value is a value like others (disclosure-control.md). Nothing here is a promise:
it says how much of the way back the rows themselves leave open.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.disclose.gate.traces import LENGTHS, TRACES, Traces
from archive_tool.model.datatypes import BY_NAME, EVENTS
from archive_tool.model.policy import INDIVIDUAL, Action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.disclose.gate.traces import Sums, Trace, Values
    from archive_tool.policy import Decisions

Coder = Callable[[str, str], str]
"""Data type and person of the source -> what the person is called in the release."""

MOST_COMPARED: Final = 500
"""People of whom the most alike are looked for: a share says enough."""

FEW: Final = 10
"""People below which a group is small (the default of published summaries)."""


@dataclass(frozen=True, kw_only=True)
class TraceRisk:
    """One trace at one rounding."""

    trace: str
    rounding: str
    people: int
    """People of the release who have such a trace."""
    singled_out: int
    """Of them, those whose trace nobody else has."""
    linked: int
    """Of those, people who are found again in the source by it."""


@dataclass(frozen=True, kw_only=True)
class GroupRisk:
    """People by their quasi-identifiers: the equivalence classes, here called groups.

    Where nothing can be linked between tables, these are the figures of the table that tells most.
    """

    columns: tuple[str, ...]
    """Those that leave: columns, or ``column.key`` inside a JSON column."""
    people: int
    k: int
    """Size of the smallest group (k-anonymity, Sweeney 2002); 0 without people."""
    alone: int
    """People whom nobody else is like."""
    few: int
    """People in groups of fewer than ten."""
    diversity: int | None
    """Fewest different answers in a group of two or more (distinct l-diversity, Machanavajjhala et al.
    2007); None without such a group."""
    told: int
    """People in groups of two or more whose answers are all the same: the group tells them."""


@dataclass(frozen=True, kw_only=True)
class Risk:
    """What was learned of the people in a release. Counts only: no code and no value."""

    people: int
    linked_exact: int
    """People found again by at least one exact trace."""
    linked_rounded: int
    """People found again by at least one trace at its coarsest rounding."""
    traces: tuple[TraceRisk, ...]
    groups: GroupRisk


def changed_columns(decisions: Decisions) -> frozenset[tuple[str, str]]:
    """Traces that leave but not as they came: only these need the source beside them."""
    return frozenset(
        (trace.data_type, trace.column)
        for trace in TRACES
        if decisions.of(trace.data_type, trace.column).action in INDIVIDUAL
        and decisions.of(trace.data_type, trace.column).action is not Action.KEEP
        and decisions.hides_people(trace.data_type)
    )


def attack(
    released: Traces,
    source: Traces,
    decisions: Decisions,
    coder: Coder,
    *,
    agents: Collection[str] = (),
) -> Risk:
    """Join the released traces to those of the source.

    A trace that the policy keeps is in the source by construction; for the others ``source`` has
    what the original export holds. ``agents`` are ids of the source that are no people: among them
    nobody hides.
    """
    if agents:
        coded = {coder(data_type, agent) for data_type in released.people for agent in agents}
        released, source = released.without(coded), source.without(agents)
    changed = changed_columns(decisions)
    figures = []
    exact: dict[str, set[str]] = defaultdict(set)
    rounded: dict[str, set[str]] = defaultdict(set)
    for (trace, step), sums in sorted(released.sums.items(), key=lambda item: item[0][1]):
        alone = _alone(sums)
        linked = alone
        if (trace.data_type, trace.column) in changed:
            linked = _linked(sums, alone, source.sums.get((trace, step), {}), trace, coder)
        figures.append(
            TraceRisk(
                trace=trace.name,
                rounding=trace.rounding(step),
                people=len(sums),
                singled_out=len(alone),
                linked=len(linked),
            )
        )
        if step == trace.steps[0]:
            exact[trace.data_type] |= linked
        if step == trace.steps[-1]:
            rounded[trace.data_type] |= linked
    if (LENGTHS.data_type, LENGTHS.column) in changed and released.lengths and source.lengths:
        nearest = _nearest(released.lengths, source.lengths, partial(coder, LENGTHS.data_type))
        figures.append(nearest)
    apart = decisions.policy.linkability == "none"
    order = [trace.name for trace in TRACES]
    return Risk(
        people=_people(released.people, apart=apart),
        linked_exact=_people(exact, apart=apart),
        linked_rounded=_people(rounded, apart=apart),
        traces=tuple(sorted(figures, key=lambda one: order.index(one.trace))),
        groups=_groups(released, apart=apart),
    )


def _people(by_type: Mapping[str, set[str]], *, apart: bool) -> int:
    """Count people; where they have another code in every type, in the type that has most."""
    if apart:
        return max(map(len, by_type.values()), default=0)
    return len(set[str]().union(*by_type.values()))


def hidden_types(decisions: Decisions) -> frozenset[str]:
    """Data types in which people have codes: where they keep their ids there is nothing to link."""
    return frozenset(
        name
        for name, data_type in BY_NAME.items()
        if decisions.of(name, data_type.subject).action is Action.PSEUDONYMIZE
    )


def _alone(sums: Sums) -> set[str]:
    shared = Counter(sums.values())
    return {person for person, total in sums.items() if shared[total] == 1}


def _linked(sums: Sums, alone: set[str], source: Sums, trace: Trace, coder: Coder) -> set[str]:
    """People whose trace is that of one person of the source, and of the right one."""
    holders: dict[int, list[str]] = defaultdict(list)
    for person, total in source.items():
        holders[total].append(person)
    found = set()
    for code in alone:
        candidates = holders.get(sums[code], [])
        if len(candidates) == 1 and coder(trace.data_type, candidates[0]) == code:
            found.add(code)
    return found


def _nearest(
    released: Mapping[str, np.ndarray],
    source: Mapping[str, np.ndarray],
    coder: Callable[[str], str],
) -> TraceRisk:
    """Give each person of the release the one of the source whose messages are most alike."""
    people, codes = sorted(source), sorted(released)[:MOST_COMPARED]
    ours, theirs = (
        np.array([lengths[name] for name in names])
        for lengths, names in ((released, codes), (source, people))
    )
    used = ours.any(axis=0) | theirs.any(axis=0)  # nobody writes messages of most lengths
    ours, theirs = ours[:, used], theirs[:, used]
    linked = alone = 0
    for code, lengths in zip(codes, ours, strict=True):
        apart = np.abs(theirs - lengths).sum(axis=1)
        best = np.flatnonzero(apart == apart.min())
        if len(best) == 1:
            alone += 1
            linked += coder(people[best[0]]) == code
    return TraceRisk(
        trace=LENGTHS.name,
        rounding="most alike",
        people=len(codes),
        singled_out=alone,
        linked=linked,
    )


def _groups(released: Traces, *, apart: bool) -> GroupRisk:
    if not apart:
        return _groups_of(released, None)
    described = {place.data_type for place in released.descriptions} or {EVENTS.name}
    figures = (_groups_of(released, name) for name in sorted(described))
    return min(figures, key=lambda one: (one.k, -one.alone))


def _groups_of(released: Traces, data_type: str | None) -> GroupRisk:
    """Groups over all tables, or over those of one data type, which has codes of its own."""
    described: dict[str, list[Values]] = defaultdict(list)
    for place, values in released.descriptions.items():
        if data_type in (None, place.data_type):
            described[place.name].append(values)
    people = released.people
    everybody = set[str]().union(*(people.values() if data_type is None else [people[data_type]]))
    groups = _alike(everybody, [described[name] for name in sorted(described)])
    answers = [
        sums
        for (trace, step), sums in released.sums.items()
        if step == trace.answers_at and data_type in (None, trace.data_type)
    ]
    different = [
        (len(group), len({tuple(sums.get(p, 0) for sums in answers) for p in group}))
        for group in groups
        if len(group) > 1 and answers
    ]
    return GroupRisk(
        columns=tuple(sorted(described)),
        people=len(everybody),
        k=min(map(len, groups), default=0),
        alone=sum(len(group) == 1 for group in groups),
        few=sum(len(group) for group in groups if len(group) < FEW),
        diversity=min((kinds for _, kinds in different), default=None),
        told=sum(size for size, kinds in different if kinds == 1),
    )


def _alike(everybody: set[str], columns: list[list[Values]]) -> list[list[str]]:
    """Part people by what stands about them in each column; nothing is a value like others."""
    groups: dict[tuple[frozenset[str], ...], list[str]] = defaultdict(list)
    for person in sorted(everybody):
        likeness = (
            frozenset[str]().union(*(values.get(person, ()) for values in column))
            for column in columns
        )
        groups[tuple(likeness)].append(person)
    return list(groups.values())
