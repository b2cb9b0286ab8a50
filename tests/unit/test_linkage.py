"""Codes drawn at random, and the sealed table that leads back."""

import csv
import json

import pytest

from archive_tool.anonymize import linkage
from archive_tool.anonymize.random_codes import AGENT, PERSON, ROOM, Link, RandomCodes
from archive_tool.errors import IntegrityError, PolicyError, VaultError
from archive_tool.keys import primitives
from archive_tool.keys.derive import NO_SUBJECT, new_archive_secrets
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.mentioned import mentions
from archive_tool.policy import load_policy, parse
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.commands import command
from tests.support.pipelines import lab

TEXT = load_policy("pseudonymize").text
RANDOM = parse(
    TEXT.replace('codes = "derived"', 'codes = "random"').replace('"study"', '"release"'), where="t"
)
STUDY = small_study()
GONE = STUDY.rows["chat"][0]["senderId"]
SECRETS = new_archive_secrets("a", b"k" * 32)
LINKS = [
    Link(kind=AGENT, data_type="", id="bot", code="A-1"),
    Link(kind=PERSON, data_type="", id="ann", code="P-1"),
    Link(kind=PERSON, data_type="", id="bob", code="P-2"),
    Link(kind=ROOM, data_type="chat", id="r", code="R-1"),
]


def secret(person):
    return person.encode().ljust(32)


def by_key(*known):
    names = {SECRETS.subject_key(person): secret(person) for person in known}
    return names.get


def test_unseal_inverts_seal():
    sealed = linkage.seal(LINKS, SECRETS, secret)
    assert linkage.unseal(sealed, SECRETS, by_key("ann", "bob")) == (LINKS, 0)
    assert not any(word in sealed for word in (b"ann", b"P-1", b"room"))


def test_the_lines_of_an_erased_person_cannot_be_read():
    sealed = linkage.seal(LINKS, SECRETS, secret)
    links, erased = linkage.unseal(sealed, SECRETS, by_key("bob"))
    assert (erased, [link.id for link in links]) == (1, ["bot", "bob", "r"])


def test_a_changed_table_and_a_destroyed_scope_are_refused():
    sealed = linkage.seal(LINKS, SECRETS, secret)
    with pytest.raises(IntegrityError, match="cannot be decrypted"):
        linkage.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), SECRETS, by_key("ann", "bob"))
    fewer = {scope: key for scope, key in SECRETS.scopes.items() if scope != linkage.SCOPE}
    without = type(SECRETS)(archive_id="a", scopes=fewer, lookup=SECRETS.lookup)
    with pytest.raises(VaultError, match="linkage: the vault has no secret for a scope"):
        linkage.unseal(sealed, without, by_key("ann", "bob"))


def test_a_table_of_something_else_is_refused_though_its_key_fits():
    key = SECRETS.file_key(linkage.SCOPE, NO_SUBJECT, "linkage")
    other = primitives.seal(key, b'[{"subject":"","sealed":""}]', bound_to=b"a")
    with pytest.raises(IntegrityError, match="holds something else than lines of people"):
        linkage.unseal(other, SECRETS, by_key("ann"))


def test_two_ids_never_share_a_code():
    draws = iter([*(bytes([n]) * 32 for n in range(5)), b"a" * 7, b"a" * 7, b"b" * 7])
    codes = RandomCodes.new(lambda count: next(draws)[:count], linkability="release")
    assert codes.of_person("x") != codes.of_person("y")
    assert codes.of_person("x") == codes.of_person("prolific_x")


def test_codes_of_an_archive_lead_back_only_through_its_table(tmp_path):
    made = lab(tmp_path)
    bundle = write_form(STUDY, "api-pages", tmp_path / "bundle")
    one, other = (made.create(bundle, policy=RANDOM, withdrawn=[GONE]) for _ in range(2))
    codes = {archive.archive_id: codes_of(made.open(archive)) for archive in (one, other)}
    assert codes[one.archive_id].isdisjoint(codes[other.archive_id])

    to = tmp_path / "linkage.csv"
    before = len(audit.read(made.store))
    ran = command(
        "key", "linkage", one.path, "--vault", made.folder / "vault", "--to", to, "--json"
    )
    assert ran.code == 0, ran.err
    rows = list(csv.DictReader(to.read_text().splitlines()))
    people = {row["id"]: row["code"] for row in rows if row["kind"] == "person"}
    assert ran.json["codes"] == len(rows)
    assert {row["code"] for row in rows} >= codes[one.archive_id]
    assert GONE not in people
    (line,) = audit.read(made.store)[before:]
    assert (line.event, line.detail) == ("linkage", {"archive": one.archive_id})

    again = command("key", "linkage", one.path, "--vault", made.folder / "vault", "--to", to)
    assert again.err == f"error: {to}: exists already\nhint: name another file\n"
    who = next(iter(people))
    found = mentions.terms(made.vault, made.open(one), "chat", [who])
    assert people[who] in found


def codes_of(archive):
    return set(archive.read("events", columns=["participantId"])[0].to_pylist()) - {None}


def test_derived_codes_have_no_table(tmp_path):
    made = lab(tmp_path)
    bundle = write_form(STUDY, "api-pages", tmp_path / "bundle")
    created = made.create(bundle, policy=load_policy("pseudonymize"))
    ran = command("key", "linkage", created.path, "--vault", made.folder / "vault", "--to", "x.csv")
    assert ran.code == 2
    assert "has no linkage table (expected an archive made with codes" in ran.err
    assert linkage.NAME not in json.dumps([p.name for p in created.path.rglob("*")])


def test_random_codes_cannot_be_linked_over_a_study():
    with pytest.raises(PolicyError) as caught:
        parse(TEXT.replace('codes = "derived"', 'codes = "random"'), where="t")
    assert str(caught.value) == (
        "t: codes: random codes are new in every archive, so that they cannot be linked over a "
        'study (expected linkability = "release" or "none")'
    )
