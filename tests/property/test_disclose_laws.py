"""Laws of disclosure control, over generated tables and an attacker that really solves them."""

import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from archive_tool.disclose.aggregate import Aggregation, aggregate
from archive_tool.disclose.releases.ledger import Ledger
from archive_tool.errors import DisclosureError
from archive_tool.policy import decide, load_policy, parse
from archive_tool.schemas import arrow_schema
from tests.support.pipelines import NOW, lab

DECISIONS = decide(load_policy("aggregate-only"))
TWO_WAYS = """
[[aggregate.table]]
name = "cross"
type = "ratings/continuous"
dimensions = ["componentId", "stateId"]
measure = "value"
signed = true

[[aggregate.table]]
name = "lines"
type = "ratings/continuous"
dimensions = ["componentId"]

[[aggregate.table]]
name = "columns"
type = "ratings/continuous"
dimensions = ["stateId", "stimulusId"]
totals = "none"
"""
CROSSED = decide(parse(load_policy("aggregate-only").text + TWO_WAYS, where="test"))

few = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
many = settings(few, max_examples=400)
row = st.tuples(
    st.integers(0, 30),
    st.sampled_from("abcd"),
    st.sampled_from("xyz"),
    st.sampled_from("st"),
    st.floats(0, 1e3),
    st.integers(1, 8),
)
tables = st.builds(
    lambda rows, everybody: rows + everybody,
    st.lists(row, min_size=1, max_size=60),
    # a crowd in some cells, so that something is published
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.sampled_from("st"),
                  st.integers(8, 24)),
        max_size=8,
    ).map(lambda crowds: [(p, c, s, v, p * 1.5, 1) for c, s, v, n in crowds for p in range(n)]),
)  # fmt: skip


def rows_of(drawn):
    return [
        {
            "participantId": f"u{person}",
            "roomId": f"r{person}",
            "componentId": component,
            "stateId": state,
            "stimulusId": stimulus,
            "value": value,
        }
        for person, component, state, stimulus, value, times in drawn
        for _ in range(times)
    ]


def table_of(rows):
    return pa.Table.from_pylist(rows, schema=arrow_schema("ratings/continuous"))


def protected(*pieces):
    made = aggregate("ratings/continuous", [table_of(piece) for piece in pieces], DECISIONS)
    return next(t for t in made if t.name == "ratings_continuous_by_component").table.to_pylist()


def crossed(rows):
    try:
        made = Aggregation(decisions=CROSSED)
        made.add("ratings/continuous", table_of(rows))
        return {table.name: table.table.to_pylist() for table in made.tables()}
    except Exception as refusal:
        if getattr(refusal, "exit_code", 0) != 18:
            raise
        return {}  # nothing left to publish: nothing to attack


DIMENSIONS = {
    "cross": ("componentId", "stateId"),
    "lines": ("componentId",),
    "columns": ("stateId", "stimulusId"),
}


def behind(rows, cell, dimensions):
    return [r for r in rows if all(cell[d] in (r[d], "(all)") for d in dimensions)]


@given(tables)
@few
def test_every_cell_has_enough_people(drawn):
    rows = rows_of(drawn)
    for name, cells in crossed(rows).items():
        for cell in cells:
            people = {}
            for r in behind(rows, cell, DIMENSIONS[name]):
                people[r["participantId"]] = people.get(r["participantId"], 0) + 1
            if cell["status"] == "suppressed":
                figures = set(cell) - set(DIMENSIONS[name]) - {"status"}
                assert {cell[figure] for figure in figures} == {None}
                continue
            assert cell["rows"] == sum(people.values())
            assert cell["people"] == len(people) >= 10
            top = sorted(people.values(), reverse=True)
            assert sum(top[:2]) < 0.9 * sum(top)
            assert sum(top[2:]) >= 0.1 * top[0]


