"""Names and ids that are words of the language: talk stays talk, and a bearer is still found."""

import json

import pyarrow as pa
import pytest

from archive_tool.anonymize import Context, KnownIdentifiers, PseudonymKeys, apply
from archive_tool.anonymize.known.common_words import COMMON, FREQUENT, GRAMMAR
from archive_tool.anonymize.known.identifiers import Identifiers
from archive_tool.ingest.roster import schema_of
from archive_tool.model.tables import Batch
from archive_tool.policy import decide, load_policy
from archive_tool.schemas import arrow_schema
from tests.support.pipelines import lab

KEYS = PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a")
READY = decide(load_policy("pseudonymize"))


def batch(data_type: str, *rows: dict[str, object]) -> Batch:
    schema = schema_of(data_type) if data_type == "participants" else arrow_schema(data_type)
    return Batch(data_type=data_type, table=pa.Table.from_pylist(list(rows), schema=schema))


def said_by(who: str, name: str | None = None, room: str = "room_own") -> Batch:
    row = {"messageId": "m", "senderId": who, "senderName": name, "roomId": room, "content": "x"}
    return batch("chat", row)


def known(*batches: Batch) -> KnownIdentifiers:
    seen = Identifiers()
    for one in batches:
        seen.add(one)
    return seen.freeze()


def scrubbed(text: str, who: KnownIdentifiers, room: str = "room_other") -> str:
    row = {"messageId": "1", "senderId": "user_9z", "roomId": room, "content": text}
    table = pa.Table.from_pylist([row], schema=arrow_schema("chat"))
    context = Context(decisions=READY, keys=KEYS, known=who)
    return str(apply("chat", table, context).table["content"][0].as_py())


SHE = f"[{KEYS.of_person('user_1x')}]"


@pytest.mark.parametrize(
    ("name", "talk"),
    [
        ("ok", "ok, let us go"),
        ("Me", "it was me"),
        ("Hello", "hello there"),
        ("none", "none of them"),
        ("Zofia (she/her)", "she told her friend"),
        ("Zofia from Berlin", "from here to Berlin"),
        ("Someone Else", "someone else said so"),
        ("your partner", "your partner said"),
    ],
)
def test_words_of_grammar_in_a_name_name_nobody(name, talk):
    who = known(said_by("user_1x", name))
    assert scrubbed(talk, who) == talk
    if "Zofia" in name:
        assert scrubbed(f"Zofia? {talk}", who).startswith(f"{SHE}? ")
        assert scrubbed(name, who).startswith(SHE), "the whole name, as it is written, is a name"


@pytest.mark.parametrize("name", ["NaN", " N/A ", "n/a", "<NA>", "[object Object]", "undefined"])
def test_what_stands_for_no_name_is_nobodys(name):
    talk = "my nan said n/a, or na, or undefined: object!"
    assert scrubbed(talk, known(said_by("user_1x", name))) == talk


def test_short_names_are_names():
    assert scrubbed("ask Nan, or Na", known(said_by("user_1x", "Nan"))) == f"ask {SHE}, or Na"


@pytest.mark.parametrize(
    ("name", "talk"),
    [
        ("cool cat", "a cat is cool"),
        ("Happy Student", "happy to be a student"),
        ("Player Red", "red or blue"),
        ("The Boss", "who is the boss?"),
        ("Mr. Bean", "a green bean"),
        ("Una Byrne", "una casa"),
        ("Schön", "schon wieder"),
        ("Marc Côté", "à côté de moi, à coté"),
        ("Piet de Jong", "een jong meisje"),
        ("Ida Alt", "jung und alt"),
        ("Mark Vos", "marks turn"),
    ],
)
def test_a_name_of_everyday_words_names_somebody_in_the_rooms_of_its_bearer(name, talk):
    who = known(said_by("user_1x", name))
    assert scrubbed(talk, who) == talk
    assert SHE in scrubbed(talk, who, "room_own")


