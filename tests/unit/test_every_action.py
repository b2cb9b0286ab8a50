"""Every action that a policy may write for a kind of column does something to such a column."""

import pyarrow as pa
import pytest

from archive_tool.anonymize import Context, Identifiers, apply
from archive_tool.model.policy import INDIVIDUAL, Action
from archive_tool.policy import decide, load_policy, parse
from archive_tool.policy.rules import NEEDS
from archive_tool.report.html.words import POLICY_WORDS
from archive_tool.schemas import Kind, arrow_schema, field_of
from tests.support.actions import CHANGES, COLUMNS, KEYS, PARAMETERS, after, context


def changed(kind, action):
    """One cell of a kind after an action; None where the column does not leave."""
    cells = after(kind, [COLUMNS[kind][2]], context(kind, action))
    return None if cells is None else cells.to_pylist()[0]


def test_each_kind_has_a_column_here():
    kinds = [field_of(data_type, column).kind for data_type, column, _ in COLUMNS.values()]
    assert kinds == [*COLUMNS] == [*Kind]
    assert {action for _, action in CHANGES} == INDIVIDUAL - {
        Action.KEEP,
        Action.SHIFT,
        Action.BY_LEAF,
    }


def test_each_parameter_has_an_example_here():
    assert {action: set(PARAMETERS[action]) for action in PARAMETERS} == {
        action: set(by_kind) for action, by_kind in NEEDS.items()
    }


@pytest.mark.parametrize(("kind", "action"), CHANGES)
def test_what_is_changed_is_not_what_it_was(kind, action):
    assert changed(kind, action) not in (None, COLUMNS[kind][2])


@pytest.mark.parametrize("kind", Kind)
def test_what_is_kept_stays_and_what_is_not_is_gone(kind):
    assert changed(kind, Action.KEEP) == COLUMNS[kind][2]
    assert [changed(kind, action) for action in (Action.DROP, Action.AGGREGATE)] == [None, None]


def test_unknown_columns_leave_with_their_nulls_where_nothing_else_does():
    policy = load_policy("aggregate-only").text.replace('extra = "drop"', 'extra = "keep"')
    decisions = decide(parse(policy, where="t"))
    context = Context(decisions=decisions, keys=KEYS, known=Identifiers().freeze())
    rows = [{"onset": 7.5, "extra": '{"pulse":60}', "nulls": "extra,onset"}]
    applied = apply("sync", pa.Table.from_pylist(rows, schema=arrow_schema("sync")), context)
    assert applied.table.to_pylist() == [{"extra": '{"pulse":60}', "nulls": "extra"}]
    assert decisions.of("sync", "nulls").action is Action.KEEP, "the gate asks for it"


def test_the_report_has_words_for_every_action():
    assert set(POLICY_WORDS) == {"", *Action}
