"""What the first pass learns: identifiers and consent."""

import json
import pickle

import pyarrow as pa
import pytest

from archive_tool.anonymize import Consent, ConsentRecord, Identifiers, KnownIdentifiers
from archive_tool.anonymize.known.consent import ConsentCounts
from archive_tool.model.tables import Batch
from archive_tool.schemas import arrow_schema


def batch(data_type, rows):
    if data_type in ("participants", "agent_runs"):
        return Batch(data_type=data_type, table=pa.Table.from_pylist(rows))
    return Batch(
        data_type=data_type, table=pa.Table.from_pylist(rows, schema=arrow_schema(data_type))
    )


def known(*batches, names=()):
    identifiers = Identifiers(names=names)
    for one in batches:
        identifiers.add(one)
    return identifiers.freeze()


def test_ids_names_and_addresses_are_found_where_the_export_holds_them():
    found = known(
        batch("chat", [
            {"senderId": "u1", "senderName": "Anna  Blau", "roomId": "r1",
             "recipientIds": '["u2","all"]'},
            {"senderId": "u9", "senderName": "anna@x.org", "recipientIds": '"everyone"'},
        ]),
        batch("events", [
            {"participantId": "a1", "roomId": "r2",
             "variables": '{"partner_name":"Ben","roomName":"Lab 3","n":{"userEmail":"c@x.org"}}'},
            {"participantId": "u1",
             "response": '{"questionText":"What is your name?","answer":"Dora Rot"}'},
            {"participantId": "u1", "value": '{"questionId":"q_email","answer":"e@x.org"}'},
            {"participantId": "u1", "data": "not json, name"},
        ]),
        batch("recordings", [{"participantId": "u3", "participantName": "Eva"}]),
        batch("ratings/continuous", [{"participantId": "u4", "roomId": "r1", "value": 0.5}]),
        batch("participants", [
            {"participantId": "u5", "isAgent": False, "email": "u5@x.org"},
            {"participantId": "a1", "isAgent": True, "email": None},
        ]),
        batch("agent_runs", [{"participantId": "a2"}]),
        names=("Frau Grün",),
    )  # fmt: skip
    assert found == KnownIdentifiers(
        people=frozenset({"u1", "u2", "u3", "u4", "u5", "u9"}),
        agents=frozenset({"a1", "a2"}),
        rooms=frozenset({"r1", "r2"}),
        names={
            "Anna Blau": frozenset({"u1"}), "Ben": frozenset(), "Dora Rot": frozenset(),
            "Eva": frozenset({"u3"}), "Frau Grün": frozenset(),
        },
        emails={
            "anna@x.org": frozenset({"u9"}), "c@x.org": frozenset(), "e@x.org": frozenset(),
            "u5@x.org": frozenset({"u5"}),
        },
        rooms_of={
            "u1": frozenset({"r1"}), "Anna Blau": frozenset({"r1"}), "a1": frozenset({"r2"}),
            "u4": frozenset({"r1"}), "Ben": frozenset({"r2"}), "c@x.org": frozenset({"r2"}),
        },
    )  # fmt: skip
    assert pickle.loads(pickle.dumps(found)) == found
    assert repr(found) == "KnownIdentifiers()"


def test_fields_that_the_schema_does_not_know_name_people_too():
    extra = {
        "variableSnapshot": {"my_name": "Ida"}, "partnerName": "Jan", "deviceName": "Pixel",
        "browser": {"name": "Chrome"}, "contactEmail": "k@x.org", "surname": "Lang", "name": "exit",
    }  # fmt: skip
    found = known(batch("events", [{"participantId": "u1", "extra": json.dumps(extra)}]))
    assert found.names.keys() == {"Ida", "Jan", "Lang"}
    assert found.emails.keys() == {"k@x.org"}


def events(*rows):
    return batch(
        "events",
        [{"participantId": p, "eventType": e, "content": c, "response": r} for p, e, c, r in rows],
    )


def long_answer(**said):
    """An answer to a consent form with what the platform notes beside it."""
    return json.dumps({"formVersion": "2", "userAgent": "Mozilla/5.0 " * 6, **said})


