"""What can be read of an archive without a key: file names, manifest, reports, dictionary."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.texts import encodings
from archive_tool.anonymize.texts.phrases import SHORTEST_PART
from archive_tool.anonymize.texts.words import fold
from archive_tool.disclose.gate import hits, ours
from archive_tool.disclose.gate.hits import Hit
from archive_tool.model.files import read_file
from archive_tool.schemas import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from archive_tool.anonymize.known.identifiers import KnownIdentifiers

SHORTEST: Final = 5
"""Characters of an id or a single name: shorter ones are words of the papers themselves."""

READABLE: Final = frozenset({".json", ".jsonl", ".csv", ".toml", ".md", ".txt", ".html"})
PAGES: Final = (".html", ".md")
"""Prose of this tool: here a single name is a word like others."""

_RUN: Final = re.compile(r"[^\s\"<>]+")
_MAY_HIDE: Final = re.compile(encodings.MAY_HIDE)
_RANDOM: Final = re.compile(r"(?:[a-z_]+/)*[0-9a-f]{32,64}(?:\.parquet)?")
"""Digests, and files by their random names: thousands, and such digits hide no text in base64."""
_QUOTED_NUMBER: Final = re.compile(r"[\"'](\d+)(?=[\"'._ ])")
"""An id of digits only counts where text stands: bare numbers are counts and days."""
_LONG: Final = 40
"""Characters of a run of letters and digits that is a digest or a key, not a text."""


class Outside:
    """Searches readable files and names for ids, addresses and names.

    The papers are written by this tool and by the board, in plain words: an id counts in any case,
    a name only spelt as the bundle spells it, and none that is made of words of the papers.
    """

    def __init__(self, known: KnownIdentifiers, names: Iterable[str]) -> None:
        self._folded: dict[str, str] = {}
        self._spelt: dict[str, str] = {}
        for known_id in known.people | known.agents | known.rooms:
            if len(known_id) >= SHORTEST:
                self._folded[fold(known_id)] = hits.ID
        self._folded.update((fold(email), hits.KNOWN_EMAIL) for email in known.emails)
        self._whole: dict[str, list[str]] = defaultdict(list)
        for name in {*known.names, *names}:
            for part in name.split():
                if len(part) >= SHORTEST:
                    self._spelt[part] = hits.NAME
            words = ours.WORD.findall(name)
            if len(words) > 1:
                self._whole[max(words, key=len)].append(name)
        self._read: dict[tuple[str, bool], set[str]] = {}
        """What was found in texts that were read before."""

    def search(self, folder: Path) -> Iterator[Hit]:
        """Give everything known that stands in a name or in a readable file below a folder."""
        names = sorted(_below(folder))
        parts = {part for name in names for part in name.split("/")}
        if self._kinds("\n".join(f'"{part}"' for part in parts)):
            yield Hit(table="file names", column="", kind=hits.FILE_NAME)
        for name in names:
            path = folder / name
            if path.suffix in READABLE:
                # its ends of lines as they are: a CSV has its own
                text = read_file(path).decode("utf-8", errors="replace")
                if text in (dictionary.json_text(), dictionary.csv_text()):
                    continue  # the same whatever the data is
                for kind in self.read(name, text):
                    yield Hit(table=name, column="", kind=kind)

    def read(self, name: str, text: str) -> set[str]:
        """Give the kinds of what stands in a readable file; the same text is searched once."""
        prose = name.endswith(PAGES)
        if (text, prose) not in self._read:
            self._read[text, prose] = self._kinds(text, prose=prose)
        return self._read[text, prose]

    def _kinds(self, text: str, *, prose: bool = False) -> set[str]:
        found: set[str] = set()
        forms = list(dict.fromkeys((text, encodings.unescaped(text))))
        forms += _inside(forms)
        tokens = {token for token in ours.TOKEN.findall(_once(forms)) if len(token) < _LONG}
        for pattern in (ours.PART, ours.WORD):
            tokens.update(pattern.findall("\n".join(tokens)))
        for word in tokens & self._whole.keys():
            if any(_stands_in(name, form) for name in self._whole[word] for form in forms):
                found.add(hits.NAME)
        tokens = {token for token in tokens if not token.isdigit()}
        tokens.update(number for form in forms for number in _QUOTED_NUMBER.findall(form))
        if not prose:
            spelt = tokens & self._spelt.keys()
            found |= {self._spelt[token] for token in spelt if fold(token) not in ours.words()}
        low = {fold(token) for token in tokens} & self._folded.keys()
        found |= {self._folded[token] for token in low if token not in ours.words()}
        return found


def _once(texts: Iterable[str]) -> str:
    """Everything between spaces, each once: a page says most of it hundreds of times."""
    return "\n".join({run for text in texts for run in text.split()})


def _inside(forms: Iterable[str]) -> list[str]:
    """Give the texts that stand encoded in a text."""
    runs = {run for run in _RUN.findall(_once(forms)) if not _RANDOM.fullmatch(run)}
    return [inside for run in runs if _MAY_HIDE.search(run) for *_, inside in encodings.hidden(run)]


def _stands_in(name: str, text: str) -> bool:
    """Whether a name of several words stands in a text as it is spelt, and the text is not ours.

    Of words that the papers have anyway, only what is written like a name is one.
    """
    phrase = r"\s+".join(map(re.escape, name.split()))
    spelt = re.compile(rf"(?<!\w){phrase}(?!\w)")
    if not spelt.search(text):
        return False
    words = [word for word in ours.WORD.findall(name) if len(word) >= SHORTEST_PART]
    if any(fold(word) not in ours.words() for word in words if not word.isdigit()):
        return True
    return name.istitle() and bool(spelt.search(ours.without_sentences(text, spelt)))


def _below(folder: Path) -> Iterator[str]:
    """Names of all files and folders, from a folder."""
    for place, folders, files in os.walk(folder):
        at = os.path.relpath(place, folder).replace(os.sep, "/")
        for name in (*folders, *files):
            yield name if at == "." else f"{at}/{name}"
