"""Laws of the gate: what the scrubber gives back passes, what it must take out does not."""

import base64
import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive_tool.anonymize import Context, KnownIdentifiers, PseudonymKeys, apply
from archive_tool.disclose.gate import Gate
from archive_tool.errors import DisclosureError
from archive_tool.policy import decide, load_policy
from archive_tool.schemas import arrow_schema

KNOWN = KnownIdentifiers(
    people=frozenset({"prolific_5f3a9c11aa", "user_0042XyZ", "übung7", "P-7KQ2M9X4TB"}),
    rooms=frozenset({"room_x_1"}),
    names={
        "Anna Müller": frozenset({"5f3a9c11aa"}),
        "Zoë": frozenset({"übung7"}),
        "Łukasz van der Berg": frozenset(),
        "Will May": frozenset({"user_0042XyZ"}),
        "Name": frozenset(),
        "王小明": frozenset(),
        "สมชาย ใจดี": frozenset(),
        "अनिता शर्मा": frozenset(),
    },
    emails={"carla.rot@uni.example": frozenset()},
    rooms_of={"user_0042XyZ": frozenset({"room_x_1"})},
)
KEYS = PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a")
PSEUDONYMIZE = decide(load_policy("pseudonymize"))
CONTEXT = Context(decisions=PSEUDONYMIZE, keys=KEYS, known=KNOWN)
MARKS = ("prolific_5f3a9c11aa", "5F3A9C11AA", "user_0042XyZ", "übung7", "Anna Müller", "anna",
         "Mueller", "ZOE", "lukasz", "annamüller", "carla.rot@uni.example", "carla rot",
         "x.y@z.org", "https://x.org/a?b=anna", "www.x.org", "192.168.7.1", "+49 151 113 5516",
         "room_x_1", "2026-05-01T10:00:00Z", "4111 1111 1111 1111", "P-7KQ2M9X4TB", "我是王小明",
         "ชื่อสมชายครับ", "अनिता", "Annaさん", "user0042xyz")  # fmt: skip
SCRUBBED_ONLY = ("Mueller", "annamüller", "4111 1111 1111 1111", "2026-05-01T10:00:00Z")
"""What the scrubber finds beyond what the gate asks for."""
WRITTEN = {
    "plain": lambda text: text,
    "upper": str.upper,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "percent": lambda text: quote(text, safe=""),
    "json": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "html": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "json twice": lambda text: json.dumps("".join(f"\\u{ord(c):04x}" for c in text))[1:-1],
    "html twice": lambda text: "".join(f"&amp;#{ord(c)};" for c in text),
    "wide": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "invisible": lambda text: "\u200b".join(text) + "\ufe0f",
}
marks = st.tuples(st.sampled_from(MARKS), st.sampled_from(sorted(WRITTEN))).map(
    lambda pair: WRITTEN[pair[1]](pair[0])
)
filler = st.text(" .,!?-_()[]'\"&;<>\\/%=+@:\n\u200bé0123456789aXn", max_size=6)
talk = st.lists(st.tuples(filler, marks | filler), max_size=4).map(
    lambda pairs: "".join(gap + word for gap, word in pairs)
)


@cache
def nowhere():
    """An archive without a single readable file."""
    return Path(mkdtemp())


def hits_in(table, data_type):
    gate = Gate(decisions=PSEUDONYMIZE, known=KNOWN)
    gate.see(data_type, table)
    try:
        gate.close(nowhere())
    except DisclosureError as error:
        return error.detail["hits"]
    return []


def chat(texts):
    rows = [
        {"messageId": str(at), "roomId": "room_x_1", "senderId": "übung7", "content": text}
        for at, text in enumerate(texts)
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema("chat"))


@settings(deadline=None)
@given(st.lists(talk, max_size=4))
@example(["[NAME] [ANNA] [P-7KQ2M9X4TB]", "Zm9v-anna-QW5uYQ", "\\nAnna", "x\\u0041nna"])
@example([f"{2 * 'QW5uYQ=='}", "QW5u\u200bQW5uYQ", "a=QW5uYQ==", "QW5uYQ\u200bx"])
@example(["&amp;#65;nna", "%2541nna", "anna@@x.org", "+1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8"])
@example(["+4111 1111 1111 11110:"])
def test_what_was_scrubbed_passes(texts):
    assert hits_in(apply("chat", chat(texts), CONTEXT).table, "chat") == []


@settings(deadline=None)
@given(
    talk,
    st.sampled_from([mark for mark in MARKS if mark not in SCRUBBED_ONLY]),
    st.sampled_from(sorted(WRITTEN)),
    talk,
)
def test_what_was_not_scrubbed_does_not_pass(before, mark, how, after):
    written = WRITTEN[how](mark if len(mark) > 3 else f"I am {mark}")
    table = chat([f"{before[:20]} , {written} , {after[:20]}"])
    assert {hit["column"] for hit in hits_in(table, "chat")} >= {"content"}
