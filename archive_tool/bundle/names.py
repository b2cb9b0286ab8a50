"""What names suggest: data type, room, experiment, moment of the download.

Only documented patterns are read (seed-data-management.md, seed-data-types.md and the file names
that the platform's clients write); anything else suggests nothing. Content always comes first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from archive_tool.model.bundle import Clock, NameHints
from archive_tool.model.datatypes import BY_NAME, WITHOUT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPELLINGS: Final = {
    **{name.replace("/", "_"): name for name in (*BY_NAME, *WITHOUT_SCHEMA)},
    "recordings_metadata": "recordings",
    "textchat": "chat",
    "text_chat": "chat",
    "continuous": "ratings/continuous",
    "continuous_ratings": "ratings/continuous",
    "sparse": "ratings/sparse",
    "sparse_ratings": "ratings/sparse",
    "ratings": "ratings",
    "sync_metrics": "sync",
    "video_chat": "videochat",
    "comprehension": "instructions",
    "eye_tracking": "eyetracking",
}
"""Spelling (snake case) → the platform's endpoint name; ``ratings`` alone leaves the kind open."""

_EXTENSION: Final = re.compile(r"\.(?:csv|tsv|tab|txt|json|ndjson|jsonl|zip)$", re.IGNORECASE)
_COPY: Final = re.compile(r"(?:\s*\(\d{1,3}\)|\s*-\s*copy|\s+copy(?:\s+\d{1,3})?)+$", re.IGNORECASE)
"""What browsers and desktops add to a name that is taken: ``events (1)``, ``events - Copy``."""
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NUMBERS: Final = re.compile(r"(?:_(?:page|part|offset|p)?_?\d[\dtz]*)+$")
"""Page numbers, dates and stamps at the end of a name."""
_WHOLE_EXPERIMENT: Final = re.compile(r"^experiment_(?:.+_all_|all_)?(?=[a-z])")

_STAMP: Final = r"(?P<day>\d{8})_(?P<clock>\d{6})"
_ROOM_DOWNLOAD: Final = re.compile(rf"^data_(?P<room>.+)_{_STAMP}$")
_ROOM: Final = re.compile(rf"^(?P<room>room_.+?)(?:_{_STAMP})?$")
_EXPERIMENT: Final = re.compile(
    r"^experiment_(?P<experiment>.+)_(?P<day>\d{4}-\d\d-\d\d|\d{8})(?:_(?P<clock>\d{6}))?$"
)
_FILE_STAMP: Final = re.compile(
    r"_(?P<day>\d{4}-\d\d-\d\d|\d{8})(?:[_T-](?P<clock>\d{6}|\d\d[-_:]\d\d[-_:]\d\d)Z?)?$"
)


def data_type_from_name(name: str) -> str | None:
    """Tell which data type a file name or a key of a dict of types stands for, else None.

    ``events (1).csv``, ``continuousRatings`` and ``ratings/continuous`` are understood;
    ``ratings`` alone gives ``ratings``, because the kind is not in the name.
    """
    stem = _HUMP.sub("_", stem_of(name)).lower()
    words = re.sub(r"[^a-z0-9]+", "_", stem).strip("_")
    words = _NUMBERS.sub("", words)
    found = _SPELLINGS.get(words) or _SPELLINGS.get(_WHOLE_EXPERIMENT.sub("", words))
    if found is None and words.startswith("events_"):
        return "events"
    return found


def stem_of(name: str) -> str:
    """Strip a name of a known extension and of the mark of a copy."""
    return without_copy_mark(_EXTENSION.sub("", name))


def without_copy_mark(stem: str) -> str:
    """Strip what browsers and desktops add to the name of a second copy: ``events (1)``."""
    return _COPY.sub("", stem)


def hints_from_path(path: Sequence[str]) -> NameHints:
    """Hints of a file from its name and the folders and ZIPs around it; the innermost counts.

    ``path`` holds the folders from the outside in, then the file's own name.
    """
    around = _hints_of_folders(tuple(path[:-1]))
    hints = replace(around, data_type=data_type_from_name(path[-1]))
    match = _FILE_STAMP.search(stem_of(path[-1]))
    return hints if match is None else _stamped(hints, match)


@lru_cache(maxsize=1024)
def _hints_of_folders(folders: tuple[str, ...]) -> NameHints:
    hints = NameHints()
    for folder in folders:
        stem = stem_of(unicodedata.normalize("NFC", folder))  # macOS takes letters apart
        if match := _ROOM_DOWNLOAD.match(stem) or _ROOM.match(stem):
            hints = _stamped(replace(hints, room_id=match["room"]), match)
        elif match := _EXPERIMENT.match(stem):
            hints = _stamped(replace(hints, experiment_id=match["experiment"]), match)
    return hints


def _stamped(hints: NameHints, match: re.Match[str]) -> NameHints:
    """Add the stamp of a name, if it is one; its zone is not known, so it is read as UTC."""
    if not match["day"]:
        return hints
    digits = re.sub(r"\D", "", match["day"] + (match["clock"] or "000000"))
    try:
        stamp = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return hints
    return replace(hints, stamp=stamp, clock=Clock.LOCAL if match["clock"] else Clock.DAY)
