"""Which rows broke which rule, gathered over batches without an object per row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive_tool.ingest.remarks import PartHits, by_part
from archive_tool.model.findings import FIRST_ROWS, Rows, finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.ingest.arrow import Positions
    from archive_tool.model.bundle import Part
    from archive_tool.model.findings import Code, Finding, Severity


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is asked of the rows of one data type."""

    code: Code
    data_type: str
    column: str | None = None
    check: str = ""
    """The rule as an expression over columns, or in words."""
    severity: Severity | None = None
    """Heavier or lighter than the code's own."""


@dataclass(kw_only=True)
class Hits:
    """Rows of one part."""

    count: int = 0
    first: list[int] = field(default_factory=list)
    """Rows within the part, counted from 1; the lowest that were seen, at most ``FIRST_ROWS``."""

    def add(self, count: int, first: Sequence[int]) -> None:
        """Count more rows."""
        self.count += count
        self.first = sorted((*self.first, *first))[:FIRST_ROWS]


@dataclass(kw_only=True)
class Tally:
    """Rules and the rows that broke them, by part."""

    _broken: dict[Rule, list[PartHits]] = field(default_factory=dict)
    _suffix: dict[Rule, str] = field(default_factory=dict)

    def add(self, rule: Rule, at: Positions) -> None:
        """Count rows, given by their positions, against a rule."""
        if len(at):
            self._broken.setdefault(rule, []).extend(by_part(at))

    def add_hits(self, rule: Rule, order: int, count: int, first: Sequence[int]) -> None:
        """Count rows of one part against a rule."""
        self._broken.setdefault(rule, []).append((order, count, list(first)))

    def remark(self, rule: Rule, suffix: str) -> None:
        """Add words to the message of a rule's findings: figures over all rows, never a value."""
        self._suffix[rule] = suffix

    def findings(self, parts: Sequence[Part]) -> Iterator[Finding]:
        """Give one finding per rule and file; ``parts`` tells which file a part lies in."""
        held: Counter[tuple[str, str]] = Counter()
        for part in parts:
            held[part.file.label, part.data_type] += part.rows
        for rule, broken in self._broken.items():
            for file, (count, first) in _by_file(broken, parts).items():
                yield finding(
                    rule.code,
                    rule.data_type,
                    suffix=self._suffix.get(rule, ""),
                    severity=rule.severity,
                    file=file,
                    column=rule.column,
                    check=rule.check,
                    rows=Rows(count=count, of=held[file, rule.data_type], first=tuple(first)),
                )


def _by_file(broken: list[PartHits], parts: Sequence[Part]) -> dict[str, tuple[int, list[int]]]:
    """Add up what several batches found in the parts of a file; its rows count on from part to part."""
    found: dict[str, tuple[int, list[int]]] = {}
    for order, count, first in broken:
        part = parts[order]
        rows = [row + part.before for row in first]
        earlier, known = found.get(part.file.label, (0, []))
        found[part.file.label] = earlier + count, sorted((*known, *rows))[:FIRST_ROWS]
    return found
