"""Laws of policies and retention."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from archive_tool.model.policy import Basis, Period, Retention
from archive_tool.policy import decide, destroy_after, load_policy, parse_period
from archive_tool.policy.paths import matches, tokens, written
from archive_tool.schemas import FIELDS

periods = st.builds(
    Period, years=st.integers(0, 99), months=st.integers(0, 40), days=st.integers(0, 9000)
)
dates = st.dates(date(1970, 1, 1), date(2200, 1, 1))
keys = st.text("abcXYZ_-9 ", min_size=1, max_size=6)
paths = st.lists(st.one_of(keys, st.just("[]")), max_size=6).map(tuple)


def retention(period):
    return Retention(period=period, basis=Basis.SESSION_END)


@given(periods)
def test_a_period_is_read_as_it_is_written(period):
    assert parse_period(str(period)) == period


@given(periods, dates, dates)
def test_retention_is_monotone(period, one, other):
    first, last = sorted((one, other))
    rule = retention(period)
    assert destroy_after(rule, first) <= destroy_after(rule, last)
    assert destroy_after(rule, first) >= first


@given(paths)
def test_a_path_is_read_as_it_is_written(path):
    assert tokens(written(path)) == path


@given(paths, st.integers(0, 6))
def test_a_trailing_star_covers_everything_below(path, cut):
    prefix = path[:cut]
    assert matches((*prefix, "*"), path) == (len(path) > len(prefix))


@given(paths, st.sampled_from(["keep", "pseudonymize", "aggregate-only"]))
def test_every_place_has_a_decision(path, name):
    decisions = decide(load_policy(name))
    for data_type, fields in FIELDS.items():
        for field in fields:
            if field.leaves:
                assert decisions.leaf(data_type, field.name, path).because != "undecided"
