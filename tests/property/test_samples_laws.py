"""What is seen in a series of samples is what the plain formulas say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.validation.groups import Group
from archive_tool.validation.one_type.samples import (
    BREAK,
    FEWEST,
    GAP,
    TIMES,
    Samples,
    Series,
    check_samples,
)

STEPS = st.lists(
    st.sampled_from([0, 100, 250, 250, 250, 250, 251, 900, 1001, 5000, 29_999, 40_000, -300]),
    max_size=60,
)


def series_of(steps: list[int]) -> np.ndarray:
    return np.cumsum(np.array(steps, dtype=np.int32), dtype=np.int32)


def silences(times: list[int]) -> list[tuple[int, int]]:
    """From and to of every long silence; none in a series that is too short."""
    if len(times) < FEWEST:
        return []
    usual = float(np.median(np.diff(times)))
    pairs = pairwise(times)
    return [(a, b) for a, b in pairs if b - a > GAP and b - a > TIMES * usual]


@given(st.lists(STEPS, min_size=1, max_size=3), st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_series_of_partners_are_what_the_plain_formulas_say(
    people: list[list[int]], cut: int
) -> None:
    samples = Samples()
    for number, steps in enumerate(people):
        group, times = Group(room="r", person=f"p{number}", component="c"), series_of(steps)
        samples._onsets[group] = [times[cut:], times[:cut]]
    everybody = sorted(t for steps in people for t in set(series_of(steps).tolist()))
    rated = samples.finish({})
    assert len(rated) == len(people)
    for one, steps in zip(rated, people, strict=True):
        times = sorted(set(series_of(steps).tolist()))
        assert one.series.times.tolist() == times
        if len(times) >= FEWEST:
            assert one.series.interval == np.median(np.diff(times))
        else:
            assert np.isnan(one.series.interval)
        plain = silences(times)
        assert [tuple(pair) for pair in one.series.silences.tolist()] == plain
        gaps, missing = [], 0
        for start, end in plain:
            between = sum(start < t < end for t in everybody)
            if end - start < BREAK or between * one.series.interval > (end - start) / 2:
                gaps.append((start, end))
                missing += max(int(np.rint((end - start) / one.series.interval)) - 1, 0)
        assert [tuple(pair) for pair in one.gaps.tolist()] == gaps
        assert one.expected == len(times) + missing
        assert (one.longest, one.lost) == (
            max((end - start for start, end in gaps), default=0),
            sum(end - start for start, end in gaps),
        )
    list(check_samples(rated))


def test_a_series_may_be_empty() -> None:
    empty = Series(
        group=Group(room="r", person="p", component="c"), times=np.array([], dtype=np.int32)
    )
    assert np.isnan(empty.interval)
    assert empty.silences.shape == (0, 2)
