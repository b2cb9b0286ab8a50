"""The release ledger: what two releases give away together."""

import re

import numpy as np
import pytest

from archive_tool.disclose.releases import sketch
from archive_tool.disclose.releases.ledger import FORMAT, LEDGER_FILE, Ledger
from archive_tool.errors import DisclosureError, IntegrityError
from archive_tool.keys import primitives
from tests.support.disclosing import cells, declared, people_in, statuses, tables_of
from tests.support.pipelines import NOW, lab

ONE = 'name = "one"\ntype = "ratings/continuous"\ndimensions = ["componentId"]\n'
ALL = 'name = "all"\ntype = "ratings/continuous"\n'
NAMED = ONE.replace('"one"', '"filtered"') + 'where = {stateId = "late"}\n'


def at(component, state="early"):
    return {"componentId": component, "stateId": state}


@pytest.fixture
def ledger(tmp_path):
    return Ledger.open(lab(tmp_path).vault)


def released(rows, decisions, ledger, name):
    return tables_of(rows, decisions, ledger=ledger, name=name)


def blocked(rows, decisions, ledger):
    with pytest.raises(DisclosureError) as caught:
        tables_of(rows, decisions, ledger=ledger)
    assert caught.value.exit_code == 18
    assert caught.value.detail["blocked"]
    return str(caught.value)


def test_the_same_release_again_is_the_same(ledger):
    rows = people_in(at("a"), range(30)) + people_in(at("b"), range(30, 33))
    first = released(rows, declared(ONE), ledger, "R1")["one"]
    second = released(rows, declared(ONE), ledger, "R2")["one"]
    assert first.table == second.table
    assert len(ledger.releases) == 2


def test_twelve_people_against_eleven_of_them_is_blocked(ledger):
    rows = people_in(at("a"), range(12))
    released(rows, declared(ONE), ledger, "R1")
    assert blocked(rows[:-1], declared(ONE), ledger) == (
        "aggregate table one: blocked by row 1 of one against one row 1 of release R1: they differ "
        "by one person; 3 more like it (expected cells that differ by nobody or by at least 10 "
        "people)"
    )


def test_cells_may_differ_by_as_many_people_as_the_threshold(ledger):
    released(people_in(at("a"), range(30)), declared(ONE), ledger, "R1")
    assert "they differ by 9 people" in blocked(
        people_in(at("a"), range(21)), declared(ONE), ledger
    )
    assert tables_of(people_in(at("a"), range(20)), declared(ONE), ledger=ledger)


def test_the_stricter_threshold_of_two_releases_counts(ledger):
    strict = declared(ONE, aggregate="people = 20\n")
    released(people_in(at("a"), range(45)), strict, ledger, "R1")
    rows = people_in(at("a"), range(30))
    assert "they differ by 15 people" in blocked(rows, declared(ONE), ledger)


def test_one_person_less_is_seen_where_everybody_has_other_rows(ledger):
    released(people_in(at("a"), range(30)), declared(ONE), ledger, "R1")
    rows = people_in(at("a"), range(29), each=2)
    assert "they differ by one person" in blocked(rows, declared(ONE), ledger)


def test_two_cells_of_twelve_with_different_people_pass(ledger):
    released(people_in(at("a"), range(12)), declared(ONE), ledger, "R1")
    second = released(people_in(at("a"), range(20, 32)), declared(ONE), ledger, "R2")["one"]
    assert cells(second, "componentId")["a",]["status"] == "ok"


def test_one_person_with_one_row_more_is_blocked(ledger):
    rows = people_in(at("a"), range(20))
    released(rows, declared(ONE), ledger, "R1")
    assert "they differ by one person" in blocked([*rows, rows[0]], declared(ONE), ledger)


def test_one_person_with_another_value_is_blocked(ledger):
    measured = declared(ONE + 'measure = "value"\n')
    rows = people_in(at("a"), range(20))
    released(rows, measured, ledger, "R1")
    changed = [{**rows[0], "value": 99.0}, *rows[1:]]
    assert "they differ by one person" in blocked(changed, measured, ledger)