@given(tables)
@few
def test_no_released_table_solves_a_hidden_cell(drawn):
    """The attacker knows all tables, that rows are not negative, and can solve."""
    rows = rows_of(drawn)
    names = ("componentId", "stateId", "stimulusId")
    crosses = {(r["componentId"], r["stateId"]) for r in rows}  # what the tables list
    columns = {(r["stateId"], r["stimulusId"]) for r in rows}
    atoms = sorted((c, s, t) for c, s in crosses for other, t in columns if other == s)
    counts = np.array([sum(tuple(r[n] for n in names) == atom for r in rows) for atom in atoms])
    known, hidden = [], []
    for name, cells in crossed(rows).items():
        for cell in cells:
            inside = [
                all(cell[d] in (atom[names.index(d)], "(all)") for d in DIMENSIONS[name])
                for atom in atoms
            ]
            (hidden if cell["status"] == "suppressed" else known).append((np.array(inside), cell))
    if not known:
        return
    equations = np.array([inside for inside, _ in known], float)
    values = np.array([cell["rows"] for _, cell in known], float)
    assert np.allclose(equations @ counts, values)
    for inside, cell in hidden:
        truth = counts[inside].sum()
        people = {r["participantId"] for r in behind(rows, cell, [d for d in names if d in cell])}
        bounds = []
        for sign in (1, -1):
            solved = linprog(sign * inside.astype(float), A_eq=equations, b_eq=values)
            bounds.append(sign * solved.fun if solved.status == 0 else np.inf)
        if len(people) < 10:  # hidden for itself, not for another cell
            assert bounds[0] <= max(truth - 1, 0) + 1e-4, (cell, truth, bounds)
            assert bounds[1] >= max(truth + 1, 10) - 1e-4, (cell, truth, bounds)


@given(tables)
@few
def test_no_total_gives_away_a_few_people(drawn):
    """Published totals less published cells are sums over ten people, or over nobody."""
    rows = rows_of(drawn)
    cells = crossed(rows).get("cross", [])
    for total in (c for c in cells if "(all)" in (c["componentId"], c["stateId"])):
        if total["rows"] is None:
            continue
        names = DIMENSIONS["cross"]
        for down in names:
            if total[down] != "(all)":
                continue
            other = names[1 - names.index(down)]
            parts = [c for c in cells if c[down] != "(all)" and c[other] == total[other]]
            open_rows = sum(c["rows"] for c in parts if c["rows"] is not None)
            hidden = [c for c in parts if c["rows"] is None]
            people = {r["participantId"] for c in hidden for r in behind(rows, c, names)}
            unsafe = any(
                len({r["participantId"] for r in behind(rows, c, names)}) < 10 for c in hidden
            )
            if total["rows"] - open_rows > 0 and unsafe:
                assert len(people) >= 10


@given(tables, st.integers(0, 200))
@few
def test_pieces_make_the_same_table_as_the_whole(drawn, cut):
    rows = rows_of(drawn)
    whole, pieces = protected(rows), protected(rows[:cut], rows[cut:])
    for one, other in zip(whole, pieces, strict=True):
        assert one.keys() == other.keys()
        for key, value in one.items():
            if isinstance(value, float):
                assert abs(value - other[key]) <= 1e-3 + 1e-5 * max(abs(value), 1e3)
            else:
                assert value == other[key]


# -- several releases ------------------------------------------------------------------------------

PLAIN = """
[[aggregate.table]]
name = "cross"
type = "ratings/continuous"
dimensions = ["componentId", "stateId"]
"""
NARROW = """
[[aggregate.table]]
name = "columns"
type = "ratings/continuous"
dimensions = ["stateId"]
totals = "none"
"""
OVERALL = """
[[aggregate.table]]
name = "overall"
type = "ratings/continuous"
"""
STATE = """
[[aggregate.table]]
name = "cross"
type = "ratings/continuous"
dimensions = ["componentId"]
where = {stateId = "x"}
"""
TABLES = {
    text: decide(parse(load_policy("aggregate-only").text + text, where="test"))
    for text in (PLAIN, NARROW, OVERALL, STATE)
}
STUDY = lab(Path(tempfile.mkdtemp(prefix="laws-"))).vault


class Released(NamedTuple):
    """Everything an outsider has of one release."""

    rows: list
    name: str
    cells: list
    where: dict


