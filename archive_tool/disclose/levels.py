"""Words of summary tables on their way out: a level that names somebody loses the name.

Cells are counted, protected and compared under their own words, so that no rule depends on what
these are called; only the table that leaves has others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from archive_tool.disclose.cells.columns import SPECIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive_tool.disclose.protection.table import AggregateTable


def cleaned(table: AggregateTable, clean: Callable[[str], str] | None) -> AggregateTable:
    """Give a table whose words name nobody; levels that become alike are numbered."""
    import pyarrow as pa

    if clean is None:
        return table
    out = table.table
    for dimension in table.spec.dimensions:
        if dimension.bin is not None or dimension.edges:
            continue  # figures of the policy
        place = out.column_names.index(dimension.name)
        old = out.column(place).to_pylist()
        names = _distinct(old, clean)
        new = [names[level] for level in old]
        if new != old:
            out = out.set_column(place, dimension.name, pa.array(new, pa.string()))
    return table if out is table.table else replace(table, table=out)


def _distinct(levels: list[str], clean: Callable[[str], str]) -> dict[str, str]:
    """Levels to what they are called, each by a name of its own."""
    names = {level: level if level in SPECIAL else clean(level) for level in sorted(set(levels))}
    taken = {level for level, name in names.items() if name == level}
    times: Counter[str] = Counter()
    for level, name in names.items():
        if name != level:
            unique = name
            while unique in taken:
                times[name] += 1
                unique = f"{name} {times[name] + 1}"
            taken.add(unique)
            names[level] = unique
    return names
