"""One JSON document searched leaf by leaf: what the policy promised there is what counts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.anonymize.nested.leaf_changes import numeral
from archive_tool.anonymize.nested.leaves import literals_of
from archive_tool.anonymize.nested.originals import hidden_columns
from archive_tool.anonymize.texts.labels import CODE, PLACEHOLDER
from archive_tool.disclose.gate import hits, promises
from archive_tool.disclose.gate.hits import Hit
from archive_tool.ingest.columns import simple
from archive_tool.model.people import is_nobody
from archive_tool.model.tables import EXTRA
from archive_tool.policy.paths import ANY, ITEM, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from archive_tool.disclose.gate.promises import Promise
    from archive_tool.disclose.gate.texts import Texts
    from archive_tool.policy import Decisions
    from archive_tool.schemas import Field

Window = tuple["datetime", "datetime"]
"""First and last moment of the bundle, UTC."""

STAMP: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}"
"""RE2 and ``re``: a day and a time (ISO 8601)."""
_STAMP: Final = re.compile(STAMP)
CLOCKS: Final = rf"(?:^|[^0-9.])[1-9][0-9]{{12}}(?:[0-9]{{3}}){{0,2}}(?:[^0-9]|$)|{_STAMP.pattern}"
"""RE2: texts without a match hold no point in time (epoch ms, us, ns; ISO 8601)."""


class Documents:
    """Searches documents of one column."""

    def __init__(
        self,
        decisions: Decisions,
        data_type: str,
        column: Field | None,
        texts: Texts,
        window: Window | None,
    ) -> None:
        """``column`` None stands for ``extra``; ``window``: clocks inside it may not be there."""
        self._decisions = decisions
        self._data_type = data_type
        self._column = column
        self._texts = texts
        self._window = window
        self._literals = literals_of(decisions, column)
        self._hidden = {} if column else hidden_columns(decisions, data_type)
        self._promises: dict[tuple[str, ...], Promise | None] = {}
        self._key = promises.of_key(decisions, data_type)

    def search(self, text: str) -> Iterator[Hit]:
        """Give everything that must not be in one document; one that is no JSON is a hit."""
        document = _parsed(text)
        if document is _UNREADABLE:
            yield self._hit((), "document that cannot be read")
        else:
            yield from self._value(document, ())

    def _value(self, value: object, path: tuple[str, ...]) -> Iterator[Hit]:
        if isinstance(value, dict):
            for key, item in value.items():
                hidden = None if path else self._hidden.get(simple(key))
                known = hidden or (key if key in self._literals else None)
                if not known:
                    kinds = self._texts.kinds(key, self._key)
                    yield from (self._hit((*path, ANY), kind) for kind in kinds)
                yield from self._value(item, (*path, known or ANY))
        elif isinstance(value, list):
            for item in value:
                yield from self._value(item, (*path, ITEM))
        else:
            yield from self._scalar(value, path)

    def _scalar(self, value: object, path: tuple[str, ...]) -> Iterator[Hit]:
        promise = self._promise(path)
        if promise is None:
            yield self._hit(path, hits.COLUMN)
        elif isinstance(value, str):
            yield from self._text(value, path, promise)
        elif isinstance(value, int | float):
            if self._texts.is_id(numeral(value), promise):
                yield self._hit(path, hits.ID)
            if self._window and is_clock(value, self._window):
                yield self._hit(path, hits.CLOCK)

    def _promise(self, path: tuple[str, ...]) -> Promise | None:
        if path not in self._promises:
            self._promises[path] = promises.of_leaf(
                self._decisions, self._data_type, self._column, path
            )
        return self._promises[path]

    def _text(self, value: str, path: tuple[str, ...], promise: Promise) -> Iterator[Hit]:
        if promise.code:
            nobody = promise.code == "[PA]" and is_nobody(value)
            if value.strip() and not nobody and not re.fullmatch(promise.code + CODE, value):
                yield self._hit(path, hits.UNCODED)
        elif promise.looks and not re.fullmatch(PLACEHOLDER, value):
            yield from (self._hit(path, kind) for kind in self._texts.kinds(value, promise))
            if self._window and _STAMP.search(value) and is_clock(value, self._window):
                yield self._hit(path, hits.CLOCK)

    def _hit(self, path: tuple[str, ...], kind: str) -> Hit:
        name = self._column.name if self._column else EXTRA
        return Hit(table=self._data_type, column=written((name, *path)), kind=kind)


_UNREADABLE: Final = object()


def _parsed(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return _UNREADABLE


def is_clock(value: float | str, window: Window) -> bool:
    """Whether a value is a moment of the bundle: epoch ms, us or ns, or ISO 8601 in a text."""
    first, last = window[0] - timedelta(days=1), window[1] + timedelta(days=1)
    if isinstance(value, str):
        days = {match.group()[:10] for match in _STAMP.finditer(value)}
        return any(f"{first:%Y-%m-%d}" <= day <= f"{last:%Y-%m-%d}" for day in days)
    value = abs(value)
    if value < 1e12:  # fewer digits than any clock has, even where a broken one says 1970
        return False
    low, high = first.timestamp(), last.timestamp()
    return any(low * ticks <= value <= high * ticks for ticks in (1e3, 1e6, 1e9))
