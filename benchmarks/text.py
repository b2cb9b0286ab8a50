"""Text scrubbing: messages per second, and recall per kind on generated chat of three levels.

    python -m benchmarks.text [--messages N] [--names N] [--rounds N] [--recall N]

``easy``: names and numbers as they stand in the export. ``chatty``: lower case, accents lost,
genitives, handles, other separators. ``hard``: typos, letters spelt out, words joined, escapes of
URLs, HTML and base64. Presidio's patterns (no language model) run on the same texts where
``presidio-analyzer`` is installed.
"""

from __future__ import annotations

import argparse
import base64
import gc
import random
import re
import time
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyarrow as pa

from archive_tool.anonymize.known.identifiers import KnownIdentifiers
from archive_tool.anonymize.texts.lookup import Lookup
from archive_tool.anonymize.texts.phrases import by_room, id_phrases, name_phrases
from archive_tool.anonymize.texts.text import Scrubber
from archive_tool.anonymize.texts.words import fold

if TYPE_CHECKING:
    from collections.abc import Callable

SYLLABLES = re.findall(
    r"\w+",
    "an be car do el fa gri ha is jo ka lu ma ni ol pe qui ra so ti ul ve wan xi yo zé mü łu",
)
TALK = re.findall(
    r"\w+",
    """yeah I think the second video was much more tense than first one what do you mean by that
    ok lets wait for next round my rating went down when he started to shout you are right about it
    that scene with dog made me laugh honestly no idea why they left can you see me now slower""",
)
KINDS = ("name", "id", "email", "phone", "url", "ip", "card", "iban", "ssn", "date", "address")
PEER_MESSAGES = 5_000
LEVELS = ("easy", "chatty", "hard")
CLEAN = re.compile(r"so @?(?:\[[A-Z]+\]|'s|s|\W)+ ok")
"""Nothing is left of what was planted but a genitive."""


class Chat:
    """Generates messages with one thing planted in each."""

    def __init__(self, names: int, seed: int = 7) -> None:
        self.random = random.Random(seed)
        drawn: set[str] = set()
        while len(drawn) < names:
            drawn.add(f"{self._word(3)} {self._word(4)}")
        self.names = sorted(drawn)
        self.ids = [f"prolific_{self.random.getrandbits(96):024x}" for _ in range(400)]

    def _word(self, most: int) -> str:
        count = self.random.randint(2, most)
        return "".join(self.random.choice(SYLLABLES) for _ in range(count)).capitalize()

    def known(self) -> KnownIdentifiers:
        people = [self.random.choice(self.ids) for _ in self.names]
        return KnownIdentifiers(
            people=frozenset(self.ids),
            names={n: frozenset({p}) for n, p in zip(self.names, people, strict=True)},
        )

    def filler(self) -> str:
        return " ".join(self.random.choice(TALK) for _ in range(self.random.randint(4, 16)))

    def messages(self, count: int, planted: float = 0.15) -> list[str]:
        kinds = ("name", "name", "name", "email", "phone", "url", "id")
        out = []
        for _ in range(count):
            text = self.filler()
            if self.random.random() < planted:
                kind = self.random.choice(kinds)
                text = f"{text} {self.plant(kind, self.random.choice(LEVELS))} ok"
            out.append(text)
        return out

    def plant(self, kind: str, level: str) -> str:
        text: str = getattr(self, f"_{kind}")(level)
        if level == "hard" and kind in ("id", "email", "url"):
            how = self.random.randint(0, 2)
            encoded = base64.b64encode(text.encode()).decode()
            return (quote(text, safe=""), encoded, text.replace("@", "&#64;").upper())[how]
        return text

    def _name(self, level: str) -> str:
        whole = self.random.choice(self.names)
        first, last = whole.split()
        if level == "easy":
            return self.random.choice((whole, first, last))
        if level == "chatty":
            low = fold(first)
            return self.random.choice(
                (low, f"{low}'s", f"{low}s", f"@{low}", fold(whole), last.upper())
            )
        long = next((w for w in (last, first) if len(w) >= 7), None)
        ways = [" ".join(first), first + last, ".".join(first) if len(first) > 3 else first]
        if long is not None:
            at = self.random.randrange(1, len(long) - 1)
            ways += [long[:at] + long[at + 1 :], long[:at] + "q" + long[at:]]
        return self.random.choice(ways)

    def _id(self, level: str) -> str:
        known = self.random.choice(self.ids)
        return known if level == "easy" else known.removeprefix("prolific_").upper()

    def _email(self, level: str) -> str:
        return f"{fold(self._word(3))}.{self.random.randint(1, 99)}@uni-{fold(self._word(2))}.example.org"

    def _phone(self, level: str) -> str:
        n = [self.random.randint(200, 999) for _ in range(3)]
        easy = (f"+1-{n[0]}-{n[1]}-{n[2]}4", f"({n[0]}) {n[1]}-{n[2]}1", f"+49 151 {n[0]} {n[1]}0")
        chatty = (f"0151/{n[0]}{n[1]}7", f"{n[0]}.{n[1]}.{n[2]}2", f"{n[1]} {n[2]}5")
        hard = (f"0{n[0]}{n[1]}{n[2]}", f"00 41 44 {n[0]} {n[1] % 90 + 10} 11", "01 23 45 67 89")
        return self.random.choice({"easy": easy, "chatty": chatty, "hard": hard}[level])

    def _url(self, level: str) -> str:
        path = f"{fold(self._word(3))}.example.org/p?id={self.random.randint(1, 999)}"
        return f"https://{path}" if level == "easy" else f"www.{path}"

    def _ip(self, level: str) -> str:
        return (
            "2001:db8::ff00:42:8329"
            if level == "hard"
            else f"192.0.2.{self.random.randint(1, 254)}"
        )

    def _card(self, level: str) -> str:
        return "4111 1111 1111 1111" if level == "easy" else "5500000000000004"

    def _iban(self, level: str) -> str:
        return "DE89 3704 0044 0532 0130 00" if level == "easy" else "gb29nwbk60161331926819"

    def _ssn(self, level: str) -> str:
        n = [self.random.randint(*ends) for ends in ((100, 600), (10, 99), (1000, 9999))]
        return "-".join(map(str, n))

    def _date(self, level: str) -> str:
        return {"easy": "1998-03-12", "chatty": "12.03.1998", "hard": "12th of March 1998"}[level]

    def _address(self, level: str) -> str:
        street = fold(self._word(3)).capitalize()
        if level == "easy":
            return f"{self.random.randint(1, 200)} {street} Street"
        return (
            f"{self.random.randint(1, 200)} {street.lower()} ave"
            if level == "chatty"
            else f"{street}straße 7b"
        )


