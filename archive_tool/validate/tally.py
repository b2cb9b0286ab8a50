"""Which rows broke which rule, gathered over batches without an object per row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from archive_tool.model.findings import FIRST_ROWS, Finding, Rows, Severity
from archive_tool.model.tables import ROW_BITS
from archive_tool.validate.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.model.bundle import Part

Positions = npt.NDArray[np.int64]
"""Values of the column ``_at``."""

_ROW: Final = (1 << ROW_BITS) - 1


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is asked of the rows of one data type."""

    code: str
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

    _hits: dict[Rule, dict[int, Hits]] = field(default_factory=dict)
    _suffix: dict[Rule, str] = field(default_factory=dict)

    def add(self, rule: Rule, at: Positions) -> None:
        """Count rows, given by their positions, against a rule."""
        for order, count, first in by_part(at):
            self.add_hits(rule, order, count, first)

    def add_hits(self, rule: Rule, order: int, count: int, first: Sequence[int]) -> None:
        """Count rows of one part against a rule."""
        self._hits.setdefault(rule, {}).setdefault(order, Hits()).add(count, first)

    def remark(self, rule: Rule, suffix: str) -> None:
        """Add words to the message of a rule's findings: figures over all rows, never a value."""
        self._suffix[rule] = suffix

    def findings(self, parts: Sequence[Part]) -> Iterator[Finding]:
        """Give one finding per rule and file; ``parts`` tells which file a part lies in."""
        for rule, by_order in self._hits.items():
            code = CODES[rule.code]
            for order, hits in by_order.items():
                part = parts[order]
                yield Finding(
                    code=rule.code,
                    severity=rule.severity or code.severity,
                    message=code.message + self._suffix.get(rule, ""),
                    hint=code.hint,
                    data_type=rule.data_type,
                    file=part.file.label,
                    column=rule.column,
                    check=rule.check,
                    rows=Rows(count=hits.count, of=part.rows, first=tuple(hits.first)),
                )


def by_part(at: Positions) -> Iterator[tuple[int, int, list[int]]]:
    """Split positions into part, number of rows, and first rows counted from 1."""
    if not len(at):
        return
    ordered = np.sort(at)
    orders = ordered >> ROW_BITS
    starts = np.flatnonzero(np.diff(orders, prepend=-1))
    ends = np.append(starts[1:], len(ordered))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        first = ordered[start : min(end, start + FIRST_ROWS)] & _ROW
        yield int(orders[start]), end - start, (first + 1).tolist()
