"""Summary tables that cannot be made: the command names table and rule, and what would help."""

import pytest

from archive_tool.policy import load_policy
from tests.support.commands import command
from tests.support.pipelines import temporary_lab
from tests.vectors.reports.rebuild import SAMPLES

READY = load_policy("aggregate-only").text


@pytest.fixture(scope="module")
def place():
    with temporary_lab() as made:
        yield made


def refused(place, table, aggregate=""):
    path = place.folder / "declared.toml"
    text = READY.replace("[aggregate]\n", f"[aggregate]\n{aggregate}\n")
    path.write_text(f"{text}\n{table}", encoding="utf-8")
    made = command(
        "create", SAMPLES / "study_pages", "--policy", path,
        "--store", place.store, "--vault", place.vault.folder,
    )  # fmt: skip
    return made.code, [line for line in made.err.splitlines() if line[:5] in ("error", "hint:")]


def of(name, data_type, *lines):
    head = f'[[aggregate.table]]\nname = "{name}"\ntype = "{data_type}"\n'
    return head + "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("table", "aggregate", "code", "lines"),
    [
        pytest.param(
            of("times", "ratings/sparse", 'dimensions = [{column = "responseTime", bin = 0.001}]',
               'totals = "none"'),
            "", 18,
            ["error: aggregate table times: nothing would be left of it, by the rules threshold, "
             "nk, p (expected a cell with 10 people)",
             "hint: use fewer or coarser dimensions, or leave the table out"],
            id="empty after suppression"),
        pytest.param(
            of("last", "components", 'dimensions = [{column = "responseTime", bin = 0.001}]',
               'where = {componentType = "rating"}'),
            "", 18,
            ["error: aggregate table last: no row of anybody belongs to it (expected rows of "
             "people)",
             "hint: look at its type and its filters, or take it out of the policy"],
            id="nobody"),
        pytest.param(
            of("words", "events", 'measure = "stateName"'), "", 13,
            ["error: declared.toml: aggregate table words.measure: not numeric (expected a number, "
             "a flag, or a JSON column with numbers)"],
            id="not numeric"),
        pytest.param(
            of("mood", "ratings/continuous", 'measure = "value"')
            + '[fields."ratings/continuous"]\nvalue = "drop"\n', "", 13,
            ["error: policy aggregate-only: aggregate table mood: measure value is dropped by this "
             "policy (expected columns that leave at least in summary)"],
            id="dropped"),
        pytest.param(
            of("drift", "sync", 'measure = "timeDrift"'), "", 18,
            ["error: aggregate table drift: the total of a person is negative, and dominance rules "
             "(nk, p) are about shares (expected signed = true, which compares absolute totals)"],
            id="negative under dominance"),
        pytest.param(
            of("all", "chat"), "study-people = 29", 18,
            ["error: aggregate table all: blocked by row 1 of all against the number of people "
             "that the study has published: they differ by one person (expected cells that differ "
             "by nobody or by at least 10 people)",
             'hint: declare the tables with totals = "none", or let the study publish the number '
             "of people who are counted here"],
            id="published number of people"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused_by_name_and_rule(place, table, aggregate, code, lines):
    assert refused(place, table, aggregate) == (code, lines)
    assert not list(place.store.glob("archives/*"))


def test_a_dimension_with_a_level_for_every_person_is_refused(place):
    table = of("own", "recordings", 'dimensions = [{column = "duration", bin = 0.001}]')
    code, lines = refused(place, table)
    assert code == 18
    assert lines == [
        "error: aggregate table own: dimension duration has a level for every person "
        "(expected levels that many people share)",
        "hint: leave it out, or give it a bin or edges",
    ]