@pytest.mark.parametrize(
    ("event", "content", "response", "verdict"),
    [
        ("consent.accepted", "agreed", None, "accepted"),
        ("consent.declined", None, None, "declined"),
        ("consent.response", "agreed", None, "accepted"),
        ("consent.response", "disagreed", None, "declined"),
        ("consent.response", "I do not agree", None, "declined"),
        ("consent_response", None, '{"agreed":false}', "declined"),
        ("consent_response", None, '{"value":"yes"}', "unknown"),
        ("consent_response", None, '"yes"', "accepted"),
        ("consent.accepted", "declined", None, "declined"),
        ("consent.accepted", "You may decline at any time, and " * 3, None, "accepted"),
        ("consent.accepted", "I decline".ljust(60, "."), None, "declined"),
        ("consent.viewed", None, None, "unknown"),
        ("consent.submitted", None, long_answer(agreed=False), "declined"),
        ("consent.submitted", None, long_answer(consentGiven="No"), "declined"),
        ("consent.submitted", None, long_answer(agreed=True), "accepted"),
        ("consent.submitted", None, long_answer(items=[{"agreed": False}]), "unknown"),
        ("consent.submitted", None, long_answer(text="I decline"), "unknown"),
        ("component.complete", "declined", None, "unknown"),
    ],
)
def test_consent_of_events(event, content, response, verdict):
    consent = Consent()
    consent.add(events(("u1", event, content, response)))
    record = consent.freeze()
    assert record == ConsentRecord(
        accepted=frozenset({"u1"} if verdict == "accepted" else ()),
        declined=frozenset({"u1"} if verdict == "declined" else ()),
    )


def test_a_refusal_wins_whatever_the_order():
    consent = Consent()
    consent.add(events(("u1", "consent.declined", None, None)))
    consent.add(
        events(("u1", "consent.accepted", None, None), ("u2", "consent.accepted", None, None))
    )
    consent.add(batch("participants", [
        {"participantId": "u2", "completionCode": "SUCCESS", "completionOutcome": None},
        {"participantId": "u3", "completionCode": "NO_CONSENT"},
        {"participantId": "u4", "completionOutcome": "NOCONSENT"},
    ]))  # fmt: skip
    record = consent.freeze()
    assert not record.accepted & record.declined
    people = KnownIdentifiers(
        people=frozenset({"u1", "u2", "u3", "u4", "u5"}), agents=frozenset({"a"})
    )

    def left_out(rule, *withdrawn):
        return record.excluded(rule, people, withdrawn) & people.people

    assert left_out("any") == frozenset()
    assert left_out("not-declined") == {"u1", "u3", "u4"}
    assert left_out("accepted") == {"u1", "u3", "u4", "u5"}
    assert left_out("any", "u2", "nobody here") == {"u2"}
    assert record.counts(people) == ConsentCounts(accepted=1, declined=3, unknown=1, withdrawn=0)
    assert record.counts(people, ["u2", "u3", "x"]) == ConsentCounts(
        accepted=0, declined=2, unknown=1, withdrawn=2, unmatched=1
    )
    assert repr(record) == "ConsentRecord()"


def evidence(*statements):
    consent = Consent()
    consent.add(events(*((who, event, None, None) for who, event in statements)))
    return consent.freeze()


def test_a_person_consents_in_every_spelling():
    record = evidence(("prolific_a", "consent.accepted"), ("b", "consent.declined"))
    people = KnownIdentifiers(people=frozenset({"a", "prolific_a", "prolific_b"}))
    assert record.excluded("accepted", people) == {"b"}
    assert record.excluded("any", people, ["a"]) == {"a"}
    assert record.counts(people) == ConsentCounts(accepted=1, declined=1, unknown=0, withdrawn=0)
    both = evidence(("prolific_b", "consent.accepted"), ("b", "consent.declined"))
    assert both == ConsentRecord(declined=frozenset({"b"}))
    assert both.counts(people) == ConsentCounts(accepted=0, declined=1, unknown=1, withdrawn=0)
