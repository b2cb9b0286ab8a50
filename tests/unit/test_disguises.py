"""Names, ids and addresses in disguise: what is seen through, what is not, and what is mere talk."""

import base64
import json
from html import escape
from urllib.parse import quote

import pyarrow as pa
import pytest

from archive_tool.anonymize import Context, KnownIdentifiers, PseudonymKeys, apply
from archive_tool.policy import decide, load_policy
from archive_tool.schemas import arrow_schema

OTTOKAR, UUID = "QwErTy-1234-abCD", "8c2e7f90-1b3d-4e5f-a6b7-0123456789ab"
KNOWN = KnownIdentifiers(
    people=frozenset({OTTOKAR, UUID}),
    rooms=frozenset({"room_kCpc7XXq", "room_other"}),
    names={
        "Ottokar Zebrowski": frozenset({OTTOKAR}),
        "Will Rose": frozenset({UUID}),
        **dict.fromkeys(
            ("Anna Müller", "Jean-Luc O'Connor", "王小明", "田中さくら", "김민수", "สมชาย ใจดี",
             "अनिता शर्मा", "محمد علي", "Иван Петров", "Αλέξανδρος Παππάς", "דוד כהן"),
            frozenset[str](),
        ),
    },
    emails={"carla.rot@uni.example": frozenset()},
    rooms_of={UUID: frozenset({"room_kCpc7XXq"})},
)  # fmt: skip
KEYS = PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a")
CONTEXT = Context(decisions=decide(load_policy("pseudonymize")), keys=KEYS, known=KNOWN)
HE, SHE = f"[{KEYS.of_person(OTTOKAR)}]", f"[{KEYS.of_person(UUID)}]"


def scrubbed(text, room="room_other"):
    row = {"messageId": "1", "senderId": OTTOKAR, "roomId": room, "content": text}
    table = pa.Table.from_pylist([row], schema=arrow_schema("chat"))
    return apply("chat", table, CONTEXT).table["content"][0].as_py()


def encoded(text, times=1):
    for _ in range(times):
        text = base64.b64encode(text.encode()).decode()
    return text


def wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


