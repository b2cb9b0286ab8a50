"""``[aggregate]`` and ``[[aggregate.table]]``: what is read, and what is refused."""

import pytest

from archive_tool.disclose.defaults import DEFAULT, specs_for
from archive_tool.errors import PolicyError
from archive_tool.model.aggregates import Dimension, Filter, Source, TableSpec
from archive_tool.policy import decide, load_policy, parse
from tests.support.disclosing import declared

READY = load_policy("aggregate-only")


def refused(table, *, data_type="ratings/continuous", aggregate="", fields=""):
    text = f'name = "t"\ntype = "{data_type}"\n{table}'
    with pytest.raises(PolicyError) as caught:
        declared(text, aggregate=aggregate, fields=fields)
    assert caught.value.exit_code == 13
    return str(caught.value)


def test_a_declared_table_is_what_it_says():
    decisions = declared(
        'name = "course"\ntype = "ratings/continuous"\nmeasure = "value"\nsigned = true\ncap = 50\n'
        'totals = "grand"\nprefer = "totals"\n'
        'dimensions = ["role", {column = "onset", bin = 500, name = "bin"}]\n'
        'where = {stateId = "film", value = {from = 0, to = 1}}\n'
    )
    (spec,) = specs_for("ratings/continuous", decisions)
    assert spec == TableSpec(
        name="course",
        data_type="ratings/continuous",
        dimensions=(
            Dimension(name="role", source=Source(column="role"), design=False),
            Dimension(name="bin", source=Source(column="onset"), bin=500.0),
        ),
        measure=Source(column="value"),
        where=(
            Filter(source=Source(column="stateId"), words=("film",)),
            Filter(source=Source(column="value"), low=0.0, high=1.0),
        ),
        totals="grand",
        prefer="totals",
        signed=True,
        cap=50,
        declared=True,
    )


def test_declared_tables_are_all_there_are():
    decisions = declared('name = "t"\ntype = "chat"\n')
    assert specs_for("events", decisions) == []
    assert not decisions.aggregates("events")
    assert decisions.aggregates("chat")
    assert {spec.data_type for spec in DEFAULT} > {"chat"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('dimensions = ["participantId"]',
         "test.toml: aggregate table t.dimensions[0]: person-id columns make no cells "
         "(expected a column about many people)"),
        ('dimensions = ["roomId"]',
         "test.toml: aggregate table t.dimensions[0]: room-id columns make no cells "
         "(expected a column about many people)"),
        ('dimensions = ["componentd"]',
         'test.toml: aggregate table t.dimensions[0]: unknown column, did you mean "componentId" '
         "(expected a column of ratings/continuous)"),
        ('dimensions = ["onset"]',
         "test.toml: aggregate table t.dimensions[0]: a number makes no cells by itself "
         "(expected bin or edges)"),
        ('dimensions = [{column = "stateId", bin = 2}]',
         "test.toml: aggregate table t.dimensions[0]: bin and edges are for numbers "
         "(expected a number column)"),
        ('dimensions = [{column = "onset", edges = [3, 1]}]',
         "test.toml: aggregate table t.dimensions[0].edges: not rising numbers "
         "(expected [0, 20, 40])"),
        (f'dimensions = [{{column = "onset", edges = [0, {"9" * 400}]}}]',
         "test.toml: aggregate table t.dimensions[0].edges: not rising numbers "
         "(expected [0, 20, 40])"),
        ('measure = "stateId"',
         "test.toml: aggregate table t.measure: not numeric "
         "(expected a number, a flag, or a JSON column with numbers)"),
        ('totals = "all"',
         "test.toml: aggregate table t.totals: unknown word (expected margins, grand, none)"),
        ("cap = 0",
         "test.toml: aggregate table t.cap: not a whole number in range (expected at least 1)"),
        ('where = {participantId = "x"}',
         "test.toml: aggregate table t.where.participantId: person-id columns select nobody "
         "(expected another column)"),
        ('dimensions = [{column = "onset", edges = [0, 0]}]',
         "test.toml: aggregate table t.dimensions[0].edges: not rising numbers "
         "(expected [0, 20, 40])"),
        ('dimensions = [{column = "onset", edges = [false, true]}]',
         "test.toml: aggregate table t.dimensions[0].edges: not rising numbers "
         "(expected [0, 20, 40])"),
        ('dimensions = [{column = "onset", edges = [7]}]',
         "test.toml: aggregate table t.dimensions[0].edges: too few or too many edges "
         "(expected 2 to 1000)"),
        ('dimensions = [{column = "onset", edges = [0, 7], bin = 2}]',
         "test.toml: aggregate table t.dimensions[0]: has both bin and edges "
         "(expected one of them)"),
        ('dimensions = [{column = "stateId", name = "people"}]',
         "test.toml: aggregate table t.dimensions[0].name: used already "
         "(expected a name of its own for every column)"),
        ('dimensions = ["role", "condition", "stateId", "componentId", "state"]',
         "test.toml: aggregate table t.dimensions: too many (expected at most 4)"),
    ],
)  # fmt: skip
def test_what_makes_no_table_is_refused(table, message):
    assert refused(table) == message


