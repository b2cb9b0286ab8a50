"""The attacker knows the design: which component belongs to which state, bin to bin, row to filter.

What two tables published, of one release or of two, are equations over the combinations that occur.
No hidden cell of a few people may have one solution only.
"""

import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from archive_tool.disclose.aggregate import Aggregation
from archive_tool.disclose.releases.ledger import Ledger
from archive_tool.errors import DisclosureError
from archive_tool.schemas import arrow_schema
from tests.support.disclosing import RATINGS, declared
from tests.support.pipelines import NOW, lab

LEAST = 3
LOOSE = "people = 3\ndegrees = 1\ndominance = 0.999\nratio = 0.0\n" + 'because = "small studies"\n'
STUDY = lab(Path(tempfile.mkdtemp(prefix="ties-"))).vault
DIMENSIONS = {
    "componentId": ('"componentId"', lambda row: row["componentId"]),
    "stateId": ('"stateId"', lambda row: row["stateId"]),
    "narrow": (
        '{column = "onset", bin = 10, name = "narrow"}',
        lambda row: str(int(row["onset"] // 10 * 10)),
    ),
    "wide": (
        '{column = "onset", bin = 20, name = "wide"}',
        lambda row: str(int(row["onset"] // 20 * 20)),
    ),
}
FILTERS = {
    "": lambda row: True,
    'stateId = "x"': lambda row: row["stateId"] == "x",
    'componentId = ["a", "b"]': lambda row: row["componentId"] in "ab",
    "onset = {from = 0, to = 20}": lambda row: row["onset"] < 20,
}


class Asked(NamedTuple):
    """A table as a policy declares it."""

    dimensions: list
    where: str
    totals: str
    prefer: str

    def text(self, number):
        written = ", ".join(DIMENSIONS[name][0] for name in self.dimensions)
        lines = [f'name = "t{number}"', f'type = "{RATINGS}"', f"dimensions = [{written}]"]
        lines += [f'totals = "{self.totals}"', f'prefer = "{self.prefer}"']
        return "\n".join([*lines, f"where = {{{self.where}}}" if self.where else ""])

    def holds(self, cell, row):
        return FILTERS[self.where](row) and all(
            cell[name] in (DIMENSIONS[name][1](row), "(all)") for name in self.dimensions
        )


asked = st.builds(
    Asked,
    st.lists(st.sampled_from(list(DIMENSIONS)), max_size=2, unique=True),
    st.sampled_from(list(FILTERS)),
    st.sampled_from(["margins", "grand", "none"]),
    st.sampled_from(["cells", "totals"]),
)
# component, state, onset, people of their own
groups = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from("xy"),
        st.sampled_from([0.0, 10.0, 20.0]),
        st.sampled_from([1, 2, 2, 3, 5, 8]),
    ),
    min_size=2,
    max_size=6,
    unique_by=lambda group: group[:3],
)


def rows_of(drawn):
    return [
        {
            "participantId": f"u{number}-{person}",
            "roomId": f"r{number}",
            "componentId": component,
            "stateId": state,
            "onset": onset,
        }
        for number, (component, state, onset, size) in enumerate(drawn)
        for person in range(size)
    ]


def released(rows, tables, ledger):
    """Cells of all tables with what they are about; none where the rules refuse."""
    texts = [one.text(number) for number, one in enumerate(tables)]
    made = Aggregation(decisions=declared(*texts, aggregate=LOOSE), ledger=ledger)
    made.add(RATINGS, pa.Table.from_pylist(rows, schema=arrow_schema(RATINGS)))
    try:
        out = made.tables()
    except DisclosureError:
        return []
    ledger.releases.append(made.release(out, ledger, name=f"R{len(ledger.releases)}", made=NOW))
    return [
        (one, cell)
        for one, table in zip(tables, out, strict=True)
        for cell in table.table.to_pylist()
    ]


@given(groups, st.tuples(asked, asked), st.booleans())
@settings(
    max_examples=100,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_no_hidden_cell_is_solved_by_who_knows_the_design(drawn, two, at_once):
    releases = [two] if at_once else [[one] for one in two]
    rows, ledger = rows_of(drawn), Ledger(vault=STUDY, releases=[])
    kinds = [rows_of([(*group[:3], 1)])[0] for group in drawn]
    sizes = np.array([group[3] for group in drawn], float)
    seen = [
        (np.array([one.holds(cell, kind) for kind in kinds], float), cell["rows"])
        for tables in releases
        for one, cell in released(rows, tables, ledger)
    ]
    known = [(inside, count) for inside, count in seen if count is not None]
    if not known:
        return
    equations, values = np.array([inside for inside, _ in known]), [count for _, count in known]
    assert np.allclose(equations @ sizes, values)
    for inside in (inside for inside, count in seen if count is None):
        if 0 < inside @ sizes < LEAST:
            low = linprog(inside, A_eq=equations, b_eq=values).fun
            high = linprog(-inside, A_eq=equations, b_eq=values)
            assert high.status == 3 or -high.fun > low + 0.5, (inside, low)
