"""What can be read of an archive without a key: file names, manifest, reports, dictionary."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import encodings
from archive_tool.anonymize.common_words import COMMON
from archive_tool.anonymize.phrases import GENERIC
from archive_tool.anonymize.words import fold
from archive_tool.disclose.gate import hits, sought
from archive_tool.disclose.gate.hits import Hit
from archive_tool.schemas import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from archive_tool.anonymize.identifiers import KnownIdentifiers

SHORTEST: Final = 5
"""Characters of an id or a single name: shorter ones are words of the papers themselves."""

READABLE: Final = frozenset({".json", ".jsonl", ".csv", ".toml", ".md", ".txt", ".html"})
PAGES: Final = frozenset({".html", ".md"})
"""Prose of this tool: here a single name is a word like others."""

_TOKEN: Final = re.compile(r"[^\s\"',;:<>()\[\]{}=`|/]+")
_PART: Final = re.compile(r"[\w@+-]+(?:\.[\w@+-]+)*")
_LONG: Final = 40
"""Characters of a run of letters and digits that is a digest or a key, not a text."""


class Outside:
    """Searches readable files and names for ids, addresses and names.

    The papers are written by this tool and by the board, in plain words: an id counts in any case,
    a single name only spelt as the bundle spells it, and none that the papers hold anyway.
    """

    def __init__(self, known: KnownIdentifiers, names: Iterable[str]) -> None:
        own = _own_words()
        self._folded: dict[str, str] = {}
        self._spelt: dict[str, str] = {}
        for known_id in known.people | known.agents | known.rooms:
            if len(known_id) >= SHORTEST and fold(known_id) not in own:
                self._folded[fold(known_id)] = hits.ID
        self._folded.update((fold(email), hits.KNOWN_EMAIL) for email in known.emails)
        for name in {*known.names, *names}:
            for part in name.split():
                if len(part) >= SHORTEST and fold(part) not in own:
                    self._spelt[part] = hits.NAME
        self._whole = sought.phrases({*known.names, *names}, hits.NAME)

    def search(self, folder: Path) -> Iterator[Hit]:
        """Give everything known that stands in a name or in a readable file below a folder."""
        files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
        if self._kinds("\n".join(files)):
            yield Hit(table="file names", column="", kind=hits.FILE_NAME)
        for name, path in files.items():
            if path.suffix in READABLE:
                text = path.read_text(encoding="utf-8", errors="replace")
                kinds = self._kinds(text, prose=path.suffix in PAGES)
                yield from (Hit(table=name, column="", kind=kind) for kind in kinds)

    def _kinds(self, text: str, *, prose: bool = False) -> set[str]:
        found: set[str] = set()
        forms = {text, encodings.unescaped(text)}
        for form in forms | {inside for plain in forms for _, _, inside in encodings.hidden(plain)}:
            tokens = {token for token in _TOKEN.findall(form) if len(token) < _LONG}
            for pattern in (_PART, re.compile(r"\w+")):
                tokens |= {part for token in tokens for part in pattern.findall(token)}
            if not prose:
                found |= {self._spelt[token] for token in tokens & self._spelt.keys()}
            found |= {self._folded[low] for low in map(fold, tokens) if low in self._folded}
            found.update(self._whole.kinds_in(*sought.folded(form)))
        return found


@cache
def _own_words() -> frozenset[str]:
    """Words that the papers hold whatever the data is."""
    return frozenset(re.findall(r"\w+", fold(dictionary.json_text()))) | COMMON | GENERIC