def test_a_whole_name_of_everyday_words_is_found_everywhere():
    who = known(said_by("user_1x", "Summer Rain"), said_by("user_2y", "Will Young"))
    him = f"[{KEYS.of_person('user_2y')}]"
    text = "Summer Rain and will young, in summer, will it rain on the young?"
    assert scrubbed(text, who) == f"{SHE} and {him}, in summer, will it rain on the young?"


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Pearson", "person"),
        ("Parsons", "persons"),
        ("Leander", "leader"),
        ("Justine", "justice"),
        ("Clement", "element"),
        ("Winters", "winter"),
        ("Schreiber", "schreiben"),
    ],
)
def test_a_word_of_the_language_is_no_misspelt_name(name, word):
    who = known(said_by("user_1x", name))
    typo = name[:1] + name[2:]
    assert scrubbed(f"{word} {typo} {name}s", who) == f"{word} {SHE} {SHE}"


def test_words_of_a_mailbox_that_is_not_called_after_its_owner():
    rows = [
        {"participantId": "user_1x", "email": "psych.study+12@uni.example"},
        {"participantId": "user_2y", "email": "student123@uni.example"},
        {"participantId": "user_3z", "email": "info@uni.example"},
    ]
    who = known(batch("participants", *rows))
    talk = "info for the student: a study, psych and all"
    assert scrubbed(talk, who) == talk
    assert scrubbed("student123 or info@uni.example", who) == (
        f"[{KEYS.of_person('user_2y')}] or [EMAIL]"
    )


def test_an_id_that_is_a_word_stands_for_somebody_in_their_rooms():
    who = known(said_by("test", room="room_own"), said_by("red", room="kitchen"))
    talk = "a test of red light in the kitchen"
    assert scrubbed(talk, who) == talk
    tester, red = (f"[{KEYS.of_person(one)}]" for one in ("test", "red"))
    assert scrubbed(talk, who, "room_own") == f"a {tester} of red light in the kitchen"
    kitchen = f"[{KEYS.of_room('kitchen')}]"
    assert scrubbed(talk, who, "kitchen") == f"a test of {red} light in the {kitchen}"


def test_answers_to_questions_for_a_name_are_looked_for_in_their_room():
    asked = {"questionText": "What is your partner's name?", "answer": "Hope"}
    yes = {"questionText": "Do you know the name of your partner?", "answer": "No idea"}
    rows = [
        {"id": "1", "participantId": "user_1x", "roomId": "room_own", "response": json.dumps(one)}
        for one in (asked, yes)
    ]
    who = known(batch("events", *rows))
    assert scrubbed("I hope so, no idea", who) == "I hope so, no idea"
    assert scrubbed("hope left", who, "room_own") == "[NAME] left"


def test_a_name_whose_rooms_nobody_knows_is_looked_for_everywhere():
    row = {"participantId": "user_1x", "participantName": "Hope"}
    who = known(batch("participants", row))
    assert scrubbed("I hope so", who) == f"I {SHE} so"


def test_an_address_that_people_sign_in_with_names_them():
    who = known(said_by("zofia.kern@uni.example"))
    code = f"[{KEYS.of_person('zofia.kern@uni.example')}]"
    assert scrubbed("Zofia Kern, kern: zofia.kern@uni.example", who) == f"{code}, {code}: {code}"


def test_the_lists_are_folded_words_each_in_one_place():
    assert all(word.isascii() and word.isalpha() and word.islower() for word in COMMON | GRAMMAR)
    assert not GRAMMAR & COMMON
    assert len(COMMON) > len(FREQUENT) > 1000


def test_the_gate_lets_talk_pass_and_holds_what_is_kept_of_the_bearer(tmp_path):
    names = {"user_1x": "ok", "user_2y": "Zofia (she/her)", "red": "The Boss"}
    talk = "ok, she is the boss of red"
    chat = [
        {"messageId": f"m{n}", "senderId": who, "senderName": name, "roomId": room,
         "experimentId": "e", "content": talk, "timestamp": "2026-03-02T09:00:00Z", "onset": 1}
        for n, (who, name) in enumerate(names.items())
        for room in (f"room_{n}x",)
    ]  # fmt: skip
    (tmp_path / "chat.json").write_text(json.dumps(chat), encoding="utf-8")
    place = lab(tmp_path)
    made = place.create(tmp_path / "chat.json", policy=load_policy("pseudonymize"))
    rows = json.loads((place.extracted(made) / "chat.json").read_text(encoding="utf-8"))["data"]
    texts = {row["content"] for row in rows}
    assert talk in texts
    (own,) = texts - {talk}
    code = next(row["senderId"] for row in rows if row["content"] == own)
    assert own == f"ok, she is [{code}] of [{code}]"
