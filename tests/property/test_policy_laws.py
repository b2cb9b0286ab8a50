"""Laws of policies and retention."""

import copy
import json
import tomllib
from contextlib import suppress
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.model.policy import Basis, Period, Retention
from archive_tool.policy import (
    decide,
    destroy_after,
    load_policy,
    parse_applied,
    parse_period,
    policy_text,
)
from archive_tool.policy.paths import matches, tokens, written
from archive_tool.report.aggregates import specs_of
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


WORDS = st.sampled_from(
    ["", "keep", "hash", "events", "value", "a.b", "*", "date", "mean", "\x1b", "P10Y"]
)
VALUES = st.recursive(
    st.one_of(WORDS, st.integers(-2, 10**16), st.booleans(), st.floats(-1, 1e20)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
APPLIED = """
[fields.events]
onset = {action = "generalize", bin = 10, because = "why"}
"response.value" = "scrub"
[[aggregate.table]]
name = "by_role"
type = "events"
dimensions = ["participantRole", {column = "onset", bin = 1000, name = "minute"}]
measure = {column = "duration"}
where = {eventType = ["a"], onset = {from = 1, to = 2}}
[[aggregate.noisy]]
name = "noisy"
type = "ratings/continuous"
dimensions = [{column = "role", levels = ["a", "b"]}]
measure = "value"
figure = "mean"
low = 0
high = 1
rows = 10
epsilon = 1.0
[[accept]]
code = "X"
because = "Y"
"""


def toml(value):
    """Write a value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def places(value, path=()):
    """Give every place in a document."""
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


DOCUMENT = tomllib.loads(policy_text("aggregate-only") + APPLIED)
PLACES = list(places(DOCUMENT))


@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=3))
@settings(max_examples=300)
def test_a_policy_that_was_applied_can_be_read_whatever_it_says(changes):
    document = copy.deepcopy(DOCUMENT)
    for path, value in changes:
        inner = document
        with suppress(LookupError, TypeError):
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = value
    text = "".join(f"{toml(key)} = {toml(value)}\n" for key, value in document.items())
    policy = parse_applied(text, where="t")
    assert list(decide(policy, stored=True).coverage())
    assert specs_of(policy) is not None
