"""Points in time inside JSON columns, as far as ``time = "shift"`` moves them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec
import pyarrow.compute as pc

from archive_tool.anonymize.clocks import EPOCHS, MAY_BE_EPOCH, is_epoch
from archive_tool.anonymize.nested.leaves import DEEPEST, literals_of
from archive_tool.model.policy import Action
from archive_tool.model.tables import EXTRA
from archive_tool.policy.listed import listed
from archive_tool.policy.paths import ANY, ITEM, written
from archive_tool.schemas import Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from archive_tool.policy import Decisions
    from archive_tool.schemas import Field

_MAY_BE_CLOCK: Final = r"[0-9]{4}|[0-9][eE]"
"""RE2: documents without a match hold neither an epoch number nor an ISO 8601 text."""
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OURS: Final = (1_325_376_000_000, 2_082_758_400_000)
"""2012 and 2036 in milliseconds: so far from any border that a clock moved stays what it is."""


@dataclass(kw_only=True)
class Found:
    """Clocks of one place: lists of the same length."""

    rows: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """Which clock of its place and document each one is, from 0."""
    times: list[int] = field(default_factory=list)
    """Whole milliseconds since 1970."""
    doubtful: list[bool] = field(default_factory=list)
    """Whether it lies where moving may make something else of it."""


class JsonClocks:
    """Finds the clocks in documents of one column."""

    def __init__(self, decisions: Decisions, data_type: str, column: Field | None) -> None:
        """``column`` None stands for ``extra``."""
        self.data_type = data_type
        self._decisions = decisions
        self._column = column
        self._name = column.name if column else EXTRA
        self._literals = literals_of(decisions, column)
        self._reads: dict[tuple[str, ...], Action | None] = {}
        declared = column is not None and any(
            decisions.leaf(data_type, column.name, leaf.path).action is Action.SHIFT
            for leaf in column.leaves
        )
        self._may = _MAY_BE_CLOCK if declared else MAY_BE_EPOCH

    def of(self, column: pa.ChunkedArray) -> dict[str, Found]:
        """Give the clocks by place: the path, with ``*`` for keys that people made up."""
        found: dict[str, Found] = defaultdict(Found)
        rows = pc.indices_nonzero(pc.match_substring_regex(column, self._may).fill_null(False))
        for row, text in zip(rows.to_pylist(), column.take(rows).to_pylist(), strict=True):
            try:
                document = msgspec.json.decode(text)
            except (msgspec.MsgspecError, RecursionError):
                continue  # it does not leave, and the gate says so where it did
            counts: Counter[str] = Counter()
            for path, (time, doubtful) in self._walk(document, (), 0):
                place = written((self._name, *path))
                clocks = found[place]
                clocks.rows.append(row)
                clocks.numbers.append(counts[place])
                clocks.times.append(time)
                clocks.doubtful.append(doubtful)
                counts[place] += 1
        return found

    def _walk(
        self,
        value: object,
        path: tuple[str, ...],
        depth: int,
    ) -> Iterator[tuple[tuple[str, ...], tuple[int, bool]]]:
        if isinstance(value, dict | list):
            if depth > DEEPEST:
                return
            if isinstance(value, list):
                for item in value:
                    yield from self._walk(item, (*path, ITEM), depth + 1)
                return
            for key, item in value.items():
                token = key if key in self._literals else ANY
                yield from self._walk(item, (*path, token), depth + 1)
            return
        action = self._action(path)
        if action is Action.SHIFT or (action is Action.KEEP and is_epoch(value)):
            moment = instant(value)
            if moment is not None:
                yield path, moment

    def _action(self, path: tuple[str, ...]) -> Action | None:
        """``shift`` where every clock moves, ``keep`` where epoch numbers do, None elsewhere."""
        if path not in self._reads:
            self._reads[path] = self._read(path)
        return self._reads[path]

    def _read(self, path: tuple[str, ...]) -> Action | None:
        if self._column is None:
            action, sensitivity = self._decisions.of(self.data_type, EXTRA).action, None
        else:
            action = self._decisions.leaf(self.data_type, self._column.name, path).action
            sensitivity = listed(self._column, path)
        if action is Action.SHIFT:
            return action
        texts = action in (Action.KEEP, Action.SCRUB) and sensitivity is not Sensitivity.PERSON
        hidden = self._decisions.hides_people(self.data_type)
        return Action.KEEP if texts and hidden else None


def instant(value: object) -> tuple[int, bool] | None:
    """Give a point in time in whole milliseconds, and whether it is doubtful; None for no clock."""
    time: int | None = None
    exact = True
    if isinstance(value, str):
        time = _of_text(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        for low, high, ticks in EPOCHS:
            if low <= value < high:
                time = int(value // 1) * 1000 // ticks
                exact = isinstance(value, int) or ticks < 10**9
    if time is None:
        return None
    return time, not (exact and _OURS[0] <= time < _OURS[1])


def _of_text(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (moment - _START) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None
