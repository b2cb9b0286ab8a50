"""Laws of anonymization, over generated rows."""

import json
from secrets import token_bytes

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.anonymize import Context, KnownIdentifiers, PseudonymKeys, apply
from archive_tool.anonymize.random_codes import RandomCodes
from archive_tool.anonymize.texts.lookup import Lookup
from archive_tool.anonymize.texts.phrases import id_phrases, name_phrases
from archive_tool.anonymize.texts.text import Scrubber
from archive_tool.anonymize.texts.words import Words, cut, fold, words_of
from archive_tool.model.people import canonical_person
from archive_tool.policy import decide, load_policy, parse
from archive_tool.schemas import arrow_schema

PEOPLE = ("prolific_5f3a9c11aa", "user_0042XyZ", "QwErTy123", "übung7")
ROOMS = ("room_x_1", "room_x_2")
NAMES = {"Anna Müller": frozenset({"5f3a9c11aa"}), "Zoë": frozenset({"übung7"}), "Li": frozenset()}
KNOWN = KnownIdentifiers(people=frozenset(PEOPLE), rooms=frozenset(ROOMS), names=NAMES)
MARKS = (*PEOPLE, "5f3a9c11aa", "Anna Müller", "anna", "Zoe", "li", "a.b@c.org", "+49 170 1234567")
PSEUDONYMIZE = load_policy("pseudonymize")
KEEP = load_policy("keep")
SHIFT = parse(PSEUDONYMIZE.text.replace('"relative"', '"shift"'), where="t")

LAWS = settings(deadline=None)
DECIDED = {id(policy): decide(policy) for policy in (PSEUDONYMIZE, SHIFT, KEEP)}


def context(policy=PSEUDONYMIZE, linkability="study", archive="a"):
    keys = PseudonymKeys.derive(
        lambda purpose: purpose.encode() * 8, linkability=linkability, archive_id=archive
    )
    return Context(decisions=DECIDED[id(policy)], keys=keys, known=KNOWN)


CONTEXT = context()
fill = st.text(" .,!?-_()'\"&;<>\n\u200bé", max_size=4)
spelt = [m for mark in MARKS for m in (mark, mark.upper(), mark.lower(), mark.title())]
words = st.sampled_from([*spelt, "hello", "the", "42", "9"])
talk = st.lists(st.tuples(fill, words), max_size=4).map(
    lambda pairs: "".join(f"{gap} {word} " for gap, word in pairs)
)
numbers = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.one_of(talk, st.integers(-(2**53), 2**53), numbers, st.booleans(), st.none())
keys = st.one_of(
    st.sampled_from(["value", "label", "answers", "ratings", "timestamps", "[]", "q"]), talk
)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4)
)
people = st.sampled_from(PEOPLE)
rooms = st.sampled_from(ROOMS)


mixed = st.lists(
    st.sampled_from(
        ["Anna", "Müller", "Mueller", "a.n.n.a", "clipAnna", "ü-An-na", "42 main street", "ü", "ß",
         "QW5uYSBNw7xsbGVy", "%41nna", "a@b.org", "ä@ö.de", "www.x.de", "+49 170 1234567", "12.3.98",
         "1 März 1998", "Hauptstraße 7", "192.0.2.1", "de89370400440532013000", "5f3a9c11aa",
         "\u2019s", "\u2014", "\U0001f600", "王", "²", "&#65;nna", "\\u0041nna", "x (at) y.de"]
    ) | fill,
    max_size=5,
).map("".join)  # fmt: skip


def new_scrubber():
    return Scrubber(Lookup.of({**name_phrases(KNOWN, None), **id_phrases(KNOWN.people, None)}))


def events(rows):
    return pa.Table.from_pylist(rows, schema=arrow_schema("events"))


event = st.fixed_dictionaries(
    {"id": st.text("ab1", min_size=1, max_size=40), "participantId": people, "roomId": rooms,
     "content": talk, "response": documents.map(json.dumps), "value": documents.map(json.dumps),
     "variables": documents.map(json.dumps),
     "participantRole": talk.filter(lambda text: "+49" not in text),
     "onset": st.floats(allow_nan=False)},
)  # fmt: skip


def holds_a_mark(value):
    words = " ".join(words_of(value))
    return any(f" {' '.join(words_of(mark))} " in f" {words} " for mark in MARKS)


def texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


@LAWS
@given(st.lists(event, max_size=4))
def test_no_known_identifier_survives(rows):
    for row in apply("events", events(rows), CONTEXT).table.to_pylist():
        for column in ("content", "participantRole"):
            assert not holds_a_mark(row[column] or "")
        for column in ("response", "value"):
            if row[column] is not None:
                assert not any(map(holds_a_mark, texts_in(json.loads(row[column]))))
        assert "variables" not in row


@LAWS
@given(st.lists(event, max_size=6), st.integers(0, 6))
def test_rows_are_cut_as_one_likes(rows, cut):
    whole = apply("events", events(rows), CONTEXT).table.to_pylist()
    pieces = [apply("events", events(part), CONTEXT).table for part in (rows[:cut], rows[cut:])]
    assert whole == [row for piece in pieces for row in piece.to_pylist()]


def may_be_a_moment(number):
    """Milli-, micro- or nanoseconds of this century, either way."""
    return any(9e11 < abs(number) / ticks < 5e12 for ticks in (1, 1e3, 1e6))


