"""Bins of equal width: what is written as an edge begins its bin, in rows, documents and tables."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from archive_tool.anonymize.bins import bins_of, lower_edge, lower_edges
from archive_tool.anonymize.columns import generalize_column
from archive_tool.disclose.cells.columns import code
from archive_tool.model.aggregates import Dimension, Source
from archive_tool.model.policy import Action, Decision
from archive_tool.schemas import arrow_schema

TENTHS = [n / 10 for n in range(-10, 11)]

widths = st.sampled_from([0.1, 0.2, 0.25, 0.3, 0.05, 0.01, 0.001, 2.5, 1.0, 50.0, 1000.0])


@given(st.integers(-(10**6), 10**6), widths)
def test_an_edge_is_in_the_bin_that_it_begins(number, width):
    edge = float(number * Decimal(str(width)))
    assert lower_edge(edge, width) == edge
    assert lower_edges(bins_of(np.array([edge]), width), width).tolist() == [edge]


@given(st.floats(-1e9, 1e9), widths)
def test_a_value_lies_in_its_bin(value, width):
    low = lower_edge(value, width)
    assert lower_edges(bins_of(np.array([value]), width), width).tolist() == [low]
    room = 1e-9 * max(1.0, abs(value))
    assert low - room <= value < low + width + room


def test_rows_are_brought_to_the_edges_that_are_written():
    binned = Decision(action=Action.GENERALIZE, bin=0.1)
    values = pa.array([*TENTHS, None, 0.39, -0.01])
    assert generalize_column(values, binned).to_pylist() == [*TENTHS, None, 0.3, -0.1]


def test_the_largest_numbers_are_their_own_edges():
    largest = [1e308, -1.7976931348623157e308, float("inf")]
    for width in (0.1, 10.0, 12345.678):
        binned = Decision(action=Action.GENERALIZE, bin=width)
        assert generalize_column(pa.array(largest), binned).to_pylist() == largest
        assert [lower_edge(value, width) for value in largest[:2]] == largest[:2]


def test_the_largest_numbers_are_whole_and_nothing_is_rounded_to_a_negative_zero():
    values = [1e308, float("-inf"), 4503599627370497.0, -0.04, 2.25, 2.35, None]
    for digits, last in ((1, 2.2), (15, 2.25)):
        rounded = generalize_column(
            pa.array(values), Decision(action=Action.GENERALIZE, digits=digits)
        ).to_pylist()
        assert rounded[:3] == values[:3]
        assert rounded[4] == last
        assert rounded[6] is None
    tenths = generalize_column(pa.array([-0.04]), Decision(action=Action.GENERALIZE, digits=1))
    assert str(tenths[0].as_py()) == "0.0"


def test_levels_of_tables_are_the_edges_that_are_written():
    def levels(values, width):
        rows = pa.Table.from_pylist(
            [{"value": value} for value in values], schema=arrow_schema("ratings/continuous")
        )
        dimension = Dimension(name="value", source=Source(column="value"), bin=width)
        coded = code(dimension, rows)
        return [coded.levels[place] for place in coded.codes]

    assert levels([0.3, 0.6, 0.7, 0.69], 0.1) == ["0.3", "0.6", "0.7", "0.6"]
    assert levels([1234567.5, 1234567.0, 60_000.0], 0.5) == ["1234567.5", "1234567", "60000"]
    assert levels([59_999.0, 60_000.0, -1.0], 1000.0) == ["59000", "60000", "-1000"]