def test_a_filter_that_leaves_three_people_out_is_blocked(ledger):
    rows = people_in(at("a", "late"), range(30)) + people_in(at("a"), range(3))
    released(rows, declared(ONE), ledger, "R1")
    assert "they differ by 3 people" in blocked(rows, declared(NAMED), ledger)


def test_two_filters_in_one_release_are_compared_too(ledger):
    rows = people_in(at("a", "late"), range(30)) + people_in(at("a"), range(3))
    assert "release (this release)" in blocked(rows, declared(ONE, NAMED), ledger)


def test_a_cap_in_other_cells_counts_other_rows(ledger):
    rows = people_in(at("a"), range(40), 2) + people_in(at("b"), range(40), 2)
    capped = ONE + "cap = 4\n", ALL + "cap = 4\n"
    assert len(tables_of(rows, declared(*capped))) == 2
    rows += people_in(at("b"), [5], 2)  # within the cap in both components, beyond it in all
    assert (
        "blocked by row 1 of all against one row 3 of release (this release): they differ by one "
        "person"
    ) in blocked(rows, declared(*capped), ledger)


@pytest.mark.parametrize("other", ["cap = 4\n", 'where = {stateId = "early"}\n'])
def test_a_total_that_follows_is_compared_though_no_table_lists_it(ledger, other):
    rows = people_in(at("a"), range(40), 2) + people_in(at("b"), range(40), 2)
    rows += people_in(at("b", "late"), [5], 2)
    tables = ONE + 'totals = "none"\n' + ("cap = 4\n" if "cap" in other else ""), ALL + other
    assert (
        "blocked by row 1 of all against a total of one of release (this release): they differ by "
        "one person"
    ) in blocked(rows, declared(*tables), ledger)
    assert len(tables_of(rows[:-2], declared(*tables))) == 2


@pytest.mark.parametrize("order", [1, -1], ids=["leaves", "joins"])
def test_a_total_is_compared_with_what_earlier_cells_add_up_to(ledger, order):
    """No table listed the total before, and nobody needs one to add two cells."""
    rows = people_in(at("a"), range(20)) + people_in(at("b"), range(20, 40))
    before, after = [rows, rows[:-1]][::order]
    released(before, declared(ONE + 'totals = "none"\n'), ledger, "R1")
    assert (
        "blocked by row 1 of all against a total of one of release R1: they differ by one person"
    ) in blocked(after, declared(ALL), ledger)
    assert tables_of(before, declared(ALL), ledger=ledger)


def test_what_the_cells_of_a_filter_add_up_to_is_compared_too(ledger):
    """All rows before; now two states of all but three people, and no total."""
    rows = people_in(at("a"), range(40)) + people_in(at("b"), range(40, 43))
    released(rows, declared(ALL), ledger, "R1")
    kept = ONE.replace("componentId", "stateId") + 'totals = "none"\n'
    two = 'where = {componentId = ["a", "c"]}\n'
    rows[:20] = [{**row, "stateId": "late"} for row in rows[:20]]
    assert "add up to all row 1 of release R1: they differ by 3 people" in blocked(
        rows, declared(kept + two), ledger
    )
    assert tables_of(rows, declared(kept), ledger=ledger)


@pytest.mark.parametrize("gone", [1, 10])
def test_a_state_is_compared_with_what_its_components_add_up_to(ledger, gone):
    """Ten people left the other state: the totals of the two releases tell nothing."""
    early = people_in(at("a"), range(20)) + people_in(at("b"), range(20, 40))
    late = people_in(at("c", "late"), range(40, 80))
    bare = ONE + 'totals = "none"\n'
    released(early + late, declared(bare), ledger, "R1")
    after, states = early[gone:] + late[10:], declared(bare.replace("componentId", "stateId"))
    if gone == 1:
        assert "add up to a total of one of release R1: they differ by one person" in blocked(
            after, states, ledger
        )
    else:
        assert tables_of(after, states, ledger=ledger)


