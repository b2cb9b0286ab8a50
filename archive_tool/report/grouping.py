"""Findings in groups for people: what is listed, and how much is left out.

Totals are never capped. Inside a group, findings of one code stand together as a kind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.findings import Finding, Severity
from archive_tool.model.units import ROWS, unit_of
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from archive_tool.model.policy import Accepted

MOST_GROUPS: Final = 60
"""Groups that are listed: by file there can be thousands."""
MOST_KINDS: Final = 700
"""Kinds listed in all groups together, groups whole; a single group is always listed."""
MOST_PLACES: Final = 2000
"""Places listed in all groups together, so that a report opens on any machine."""

WHOLE_BUNDLE: Final = "whole bundle"


class GroupBy(StrEnum):
    """What puts findings into one group."""

    TYPE = "type"
    CODE = "code"
    FILE = "file"
    SEVERITY = "severity"


@dataclass(frozen=True, kw_only=True)
class View:
    """Which findings a report lists. It never changes a total."""

    min_severity: Severity = Severity.NOTE
    """Lighter findings are counted, not listed."""
    group: GroupBy = GroupBy.TYPE
    cap: int = 20
    """Places listed for one kind of finding in one group."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Number of findings by severity."""

    errors: int
    warnings: int
    notes: int

    @property
    def all(self) -> int:
        """Of any severity."""
        return self.errors + self.warnings + self.notes


@dataclass(frozen=True, kw_only=True)
class Kind:
    """All findings of one code in one group."""

    code: str
    severity: Severity
    """The heaviest."""
    message: str
    """Of the first place."""
    hint: str
    same: bool
    """Every place has this message and no other."""
    places: tuple[Finding, ...]
    total: int
    """Places, listed or not."""
    rows: int
    """Rows, or what :attr:`unit` says: at least so many."""
    exact: bool
    """No more than that: no row stands in two columns, nobody in two data types."""
    because: str | None
    """Why it was accepted; None when it was not."""

    @property
    def columns(self) -> tuple[str, ...]:
        """What the listed places have that tells one from another or from the whole."""
        held = {
            "file": any(place.file for place in self.places),
            "column": any(place.column for place in self.places),
            "check": len({place.check for place in self.places}) > 1,
            "rows": any(place.rows for place in self.places),
            "message": not self.same,
        }
        return tuple(name for name, there in held.items() if there)

    @property
    def unit(self) -> tuple[str, str]:
        """What is counted: one of them, and several."""
        return unit_of(self.code)

    @property
    def amount(self) -> str:
        """How many rows, or what else it counts; empty where it counts nothing."""
        if not self.rows:
            return ""
        return count(self.rows, *self.unit) + ("" if self.exact else " or more")

    @property
    def check(self) -> str:
        """The rule, where all places share it."""
        rules = {place.check for place in self.places}
        return rules.pop() if len(rules) == 1 else ""

    @property
    def omitted(self) -> int:
        """Places that are not listed."""
        return self.total - len(self.places)