def release(rows, text, ledger):
    """Publish if the rules let it: None when they refuse."""
    made = Aggregation(decisions=TABLES[text], ledger=ledger)
    made.add("ratings/continuous", table_of(rows))
    try:
        made_tables = made.tables()
    except DisclosureError:
        return None
    note = made.release(made_tables, ledger, name=f"R{len(ledger.releases)}", made=NOW)
    ledger.releases.append(note)  # what add does, without the disk
    where = {"stateId": "x"} if text == STATE else {}
    (one,) = made_tables
    return Released(rows, one.name, one.table.to_pylist(), where)


def meets(r, cell, released):
    named = [d for d in ("componentId", "stateId") if d in cell]
    return all(cell[d] in (r[d], "(all)") for d in named) and all(
        r[name] == word for name, word in released.where.items()
    )


def inside(cell, released, atoms):
    return np.array(
        [meets({"componentId": c, "stateId": s}, cell, released) for c, s in atoms], float
    )


crowds = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(1, 30)),
    min_size=1,
    max_size=6,
)


def crowd_rows(drawn):
    """People of their own for every entry."""
    rows = []
    for number, (component, state, size) in enumerate(drawn):
        rows += rows_of([(100 * number + p, component, state, "s", 1.0, 1) for p in range(size)])
    return rows


@given(crowds, st.lists(st.sampled_from(list(TABLES)), min_size=2, max_size=3))
@many
def test_no_released_table_solves_a_hidden_cell_of_another_release(drawn, sequence):
    """The attacker adds up everything that was published of the same rows, in any order."""
    rows = crowd_rows(drawn)
    ledger = Ledger(vault=STUDY, releases=[])
    out = [one for text in sequence if (one := release(rows, text, ledger))]
    atoms = sorted({(r["componentId"], r["stateId"]) for r in rows})
    counts = [sum((r["componentId"], r["stateId"]) == atom for r in rows) for atom in atoms]
    known = [
        (inside(cell, one, atoms), cell["rows"])
        for one in out
        for cell in one.cells
        if cell["rows"] is not None
    ]
    if not known:
        return
    equations, values = np.array([k[0] for k in known]), [k[1] for k in known]
    for place, truth in enumerate(counts):
        if truth >= 10:
            continue
        aim = np.zeros(len(atoms))
        aim[place] = 1.0
        low = linprog(aim, A_eq=equations, b_eq=values).fun
        high = linprog(-aim, A_eq=equations, b_eq=values)
        top = -high.fun if high.status == 0 else np.inf
        assert low <= truth - 1 + 1e-4, (atoms[place], truth, low)
        assert top >= 10 - 1e-4, (atoms[place], truth, top)


@given(crowds, st.integers(0, 200), st.sampled_from(list(TABLES)), st.sampled_from(list(TABLES)))
@many
def test_withdrawal_of_one_person_is_not_visible(drawn, who, before, after):
    """No published cell of one release less one of the other is about that person alone."""
    rows = crowd_rows(drawn)
    people = sorted({r["participantId"] for r in rows})
    gone = people[who % len(people)]
    ledger = Ledger(vault=STUDY, releases=[])
    first = release(rows, before, ledger)
    second = release([r for r in rows if r["participantId"] != gone], after, ledger)
    if first is None or second is None:
        return
    for old in first.cells:
        for new in second.cells:
            if old["rows"] is None or new["rows"] is None:
                continue
            then = {(r["participantId"], r["componentId"], r["stateId"])
                    for r in first.rows if meets(r, old, first)}  # fmt: skip
            now = {(r["participantId"], r["componentId"], r["stateId"])
                   for r in second.rows if meets(r, new, second)}  # fmt: skip
            assert {person for person, *_ in then ^ now} != {gone}, (old, new)


@given(crowds, st.sampled_from(list(TABLES)))
@many
def test_the_same_release_again_passes(drawn, text):
    ledger = Ledger(vault=STUDY, releases=[])
    rows = crowd_rows(drawn)
    first = release(rows, text, ledger)
    second = release(rows, text, ledger)
    assert (first and first.cells) == (second and second.cells)
