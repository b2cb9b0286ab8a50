"""What ingest has to say: findings about files, and about rows by their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.model.findings import FIRST_ROWS, FindingLog, Rows, finding
from archive_tool.model.tables import part_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.ingest.arrow import Mask, Positions
    from archive_tool.model.bundle import Part
    from archive_tool.model.findings import Code

PartHits = tuple[int, int, list[int]]
"""Part, number of rows, and the first of them, counted from 1."""


@dataclass(frozen=True, kw_only=True)
class Remarks:
    """Adds findings to the log of the run, by file for warnings and errors."""

    log: FindingLog
    parts: Sequence[Part]
    """The parts found so far, by order: they name the file of a row."""

    def add(
        self,
        remark: Code,
        *,
        data_type: str | None = None,
        file: str | None = None,
        column: str | None = None,
        rows: Rows | None = None,
        message: str = "",
        check: str = "",
    ) -> None:
        """One finding; ``message`` replaces the usual one where it holds counts."""
        self.log.add(
            finding(
                remark,
                data_type,
                message=message,
                file=file,
                column=column,
                rows=rows,
                check=check,
            )
        )

    def note(self, remark: Code, *, data_type: str, column: str | None = None, rows: int) -> None:
        """Add a finding over all files of a type: what was done to how many rows."""
        self.add(remark, data_type=data_type, column=column, rows=Rows(count=rows))

    def at(self, remark: Code, at: Positions, *, data_type: str, column: str | None = None) -> None:
        """Add a finding about rows given by position (``_at``, int64 numpy array), by file."""
        for order, count, first in by_part(at):
            part = self.parts[order]
            self.add(
                remark,
                data_type=data_type,
                file=part.file.label,
                column=column,
                rows=Rows(count=count, first=tuple(row + part.before for row in first)),
            )


@dataclass(frozen=True, kw_only=True)
class TableRows:
    """Rows of one data type on their way into a table, and where to remark on them."""

    data_type: str
    at: Positions
    """Their positions (``_at``)."""
    remarks: Remarks

    def remark(
        self, remark: Code, which: Mask | Sequence[int], *, column: str | None = None
    ) -> None:
        """Add a finding about some of the rows: a mask, or their places; nothing about none."""
        import numpy as np

        if len(which):
            at = self.at[np.asarray(which)]
            self.remarks.at(remark, at, data_type=self.data_type, column=column)


def by_part(at: Positions) -> Iterator[PartHits]:
    """Split positions into part, number of rows, and first rows counted from 1."""
    import numpy as np

    if not len(at):
        return
    ordered = np.sort(at)
    orders = part_of(ordered)
    starts = np.flatnonzero(np.diff(orders, prepend=-1))
    counts = np.diff(starts, append=len(ordered))
    places = np.minimum(starts[:, None] + np.arange(FIRST_ROWS), len(ordered) - 1)
    firsts = (row_of(ordered[places]) + 1).tolist()
    for order, count, first in zip(orders[starts].tolist(), counts.tolist(), firsts, strict=True):
        yield order, count, first[:count]