def test_a_total_that_did_not_follow_before_may_be_published(ledger):
    rows = people_in(at("a"), range(20)) + people_in(at("b"), range(20, 28))
    rows += people_in(at("c"), range(28, 35))
    released(rows, declared(ONE + 'totals = "none"\n'), ledger, "R1")
    second = tables_of(rows, declared(ALL), ledger=ledger)["all"]
    assert statuses(second) == {(): "ok"}


def test_a_hidden_cell_is_not_published_later(ledger):
    """Hidden beside a small cell, alone it would solve the old total."""
    rows = (
        people_in(at("a"), range(40))
        + people_in(at("b"), range(40, 42))
        + people_in(at("c"), range(50, 62))
    )
    totals = declared(ONE + 'prefer = "totals"\n')
    first = cells(released(rows, totals, ledger, "R1")["one"], "componentId")
    assert (first["c",]["status"], first["(all)",]["status"]) == ("suppressed", "ok")
    alone = declared(ONE.replace('"one"', '"alone"') + 'totals = "none"\n')
    second = cells(released(rows, alone, ledger, "R2")["alone"], "componentId")
    assert second["c",]["status"] == "suppressed"


def test_a_hidden_cell_does_not_follow_later(ledger):
    """40 were hidden beside 2. With 12 more beside the 2, 104 less 14 and 50 would be these 40."""
    b_and_c = people_in(at("b"), range(100, 140)) + people_in(at("c"), range(200, 250))
    totals = declared(ONE + 'prefer = "totals"\n')
    first = released(people_in(at("a"), range(2)) + b_and_c, totals, ledger, "R1")["one"]
    second = released(people_in(at("a"), range(14)) + b_and_c, totals, ledger, "R2")["one"]
    hidden = {
        ("a",): "suppressed", ("b",): "suppressed", ("c",): "ok", ("(all)",): "ok",
    }  # fmt: skip
    assert statuses(first, "componentId") == hidden
    assert statuses(second, "componentId") == hidden


def test_what_is_published_hides_nothing(ledger):
    """A cell that everybody has seen cannot be hidden to protect another."""
    first = declared(ONE.replace('"one"', '"alone"') + 'totals = "none"\n')
    rows = people_in(at("a"), range(40)) + people_in(at("b"), range(40, 42))
    rows += people_in(at("c"), range(50, 62))
    released(rows, first, ledger, "R1")
    second = released(rows, declared(ONE + 'prefer = "totals"\n'), ledger, "R2")["one"]
    status = {key: row["status"] for key, row in cells(second, "componentId").items()}
    assert status == {
        ("a",): "ok", ("b",): "suppressed", ("c",): "ok", ("(all)",): "suppressed",
    }  # fmt: skip


def played(role, people):
    return [{"participantId": f"u{n}", "participantRole": role} for n in people]


ROLES = 'name = "roles"\ntype = "events"\ndimensions = ["participantRole"]\ntotals = "none"\n'


@pytest.mark.parametrize("order", [1, -1], ids=["joins", "leaves"])
def test_a_role_and_the_others_of_another_release_leave_nobody_alone(ledger, order):
    """Of two small roles 14 people were published as one; ten in the first leave four."""
    hosts, small = played("host", range(30)), played("spy", range(70, 75))
    nine, ten = (played("guest", range(50, end)) for end in (59, 60))
    before, after = [[*hosts, *nine, *small], [*hosts, *ten, *small]][::order]
    tables_of(before, declared(ROLES), data_type="events", ledger=ledger, name="R1")
    if order < 0:  # the others of the first release are hidden, and stay so
        second = tables_of(after, declared(ROLES), data_type="events", ledger=ledger)["roles"]
        assert statuses(second, "participantRole")["(other)",] == "suppressed"
        return
    with pytest.raises(DisclosureError, match=r"row 1 of roles against roles row 2 .* by 6 people"):
        tables_of(after, declared(ROLES), data_type="events", ledger=ledger)