@dataclass(frozen=True, kw_only=True)
class Group:
    """One heading of the list of findings."""

    title: str
    kinds: tuple[Kind, ...]
    tally: Tally


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The list of findings."""

    groups: tuple[Group, ...]
    cap: int
    """Places listed for one kind: what the view asks for, or less where there are many kinds."""
    groups_omitted: int
    findings_omitted: int
    """Findings in the groups that are left out."""
    lighter: int
    """Findings below the least severity, counted only."""


def tally(findings: Iterable[Finding]) -> Tally:
    """Count by severity."""
    found = Counter(finding.severity for finding in findings)
    return Tally(
        errors=found[Severity.ERROR],
        warnings=found[Severity.WARNING],
        notes=found[Severity.NOTE],
    )


def counted(findings: Iterable[Finding], accepted: Collection[str]) -> str:
    """Count by severity in words, and say how many of them have a code that was accepted."""
    said = []
    found = list(findings)
    for severity in Severity:
        codes = [finding.code for finding in found if finding.severity is severity]
        passed = sum(code in accepted for code in codes)
        some = "" if passed == len(codes) else f"{passed:,} "
        said.append(count(len(codes), severity) + (f" ({some}accepted)" if passed else ""))
    return ", ".join(said)


def tally_by_type(findings: Iterable[Finding], types: Iterable[str]) -> dict[str, Tally]:
    """Count by severity for each of some data types, in one go."""
    by_type: defaultdict[str | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_type[finding.data_type].append(finding)
    return {data_type: tally(by_type[data_type]) for data_type in types}


def kinds(
    findings: Iterable[Finding], *, cap: int, accepted: Sequence[Accepted] = ()
) -> tuple[Kind, ...]:
    """Findings by code, heaviest first, at most ``cap`` places of each."""
    because = {entry.code: entry.because for entry in accepted}
    by_code: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_code[finding.code].append(finding)
    found = [_kind(code, places, cap, because.get(code)) for code, places in by_code.items()]
    return tuple(sorted(found, key=lambda k: (k.because is not None, k.severity.rank, k.code)))


def arrange(findings: Sequence[Finding], view: View, accepted: Sequence[Accepted] = ()) -> Listing:
    """Put findings into groups as the view asks for."""
    shown = [f for f in findings if f.severity.rank <= view.min_severity.rank]
    by_title: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in shown:
        by_title[_title(finding, view.group)].append(finding)
    held = [(title, by_title[title]) for title in _in_order(by_title, view.group)]
    chosen, number = _fitting(held)
    cap = min(view.cap, MOST_PLACES // max(1, number))
    groups = tuple(
        Group(title=title, kinds=kinds(each, cap=cap, accepted=accepted), tally=tally(each))
        for title, each in chosen
    )
    return Listing(
        groups=groups,
        cap=cap,
        groups_omitted=len(held) - len(groups),
        findings_omitted=len(shown) - sum(group.tally.all for group in groups),
        lighter=len(findings) - len(shown),
    )


def _fitting(held: list[tuple[str, list[Finding]]]) -> tuple[list[tuple[str, list[Finding]]], int]:
    """The first groups that one report can hold, and the number of their kinds."""
    chosen: list[tuple[str, list[Finding]]] = []
    number = 0
    for title, findings in held[:MOST_GROUPS]:
        more = len({finding.code for finding in findings})
        if chosen and number + more > MOST_KINDS:
            break
        chosen.append((title, findings))
        number += more
    return chosen, number


def _kind(code: str, places: list[Finding], cap: int, because: str | None) -> Kind:
    heaviest = min(places, key=lambda finding: finding.severity.rank)
    rows = _distinct(code, places)
    return Kind(
        code=code,
        severity=heaviest.severity,
        message=heaviest.message,
        hint=heaviest.hint,
        same=all(place.message == heaviest.message for place in places),
        places=tuple(places[:cap]),
        total=len(places),
        rows=rows,
        exact=rows == sum(place.rows.count for place in places if place.rows),
        because=because,
    )


def _distinct(code: str, places: list[Finding]) -> int:
    """Give how many there are at least.

    A row may be wrong in several columns of its file; a person or room stand in several data types.
    """
    are_rows = unit_of(code) == ROWS
    found: Counter[tuple[str | None, ...]] = Counter()
    for place in places:
        number = place.rows.count if place.rows else 0
        if are_rows:
            found[place.data_type, place.file] = max(found[place.data_type, place.file], number)
        else:
            found[(place.data_type,)] += number
    return found.total() if are_rows else max(found.values(), default=0)


def _in_order(titles: Collection[str], group: GroupBy) -> list[str]:
    if group is GroupBy.SEVERITY:
        return [severity.value for severity in Severity if severity.value in titles]
    known = (WHOLE_BUNDLE, *BY_NAME)
    return sorted(titles, key=lambda t: (known.index(t) if t in known else len(known), t))


def _title(finding: Finding, group: GroupBy) -> str:
    if group is GroupBy.TYPE:
        return finding.data_type or WHOLE_BUNDLE
    if group is GroupBy.CODE:
        return finding.code
    if group is GroupBy.FILE:
        return finding.file or WHOLE_BUNDLE
    return finding.severity.value