SEEN_THROUGH = {
    "glued to a picture": ("😀Ottokar😀", f"😀{HE}😀"),
    "invisible characters": ("O\u200bt\u2060to\ufe0fk\U000e0041ar!", f"{HE}!"),
    "wide letters": (f"hi {wide('Ottokar Zebrowski')}", f"hi {HE}"),
    "mathematical letters": ("𝐎𝐭𝐭𝐨𝐤𝐚𝐫", HE),
    "small capitals": ("ᴏᴛᴛᴏᴋᴀʀ", HE),
    "Cyrillic among Latin": ("Оttоkаr, Аnnа", f"{HE}, [NAME]"),
    "Greek among Latin": ("Οttοkar", HE),
    "spelt out": ("A-n-n-a and o t t o k a r and a, n, n, a", f"[NAME] and {HE} and [NAME]"),
    "spelt out among letters": ("u r o.t.t.o.k.a.r", f"u r {HE}"),
    "in pieces": ("Ot-to-kar, Zeb_row*ski", f"{HE}, {HE}"),
    "in capitals of a file name": ("clipOttokar.mp4 AnnaTalk", f"clip{HE}.mp4 [NAME]Talk"),
    "glued by capitals of other alphabets": ("OttokarŚpi БорисИван", f"{HE}Śpi Борис[NAME]"),
    "last name first": ("Zebrowski, Ottokar zebrowskiottokar", f"{HE}, {HE} {HE}"),
    "without hyphen and apostrophe": ("JeanLuc OConnor o’connor", "[NAME] [NAME] o’[NAME]"),
    "in a path": ("/home/ottokar/clip/zebrowski_1", f"/home/{HE}/clip/{HE}_1"),
    "Chinese": ("我是王小明你好", "我是[NAME]你好"),
    "Chinese with a space": ("王 小明", "[NAME]"),
    "Japanese": ("私は田中さくらです", "私は[NAME]です"),
    "Korean with a particle": ("저는 김민수입니다", "저는 [NAME]입니다"),
    "Thai": ("ผมชื่อสมชายใจดีครับ", "ผมชื่อ[NAME]ครับ"),
    "Hindi": ("मैं अनिता हूँ", "मैं [NAME] हूँ"),
    "Arabic with vowels": ("أنا مُحَمَّد", "أنا [NAME]"),
    "Cyrillic": ("Я ИВАН", "Я [NAME]"),
    "Greek": ("ΑΛΕΞΑΝΔΡΟΣ", "[NAME]"),
    "Hebrew": ("אני דוד", "אני [NAME]"),
    "Latin among Chinese": ("我叫Anna你好 Annaさん", "我叫[NAME]你好 [NAME]さん"),
    "base64": (encoded("it is Ottokar"), HE),
    "base64 behind a prefix": (f"clip_{encoded('Ottokar Zebrowski')}", f"clip_{HE}"),
    "base64 of base64": (encoded("Ottokar Zebrowski", times=2), HE),
    "percent of percent": (quote(quote("Иван", safe=""), safe=""), "[NAME]"),
    "HTML of HTML": (escape(escape("<Ottokar>")), f"<{HE}>"),
    "JSON in JSON": (json.dumps(json.dumps({"n": "Müller"})), r'"{\"n\": \"[NAME]"}"'),
    "escapes of programs": (r"\x4fttokar \u{4f}ttokar", f"{HE} {HE}"),
    "an id without its signs": (UUID.replace("-", "").upper(), SHE),
    "an id with other signs": ("8c2e7f90_1b3d 4e5f a6b7-0123456789ab", SHE),
    "an unknown address, written": ("me.too (at) web [dot] example", "[EMAIL]"),
    "an unknown address, wide": ("me＠web．example", "[EMAIL]"),
    "drawn out": ("Annnaaa, ottokaaaar!", f"[NAME], {HE}!"),
    "UTF-8 read as Windows-1252": (
        "hÃ© MÃ¼ller, Ð˜Ð²Ð°Ð½ çŽ‹å°\x8fæ˜Ž",
        "hé [NAME], [NAME] [NAME]",
    ),
    "UTF-8 read as Latin-1, twice": ("MÃ\x83Â¼ller", "[NAME]"),
    "stamps in names of files": (
        "clip_20260302T090641Z.mp4 rec-20260302_0906 a_1772442206877.webm 20260302",
        "clip_[DATE]Z.mp4 rec-[DATE] a_[DATE].webm [DATE]",
    ),
    "digits of another script": ("+٤٩ ١٥١ ١١٣ ٥٥١٦", "[PHONE]"),
    "moments with their zone": (
        "2026-03-02T09:06:41.5Z, 2026-03-02 09:06+02:00, 2026-03-02T09:06-0500, or 2026-03-02 09:06 Zoom",
        "[DATE], [DATE], [DATE], or [DATE] Zoom",
    ),
    "dates": ("12/3/98, 12 mars 1998, 1998年3月12日", "[DATE], [DATE], [DATE]"),
}


@pytest.mark.parametrize(("text", "left"), SEEN_THROUGH.values(), ids=SEEN_THROUGH)
def test_seen_through(text, left):
    assert scrubbed(text) == left


NOT_SEEN_THROUGH = {
    "a nickname that nobody listed": "ottchen",
    "a declined form": "у Ивана",
    "a particle that is written with the name": "ومحمد",
    "two words made of one": "Otto kar",
    "a name inside a word": "xottokarx",
    "digits for letters": "0tt0k4r",
    "backwards": "rakotto",
    "letters that are signs": "ⓞⓣⓣⓞⓚⓐⓡ",
    "hexadecimal": b"Ottokar".hex(),
    "a part of an id": "8c2e7f90",
}


@pytest.mark.parametrize("text", NOT_SEEN_THROUGH.values(), ids=NOT_SEEN_THROUGH)
def test_the_threat_model_names_what_is_not_seen_through(text):
    """A change for the better: mend the paragraph "In disguise" of the threat model as well."""
    assert scrubbed(text) == text


@pytest.mark.parametrize(
    "talk",
    [
        "I will, and will you mark the rose in may?",
        "and/or, e-mail, well-known, co-op, yes...no",
        "I a m so b o r e d",
        "an iPhone, YouTube and JavaScript",
        "we had 3/4, then 5-2, then 10:45, v1.2.3, at 12.5",
        "see you (at) 5.30 (at home)",
        "今天天气很好，小心",
        "तुम कैसे हो",
        "Annał, clipAnnał.mp4, mojaAnnaś, Annai\u0308s",
        "Привет, как дела",
        "q_1718000000000_ab1, 1718000000000_0",
        "\\x and \\u, C:\\users\\x64",
    ],
)
def test_mere_talk_stays(talk):
    assert scrubbed(talk) == talk


def test_a_name_that_is_a_word_goes_where_somebody_bears_it():
    assert scrubbed("will you, Rose?", "room_kCpc7XXq") == f"{SHE} you, {SHE}?"
    assert scrubbed("will you, Rose?", "room_other") == "will you, Rose?"
