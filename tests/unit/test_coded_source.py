"""Summaries of an archive with codes: the same people as in the bundle, known by their subject keys."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from archive_tool.disclose.releases.ledger import Ledger
from archive_tool.errors import DisclosureError, PolicyError
from archive_tool.keys import Vault
from archive_tool.keys.keyring import stand_in
from archive_tool.lifecycle.applying import erase
from archive_tool.lifecycle.planning import erase_plan, plans
from archive_tool.policy import load_policy, parse, policy_text
from tests.support.pipelines import NOW, Lab, lab
from tests.support.refusing import problem

if TYPE_CHECKING:
    from archive_tool.model.policy import Policy
    from archive_tool.pipeline.created import Created

SUMMARIES: Final = load_policy("aggregate-only")
WAYS: Final = (
    ("study", "derived"),
    ("release", "derived"),
    ("none", "derived"),
    ("none", "random"),
)
"""What may be linked, and where codes come from."""
PEOPLE: Final = 24


@cache
def bundle() -> Path:
    """Twelve rooms of two, some ids with and without their prefix, and an agent that chats."""
    folder = Path(tempfile.mkdtemp(prefix="coded-bundle-"))
    people = [f"5f{number:022x}" for number in range(PEOPLE)]
    rows: dict[str, list[dict[str, Any]]] = {"events": [], "chat": []}
    for number, who in enumerate(people):
        room, odd = f"room-{number // 2}", number % 3 == 0
        kind, answer = (("first", "yes"), ("second", "no"))[number // 2 % 2]
        at = {"roomId": room, "experimentId": "x1", "timestamp": "2026-03-01T10:00:00Z"}
        for turn in range(1 + number % 2):
            event = {"participantId": f"prolific_{who}" if odd else who, "eventType": "answer"}
            more = {"id": f"e{number}-{turn}", "onset": 100.0 * turn, "componentId": kind}
            more |= {"participantRole": "ab"[number % 2], "stateName": "talk"}
            response = {"value": answer, "responseTime": 900 + 10 * number}
            rows["events"].append(at | event | more | {"response": response})
            message = {"messageId": f"m{number}-{turn}", "senderId": who, "onset": 50.0 * number}
            rows["chat"].append(at | message | {"content": "hello"})
    said = {"messageId": "m-agent", "senderId": "agent-1", "onset": 5.0, "content": "hello"}
    rows["chat"].append(at | said)
    listing = {"participants": [{"participantId": "agent-1", "isAgent": True}]}
    (folder / "participants.json").write_text(json.dumps(listing))
    for name, own in rows.items():
        (folder / f"{name}.json").write_text(json.dumps(own))
    return folder


def coding(linkability: str = "study", codes: str = "derived", **lines: str) -> Policy:
    """The policy ``pseudonymize`` with other words for some keys."""
    text = policy_text("pseudonymize")
    for key, word in {"linkability": linkability, "codes": codes, **lines}.items():
        was = next(line for line in text.splitlines() if line.startswith(f"{key} = "))
        text = text.replace(was, f'{key} = "{word}"')
    return parse(text, where="coding")


@cache
def _made() -> tuple[Lab, Created, dict[tuple[str, str], Created]]:
    """A study that was released from its bundle, and archived with codes of every kind."""
    made = lab(Path(tempfile.mkdtemp(prefix="coded-template-")))
    coded = {way: made.create(bundle(), policy=coding(*way)) for way in WAYS}
    return made, made.create(bundle(), policy=SUMMARIES), coded


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    shutil.copytree(_made()[0].folder, tmp_path, dirs_exist_ok=True)
    return Lab(folder=tmp_path, vault=Vault.open(tmp_path / "vault"))


def released(own: Lab) -> Created:
    made = _made()[1]
    return replace(made, path=own.store / "archives" / made.archive_id)


def coded(own: Lab, way: tuple[str, str] = WAYS[0]) -> Path:
    return own.store / "archives" / _made()[2][way].archive_id


def erased(own: Lab, *ids: str) -> None:
    plan = own.folder / "erase.json"
    plans.save(erase_plan.plan(own.store, own.vault, ids, now=NOW), plan)
    erase.apply(own.store, own.vault, plan, ids=ids, now=NOW)


def somebody(number: int = 1) -> str:
    return f"5f{number:022x}"


@pytest.mark.parametrize("way", WAYS)
def test_a_pseudonymised_archive_gives_the_same_tables_as_its_bundle(
    own: Lab, way: tuple[str, str]
) -> None:
    straight, less = own.open(released(own)), own.create(coded(own, way), policy=SUMMARIES)
    made = own.open(less)
    gone = {"aggregates/sessions_by_date", "aggregates/chat_lengths", "aggregates/events_answers"}
    assert set(straight.types()) - set(made.types()) <= gone
    assert len(made.types()) >= 5
    for name in made.types():
        wanted, found = straight.read(name), made.read(name)
        if name == "aggregates/chat_by_role_and_minute":  # scrubbed texts have no length
            counts = ["role", "onset", "rows", "people", "rooms"]
            assert found.column_names == [*counts, "status"]
            wanted, found = wanted.select(counts), found.select(counts)
        assert found.equals(wanted), name
    first, second = Ledger.open(own.vault).releases
    assert first.everyone == second.everyone
    assert len(first.everyone) == 8 * PEOPLE


def test_one_person_less_is_blocked(own: Lab) -> None:
    for number, way in product((0, 1), WAYS[::3]):
        call = lambda n=number, w=way: own.create(  # noqa: E731
            coded(own, w), policy=SUMMARIES, withdrawn=[somebody(n)]
        )
        assert "they differ by one person" in problem(DisclosureError, call)
    assert len(Ledger.open(own.vault).releases) == 1


@pytest.mark.parametrize("way", WAYS[::3])
def test_the_erased_are_not_counted_and_their_absence_is_seen(
    own: Lab, way: tuple[str, str]
) -> None:
    erased(own, somebody(3))
    said = problem(DisclosureError, lambda: own.create(coded(own, way), policy=SUMMARIES))
    assert "they differ by one person" in said


def test_a_release_of_codes_counts_a_person_by_id(own: Lab) -> None:
    less = own.create(coded(own), policy=SUMMARIES)
    ledger = Ledger.open(own.vault)
    for spelt in (somebody(3), f"prolific_{somebody(3)}"):
        assert [one.name for one in ledger.counted_in(spelt)][1:] == [less.archive_id]
    assert ledger.counted_in("agent-1") == ledger.counted_in("nobody") == []


def test_who_withdrew_is_left_out_by_key_and_counted(tmp_path: Path) -> None:
    own = lab(tmp_path)
    made = own.create(bundle(), policy=coding())
    gone = [somebody(3), f"prolific_{somebody(3)}", "another study's"]
    less = own.create(made.path, policy=SUMMARIES, withdrawn=gone)
    assert (less.people_left_out, less.consent.withdrawn, less.consent.unmatched) == (1, 1, 1)
    assert less.consent.unknown == PEOPLE - 1
    (release,) = Ledger.open(own.vault).releases
    assert len(release.everyone) == 8 * (PEOPLE - 1)
    assert own.vault.subject_count == _made()[0].vault.subject_count


def test_no_single_row_leaves(own: Lab) -> None:
    text = policy_text("aggregate-only") + '\n[fields.chat]\nonset = "keep"\n'
    said = problem(PolicyError, lambda: own.create(coded(own), policy=parse(text, where="test")))
    assert "\n  chat.senderId: an id is needed, it was pseudonymize before" in said


def test_rooms_are_needed_to_count_them(own: Lab) -> None:
    text = coding().text.replace('"room-id" = "pseudonymize"', '"room-id" = "drop"')
    made = own.create(bundle(), policy=parse(text, where="test"))
    said = problem(PolicyError, lambda: own.create(made.path, policy=SUMMARIES))
    assert "\n  chat.roomId: an id is needed, it was drop before" in said
    assert "senderId" not in said


def test_of_codes_nobody_knows_who_else_agreed(own: Lab) -> None:
    text = policy_text("aggregate-only").replace('"not-declined"', '"accepted"')
    said = problem(PolicyError, lambda: own.create(coded(own), policy=parse(text, where="test")))
    assert '\n  consent: "accepted", it was "not-declined" before' in said


def test_codes_and_scrubbed_words_are_no_levels(own: Lab) -> None:
    table = '\n[[aggregate.table]]\nname = "one"\ntype = "events"\ndimensions = ["{}"]\n'
    text = coding().text + '\n[fields.events]\ncomponentId = "pseudonymize"\n'
    made = own.create(bundle(), policy=parse(text, where="test"))
    for source in ("componentId", "response.value"):
        policy = parse(policy_text("aggregate-only") + table.format(source), where="test")
        said = problem(PolicyError, lambda p=policy: own.create(made.path, policy=p))
        assert said == (
            f"policy aggregate-only: aggregate table one: dimension {source} is dropped by this "
            "policy (expected columns that leave at least in summary)"
        )


def test_sums_that_nobody_can_count_again_are_refused(tmp_path: Path) -> None:
    """What everybody can add up from an earlier table would solve a cell that is hidden now."""
    own = lab(tmp_path)
    table = '\n[[aggregate.table]]\nname = "{}"\ntype = "events"\ndimensions = {}\n'
    days = table.format("days", '["componentId", {column = "timestamp", as = "date"}]')
    text = policy_text("aggregate-only")
    first = own.create(bundle(), policy=parse(text + days + 'totals = "none"\n', where="test"))
    made = own.create(bundle(), policy=coding())
    for dimension in ("componentId", "participantRole"):
        now = parse(text + table.format("now", f'["{dimension}"]'), where="test")
        assert problem(DisclosureError, lambda p=now: own.create(made.path, policy=p)) == (
            f"table days of release {first.archive_id}: was broken down by what these rows no "
            "longer have, and its sums were not published (expected rows that it can be counted "
            "of again)"
        )
    both = (
        text + table.format("all", '["participantRole"]') + table.format("sums", '["componentId"]')
    )
    own.create(bundle(), policy=parse(both, where="test"))
    assert own.create(made.path, policy=parse(both, where="test")).aggregates.keys() == {
        "all", "sums",
    }  # fmt: skip


def test_a_stand_in_is_known_by_its_vault_only(own: Lab) -> None:
    key = own.vault.subject_key(somebody())
    assert own.vault.person_key(stand_in(key)) == key
    other = "0" * 64
    assert own.vault.person_key(stand_in(other)) != other