def test_a_role_of_its_own_under_a_looser_threshold_is_blocked(ledger):
    """Thirteen people of two roles; nine of them in one leave the four of the other."""
    rows = [
        *played("host", range(30)),
        *played("guest", range(50, 59)),
        *played("spy", range(70, 74)),
    ]
    tables_of(rows, declared(ROLES), data_type="events", ledger=ledger, name="R1")
    looser = declared(ROLES, aggregate='people = 5\nbecause = "a test"\n')
    with pytest.raises(DisclosureError, match=r"row 1 of roles against roles row 2 .* by 4 people"):
        tables_of(rows, looser, data_type="events", ledger=ledger)


def answered(answer, people):
    return [
        {"participantId": f"u{n}", "componentId": "q", "response": f'{{"value":"{answer}"}}'}
        for n in people
    ]


ANSWERS = """
name = "answers"
type = "events"
dimensions = ["componentId", "response.value"]
totals = "none"
"""


@pytest.mark.parametrize("order", [1, -1], ids=["leaves", "joins"])
def test_nobody_is_told_by_a_cell_that_only_one_release_shows(ledger, order):
    """Ten said no, or nine: whoever is in one release only is the tenth, though no figure differs."""
    many = answered("yes", range(30))
    sizes = [[*many, *answered("no", range(50, end))] for end in (60, 59)][::order]
    tables_of(sizes[0], declared(ANSWERS), data_type="events", ledger=ledger, name="R1")
    with pytest.raises(
        DisclosureError, match="hidden in one of them, and they differ by one person"
    ):
        tables_of(sizes[1], declared(ANSWERS), data_type="events", ledger=ledger)


def test_a_component_that_one_person_made_small_is_told_by_hiding_it(ledger):
    bare = ONE + 'totals = "none"\n'
    rows = people_in(at("a"), range(30)) + people_in(at("b"), range(40, 50))
    released(rows, declared(bare), ledger, "R1")
    told = blocked(rows[:-1], declared(bare), ledger)
    assert "hidden in one of them, and they differ by one person" in told


def test_a_role_that_was_hidden_is_not_published_under_its_own_name(ledger):
    rows = [*played("host", range(30)), *played("guest", range(50, 58))]
    tables_of(rows, declared(ROLES), data_type="events", ledger=ledger, name="R1")
    looser = declared(ROLES, aggregate='people = 5\nbecause = "a test"\n')
    with pytest.raises(DisclosureError, match="hidden before"):
        tables_of(rows, looser, data_type="events", ledger=ledger)


def test_another_rounding_of_the_same_cell_is_blocked(ledger):
    rows = people_in(at("a"), range(23))
    released(rows, declared(ONE, aggregate='rounding = "base-5"\n'), ledger, "R1")
    assert "published with another rounding" in blocked(rows, declared(ONE), ledger)


def test_the_published_number_of_people_counts(ledger):
    rows = people_in(at("a"), range(29))
    with pytest.raises(DisclosureError) as caught:
        tables_of(rows, declared(ONE, aggregate="study-people = 30\n"), ledger=ledger)
    assert str(caught.value) == (
        "aggregate table one: blocked by row 2 of one against the number of people that the study "
        "has published: they differ by one person (expected cells that differ by nobody or by at "
        "least 10 people)"
    )
    assert caught.value.hint == (
        'declare the tables with totals = "none", or let the study publish the number of people '
        "who are counted here"
    )
    assert tables_of(rows, declared(ONE, aggregate="study-people = 29\n"), ledger=ledger)


def test_more_people_than_the_study_has_published_are_told_apart_too(ledger):
    """One more than in the paper is the one whom the paper left out."""
    rows = people_in(at("a"), range(29))
    with pytest.raises(DisclosureError, match="they differ by one person"):
        tables_of(rows, declared(ONE, aggregate="study-people = 28\n"), ledger=ledger)
    assert tables_of(rows, declared(ONE, aggregate="study-people = 19\n"), ledger=ledger)


