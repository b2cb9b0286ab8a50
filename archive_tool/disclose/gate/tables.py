"""A table as it was decrypted, searched column by column for what its policy promised."""

from __future__ import annotations

import re
from collections import Counter
from itertools import repeat
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.anonymize.clocks import moments_in
from archive_tool.anonymize.texts.phrases import SHORTEST_NUMBER
from archive_tool.disclose.gate import hits, promises
from archive_tool.disclose.gate.documents import CLOCKS, STAMP, Documents, is_clock
from archive_tool.disclose.gate.hits import Hit
from archive_tool.disclose.gate.sought import NOBODY
from archive_tool.disclose.gate.strings import cut, distinct, shapes, uncoded, unescaped
from archive_tool.disclose.gate.texts import Texts
from archive_tool.model.policy import Action
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas import FIELDS, Field, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.disclose.gate.documents import Window
    from archive_tool.disclose.gate.promises import Promise
    from archive_tool.disclose.gate.sought import Sought
    from archive_tool.policy import Decisions


_DIGITS: Final = f"[0-9]{{{SHORTEST_NUMBER},}}"
_NUMERAL: Final = re.compile(_DIGITS)


class Tables:
    """Searches tables of one data type. Read-only once made, so threads may share it."""

    def __init__(
        self,
        data_type: str,
        decisions: Decisions,
        *,
        sought: Sought,
        left_out: Sought | None,
        window: Window | None,
    ) -> None:
        """``sought``: what nobody may be told by.

        ``left_out``: of whom nothing may be left; None when everybody may be there.
        ``window``: first and last moment of the bundle, where no clock may leave.
        """
        self._data_type = data_type
        self._decisions = decisions
        self._as_it_came = left_out is None and not decisions.hides_people(data_type)
        """Whether what is kept may hold anything."""
        self._texts = Texts(sought, left_out or NOBODY)
        moves_clocks = decisions.policy.time == "shift" and decisions.hides_people(data_type)
        self._hides_clocks = decisions.hides_clocks or moves_clocks
        self._window = window if decisions.hides_clocks else None

    def search(self, table: pa.Table) -> Counter[Hit]:
        """Count distinct values by where and what they are; empty when nothing was found."""
        return Counter(self._search(table))

    def _search(self, table: pa.Table) -> Iterator[Hit]:
        if table.schema.metadata:
            yield Hit(table=self._data_type, column="", kind=hits.METADATA)
        fields = FIELDS[self._data_type]
        known = {field.name: field for field in fields}
        for name in table.column_names:
            column = table.column(name)
            if name not in {*known, EXTRA, NULLS}:
                yield self._hit("*", hits.COLUMN)
            elif not promises.leaves(self._decisions, self._data_type, name):
                yield self._hit(name, hits.COLUMN)
            elif name == NULLS:
                yield from self._nulls(column)
            elif name == EXTRA or known[name].kind is Kind.JSON:
                kept = self._decisions.of(self._data_type, name).action is Action.KEEP
                if not (kept and self._as_it_came):
                    yield from self._json(column, known.get(name))
            elif known[name].kind is Kind.NUMBER:
                yield from self._numbers(column, name)
            elif known[name].kind in (Kind.ID, Kind.RECORD, Kind.LABEL, Kind.TEXT):
                promise = promises.of_column(self._decisions, self._data_type, known[name])
                yield from self._plain(column, name, promise)

    def _plain(self, column: pa.ChunkedArray, name: str, promise: Promise) -> Iterator[Hit]:
        if promise.code:
            values = distinct(column) if pa.types.is_dictionary(column.type) else column
            yield from repeat(self._hit(name, hits.UNCODED), uncoded(values, promise.code))
        elif promise.looks and not (promise == promises.LEFT_OUT and self._as_it_came):
            for text in self._texts.guilty(distinct(column)):
                for kind in self._texts.kinds(text, promise):
                    yield self._hit(name, kind)
        if promise.looks and self._window is not None:
            stamped = self._stamped(distinct(column), self._window)
            yield from repeat(self._hit(name, hits.CLOCK), stamped)

    @staticmethod
    def _stamped(texts: pa.StringArray, window: Window) -> int:
        """How many texts hold a moment of the bundle."""
        stamped = texts.filter(pc.match_substring_regex(texts, STAMP))
        return sum(is_clock(text, window) for text in stamped.to_pylist())

    def _numbers(self, column: pa.ChunkedArray, name: str) -> Iterator[Hit]:
        """A number that is a point in time tells the days, whatever its column is called."""
        moments = moments_in(column) if self._hides_clocks else None
        if moments is not None:
            yield from repeat(self._hit(name, hits.CLOCK), len(column.filter(moments).unique()))

    def _json(self, column: pa.ChunkedArray, field: Field | None) -> Iterator[Hit]:
        documents = distinct(column)
        if not len(documents):
            return
        search = Documents(self._decisions, self._data_type, field, self._texts, self._window)
        for document in documents.take(self._chosen(documents)).to_pylist():
            yield from search.search(document)

    def _chosen(self, documents: pa.StringArray) -> pa.Array:
        """Which documents are searched leaf by leaf: guilty ones, and one of each shape."""
        pieces = cut(documents)
        inside = pieces.texts.filter(pieces.inside)
        words = inside.dictionary_encode()
        guilty = np.array(self._guilty(words.dictionary), bool)
        chosen = [
            shapes(pieces, len(documents)),
            pieces.documents.filter(pieces.inside).to_numpy()[guilty[words.indices.to_numpy()]],
        ]
        if self._texts.numerals:
            chosen.append(self._with_numerals(documents))
        if self._window is not None:
            clocks = pc.match_substring_regex(documents, CLOCKS)
            chosen.append(np.flatnonzero(clocks.to_numpy(zero_copy_only=False)))
        return pa.array(np.unique(np.concatenate(chosen).astype(np.int64)))

    def _with_numerals(self, documents: pa.StringArray) -> np.ndarray:
        """Which documents hold the digits of an id that is made of nothing else."""
        long = pc.indices_nonzero(pc.match_substring_regex(documents, _DIGITS)).to_numpy()
        known = self._texts.numerals
        texts = documents.take(long).to_pylist()
        found = [not known.isdisjoint(_NUMERAL.findall(text)) for text in texts]
        chosen: np.ndarray = long[np.array(found, bool)]
        return chosen

    def _guilty(self, words: pa.StringArray) -> list[bool]:
        """Which pieces of documents, with their JSON escapes, hold something when they are read."""
        read = words.to_pylist()
        for at in pc.indices_nonzero(pc.match_substring(words, "\\")).to_pylist():
            read[at] = unescaped(read[at])
        found = set(self._texts.guilty(pa.array(read, pa.string()).unique().drop_null()))
        return [text is None or text in found for text in read]

    def _nulls(self, column: pa.ChunkedArray) -> Iterator[Hit]:
        """Names of columns, and of columns that leave only."""
        words = {word for text in distinct(column).to_pylist() for word in text.split(",")}
        for word in words:
            known = word in {field.name for field in FIELDS[self._data_type]} or word == EXTRA
            if not known or not promises.leaves(self._decisions, self._data_type, word):
                yield self._hit(NULLS, hits.COLUMN)

    def _hit(self, column: str, kind: str) -> Hit:
        return Hit(table=self._data_type, column=column, kind=kind)
