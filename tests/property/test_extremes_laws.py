"""What can be known of sums: however programmes are put together, the answers are the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

from archive_tool.disclose.protection.solving.equations import System
from archive_tool.disclose.protection.solving.solve import FAR, asks, extremes, singles

WIDTH = 6


def rows(most, factors):
    """Lines of a matrix; what is drawn often is nothing, so that columns are alike often."""
    return st.lists(
        st.lists(st.sampled_from(factors), min_size=WIDTH, max_size=WIDTH), max_size=most
    )


def parts_of(both):
    """Which variables hang together."""
    graph = both.T @ abs(both)
    return connected_components(graph, directed=False)[1]


def system_of(sums, caps, truth):
    """What is known: the sums of a matrix as they are, and some variables at most so large."""
    matrix = csr_matrix(np.array(sums, float).reshape(-1, WIDTH))
    matrix.eliminate_zeros()
    filled = np.flatnonzero(np.diff(matrix.indptr))
    matrix = matrix[filled]
    bounds = csr_matrix(np.eye(WIDTH)[sorted(caps)].reshape(-1, WIDTH))
    part = parts_of(abs(vstack([matrix, bounds])).tocsr())

    def of(one):
        found = {}
        for row in range(one.shape[0]):
            found.setdefault(int(part[one[row].indices[0]]), []).append(row)
        return {p: np.array(some) for p, some in found.items()}

    return System(
        matrix=matrix,
        bounds=bounds,
        bound_values=np.array([truth[one] + caps[one] for one in sorted(caps)], float),
        truth=np.array(truth, float),
        equations=(),
        limits=(),
        variables={(0, cell): cell for cell in range(WIDTH)},
        part=part,
        rows_of_part=of(matrix),
        bounds_of_part=of(bounds),
        members={int(p): np.flatnonzero(part == p) for p in np.unique(part)},
    )


def alone(system, inside, *, largest):
    """The same by one programme over all variables, each for itself."""
    aim = np.zeros(WIDTH)
    aim[inside] = -1.0 if largest else 1.0
    more = {}
    if system.matrix.shape[0]:
        more |= {"A_eq": system.matrix.toarray(), "b_eq": system.matrix @ system.truth}
    if len(system.bound_values):
        more |= {"A_ub": system.bounds.toarray(), "b_ub": system.bound_values}
    solved = linprog(aim, bounds=(0, None), method="highs", **more)
    return abs(solved.fun) if solved.status == 0 else float("inf")


systems = st.builds(
    system_of,
    st.one_of(rows(4, (0, 0, 1)), rows(4, (0, 0, 1, 1, -1))),
    st.dictionaries(st.integers(0, WIDTH - 1), st.integers(0, 9), max_size=2),
    st.lists(st.integers(0, 30), min_size=WIDTH, max_size=WIDTH),
)
questions = st.lists(
    st.tuples(st.sets(st.integers(0, WIDTH - 1), min_size=1), st.booleans()), min_size=1, max_size=8
)


@settings(max_examples=150)
@given(systems, questions)
def test_the_largest_and_smallest_are_those_of_a_programme_alone(system, asked):
    wanted = [asks(system, np.array(sorted(inside)), largest=largest) for inside, largest in asked]
    answers = iter(extremes(system, [one for some in wanted for one in some]))
    for (inside, largest), some in zip(asked, wanted, strict=True):
        found = sum(next(answers).value for _ in some)
        expected = alone(system, sorted(inside), largest=largest)
        if expected == float("inf"):
            assert found >= FAR
        else:
            assert abs(found - expected) < 1e-4


@settings(max_examples=150)
@given(systems, questions)
def test_what_was_found_of_a_variable_is_possible(system, asked):
    wanted = [
        one
        for inside, largest in asked
        for one in asks(system, np.array(sorted(inside)), largest=largest)
    ]
    for ask, solved in zip(wanted, extremes(system, wanted), strict=True):
        for place, variable in enumerate(system.members[ask.part][: len(solved.most)].tolist()):
            assert solved.most[place] <= alone(system, [variable], largest=True) + 1e-4
            assert solved.least[place] >= alone(system, [variable], largest=False) - 1e-4


@settings(max_examples=150)
@given(systems)
def test_what_needs_no_programme_is_what_a_programme_says(system):
    found = singles(system)
    for variable, part in enumerate(system.part.tolist()):
        rows = system.rows_of_part.get(part, ())
        needs_none = len(rows) == 0 or (
            len(rows) == 1 and system.sums[rows[0]] and part not in system.bounds_of_part
        )
        for ends, largest in ((found.most, True), (found.least, False)):
            expected = alone(system, [variable], largest=largest) if needs_none else float("nan")
            np.testing.assert_allclose(ends[variable], expected, atol=1e-4)