def scrubber(known: KnownIdentifiers) -> Scrubber:
    """As ``anonymize.plan`` makes it."""
    phrases = {**name_phrases(known, None), **id_phrases(known.people, None)}
    everywhere, rooms = by_room(known, phrases)
    return Scrubber(Lookup.of(everywhere, rooms))


def presidio() -> Callable[[str], bool] | None:
    """Presidio's analyzer as its users run it, with an empty language model: patterns only.

    Gives whether anything was found in a text; None when it is not installed.
    """
    if find_spec("presidio_analyzer") is None:
        return None
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # it asks the network otherwise

    class Blank(SpacyNlpEngine):  # type: ignore[misc]  # unknown to the checker
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    engine = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])
    return lambda text: bool(engine.analyze(text, language="en"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--names", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--recall", type=int, default=300)
    options = parser.parse_args()
    chat = Chat(options.names)
    known = chat.known()
    pa.set_cpu_count(1)
    peer = presidio()
    race(chat, known, peer, rounds=options.rounds, messages=options.messages)
    made = scrubber(known)
    recall(chat, "archive_tool", lambda t: bool(CLEAN.fullmatch(made.scrub(t))), options.recall)
    if peer is not None:
        recall(chat, "presidio", peer, min(options.recall, 100))


def race(
    chat: Chat,
    known: KnownIdentifiers,
    peer: Callable[[str], bool] | None,
    *,
    rounds: int,
    messages: int,
) -> None:
    """Both in turn on the same new messages; print messages a second, and the ratio of each round.

    One uncounted text each comes first, so that neither pays for loading its modules. The peer,
    which is slow, gets the first of the messages; what it costs grows with their number only.
    """
    ours(known, chat.messages(100))
    if peer is None:
        print("presidio-analyzer is not installed: no comparison")
    else:
        peer("one number: +1 212 555 0123")
    gc.freeze()  # or each would look for garbage among the modules of the other
    rates, ratios = [], []
    for number in range(1, rounds + 1):
        texts = chat.messages(messages)
        gc.collect()
        rate = messages / ours(known, texts)
        rates.append(rate)
        line = f"round {number}: {rate:,.0f} messages/s on one core, dictionary included"
        if peer is not None:
            few = texts[:PEER_MESSAGES]
            began = time.thread_time()
            for text in few:
                peer(text)
            slow = len(few) / (time.thread_time() - began)
            ratios.append(rate / slow)
            line += f"; presidio, patterns only: {slow:,.0f}; ratio {rate / slow:.1f}"
        print(line)
    print(f"median of {rounds}: {median(rates):,.0f} messages/s", end="")
    print(f", ratio {median(ratios):.1f}" if ratios else "")


def ours(known: KnownIdentifiers, texts: list[str]) -> float:
    """Processor seconds of making the dictionary and scrubbing a column."""
    column = pa.array(texts)
    began = time.thread_time()
    scrubber(known).column(column)
    return time.thread_time() - began


def recall(chat: Chat, who: str, gone: Callable[[str], bool], count: int) -> None:
    """Print the share of planted things that are found, by kind and level.

    Of ours nothing may be left; for a peer it is enough to have seen something.
    """
    print(f"{who}, recall of {count:>3} each".ljust(34) + "".join(f"{n:>8}" for n in LEVELS))
    for kind in KINDS:
        shares = []
        for level in LEVELS:
            planted = [chat.plant(kind, level) for _ in range(count)]
            shares.append(sum(gone(f"so {text} ok") for text in planted) / count)
        print(f"  {kind:<32}" + "".join(f"{share:8.3f}" for share in shares))


if __name__ == "__main__":
    main()
