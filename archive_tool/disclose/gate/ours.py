"""What the papers of an archive say whatever the data is: words and sentences of this tool itself.

Read from its own code and templates, comments and docstrings apart, and only when something known
was found in a paper.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.known.common_words import COMMON
from archive_tool.anonymize.texts.phrases import GENERIC
from archive_tool.anonymize.texts.words import fold
from archive_tool.schemas import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

TOKEN: Final = re.compile(r"[^\s\"',;:<>()\[\]{}=`|/]+")
PART: Final = re.compile(r"[\w@+-]+(?:\.[\w@+-]+)*")
WORD: Final = re.compile(r"\w+")

_FILLED: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<[a-zA-Z/!][^<>\n]*>|\{[^{}\s]*\}|%[sd]|\n")
"""Where a text of ours is filled in, and the marks between which that is done: what stands alone
between two tags may as well be a value."""
_GAP: Final = "\0"


@cache
def words() -> frozenset[str]:
    """Words that the papers hold whatever the data is, folded."""
    written = "\n".join({dictionary.json_text(), *_texts()})
    tokens = {token for pattern in (TOKEN, PART, WORD) for token in pattern.findall(written)}
    return frozenset(map(fold, tokens)) | COMMON | GENERIC


def without_sentences(text: str, name: re.Pattern[str]) -> str:
    """Take out of a paper the sentences of ours that hold a name and at least one word more.

    A name that still stands there was written by somebody else, or alone: nobody can tell whether
    that is ours.
    """
    plain = " ".join(text.split())
    for sentence in _sentences():
        rest = name.sub(_GAP, sentence)
        if rest != sentence and WORD.search(rest):
            plain = plain.replace(sentence, _GAP)
    return plain


@cache
def _sentences() -> tuple[str, ...]:
    """Texts of several words that are written as they stand, the longest first."""
    pieces = {" ".join(piece.split()) for text in _texts() for piece in _FILLED.split(text)}
    return tuple(sorted((one for one in pieces if " " in one), key=lambda one: (-len(one), one)))


@cache
def _texts() -> frozenset[str]:
    found: set[str] = set()
    for file in _sources(resources.files("archive_tool")):
        text = file.read_text("utf-8")
        found |= _written_by(text) if file.name.endswith(".py") else {text}
    return frozenset(found)


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith((".py", ".css", ".js", ".html", ".toml")):
            yield entry


def _written_by(code: str) -> set[str]:
    """Texts and names of fields in a module."""
    found: set[str] = set()
    docstrings = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docstrings.add(node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node not in docstrings:  # a statement is walked before what it holds
                found.add(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found
