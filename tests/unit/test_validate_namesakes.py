"""One person under two ids: told by what people are called, and never said of whom."""

from __future__ import annotations

import pytest

from archive_tool.anonymize import KnownIdentifiers
from archive_tool.model.findings import Rows, Severity
from archive_tool.validation import check_namesakes
from archive_tool.validation.across_types.namesakes import CROWD
from archive_tool.validation.codes.people import PERSON_NAMED_TWICE
from tests.support.defects import defect, validated


def bearers(listed):
    """Text → ids, from id → text."""
    texts = {text for said in listed.values() for text in said}
    return {text: frozenset(who for who in listed if text in listed[who]) for text in texts}


def told(*, emails=None, names=None, agents=()):
    """What is said of people: id → their addresses, id → their names."""
    known = KnownIdentifiers(
        emails=bearers(emails or {}), names=bearers(names or {}), agents=frozenset(agents)
    )
    found = list(check_namesakes(known))
    assert {one.code for one in found} <= {PERSON_NAMED_TWICE.name}
    return [(one.severity, one.rows) for one in found]


def warned(count, of):
    return [(Severity.WARNING, Rows(count=count, of=of))]


def noted(count, of):
    return [(Severity.NOTE, Rows(count=count, of=of))]


def test_an_address_under_two_ids_is_told():
    assert told(emails={"u1": ["a@x.org"], "u2": ["a@x.org"], "u3": ["b@x.org"]}) == warned(2, 3)


def test_an_address_is_one_in_small_and_in_capital_letters():
    assert told(emails={"u1": ["Ann@X.org"], "u2": ["ann@x.org"]}) == warned(2, 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ann Lee", "ann lee"), ("Ann", "Ann Lee"), ("Ann Lee", "Lee, Ann")],
)
def test_names_with_a_word_in_common_are_one_persons(one, other):
    same = {"u1": ["a@x.org"], "u2": ["a@x.org"]}
    assert told(emails=same, names={"u1": [one], "u2": [other]}) == warned(2, 2)


def test_the_address_of_a_lab_stands_beside_names_that_differ():
    lab = {f"u{n}": ["lab@x.org"] for n in range(3)}
    names = {"u0": ["Ann Lee"], "u1": ["Bo Fry"], "u2": ["Cy Ott"]}
    assert told(emails=lab, names=names) == []
    assert told(emails=lab, names=names | {"u2": ["Ann Lee"]}) == warned(2, 3)
    assert told(emails=lab, names={"u0": ["Ann Lee"], "u1": ["Bo Fry"]}) == warned(3, 3)


def test_a_full_name_alone_is_a_note():
    names = {"u1": ["Anne-Marie O'Neill"], "u2": ["anne-marie o'neill"], "u3": ["Bo Fry"]}
    assert told(names=names) == noted(2, 3)


@pytest.mark.parametrize("name", ["Ann", "Participant A", "Player 12", "12 14"])
def test_a_first_name_or_a_role_is_no_full_name(name):
    assert told(names={"u1": [name], "u2": [name]}) == []


def test_a_name_that_the_design_gave_to_many_is_not_told():
    crowd = {f"u{n}": ["Left Speaker"] for n in range(CROWD + 1)}
    assert told(names=crowd) == []
    del crowd["u0"]
    assert told(names=crowd) == noted(CROWD, CROWD)


def test_people_of_one_name_with_an_address_each_are_several():
    names = {"u1": ["Ann Lee"], "u2": ["Ann Lee"]}
    assert told(names=names, emails={"u1": ["a@x.org"], "u2": ["b@x.org"]}) == []
    assert told(names=names, emails={"u1": ["a@x.org"]}) == noted(2, 2)


def test_a_name_tells_of_those_too_whom_an_address_told():
    same = {"u1": ["a@x.org"], "u2": ["a@x.org"]}
    named = {"u1": ["Ann Lee"], "u2": ["Ann Lee"], "u3": ["Ann Lee"]}
    assert told(emails=same, names=named) == [*warned(2, 3), *noted(3, 3)]


def test_agents_are_nobody():
    same = {"u1": ["a@x.org"], "agent_r1_p1": ["a@x.org"]}
    assert told(emails=same, agents=["agent_r1_p1"]) == []


def test_a_bundle_in_which_somebody_started_again_says_so():
    found = validated(defect("person-started-twice").bundle).json["findings"]
    (one,) = [each for each in found if each["code"] == PERSON_NAMED_TWICE.name]
    assert (one["severity"], one["rows"]["count"], one["rows"]["of"]) == ("warning", 2, 3)
