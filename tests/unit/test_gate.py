"""The leak gate: what it refuses, what it lets pass, and that no transform can break unseen."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import quote

import pyarrow as pa
import pytest

from archive_tool.anonymize import KnownIdentifiers, PseudonymKeys
from archive_tool.disclose.gate import Gate
from archive_tool.errors import DisclosureError
from archive_tool.policy import decide, load_policy, parse
from archive_tool.schemas import arrow_schema, dictionary

KEYS = PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a")
KNOWN = KnownIdentifiers(
    people=frozenset({"prolific_5f3a9c11aa", "user_0042XyZ"}),
    rooms=frozenset({"room_kCpc7"}),
    names={"Anna Müller": frozenset({"5f3a9c11aa"}), "Zoë Blau": frozenset()},
    emails={"carla.rot@uni.example": frozenset({"user_0042XyZ"})},
)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
WINDOW = (NOON, NOON)
PSEUDONYMIZE = decide(load_policy("pseudonymize"))
ROOM, PERSON = KEYS.of_room("room_kCpc7"), KEYS.of_person("user_0042XyZ")


def changed(old, new, policy="pseudonymize"):
    return decide(parse(load_policy(policy).text.replace(old, new), where="t"))


def rows(data_type, *dicts):
    """A table as it would leave: only the columns that are given."""
    dicts = [
        {k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()}
        for row in dicts
    ]
    names = {name for row in dicts for name in row}
    schema = arrow_schema(data_type)
    return pa.Table.from_pylist(
        dicts, schema=pa.schema([field for field in schema if field.name in names])
    )


def found(tmp_path, data_type, *dicts, decisions=PSEUDONYMIZE, **more):
    """Places and kinds, as the error names them."""
    gate = Gate(decisions=decisions, known=KNOWN, window=WINDOW, **more)
    gate.see(data_type, dicts[0] if isinstance(dicts[0], pa.Table) else rows(data_type, *dicts))
    try:
        gate.close(tmp_path)
    except DisclosureError as error:
        return [(hit["column"], hit["kind"]) for hit in error.detail["hits"]]
    return []


CLEAN = {"messageId": KEYS.of_record("m"), "roomId": ROOM, "senderId": PERSON, "onset": 5.0,
         "content": f"hi [{PERSON}], see [URL]", "recipientIds": [PERSON, "all"],
         "nulls": "deleted"}  # fmt: skip


@pytest.mark.parametrize("time", ["relative", "aggregate-only"])
def test_where_clocks_go_no_moment_stands_in_another_place(tmp_path, time):
    decisions = changed('time = "relative"', f'time = "{time}"')
    moment = NOON.timestamp() * 1000
    row = CLEAN | {"onset": moment, "content": "at 2026-05-01T11:00:00Z"}
    hits = found(tmp_path, "chat", row, decisions=decisions)
    assert {("onset", "point in time"), ("content", "point in time")} <= set(hits)


def test_what_the_policy_leaves_passes(tmp_path):
    assert found(tmp_path, "chat", CLEAN) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("anna was here", "known name"),
        ("ANNA'S", "known name"),
        ("zoe", "known name"),
        ("An\u00adna", "known name"),
        ("Anna\nM\u00fcller", "known name"),
        ("carla rot", "known name"),
        ("carla.rot@uni.example", "known e-mail address"),
        ("it is 5F3A9C11AA", "known id"),
        ("prolific_5f3a9c11aa", "known id"),
        ("user 0042xyz", "known id"),
        ("room_kCpc7", "known id"),
        ("me at x.y@z.org", "e-mail address"),
        ("https://x.org", "URL"),
        ("www.x.org", "URL"),
        ("from 192.168.7.1", "IP address"),
        ("call +49 151 113 5516", "phone number"),
        (base64.b64encode(b"Anna").decode(), "known name"),
        ("x " + base64.b64encode("for Zoë".encode()).decode(), "known name"),
        (quote("Müller"), "known name"),
        ("M%C3%BCller", "known name"),
        ("M\\u00fcller", "known name"),
        ("M&uuml;ller", "known name"),
        ("x&#64;y.org", "e-mail address"),
        ("user%5F0042XyZ", "known id"),
    ],
)
def test_what_must_be_gone_is_found_in_text_and_in_answers(tmp_path, text, kind):
    columns = found(tmp_path, "chat", CLEAN | {"content": text})
    assert ("content", kind) in columns
    for answer in ({"value": text}, {"answers": {"q1": text}}, text, [{"label": text}]):
        document = json.dumps(answer)
        hit = found(tmp_path, "events", {"roomId": ROOM, "response": document})
        assert kind in {k for _, k in hit}, document


@pytest.mark.parametrize(
    "text", ["banana", "annalise", "[NAME] and [PHONE]", "user 42", "5 of 10", "at 14:30", "a.b"]
)
def test_other_words_are_no_hits(tmp_path, text):
    assert found(tmp_path, "chat", CLEAN | {"content": text}) == []
    assert found(tmp_path, "events", {"roomId": ROOM, "response": {"value": text}}) == []


def test_places_are_named_without_a_value(tmp_path):
    gate = Gate(decisions=PSEUDONYMIZE, known=KNOWN)
    answer = {"response": {"answers": {"my anna": "Zoë"}}, "content": "Anna"}
    gate.see("events", rows("events", answer))
    with pytest.raises(DisclosureError) as caught:
        gate.close(tmp_path)
    assert str(caught.value) == (
        "leak gate: 2 places hold what the policy takes out"
        "\n  events.content: known name, 1 distinct"
        "\n  events.response.answers.*: known name, 2 distinct"
    )
    assert caught.value.exit_code == 18
    assert caught.value.hint.startswith("nothing was published")


@pytest.mark.parametrize(
    ("row", "hit"),
    [
        ({"senderId": "user_0042XyZ"}, ("senderId", "id that is no code")),
        ({"senderId": "somebody new"}, ("senderId", "id that is no code")),
        ({"roomId": "R-short"}, ("roomId", "id that is no code")),
        ({"messageId": "m1"}, ("messageId", "id that is no code")),
        ({"recipientIds": ["nobody knows"]}, ("recipientIds[]", "id that is no code")),
        ({"senderName": "x"}, ("senderName", "column that the policy takes out")),
        ({"timestamp": NOON}, ("timestamp", "column that the policy takes out")),
        ({"extra": {"a": 1}}, ("extra", "column that the policy takes out")),
        ({"nulls": "senderName"}, ("nulls", "column that the policy takes out")),
        ({"nulls": "anna"}, ("nulls", "column that the policy takes out")),
    ],
)
def test_promises_of_columns(tmp_path, row, hit):
    assert found(tmp_path, "chat", CLEAN | row) == [hit]


@pytest.mark.parametrize(
    ("answer", "hit"),
    [
        ({"value": int(NOON.timestamp() * 1000)}, ("response.value", "point in time")),
        ({"value": int(NOON.timestamp() * 1e6)}, ("response.value", "point in time")),
        ({"value": "2026-05-01T11:00:00Z"}, ("response.value", "point in time")),
        ({"timestamps": {"displayed": 7}},
         ("response.timestamps.displayed", "column that the policy takes out")),
        ({"filename": "a.webm"}, ("response.filename", "column that the policy takes out")),
        ({"newThing": 1}, ("response.*", "column that the policy takes out")),
    ],
)  # fmt: skip
def test_promises_of_leaves(tmp_path, answer, hit):
    others = [{"response": {"value": n, "responseTime": n / 7}} for n in range(50)]
    assert found(tmp_path, "events", *others, {"response": answer}) == [hit]


def test_a_number_of_another_time_is_no_clock(tmp_path):
    answer = {"value": 1_000_000_000_000, "fileSize": int(NOON.timestamp())}
    assert found(tmp_path, "events", {"response": answer}) == []


def test_what_a_dictionary_page_holds_counts_though_no_row_uses_it(tmp_path):
    words = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), pa.array([PERSON, "user_7"]))
    table = pa.table({"senderId": words})
    assert found(tmp_path, "chat", table) == [("senderId", "id that is no code")]


def test_metadata_of_a_file_counts(tmp_path):
    table = rows("chat", CLEAN).replace_schema_metadata({"made by": "Anna"})
    assert ("", "metadata of a table file") in found(tmp_path, "chat", table)


def test_keep_keeps_everybody_but_those_who_are_left_out(tmp_path):
    keep = decide(load_policy("keep"))
    row = {"senderId": "user_0042XyZ", "senderName": "Anna Müller", "timestamp": NOON,
           "content": "anna, carla.rot@uni.example", "recipientIds": ["prolific_5f3a9c11aa"]}  # fmt: skip
    assert found(tmp_path, "chat", row, decisions=keep) == []
    gone = frozenset({"user_0042XyZ"})
    assert found(tmp_path, "chat", row, decisions=keep, left_out=gone) == [
        ("content", "known e-mail address")
    ]
    row = {"recipientIds": ["user_0042XyZ"]}
    assert found(tmp_path, "chat", row, decisions=keep, left_out=gone) == [
        ("recipientIds[]", "known id")
    ]


def test_what_nobody_rewrites_may_be_no_json(tmp_path):
    row = {"response": '"\\ud800"', "value": "{", "content": "Anna"}
    assert found(tmp_path, "events", row, decisions=decide(load_policy("keep"))) == []
    assert ("response", "document that cannot be read") in found(tmp_path, "events", row)


@pytest.mark.parametrize(
    "wrong", ["E-0123456789ABCDEI", "X-0123456789ABCDEF", "E_0123456789ABCDEF", "E-1"]
)
def test_one_record_without_a_code_among_many(tmp_path, wrong):
    ids = [*(KEYS.of_record(str(n)) for n in range(50)), wrong]
    hits = found(tmp_path, "chat", *({"messageId": one} for one in ids))
    assert hits == [("messageId", "id that is no code")]


def test_rooms_that_are_kept_may_stand_in_text(tmp_path):
    decisions = changed('"room-id" = "pseudonymize"', '"room-id" = "keep"')
    row = {"roomId": "room_kCpc7", "content": "we are in room_kCpc7"}
    assert found(tmp_path, "chat", row, decisions=decisions) == []


@pytest.mark.parametrize(
    ("name", "content", "hits"),
    [
        ("reports/findings.jsonl", '{"file": "prolific_5f3a9c11aa.csv"}', ["known id"]),
        ("archive.json", '{"x": "USER_0042xyz"}', ["known id"]),
        ("archive.json", '{"x": "mail carla.rot@uni.example."}', ["known e-mail address"]),
        ("policy.toml", 'names = ["Anna Müller"]', ["known name"]),
        ("reports/validation.html", "<p>Anna M&uuml;ller</p>", ["known name"]),
        ("reports/findings.jsonl", base64.b64encode(b"room_kCpc7").decode(), ["known id"]),
        ("dictionary/fields.csv", "nothing, annas", []),
        ("reports/validation.html", "<p>anna müller, room_kCpc7x, of anna</p>", []),
        ("tables/room_kCpc7.parquet", "", ["file name"]),
    ],
)
def test_outside(tmp_path, name, content, hits):
    file = tmp_path / "data" / name
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="utf-8")
    gate = Gate(decisions=PSEUDONYMIZE, known=KNOWN)
    if not hits:
        gate.close(tmp_path)
        return
    with pytest.raises(DisclosureError) as caught:
        gate.close(tmp_path)
    assert [hit["kind"] for hit in caught.value.detail["hits"]] == hits
    assert ("comments and settings of that file" in caught.value.hint) == (name == "policy.toml")


EDGES = KnownIdentifiers(
    people=frozenset({"ab_cd-3456", "qx-cd-345", "zq7k4", "zq7k"}),
    rooms=frozenset(),
    names={"Dagny": frozenset(), "Edda": frozenset()},
    emails={},
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("abcd3456", {"known id"}),  # 8 letters and digits
        ("qxcd345", set()),
        ("qx cd 345", {"known id"}),
    ],
)
def test_the_shortest_id_that_is_found_without_its_signs(tmp_path, text, kinds):
    gate = Gate(decisions=PSEUDONYMIZE, known=EDGES)
    gate.see("chat", rows("chat", CLEAN | {"content": text}))
    assert kinds_of(gate, tmp_path) == kinds


@pytest.mark.parametrize(
    ("word", "kinds"),
    [
        ("zq7k4", {"known id"}),  # 5 characters
        ("zq7k", set()),
        ("Dagny", {"known name"}),
        ("Edda", set()),
    ],
)
def test_the_shortest_id_and_name_that_are_found_in_papers(tmp_path, word, kinds):
    (tmp_path / "paper.json").write_text(json.dumps({"x": word}), encoding="utf-8")
    assert kinds_of(Gate(decisions=PSEUDONYMIZE, known=EDGES), tmp_path) == kinds


def kinds_of(gate, folder):
    try:
        gate.close(folder)
    except DisclosureError as error:
        return {hit["kind"] for hit in error.detail["hits"]}
    return set()


@pytest.mark.parametrize(
    "name", ["' or 1", "a,b", "5 for me", "line\nbreak", "Version", "UTF-8", "30000"]
)
@pytest.mark.parametrize("suffix", ["json", "html"])
def test_the_papers_own_words_name_nobody(tmp_path, name, suffix):
    page = "a, b: {'line-break': 5} # true for me, or 1 of 30000. Version, UTF-8"
    (tmp_path / f"paper.{suffix}").write_text(page)
    Gate(
        decisions=PSEUDONYMIZE,
        known=KnownIdentifiers(people=frozenset({"30000"}), names={name: frozenset()}),
    ).close(tmp_path)


OURS = {
    "Process Run": '{"name": "Process Run Crate", "version": "0.5"}',
    "Encrypted Parquet": '{"description": "Encrypted Parquet, a file per person"}',
    "Iowan Old": 'h1, h2, h3 { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, '
    'Charter, Georgia, "DejaVu Serif", serif; font-weight: 600; line-height: 1.2; }',
}


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("suffix", ["json", "html"])
def test_a_name_is_told_from_the_same_words_in_a_sentence_of_ours(tmp_path, name, suffix):
    """What the papers say without any data does not count; the same words from data do."""
    paper = tmp_path / f"paper.{suffix}"
    paper.write_text(OURS[name])
    known = KnownIdentifiers(names={name: frozenset()})
    Gate(decisions=PSEUDONYMIZE, known=known).close(tmp_path)
    for leak in (f'"{name}"', f"<td>{name}</td>", f"of {name}, who", name):
        paper.write_text(f"{OURS[name]}\n{leak}")
        with pytest.raises(DisclosureError, match=rf"paper\.{suffix}: known name"):
            Gate(decisions=PSEUDONYMIZE, known=known).close(tmp_path)


@pytest.mark.parametrize("content", [dictionary.csv_text(), dictionary.json_text()])
def test_the_dictionary_names_nobody_unless_somebody_wrote_into_it(tmp_path, content):
    known = KnownIdentifiers(names={"Client Time": frozenset()})
    assert "Client Time" in content
    (tmp_path / "fields.csv").write_bytes(content.encode())
    Gate(decisions=PSEUDONYMIZE, known=known).close(tmp_path)
    (tmp_path / "fields.csv").write_bytes(content.encode() + b"Client Time\n")
    with pytest.raises(DisclosureError, match=r"fields\.csv: known name"):
        Gate(decisions=PSEUDONYMIZE, known=known).close(tmp_path)


def test_a_text_of_ours_that_is_a_name_and_no_more_counts(tmp_path):
    """Nobody can tell it from one that was written there."""
    (tmp_path / "paper.json").write_text(OURS["Process Run"])
    known = KnownIdentifiers(names={"Process Run Crate": frozenset()})
    with pytest.raises(DisclosureError, match=r"paper\.json: known name"):
        Gate(decisions=PSEUDONYMIZE, known=known).close(tmp_path)


@pytest.mark.parametrize("text", ['{"file": "30000.csv"}', '["30000"]'])
def test_an_id_of_digits_counts_where_text_stands(tmp_path, text):
    (tmp_path / "paper.json").write_text(text)
    gate = Gate(decisions=PSEUDONYMIZE, known=KnownIdentifiers(people=frozenset({"30000"})))
    with pytest.raises(DisclosureError, match=r"paper\.json: known id"):
        gate.close(tmp_path)


def test_what_was_read_ahead_counts_only_as_it_stands_in_the_folder(tmp_path):
    gate = Gate(decisions=PSEUDONYMIZE, known=KNOWN)
    gate.read_ahead({"report.md": "prolific_5f3a9c11aa", "report.html": "nobody"})
    (tmp_path / "report.md").write_text("nobody")
    gate.close(tmp_path)
    (tmp_path / "report.html").write_text("prolific_5f3a9c11aa")
    with pytest.raises(DisclosureError, match=r"report\.html: known id, 1 distinct"):
        gate.close(tmp_path)


def test_one_data_type_is_searched_when_the_next_one_comes(tmp_path, monkeypatch):
    searched = []
    monkeypatch.setattr(
        Gate, "_search", lambda _, name, tables: searched.append((name, len(tables)))
    )
    monkeypatch.setattr("archive_tool.disclose.gate.gate.ENOUGH_ROWS", 2)
    gate = Gate(decisions=PSEUDONYMIZE, known=KNOWN)
    clean, event = rows("chat", CLEAN), rows("events", {"id": KEYS.of_record("e")})
    for data_type, table in (
        ("chat", clean),
        ("events", event),
        ("chat", clean),
        ("events", event),
    ):
        gate.see(data_type, table)
    assert searched == [("chat", 2)]  # a single row is not worth a search of its own
    gate.search_rest()
    assert searched == [("chat", 2), ("events", 2)]


def test_tables_are_searched_wherever_the_rows_are_cut(tmp_path, monkeypatch):
    monkeypatch.setattr("archive_tool.disclose.gate.gate.BATCH_ROWS", 3)
    gate = Gate(decisions=PSEUDONYMIZE, known=KNOWN)
    texts = ["fine"] * 9 + ["anna"]
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(lambda text: gate.see("chat", rows("chat", CLEAN | {"content": text})), texts)
        )
        gate.search_rest(pool)
    with pytest.raises(DisclosureError, match=r"chat\.content: known name, 1 distinct"):
        gate.close(tmp_path)
