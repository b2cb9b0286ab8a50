"""Who is known: names and ids wherever an export may hold them, and in whatever form they return."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from archive_tool.anonymize import Context, PseudonymKeys, apply
from archive_tool.anonymize.known.identifiers import Identifiers, KnownIdentifiers, as_name
from archive_tool.anonymize.known.namings import said
from archive_tool.anonymize.texts.detectors import ADDRESSES, NUMBERS
from archive_tool.disclose.gate.sought import NOBODY, everything
from archive_tool.disclose.gate.tables import Tables
from archive_tool.disclose.gate.texts import Texts
from archive_tool.ingest.roster import schema_of
from archive_tool.model.tables import EXTRA, Batch
from archive_tool.policy import decide, load_policy, parse, policy_text
from archive_tool.schemas import arrow_schema
from tests.support.pipelines import lab, pseudonymize_all

KEYS = PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a")
READY = decide(load_policy("pseudonymize"))


def observed(data_type: str, *rows: dict[str, object], roster: bool = False) -> KnownIdentifiers:
    schema = schema_of(data_type) if roster else arrow_schema(data_type)
    texts = [{k: canonical(v) if k in NESTED else v for k, v in row.items()} for row in rows]
    seen = Identifiers()
    seen.add(Batch(data_type=data_type, table=pa.Table.from_pylist(texts, schema=schema)))
    return seen.freeze()


def canonical(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


NESTED = ("response", "value", "data", "metadata", "context", "variables", EXTRA)


def known_as(*names: str, rooms: bool = False) -> KnownIdentifiers:
    who = frozenset({"user_1x"})
    return KnownIdentifiers(
        people=who,
        names=dict.fromkeys(names, who),
        rooms_of={"user_1x": frozenset({"room"})} if rooms else {},
    )


def scrubbed(text: str, known: KnownIdentifiers, room: str = "room") -> str:
    row = {"messageId": "1", "senderId": "user_1x", "roomId": room, "content": text}
    context = Context(decisions=READY, keys=KEYS, known=known)
    table = pa.Table.from_pylist([row], schema=arrow_schema("chat"))
    return str(apply("chat", table, context).table["content"][0].as_py())


PERSON = f"[{KEYS.of_person('user_1x')}]"


@pytest.mark.parametrize(
    "kept",
    [
        {"Sender ID": "kWy7V9BIiEVUcZUP"},
        {"sender_id": "kWy7V9BIiEVUcZUP", "new": [1]},
        {"participantId": {"_id": 7, "participant-id": "kWy7V9BIiEVUcZUP"}},
    ],
)
def test_a_second_id_of_a_row_is_known(kept: object) -> None:
    """The first is the column; what another column of the row says is kept in ``extra``."""
    row = {"messageId": "1", "roomId": "room", "senderId": "user_1x", EXTRA: kept}
    known = observed("chat", row)
    assert known.elsewhere == {"kWy7V9BIiEVUcZUP"}
    assert scrubbed("I am kWy7V9BIiEVUcZUP there", known) == "I am [ID] there"


@pytest.mark.parametrize(
    ("kept", "names"),
    [
        ({"senderName": ["Annabelle", "Vanderbilt"]}, {"Annabelle", "Vanderbilt"}),
        ({"senderName": {"first": "Annabelle", "font": "Arial"}}, {"Annabelle"}),
        ({"displayName": [{"last": "Vanderbilt"}]}, {"Vanderbilt"}),
        ({"fileName": ["Annabelle"], "first": "Monday", "emailed": {"every": "week"}}, set()),
    ],
)
def test_a_name_that_is_a_list_or_in_parts_is_known(kept: object, names: set[str]) -> None:
    row = {"messageId": "1", "roomId": "room", "senderId": "user_1x", EXTRA: kept}
    assert set(observed("chat", row).names) == names


@pytest.mark.parametrize(
    ("column", "document"),
    [
        ("data", {"participantName": "Wilma Ost"}),
        ("context", {"senderName": "Wilma Ost"}),
        ("metadata", {"user": {"name": "Wilma Ost"}}),
        (EXTRA, {"participant": {"displayName": "Wilma Ost"}}),
        (EXTRA, {"participants": [{"profile": {"first_name": "Wilma Ost"}}]}),
        ("response", [{"questionId": "name", "answer": "Wilma Ost"}]),
        ("response", {"responses": [{"questionText": "Your name?", "answer": ["Wilma Ost"]}]}),
        ("response", {"questionText": "Vorname", "value": "Wilma Ost"}),
        ("value", {"question": "Wie heißt du?", "answer": {"text": "Wilma Ost"}}),
        ("data", {"question": "¿Nombre?", "response": "Wilma Ost"}),
        ("response", {"answers": {"Vorname": "Wilma Ost"}}),
        ("variables", {"partner": {"the_name": "Wilma Ost"}}),
    ],
)
def test_a_name_is_known_wherever_the_export_says_that_it_is_one(column, document):
    known = observed("events", {"participantId": "user_1x", column: document})
    assert set(known.names) == {"Wilma Ost"}


@pytest.mark.parametrize(
    "document",
    [
        {"browser": {"fullName": "Firefox"}},
        {"device": {"displayName": "Built-in microphone"}},
        {"stimulus": {"name": "film"}, "fileName": "a.mp4"},
        {"question": "Which colour?", "answer": "Green"},
    ],
)
def test_names_of_things_are_no_names(document):
    assert list(said(document)) == []


def test_columns_of_the_list_of_people_that_no_schema_knows():
    row = {
        "participantId": "user_1x",
        EXTRA: {
            "firstName": "Wilma", "username": "minnie", "email2": "w@x.example",
            "prolificId": "0123abcd", "sonaCode": 40512345, "workerId": "worker",
        },
    }  # fmt: skip
    known = observed("participants", row, roster=True)
    who = frozenset({"user_1x"})
    assert known.names == {"Wilma": who, "minnie": who}
    assert known.emails == {"w@x.example": who}
    assert known.elsewhere == {"0123abcd", "40512345"}, "a plain word would be looked for as such"
    assert scrubbed("I am Wilma, 0123-abcd or 40512345", known) == f"I am {PERSON}, [ID] or [ID]"


def test_a_name_of_digits_is_an_id():
    known = observed("chat", {"senderId": "user_1x", "senderName": "4051234"})
    assert (known.elsewhere, dict(known.names)) == ({"4051234"}, {})
    assert scrubbed("here is 4051234, at 405", known) == "here is [ID], at 405"


def test_a_name_out_of_a_file_that_was_read_in_a_wrong_encoding():
    known = observed("chat", {"senderId": "user_1x", "senderName": "BjÃ¶rn SÃ¸rby"})
    assert set(known.names) == {"Björn Sørby"}
    assert scrubbed("Björn or BjÃ¶rn: a sorby", known) == f"{PERSON} or {PERSON}: a {PERSON}"


def test_long_names_are_names_too():
    assert as_name("Maria de la Cruz") == "Maria de la Cruz"
    assert as_name("Maria da Silva e Souza Pinto") == "Maria Silva Souza Pinto"
    assert as_name("maria da silva e souza pinto") == "maria da silva e souza pinto"
    assert as_name("My name is Karl Heinz Muster") == "My Karl Heinz Muster"
    assert as_name("a " * 13) == ""
    known = observed(
        "chat", {"senderId": "user_1x", "senderName": "Maria Fernanda da Silva e Souza"}
    )
    assert scrubbed("ask Fernanda Souza", known) == f"ask {PERSON} {PERSON}"


@pytest.mark.parametrize(
    ("name", "text", "result"),
    [
        ("AnnaKowalska", "hi Anna, hi Kowalska", f"hi {PERSON}, hi {PERSON}"),
        ("Joerg Soerensen", "Jörg and Sörensen", f"{PERSON} and {PERSON}"),
        ("Kees van der Berg", "Vanderberg or derberg", f"{PERSON} or {PERSON}"),
        ("Participant A", "participant a is a role", "participant a is a role"),
        ("Jo Smith", "ask Jo, or jo-smith", f"ask {PERSON}, or {PERSON}"),
        ("An Nguyen", "an apple for An", "an apple for An"),
    ],
)
def test_forms_of_a_name(name, text, result):
    assert scrubbed(text, known_as(name, rooms=True)) == result


@pytest.mark.parametrize("declined", [False, True])
@pytest.mark.parametrize("name", ["@", "!!!", "\U0001f642", "-", "@@ @", "\u200b"])
def test_people_who_call_themselves_by_signs_alone(tmp_path: Path, name: str, declined: bool):
    rows = [
        {"messageId": str(n), "senderId": who, "senderName": called, "roomId": "r", "onset": n,
         "experimentId": "e", "content": "see you", "timestamp": "2026-03-01T10:00:00.000Z"}
        for n, (who, called) in enumerate([("user_1x", name), ("user_2x", "Mira Voss")])
    ]  # fmt: skip
    (tmp_path / "chat.json").write_text(json.dumps(rows))
    person = {"participantId": "user_1x", "name": name, "email": name, "roomId": "r"}
    consent = {"completionCode": "NOCONSENT"} if declined else {}
    (tmp_path / "participants.json").write_text(json.dumps([person | consent]))
    files = (tmp_path / "chat.json", tmp_path / "participants.json")
    created = lab(tmp_path).create(*files, policy=load_policy("pseudonymize"))
    assert created.tables["chat"].rows_out == 2 - declined


def test_a_name_of_two_letters_is_looked_for_where_somebody_bears_it():
    known = known_as("Jo Smith", rooms=True)
    assert scrubbed("jo!", known) == f"{PERSON}!"
    assert scrubbed("jo!", known, room="elsewhere") == "jo!"
    assert scrubbed("jo!", known_as("Jo Smith")) == "jo!", "nobody knows its rooms"


@pytest.mark.parametrize(
    ("name", "text", "result"),
    [
        ("田中美咲", "こんにちは、田中です。美咲さん?", f"こんにちは、{PERSON}です。{PERSON}さん?"),
        ("長谷川優", "長谷川さん、やあ", f"{PERSON}さん、やあ"),
        ("田中さくら", "さくらは田中", f"{PERSON}は{PERSON}"),
        ("王小明", "小明你好", f"{PERSON}你好"),
        ("김민수", "민수야 안녕, 수민아", f"{PERSON}야 안녕, 수민아"),
        ("さくら", "それくらいさくっと", "それくらいさくっと"),
        ("ソフィア", "メディアのソフト", "メディアのソフト"),
        ("李明", "李さん、明日", "李さん、明日"),
    ],
)
def test_parts_of_a_name_without_spaces_are_looked_for_where_somebody_bears_it(name, text, result):
    assert scrubbed(text, known_as(name, rooms=True)) == result
    assert scrubbed(text, known_as(name, rooms=True), room="elsewhere") == text


def test_the_gate_knows_a_name_by_its_capitals():
    texts = Texts(everything(known_as("AnnaKowalska"), rooms=False, names=()), NOBODY)
    assert texts.guilty(pa.array(["Kowalska", "Anna", "talk"])) == ["Kowalska", "Anna"]


@pytest.mark.parametrize("text", ["สวัสดีAnna", "में कीAnna", "私はAnnaです"])
def test_the_gate_finds_a_name_after_vowel_signs_of_another_script(text):
    assert Texts(everything(known_as("Anna"), rooms=False, names=()), NOBODY).guilty(
        pa.array([text])
    )


DIGITS = KnownIdentifiers(people=frozenset({"40512345"}))
CODE = f"[{KEYS.of_person('40512345')}]"
WIDE = decide(
    parse(policy_text("pseudonymize").replace('leaves = "drop"', 'leaves = "keep"'), where="t")
)


def numbers(document: object, decisions=WIDE) -> object:
    rows = [{"participantId": "40512345", "response": json.dumps(document)}]
    table = pa.Table.from_pylist(rows, schema=arrow_schema("events"))
    context = Context(decisions=decisions, keys=KEYS, known=DIGITS)
    return json.loads(apply("events", table, context).table["response"][0].as_py())


def test_an_id_of_digits_is_an_id_where_it_is_a_number_too():
    document = {"value": 40512345, "answers": {"q": 40512345.0}, "deep": [[40512345, 7]]}
    assert numbers(document) == {"value": CODE, "answers": {"q": CODE}, "deep": [[CODE, 7]]}
    measured = {"responseTime": 40512345, "value": 12}
    assert numbers(measured) == measured, "what is measured stays, whatever it equals"


def test_the_gate_finds_an_id_that_is_a_number():
    search = Tables(
        "events", WIDE, sought=everything(DIGITS, rooms=True, names=()), left_out=None, window=None
    )
    texts = ['{"value":40512345}', '{"value":40512346,"responseTime":40512345}']
    found = search.search(pa.table({"response": texts}))
    assert {str(hit): count for hit, count in found.items()} == {
        "events.response.value: known id": 1
    }


MOMENT = 1_740_823_200_123


@pytest.mark.parametrize("time", ["relative", "shift"])
def test_numbers_that_are_points_in_time_do_not_leave(time):
    decisions = decide(pseudonymize_all(time))
    rows = [
        {"participantId": "user_1x", "roomId": "r", "onset": float(onset), "duration": 5.0}
        for onset in (MOMENT, 12, MOMENT * 1000, -MOMENT, -12)
    ]
    table = pa.Table.from_pylist(rows, schema=arrow_schema("events"))
    known = KnownIdentifiers(people=frozenset({"user_1x"}))
    applied = apply("events", table, Context(decisions=decisions, keys=KEYS, known=known))
    assert applied.table["onset"].to_pylist() == [None, 12, None, None, -12]
    assert applied.table["duration"].to_pylist() == [5] * 5
    assert applied.touched["onset: drop"] == 3
    gate = Tables("events", decisions, sought=NOBODY, left_out=None, window=None)
    found = gate.search(table.select(["onset"]))
    assert {str(hit): count for hit, count in found.items()} == {"events.onset: point in time": 3}
    assert not gate.search(applied.table.select(["onset"]))


def test_points_in_time_in_words_that_are_kept_do_not_leave_where_clocks_go():
    row = {
        "participantId": "user_1x", "roomId": "r", "stateName": "run of 2025-03-01T10:17:00.5Z",
        "stimulusId": "clip 2025-03-01 10:17.mp4", "componentId": "v2025-03-01",
        "context": canonical({"role": "since 2025-03-01T10:17+01:00"}),
    }  # fmt: skip
    table = pa.Table.from_pylist([row], schema=arrow_schema("events"))
    known = KnownIdentifiers(people=frozenset({"user_1x"}))
    columns = ["stateName", "stimulusId", "componentId", "context"]
    left = {}
    for time in ("relative", "shift"):
        decisions = decide(pseudonymize_all(time))
        applied = apply("events", table, Context(decisions=decisions, keys=KEYS, known=known))
        left[time] = applied.table.select(columns).to_pylist()
    assert left["shift"] == table.select(columns).to_pylist(), "what does not move is documented"
    assert left["relative"] == [
        {
            "stateName": "run of [DATE]", "stimulusId": "clip [DATE].mp4",
            "componentId": "v2025-03-01", "context": canonical({"role": "since [DATE]"}),
        }
    ]  # fmt: skip
    window = (datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 3, 2, tzinfo=UTC))
    gate = Tables("events", READY, sought=NOBODY, left_out=None, window=window)
    found = gate.search(table.select(columns))
    assert {str(hit): count for hit, count in found.items()} == {
        f"events.{place}: point in time": 1 for place in ("stateName", "stimulusId", "context.role")
    }
    assert not gate.search(pa.Table.from_pylist(left["relative"]))


def test_clocks_go_from_words_and_places_that_nobody_declared_where_ids_leave_too():
    text = load_policy("keep").text.replace('time = "keep"', 'time = "relative"')
    decisions = decide(parse(text, where="t"))
    words = "run of 2025-03-01T10:17:00.5Z"
    row = {
        "participantId": "user_1x", "roomId": "r", "stateName": words, "content": words,
        "response": canonical({"value": words, "began": MOMENT, "count": 12}),
        "onset": float(MOMENT),
    }  # fmt: skip
    table = pa.Table.from_pylist([row], schema=arrow_schema("events"))
    known = KnownIdentifiers(people=frozenset({"user_1x"}))
    left = apply("events", table, Context(decisions=decisions, keys=KEYS, known=known)).table
    columns = ["participantId", "stateName", "content", "response", "onset"]
    assert left.select(columns).to_pylist() == [
        {
            "participantId": "user_1x", "stateName": "run of [DATE]", "content": "run of [DATE]",
            "response": canonical({"value": "run of [DATE]", "count": 12}), "onset": None,
        }
    ]  # fmt: skip
    window = (datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 3, 2, tzinfo=UTC))
    gate = Tables("events", decisions, sought=NOBODY, left_out=None, window=window)
    assert len(gate.search(table.select(columns[1:]))) == 5
    assert not gate.search(left)


@pytest.mark.parametrize("time", ["keep", "relative"])
def test_a_text_in_place_of_a_number_stays_where_ids_leave(time):
    text = load_policy("keep").text.replace('time = "keep"', f'time = "{time}"')
    said = canonical({"ratings": {"calm": "as user_1x said, +49 30 2093 3905"}})
    row = {"participantId": "user_1x", "roomId": "r", "response": said}
    table = pa.Table.from_pylist([row], schema=arrow_schema("events"))
    known = KnownIdentifiers(people=frozenset({"user_1x", "user_2x"}))
    context = Context(
        decisions=decide(parse(text, where="t")), keys=KEYS, known=known,
        excluded=frozenset({"user_2x"}),
    )  # fmt: skip
    assert apply("events", table, context).table["response"].to_pylist() == [said]


def test_ids_that_leave_leave_their_clocks_alone():
    keep = decide(load_policy("keep"))
    table = pa.Table.from_pylist(
        [{"participantId": "user_1x", "onset": float(MOMENT)}], schema=arrow_schema("events")
    )
    applied = apply("events", table, Context(decisions=keep, keys=KEYS, known=DIGITS))
    assert applied.table["onset"].to_pylist() == [MOMENT]


def test_no_pattern_takes_quadratic_time_in_a_long_text():
    assert [one.label for one in (*ADDRESSES, *NUMBERS) if ".*" in one.quick.pattern] == []
    gate = Texts(everything(known_as("Wilma"), rooms=False, names=()), NOBODY)
    assert gate.guilty(pa.array(["a" * 300_000, "a" * 9000 + "@b.example"])) == [
        "a" * 9000 + "@b.example"
    ]


def test_the_open_report_of_an_archive_names_no_day_where_clocks_go(tmp_path: Path):
    """One true moment, to the second, would tell by how many days its room moved."""
    rows = [
        {"messageId": f"m{second}", "experimentId": "x", "roomId": "r1", "senderId": "user_1x",
         "content": "hi", "timestamp": f"2025-03-01T10:17:0{second}Z", "onset": 1}
        for second in (1, 2)
    ]  # fmt: skip
    bundle = tmp_path / "chat.ndjson"
    bundle.write_text("".join(json.dumps(row) + "\n" for row in rows))
    place = lab(tmp_path)
    for time in ("relative", "shift"):
        made = place.create(bundle, policy=pseudonymize_all(time))
        reports = made.path / "data" / "reports"
        texts = [path.read_text("utf-8") for path in sorted(reports.iterdir())]
        assert len(texts) == 4
        assert not [text for text in texts if "2025" in text or "10:17" in text]
    kept = place.create(bundle)
    assert "2025-03-01T10:17:01Z" in (kept.path / "data/reports/validation.jsonl").read_text()


@pytest.mark.parametrize("text", ["anna (at) x dot com", "anna [at] x (dot) com", "a.b (at) x.com"])
def test_addresses_that_are_spelt(text):
    assert scrubbed(f"write {text}", KnownIdentifiers()) == "write [EMAIL]"


def beside_a_message(folder: Path, name: str, row: dict[str, str]) -> Path:
    """A bundle of one message, "I am Wilma", and one row of another table."""
    message = {
        "messageId": "m1", "experimentId": "x", "roomId": "r1", "senderId": "user_1x",
        "content": "I am Wilma", "timestamp": "2025-03-01T10:17:00Z", "onset": 1,
    }  # fmt: skip
    bundle = folder / "bundle"
    bundle.mkdir()
    (bundle / "chat.json").write_text(json.dumps([message]))
    (bundle / f"{name}.json").write_text(json.dumps([row]))
    return bundle


def test_an_archive_with_ids_remembers_the_columns_of_the_list_of_people(tmp_path: Path):
    person = {"participantId": "user_1x", "firstName": "Wilma", "roomId": "r1"}
    bundle, place = beside_a_message(tmp_path, "participants", person), lab(tmp_path)
    keep, coded = (load_policy(name) for name in ("keep", "pseudonymize"))
    made = place.create(place.create(bundle, policy=keep).path, policy=coded)
    (message,) = json.loads((place.extracted(made) / "chat.json").read_bytes())["data"]
    assert message["content"] == f"I am [{message['senderId']}]"


def test_a_name_that_stands_in_a_table_of_another_type_only_is_known_where_the_bundle_is(
    tmp_path: Path,
):
    """Not in an archive of an archive, as the threat model says ("In disguise"): mend both."""
    variable = {"variable": "participant_name", "value": "Wilma", "source": "human"}
    bundle, place = beside_a_message(tmp_path, "variables", variable), lab(tmp_path)
    keep, coded = (load_policy(name) for name in ("keep", "pseudonymize"))
    for source, text in (
        (bundle, "I am [NAME]"),
        (place.create(bundle, policy=keep).path, "I am Wilma"),
    ):
        made = place.create(source, policy=coded)
        (message,) = json.loads((place.extracted(made) / "chat.json").read_bytes())["data"]
        assert message["content"] == text
