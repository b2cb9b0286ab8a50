"""Recordings against what else is there: sessions, media files, signed addresses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from archive_tool.bundle.names import without_copy_mark
from archive_tool.model.datatypes import EVENTS, RECORDINGS
from archive_tool.model.findings import Finding, Rows, finding
from archive_tool.schemas.frames import words
from archive_tool.validation.across_types.presence import recording_times
from archive_tool.validation.codes.recordings import (
    MEDIA_MISSING,
    MEDIA_ORPHAN,
    MEDIA_SIZE,
    RECORDING_ELSEWHEN,
    URL_EXPIRED,
    URL_LIVE,
)
from archive_tool.validation.one_type.records import FINISHED
from archive_tool.validation.tally import Rule, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archive_tool.model.bundle import SourceFile
    from archive_tool.validation.across_types.presence import Presence
    from archive_tool.validation.view import View

LEEWAY: Final = 60_000.0
"""ms that a recording may lie before or after everything else in its room."""
_STAMP: Final = re.compile(r"\A\d{8}T\d{6}Z\Z")
_COLUMNS: Final = (
    "recordingId", "egressId", "fileName", "fileSize", "status", "roomId", "participantId",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What the rows say about one media file. Holds ids."""

    people: frozenset[str]
    """Participants of the matching rows; the empty id for a row of nobody, nothing without a row."""
    ids: frozenset[str]
    """Ids of the recordings."""


@dataclass(frozen=True, kw_only=True)
class _Recording:
    at: int
    id: str
    person: str
    room: str
    start: float
    end: float
    names: frozenset[str]
    """Ids and file name, lower case, as they may stand in the name of a media file."""
    size: float
    is_done: bool


@dataclass(kw_only=True)
class Recordings:
    """The rows of the recordings, of which there are few. Holds ids."""

    _rows: list[_Recording] = field(default_factory=list)

    def add(self, view: View) -> None:
        """Note the recordings of a batch."""
        if view.data_type != RECORDINGS.name:
            return
        start, end = recording_times(view)
        rows = view.table.select(_COLUMNS).to_pylist()
        times = zip(view.at.tolist(), start.tolist(), end.tolist(), strict=True)
        for row, (at, first, last) in zip(rows, times, strict=True):
            names = (row["recordingId"], row["egressId"], _stem(row["fileName"] or ""))
            self._rows.append(
                _Recording(
                    at=at,
                    id=row["recordingId"] or "",
                    person=row["participantId"] or "",
                    room=row["roomId"] or "",
                    start=first,
                    end=last,
                    names=frozenset(name.lower() for name in names if name),
                    size=row["fileSize"] if row["fileSize"] is not None else np.nan,
                    is_done=words(row["status"] or "") in FINISHED,
                )
            )

    def check(
        self, presence: Presence, media: Sequence[SourceFile], found: Tally
    ) -> Iterator[Finding]:
        """Compare with the sessions of the rooms and with the media files of the bundle."""
        self._sessions(presence.times(EVENTS.name), found)
        if media:
            yield from self._files(media, found)

    def of_files(self, media: Sequence[SourceFile]) -> dict[str, Recorded]:
        """By label of the media files: what the matching rows say about them."""
        by_name = self._by_name()
        found = {file.label: _owners(file.path, by_name) for file in media}
        return {
            label: Recorded(
                people=frozenset(row.person for row in rows),
                ids=frozenset(row.id for row in rows if row.id),
            )
            for label, rows in found.items()
        }

    def _sessions(self, sessions: Mapping[str, tuple[float, float]], found: Tally) -> None:
        """Count recordings that lie wholly outside the events of their room."""
        rule = Rule(
            code=RECORDING_ELSEWHEN,
            data_type=RECORDINGS.name,
            column="startTime",
            check="the recording overlaps with the events of its room",
        )
        outside = []
        for row in self._rows:
            first, last = sessions.get(row.room, (np.nan, np.nan))
            is_before, is_after = row.end < first - LEEWAY, row.start > last + LEEWAY
            if (is_before or is_after) and not row.end < row.start:  # that is told already
                outside.append(row.at)
        found.add(rule, np.array(outside, dtype=np.int64))

    def _files(self, media: Sequence[SourceFile], found: Tally) -> Iterator[Finding]:
        by_name = self._by_name()
        matched: set[int] = set()
        sizes: set[int] = set()
        orphans = []
        for file in media:
            rows = _owners(file.path, by_name)
            matched.update(row.at for row in rows)
            sizes.update(row.at for row in rows if row.size != file.size and row.size == row.size)
            if not rows:
                orphans.append(file.label)
        missing = [row.at for row in self._rows if row.is_done and row.at not in matched]
        for code, column, check, at in (
            (MEDIA_MISSING, "recordingId", "the media file is there", missing),
            (MEDIA_SIZE, "fileSize", "fileSize is the size of the media file", sizes),
        ):
            rule = Rule(code=code, data_type=RECORDINGS.name, column=column, check=check)
            found.add(rule, np.array(sorted(at), dtype=np.int64))
        if orphans:
            yield finding(
                MEDIA_ORPHAN,
                RECORDINGS.name,
                file=orphans[0] if len(orphans) == 1 else None,
                rows=Rows(count=len(orphans), of=len(media)),
            )

    def _by_name(self) -> dict[str, list[_Recording]]:
        """Give the rows by every name that may stand in the name of a media file."""
        by_name: dict[str, list[_Recording]] = {}
        for row in self._rows:
            for name in row.names:
                by_name.setdefault(name, []).append(row)
        return by_name


def check_urls(view: View, found: Tally) -> None:
    """Tell signed addresses that have expired from those that still open the recording."""
    if view.data_type != RECORDINGS.name or not view.has("downloadUrl"):
        return
    urls = view.table["downloadUrl"].to_pylist()
    ends = np.array([_expiry(url) if url else np.nan for url in urls], dtype=np.float64)
    for code, check, mask in (
        (URL_EXPIRED, "the signed address still works", ends <= view.now),
        (URL_LIVE, "the signed address no longer works", ends > view.now),
    ):
        found.add(view.rule(code, "downloadUrl", check), view.at[mask])


def _expiry(url: str) -> float:
    """When a signed address ends, ms since 1970; NaN when it does not say."""
    try:
        query = {key.lower(): value for key, value in parse_qsl(urlsplit(url).query)}
        for maker in ("x-goog-", "x-amz-"):
            stamp, seconds = query.get(f"{maker}date", ""), query.get(f"{maker}expires", "")
            if _STAMP.match(stamp) and seconds.isdigit():
                start = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                return (start + timedelta(seconds=int(seconds))).timestamp() * 1000
        return float(query["expires"]) * 1000
    except (ValueError, OverflowError, KeyError):
        return float("nan")


def _stem(path: str) -> str:
    """Name of a file without folder, ending, and the mark of a second copy."""
    stem = PurePosixPath(path.replace("\\", "/")).stem
    return without_copy_mark(unicodedata.normalize("NFC", stem))  # macOS takes letters apart


def _owners(path: str, by_name: Mapping[str, list[_Recording]]) -> list[_Recording]:
    """Rows whose id or file name ends the name of a media file: ``{name}_{type}_{id}.mp4``."""
    parts = _stem(path.rpartition("!/")[2]).lower().split("_")
    for first in range(len(parts)):
        rows = by_name.get("_".join(parts[first:]))
        if rows:
            return rows
    return []