def test_the_ledger_comes_back_from_the_disk(tmp_path):
    vault = lab(tmp_path).vault
    rows = people_in(at("a"), range(12))
    released(rows, declared(ONE), Ledger.open(vault), "R1")
    vault.save(NOW)
    assert "they differ by one person" in blocked(rows[1:], declared(ONE), Ledger.open(vault))


def test_a_ledger_that_is_gone_or_changed_is_refused(tmp_path):
    vault = lab(tmp_path).vault
    released(people_in(at("a"), range(12)), declared(ONE), Ledger.open(vault), "R1")
    path = vault.folder / LEDGER_FILE
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(IntegrityError):
        Ledger.open(vault)
    path.unlink()
    with pytest.raises(IntegrityError) as caught:
        Ledger.open(vault)
    assert str(caught.value) == (
        "ledger.sealed: the release ledger is missing or older than the vault knows"
    )


@pytest.mark.parametrize(
    "plain", [b"\x81\xa1\xff\xc0", b"\x81\xa6format\xa1\xff", b"\x91" * 100_000]
)
def test_what_is_sealed_and_no_ledger_is_refused(tmp_path, plain):
    vault = lab(tmp_path).vault
    key = vault.pseudonym_key("release-ledger/file")
    sealed = primitives.seal(key, plain, bound_to=FORMAT.encode())
    (vault.folder / LEDGER_FILE).write_bytes(sealed)
    with pytest.raises(IntegrityError) as caught:
        Ledger.open(vault)
    assert str(caught.value).startswith("ledger.sealed: not a ledger of a known version")


@pytest.mark.parametrize("entry", ["9" * 5000 + ":a", "\u0661:a", "\u00b2:a", ":", "-1:a", "x"])
def test_an_entry_that_is_no_number_is_none_of_the_ledger(tmp_path, entry):
    ledger = Ledger.open(lab(tmp_path).vault)
    with pytest.raises(IntegrityError) as caught:
        ledger.refuse_older([entry])
    assert "does not have the summary tables of an archive" in str(caught.value)


def test_the_ledger_holds_no_id(tmp_path):
    vault = lab(tmp_path).vault
    ledger = Ledger.open(vault)
    released(people_in(at("a"), range(12)), declared(ONE), ledger, "R1")
    assert "u11" not in repr(ledger.releases)
    content = (vault.folder / LEDGER_FILE).read_bytes()
    assert re.search(rb"\bu11\b", content) is None  # sealed text has such letters now and then


@pytest.mark.parametrize("size", [20, 400, 501, 3000])
@pytest.mark.parametrize("apart", [0, 1, 2, 9, 10, 40, 400])
def test_sketches_count_small_differences_exactly(size, apart):
    draw = np.random.default_rng(size + apart)
    tags = draw.integers(0, 1 << 63, size + apart, dtype=np.uint64)
    found = sketch.difference(sketch.pack(tags), sketch.pack(tags[apart:]), enough=50)
    if apart <= 40:
        assert found == apart
    else:
        assert found >= 10


OVERALL = 'name = "overall"\ntype = "ratings/continuous"\n'


def test_no_total_is_published_when_earlier_cells_beside_it_would_solve_a_hidden_one(ledger):
    """40 and 12 were published beside a hidden 2; 54 in all, published later, would give it away."""
    rows = people_in(at("a"), range(40)) + people_in(at("c"), range(50, 62))
    rows += people_in(at("b"), range(40, 42))
    released(rows, declared(ONE + 'totals = "none"\n'), ledger, "R1")
    with pytest.raises(DisclosureError) as caught:
        tables_of(rows, declared(OVERALL), ledger=ledger)
    assert str(caught.value) == (
        "aggregate table overall: nothing would be left of it, by the rules of totals "
        "(expected a cell with 10 people)"
    )
    assert tables_of(rows, declared(OVERALL))["overall"].table["status"].to_pylist() == ["ok"]


