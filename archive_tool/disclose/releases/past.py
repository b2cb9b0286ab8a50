"""What is known before a release: earlier releases, and the study's published number of people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.disclose.protection.sheet import OPEN
from archive_tool.disclose.releases import differencing
from archive_tool.disclose.releases.derived import added_up
from archive_tool.disclose.releases.differencing import STUDY, Clash
from archive_tool.disclose.releases.notes import THIS, counting, note, with_unlisted
from archive_tool.errors import DisclosureError
from archive_tool.policy.dates import dated, is_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.disclose.protection.family import Family
    from archive_tool.disclose.protection.sheet import Sheet
    from archive_tool.disclose.protection.table import AggregateTable
    from archive_tool.disclose.releases.ledger import Ledger
    from archive_tool.disclose.releases.notes import Release
    from archive_tool.model.aggregates import Aggregate, TableSpec

_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True)
class Past:
    """Everything that was said of the study before."""

    ledger: Ledger | None
    names: Sequence[str]
    """Ids of the people by their number."""
    _clashes: list[Clash] = field(default_factory=list, repr=False)

    @cached_property
    def tags(self) -> np.ndarray:
        """Keyed names of the people."""
        # without a ledger the people are compared inside one release only: any names will do
        numbers = np.arange(len(self.names), dtype=np.uint64)
        return numbers << np.uint64(32) if self.ledger is None else self.ledger.tags(self.names)

    def remember(self, sheet: Sheet, thresholds: Aggregate, *, measure: bool = False) -> None:
        """Mark the cells of a sheet that are known, and hide what was hidden."""
        if self.ledger is not None and self.ledger.releases:
            self.ledger.earlier.remember(sheet, self.tags, thresholds, measure=measure)
        everybody = None if measure else sheet.lattice.groups.get(())
        if everybody is None or sheet.lattice.spec.where:
            return
        if len(everybody.people) == thresholds.study_people:
            sheet.fix((), 0)

    def look_at(self, family: Family, thresholds: Aggregate) -> None:
        """Note what the protected cells of a data type add up to: earlier cells, but for a few."""
        if self.ledger is not None and self.ledger.releases:
            self._clashes += added_up(family, self.ledger.earlier, self.tags, thresholds)

    def refuse(self, tables: Sequence[AggregateTable], thresholds: Aggregate) -> None:
        """DisclosureError (18) when a release could be subtracted from what was said before."""
        clashes = list(_outside(tables, thresholds))
        kinds = {counting(table.spec) for table in tables}
        one_kind = len(kinds) == len({table.spec.data_type for table in tables})
        earlier = self.ledger.releases if self.ledger is not None else []
        for release in earlier:
            _refuse_other_dates(tables, release)
        if earlier or not one_kind:
            listed = note(tables, self.tags, thresholds, name=THIS, made=_NEVER)
            new = with_unlisted(listed, tables, self.tags)
            compared = list(differencing.compare(new, earlier, thresholds))
            if not one_kind:
                compared += differencing.among(new, thresholds)
            clashes = [*compared, *self._clashes, *clashes]
            clashes.sort(key=lambda clash: not clash.other_row)  # what can be looked up comes first
        differencing.refuse(clashes, thresholds)


def _refuse_other_dates(tables: Sequence[AggregateTable], earlier: Release) -> None:
    """DisclosureError where dates are finer or coarser than they were published before.

    Months are parts of a year that no equation of the audit knows of.
    """
    before = {dates for table in earlier.tables for dates in _precisions(table.spec)}
    for table in tables:
        if dated(table.spec) and before and not before >= _precisions(table.spec):
            (one,) = before
            raise DisclosureError(
                f"its dates are of another precision than those of release {earlier.name}",
                where=f"aggregate table {table.name}",
                expected=f'dates = "{one}" in the policy, as before',
                hint="of two precisions, one could be subtracted from the other",
            )


def _precisions(spec: TableSpec) -> set[str]:
    return {dimension.source.form for dimension in spec.dimensions if is_date(dimension)}


def _outside(tables: Sequence[AggregateTable], thresholds: Aggregate) -> Iterator[Clash]:
    """Compare the totals with the number of people that the study has published."""
    known = thresholds.study_people
    if known is None:
        return
    for table in tables:
        everybody = table.sheet.lattice.groups.get(())
        if everybody is None or () not in table.sheet.published or table.spec.where:
            continue
        apart = abs(known - len(everybody.people))
        if table.sheet.status[()][0] == OPEN and 0 < apart < thresholds.people:
            yield Clash(
                table=table.spec.name,
                row=table.table.num_rows,
                release=STUDY,
                other_table="number of people",
                other_row=0,
                rule=differencing.by_people(apart),
            )
