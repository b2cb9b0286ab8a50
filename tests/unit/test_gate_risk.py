"""Who is told apart in a release: traces, groups, and the way back to the source."""

import numpy as np
import pyarrow as pa
import pytest

from archive_tool.disclose.gate.quasi import quasi_identifiers
from archive_tool.disclose.gate.risk import GroupRisk, TraceRisk, attack, changed_columns
from archive_tool.disclose.gate.traces import Traces
from archive_tool.errors import PolicyError
from archive_tool.policy import decide, load_policy, parse
from archive_tool.schemas import arrow_schema

PSEUDONYMIZE = decide(load_policy("pseudonymize"))
TEXT = load_policy("pseudonymize").text
COARSE = decide(
    parse(
        f'{TEXT}\n[fields.chat]\nonset = {{ action = "generalize", bin = 1000 }}\n', where="coarse"
    )
)


def seen(data_type, *rows, columns=None, decisions=PSEUDONYMIZE):
    made = Traces(columns, quasi=quasi_identifiers(decisions))
    made.add(data_type, pa.Table.from_pylist(list(rows), schema=arrow_schema(data_type)))
    return made


def risk_of(released, source=None, decisions=PSEUDONYMIZE):
    return attack(released, source or Traces(), decisions, lambda _, who: who.upper())


def message(person, onset, content="hello"):
    return {"senderId": person, "onset": onset, "content": content}


def trace(risk, name, rounding):
    return next(t for t in risk.traces if (t.trace, t.rounding) == (name, rounding))


def test_a_trace_that_nobody_shares_singles_out():
    risk = risk_of(seen(
        "chat", message("a", 10.0), message("a", 5020.0), message("b", 20.0), message("b", 5010.0),
        message("c", 700.0), message("", 5.0), message(None, 5.0),
    ))  # fmt: skip
    assert trace(risk, "onsets of messages", "exact") == TraceRisk(
        trace="onsets of messages", rounding="exact", people=3, singled_out=3, linked=3
    )
    assert trace(risk, "onsets of messages", "to 100 ms").singled_out == 1
    assert (risk.people, risk.linked_exact, risk.linked_rounded) == (3, 3, 1)


def test_what_the_policy_changes_is_joined_to_the_source():
    assert ("chat", "onset") in changed_columns(COARSE)
    assert ("chat", "onset") not in changed_columns(PSEUDONYMIZE)
    source = seen("chat", message("a", 1100.0), message("b", 1900.0), message("c", 7777.0),
                  columns=changed_columns(COARSE))  # fmt: skip
    released = seen("chat", message("A", 1000.0), message("B", 1000.0), message("C", 7000.0))
    risk = risk_of(released, source, COARSE)
    assert trace(risk, "onsets of messages", "exact").linked == 0
    assert trace(risk, "onsets of messages", "to 1000 ms") == TraceRisk(
        trace="onsets of messages", rounding="to 1000 ms", people=3, singled_out=1, linked=1
    )


def test_a_wrong_match_is_no_link():
    source = seen("chat", message("a", 3000.0), message("b", 9000.0))
    released = seen("chat", message("A", 9000.0), message("B", 3000.0))
    assert trace(risk_of(released, source, COARSE), "onsets of messages", "exact").linked == 0


def test_messages_are_linked_by_what_is_most_alike():
    long, short = "x" * 60, "yes"
    source = seen("chat", *[message("a", 1.0, long)] * 3, *[message("b", 1.0, short)] * 3)
    released = seen(
        "chat", *[message("A", 1.0, long)] * 2, message("A", 1.0, "[P-0123456789]"),
        *[message("B", 1.0, short)] * 3,
    )  # fmt: skip
    risk = risk_of(released, source)
    assert trace(risk, "lengths of messages", "most alike").linked == 2
    assert trace(risk, "lengths of messages", "exact").linked == 1


@pytest.mark.parametrize("seed", range(3))
def test_rows_are_cut_and_ordered_as_one_likes(seed):
    rows = [message(p, float(n * 37 % 11), "x" * n) for n, p in enumerate("abcabbcac" * 4)]
    whole = risk_of(seen("chat", *rows))
    shuffled = [rows[at] for at in np.random.default_rng(seed).permutation(len(rows))]
    parts = seen("chat", *shuffled[5:])
    parts.merge(seen("chat", *shuffled[:5]))
    assert risk_of(parts) == whole


def event(person, role):
    return {"participantId": person, "participantRole": role}


def test_groups_are_of_people_and_missing_is_a_value():
    risk = risk_of(seen(
        "events", *[event("a", "judge")] * 50, event("b", "guest"), event("c", "guest"),
        event("d", None), event("e", None), event("f", "guest"), event("f", "judge"),
    ))  # fmt: skip
    assert risk.groups == GroupRisk(
        columns=("participantRole",), people=6, k=1, alone=2, few=6, diversity=None, told=0
    )