@pytest.mark.parametrize(
    "selection", ["[]", "{}", "7", "{present = false}", "{present = 1.5}", '["film", 7]']
)
def test_what_selects_nothing_is_no_selection(selection):
    assert refused(f"where = {{stateId = {selection}}}") == (
        "test.toml: aggregate table t.where.stateId: not a selection "
        "(expected a word, a list of words, {from, to} or {present = true})"
    )


def test_a_selection_is_of_one_kind():
    both = refused("where = {value = {present = true, from = 3}}")
    assert "aggregate table t.where.value.present: unknown key" in both


def test_a_variable_is_a_name_whichever_column_it_stands_in():
    for data_type, column in (("events", "variables"), ("components", "variableSnapshot")):
        assert "name columns make no cells" in refused(
            f'dimensions = ["{column}.partner"]',
            data_type=data_type,
            fields=f'[fields.{data_type}]\n{column} = "aggregate-only"\n',
        )


def test_a_text_is_counted_by_its_length_only():
    text = "text columns make no cells"
    assert text in refused('dimensions = ["content"]', data_type="chat")
    assert "not numeric" in refused('measure = "content"', data_type="chat")
    spec = specs_for(
        "chat",
        declared('name = "t"\ntype = "chat"\nmeasure = {column = "content", as = "length"}\n'),
    )[0]
    assert spec.measure == Source(column="content", form="length")
    assert spec.between_people


def test_a_field_that_the_policy_drops_is_in_no_declared_table():
    message = refused(
        'dimensions = ["stateId"]\nmeasure = "value"',
        fields='[fields."ratings/continuous"]\nvalue = "drop"\n',
    )
    assert message == (
        "policy aggregate-only: aggregate table t: measure value is dropped by this policy "
        "(expected columns that leave at least in summary)"
    )
    assert "dimension role is dropped" in refused(
        'dimensions = ["role"]', fields='[fields.events]\nparticipantRole = "drop"\n'
    )


@pytest.mark.parametrize(
    "line", ["people = 5", "rooms = 2", "dominance = 0.95", "ratio = 0.05", "degrees = 3",
             "zeros = false"],
)  # fmt: skip
def test_a_looser_threshold_needs_a_reason(line):
    assert "aggregate.because: missing: thresholds are looser" in refused("", aggregate=line + "\n")
    decisions = declared('name = "t"\ntype = "chat"\n', aggregate=f'{line}\nbecause = "board"\n')
    assert decisions.policy.aggregate.because == "board"


@pytest.mark.parametrize(
    "line", ["people = 20", "rooms = 9", "dominance = 0.8", "ratio = 0.2", "degrees = 20",
             'rounding = "midpoint-6"', "study-people = 40"],
)  # fmt: skip
def test_a_stricter_threshold_needs_none(line):
    assert declared('name = "t"\ntype = "chat"\n', aggregate=line + "\n")


def test_two_tables_have_two_names():
    one = 'name = "t"\ntype = "chat"\n'
    with pytest.raises(PolicyError, match="used twice"):
        declared(one, one)


def test_the_ready_policy_writes_the_defaults_down():
    before, after = READY.text.split("[aggregate]")[0], READY.text.split("[retention]")[1]
    bare = parse(f"{before}[retention]{after}", where="bare")
    assert bare.aggregate == READY.aggregate
    assert decide(bare)