numbers_of_no_moment = st.floats(allow_nan=False).filter(lambda one: not may_be_a_moment(one))


@given(st.lists(numbers_of_no_moment, max_size=5), st.lists(people, min_size=5, max_size=5))
def test_numbers_that_are_no_points_in_time_are_untouched(numbers, who):
    rows = [
        {"ratingId": str(i), "participantId": who[i], "value": number, "onset": -number,
         "rawValue": number, "scaleMin": number}
        for i, number in enumerate(numbers)
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=arrow_schema("ratings/continuous"))
    applied = apply("ratings/continuous", table, CONTEXT).table
    for column in ("value", "onset", "rawValue", "scaleMin"):
        assert applied[column].to_pylist() == table[column].to_pylist()


@given(st.lists(st.tuples(people, rooms), max_size=8))
def test_who_shared_a_room_stays(pairs):
    for linkability in ("study", "release", "none"):
        rows = [{"id": str(i), "participantId": p, "roomId": r} for i, (p, r) in enumerate(pairs)]
        table = apply("events", events(rows), context(linkability=linkability)).table
        coded = list(
            zip(table["participantId"].to_pylist(), table["roomId"].to_pylist(), strict=True)
        )
        assert len(set(coded)) == len(set(pairs))
        assert [coded.index(c) for c in coded] == [pairs.index(p) for p in pairs]


@given(st.lists(st.sampled_from([*PEOPLE, "someone else", "5f3a9c11aa", "all"]), max_size=8))
def test_lists_of_people_stay_distinct(who):
    for linkability in ("study", "release", "none"):
        row = {"messageId": "m", "roomId": "room_x_1", "recipientIds": json.dumps(who)}
        table = pa.Table.from_pylist([row], schema=arrow_schema("chat"))
        (left,) = apply("chat", table, context(linkability=linkability)).table["recipientIds"]
        coded = json.loads(left.as_py())
        people = [canonical_person(person) for person in who]
        assert [coded.index(code) for code in coded] == [people.index(one) for one in people]
        assert [code for code in coded if code == "all"] == [one for one in who if one == "all"]


@given(st.text(), st.text())
def test_releases_share_no_code(person, record):
    one, other, again = (context(linkability="release", archive=a).keys for a in ("a", "b", "a"))
    assert one.of_person(person) != other.of_person(person)
    assert one.of_record(record) != other.of_record(record)
    assert one.of_person(person) == again.of_person(person)
    drawn = [RandomCodes.new(token_bytes, linkability="release") for _ in range(2)]
    for keys in drawn:
        assert keys.of_person(person) == keys.of_person(person)
        assert keys.of_record(record) == keys.within("chat").of_record(record)
    assert drawn[0].of_person(person) != drawn[1].of_person(person)
    assert drawn[0].of_room(person) != drawn[1].of_room(person)
    assert drawn[0].of_record(record) != drawn[1].of_record(record)


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=20), st.integers(0, 20))
def test_records_coded_together_are_coded_alone(ids, cut):
    array = pa.array(ids, pa.string())
    keys = CONTEXT.keys
    assert keys.of_records(array[cut:]).to_pylist() == [
        None if i is None else keys.of_record(i) for i in ids[cut:]
    ]


@given(st.lists(st.tuples(rooms, st.integers(0, 4 * 10**9)), max_size=8))
def test_partners_stay_aligned(rows):
    table = events(
        [{"id": str(i), "roomId": room, "participantId": PEOPLE[i % 4],
          "timestamp": second * 1_000_000,
          "response": json.dumps({"timestamps": {"displayed": second * 1000 + 10**11}})}
         for i, (room, second) in enumerate(rows)]
    )  # fmt: skip
    shifted = apply("events", table, context(SHIFT)).table
    for (room, second), row in zip(rows, shifted.to_pylist(), strict=True):
        days = CONTEXT.keys.shift_days(room)
        assert row["timestamp"].timestamp() == second + days * 86_400
        inside = json.loads(row["response"])["timestamps"]["displayed"]
        assert inside == second * 1000 + 10**11 + days * 86_400_000


@given(documents)
def test_keep_leaves_documents_as_they_are(document):
    text = json.dumps(document)
    rows = events([{"id": "1", "participantId": "u", "response": text}])
    kept = context(KEEP)
    assert apply("events", rows, kept).table["response"].to_pylist() == [text]


@LAWS
@given(st.lists(mixed, max_size=6))
def test_a_column_is_scrubbed_like_each_of_its_texts(texts):
    column, _ = new_scrubber().column(pa.array(texts, pa.string()))
    assert column.to_pylist() == [new_scrubber().scrub(text) for text in texts]


@given(st.text() | talk)
def test_words_stand_where_they_say(text):
    words = Words(text)
    assert words.folded == [fold(word) for word in cut().findall(text)]
    for at, word in enumerate(words.folded):
        start, end = words.span(at, at)
        assert fold(text[start:end]) == word
    for first in range(len(words.folded)):
        start, end = words.span(first, len(words.folded) - 1)
        rest = tuple(words.folded[first:])
        gaps = cut().sub("\0", text[start:end]).split("\0")
        assert words.stands(first, rest) == (max(map(len, gaps)) <= 3)