def test_a_group_whose_answers_are_all_the_same_tells_them():
    made = seen("events", *(event(p, "judge") for p in "ab"), *(event(p, "guest") for p in "cd"))
    answers = {"a": "5", "b": "5", "c": "1", "d": "2"}
    made.merge(
        seen("ratings/sparse", *({"participantId": p, "value": v} for p, v in answers.items()))
    )
    groups = risk_of(made).groups
    assert (groups.k, groups.diversity, groups.told) == (2, 1, 2)


def test_an_agent_is_nobody_to_hide_behind():
    rows = [event("A", "host"), event("B", "guest"), event("X", "guest")]
    source = seen("events", event("a", "host"), event("b", "guest"), event("x", "guest"))
    released = seen("events", *rows)
    everybody = attack(released, source, PSEUDONYMIZE, lambda _, who: who.upper())
    people = attack(
        released, source, PSEUDONYMIZE, lambda _, who: who.upper(), agents=frozenset({"x"})
    )
    assert (everybody.people, everybody.groups.people, everybody.groups.alone) == (3, 3, 1)
    assert (people.people, people.groups.people, people.groups.alone) == (2, 2, 2)
    chat = seen("chat", message("A", 1.0), message("X", 2.0))
    assert len(chat.without({"X"}).lengths) == 1
    risk = attack(chat, chat, PSEUDONYMIZE, lambda _, who: who.upper(), agents=frozenset({"x"}))
    assert {one.people for one in risk.traces} == {1}


def test_people_who_cannot_be_linked_between_tables_are_counted_once():
    apart = decide(parse(TEXT.replace('"study"', '"none"'), where="apart"))
    made = seen("events", event("A", "judge"), event("B", "guest"))
    made.merge(seen("chat", message("X", 1.0), message("Y", 2.0)))
    risk = risk_of(made, decisions=apart)
    assert (risk.people, risk.linked_exact, risk.groups.people) == (2, 2, 2)


def test_in_tables_that_cannot_be_joined_the_one_that_tells_most_counts():
    apart = asking("participantRole", "type", linkability="none")
    made = seen(
        "events", *({"participantId": p, "participantRole": r} for p, r in ("AX", "BX", "CY")),
        decisions=apart,
    )  # fmt: skip
    made.merge(seen("components", {"participantId": "D", "type": "a"}, decisions=apart))
    made.merge(seen("ratings/sparse", {"participantId": "E", "value": "5"}, decisions=apart))
    groups = risk_of(made, decisions=apart).groups
    assert groups == GroupRisk(
        columns=("participantRole",), people=3, k=1, alone=1, few=3, diversity=None, told=0
    )


def asking(*fields, linkability="study"):
    text = TEXT.replace('"study"', f'"{linkability}"')
    return decide(parse(f"{text}\n[disclosure]\nquasi_identifiers = {list(fields)}\n", where="t"))


def test_a_policy_names_its_own_quasi_identifiers():
    decisions = asking("participantRole", "context.demo.age", "value")
    rows = [
        {"participantId": p, "participantRole": "judge", "context": snapshot}
        for p, snapshot in (
            ("a", '{"demo":{"age":30},"x":1}'),
            ("a", '{"demo":{"age":30},"x":2}'),
            ("b", '{"demo":{"age":30.5}}'),
            ("c", '{"demo":{}}'),
            ("d", None),
            ("e", '{"demo":7}'),
            ("f", "not JSON"),
        )
    ]
    made = seen("events", *rows, decisions=decisions)
    made.merge(seen("ratings/sparse", {"participantId": "c", "value": "5"}, decisions=decisions))
    assert risk_of(made, decisions=decisions).groups == GroupRisk(
        columns=("context.demo.age", "participantRole", "value"),
        people=6, k=1, alone=3, few=6, diversity=1, told=3,
    )  # fmt: skip


def test_what_is_not_asked_for_is_not_counted():
    decisions = asking("experimentId")
    made = seen("events", event("a", "judge"), event("b", "guest"), decisions=decisions)
    groups = risk_of(made, decisions=decisions).groups
    assert (groups.columns, groups.k) == (("experimentId",), 2)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            ["participantRoll"],
            '[0]: unknown field, did you mean "participantRole" (expected a column)',
        ),
        (["onset", "onset.x"], "[1]: nothing lies inside this column (expected onset)"),
        (["variableSnapshot.*"], "[0]: a pattern (expected one place: column.key.key)"),
        ([], ': not a list of fields (expected ["participantRole", …])'),
        ([7], ': not a list of fields (expected ["participantRole", …])'),
    ],
)
def test_a_quasi_identifier_that_is_no_field(fields, problem):
    with pytest.raises(PolicyError) as caught:
        asking(*fields)
    assert str(caught.value) == f"t: disclosure.quasi_identifiers{problem}"


def test_an_unknown_line_beside_them():
    with pytest.raises(PolicyError, match=r"t: disclosure\.quasi: unknown key"):
        decide(parse(f"{TEXT}\n[disclosure]\nquasi = 1\n", where="t"))
