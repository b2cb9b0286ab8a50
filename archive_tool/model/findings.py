"""Findings: what a stage has to say about the data, never a value of it.

A kind is told once, where it is made: those of reading in the files of :mod:`archive_tool.ingest`, those
of validation in :mod:`archive_tool.validation.codes`. ``docs/findings.md`` is made of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIRST_ROWS: Final = 5
"""How many row positions one finding lists; the count is never capped."""


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def __init__(self, word: str) -> None:
        self.rank = ("error", "warning", "note").index(word)
        """0 for the heaviest, for sorting."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Which rows a finding is about."""

    count: int
    """Number of rows concerned; some kinds count people, rooms or files
    (:mod:`archive_tool.model.units`)."""
    of: int | None = None
    """Number of rows looked at: those of its type in the file; None when the check is not about them."""
    first: tuple[int, ...] = ()
    """The first positions, counted from 1 in the data rows of their table (the header is not a row);
    of pages that were saved into one file, on from page to page."""

    @property
    def omitted(self) -> int:
        """How many positions ``first`` leaves out."""
        return self.count - len(self.first)

    def __add__(self, other: Rows) -> Rows:
        of = None if self.of is None and other.of is None else (self.of or 0) + (other.of or 0)
        first = tuple(sorted((*self.first, *other.first))[:FIRST_ROWS])
        return Rows(count=self.count + other.count, of=of, first=first)


@dataclass(frozen=True, kw_only=True)
class Code:
    """One kind of finding."""

    name: str
    """Stable: reports, acceptances and scripts use it. Variants of a kind have the same one."""
    severity: Severity
    """How much it weighs, unless the rule says otherwise."""
    message: str
    """What a finding of this kind says: a plain sentence, no value."""
    meaning: str
    """What is checked and why, for the docs."""
    hint: str = ""
    """What to do about it."""
    advice: str = ""
    """What to do, for the docs alone: where each finding has a hint of its own, or room for none."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One kind of thing at one place. No field can carry a cell value."""

    code: str
    """Stable name of the kind, e.g. ``RATINGS-OUT-OF-SCALE``."""
    severity: Severity
    message: str
    """A plain sentence without ids, names or values."""
    hint: str = ""
    """What to do about it."""
    data_type: str | None = None
    file: str | None = None
    """Label of the file (``F017``), never its name: names hold ids."""
    column: str | None = None
    check: str = ""
    """The rule that was broken, in words or as an expression over columns."""
    rows: Rows | None = None

    @property
    def place(self) -> tuple[str, str | None, str | None, str | None, str]:
        """What makes two findings the same one."""
        return (self.code, self.data_type, self.file, self.column, self.check)


def finding(
    code: Code,
    data_type: str | None,
    *,
    message: str = "",
    suffix: str = "",
    severity: Severity | None = None,
    hint: str = "",
    file: str | None = None,
    column: str | None = None,
    check: str = "",
    rows: Rows | None = None,
) -> Finding:
    """Make a finding of a kind; ``message`` takes the place of its usual one.

    ``suffix`` comes after either: figures or fixed words, never a value.
    """
    return Finding(
        code=code.name,
        severity=severity or code.severity,
        message=(message or code.message) + suffix,
        hint=hint or code.hint,
        data_type=data_type,
        file=file,
        column=column,
        check=check,
        rows=rows,
    )


@dataclass(kw_only=True)
class FindingLog:
    """Findings of a run; the same kind at the same place is one finding with a count."""

    _by_place: dict[tuple[str, str | None, str | None, str | None, str], Finding] = field(
        default_factory=dict
    )
    _sorted: list[Finding] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        """How many there are; iterate to see them."""
        counts = ", ".join(count(self.count(severity), severity) for severity in Severity)
        return f"<FindingLog: {counts}>"

    def add(self, finding: Finding) -> None:
        """Add one finding, or fold it into the one already there."""
        place = finding.place
        old = self._by_place.get(place)
        if old is not None and old.rows is not None and finding.rows is not None:
            finding = replace(old, rows=old.rows + finding.rows)
        self._by_place[place] = finding
        self._sorted = None

    def extend(self, findings: Iterable[Finding]) -> None:
        """Add many."""
        for finding in (
            findings._by_place.values() if isinstance(findings, FindingLog) else findings
        ):
            self.add(finding)

    def __iter__(self) -> Iterator[Finding]:
        """Heaviest first, then by type, code and file."""
        if self._sorted is None:
            self._sorted = sorted(self._by_place.values(), key=_weight)
        return iter(self._sorted)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as one text: there may be a hundred thousand."""
        import msgspec

        return _unpacked, (msgspec.msgpack.encode(list(self._by_place.values())),)

    def __len__(self) -> int:
        return len(self._by_place)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(1 for finding in self._by_place.values() if finding.severity is severity)


def _weight(finding: Finding) -> tuple[int, str, str, str, str, str]:
    return (
        finding.severity.rank,
        finding.data_type or "",
        finding.code,
        finding.file or "",
        finding.column or "",
        finding.check,
    )


def _unpacked(packed: bytes) -> FindingLog:
    import msgspec

    log = FindingLog()
    log.extend(msgspec.msgpack.decode(packed, type=list[Finding]))
    return log