def test_the_smallest_merge_that_unblocks_is_named(ledger):
    """In a and in b 6 others each: neither may be published again, both together may."""
    plain = declared(ONE + 'totals = "none"\n')
    released(people_in(at("a"), range(26)) + people_in(at("b"), range(100, 126))
             + people_in(at("c"), range(200, 226)), plain, ledger, "R1")  # fmt: skip
    rows = people_in(at("a"), range(32)) + people_in(at("b"), range(100, 132))
    rows += people_in(at("c"), range(200, 226))
    with pytest.raises(DisclosureError) as caught:
        tables_of(rows, plain, ledger=ledger)
    assert str(caught.value) == (
        "aggregate table one: blocked by row 1 of one against one row 1 of release R1: they differ "
        "by 6 people; 1 more like it (expected cells that differ by nobody or by at least 10 people)"
    )
    assert caught.value.hint == "merge the levels of rows 1 and 2 of one into one"
    assert [clash["merge"] for clash in caught.value.detail["blocked"]] == [(1, 2), (1, 2)]


def test_no_merge_hides_a_withdrawal(ledger):
    rows = people_in(at("a"), range(30)) + people_in(at("b"), range(30))
    plain = declared(ONE + 'totals = "none"\n')
    released(rows, plain, ledger, "R1")
    with pytest.raises(DisclosureError) as caught:
        tables_of([row for row in rows if row["participantId"] != "u7"], plain, ledger=ledger)
    assert caught.value.hint == (
        "no merge of levels unblocks it: leave one out, or wait until more people make the "
        "difference"
    )


def test_a_stricter_rule_does_not_forget_what_is_known(ledger):
    """12 were published under 10; under 14 they are no cover for the 3 beside them."""
    rows = people_in(at("a"), range(85)) + people_in(at("b"), range(100, 112))
    rows += people_in(at("c"), range(200, 203))
    released(rows, declared(ONE + 'totals = "none"\n'), ledger, "R1")
    stricter = declared(ONE, aggregate="people = 14\n")
    second = cells(released(rows, stricter, ledger, "R2")["one"], "componentId")
    assert {key: row["status"] for key, row in second.items()} == {
        ("a",): "ok", ("b",): "suppressed", ("c",): "suppressed", ("(all)",): "suppressed",
    }  # fmt: skip


def test_the_ledger_knows_who_was_counted(ledger):
    released(people_in(at("a"), range(12)), declared(ONE), ledger, "R1")
    assert [one.name for one in ledger.counted_in("u3")] == ["R1"]
    assert [one.name for one in ledger.counted_in("prolific_u3")] == ["R1"]
    assert ledger.counted_in("u12") == []


def test_a_release_that_was_not_published_is_taken_back(tmp_path):
    vault = lab(tmp_path).vault
    ledger = Ledger.open(vault)
    rows = people_in(at("a"), range(12))
    released(rows, declared(ONE), ledger, "R1")
    vault.save(NOW)
    released(people_in(at("a"), range(20, 40)), declared(ONE), ledger, "R2")
    vault.save(NOW)
    ledger.take_back(NOW)
    assert [one.name for one in Ledger.open(vault.reopened()).releases] == ["R1"]


@pytest.mark.parametrize("mode", [0o2770, 0o2750, 0o770])
def test_the_ledger_is_for_whoever_the_vault_is_for(tmp_path, mode):
    """A second data manager could open the vault, and make no summary tables with it."""
    vault = lab(tmp_path).vault
    vault.folder.chmod(mode)
    released(people_in(at("a"), range(12)), declared(ONE), Ledger.open(vault), "R1")
    shared = mode & 0o060 if mode & 0o2000 else 0
    assert (vault.folder / LEDGER_FILE).stat().st_mode & 0o777 == 0o600 | shared
