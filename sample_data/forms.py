"""Everything a user can have on disk: one writer per form of hyperstudy-data.md, section 5.

``write_form(study, form, folder)`` writes a study in one form and returns what a bundle is opened
with. ``FORMS`` lists them; those in ``WHOLE`` carry every row and every field of the types in
``TYPES_OF``, the others lose something by nature.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sample_data import csv_text
from sample_data.places import iso
from sample_data.study import SEVEN, Row, Study

PAGE_ROWS: Final = 1000
"""The platform's default ``limit``."""
ZIP_DATE: Final = (2026, 10, 30, 8, 0, 0)

SCRIPT_TYPES: Final = ("events", "recordings", "chat", "sync", "ratings/continuous")
"""What the seeds' download script fetches; ratings/sparse and components are not among them."""
OLDER_TYPES: Final = ("events", "recordings", "chat", "ratings/continuous", "ratings/sparse")

Writer = Callable[[Study, Path], None]


def stem(name: str) -> str:
    """The name of a data type as a file name."""
    return name.replace("/", "_")


def dumps(value: object, *, indent: int | None = None) -> str:
    """JSON text as a web server sends it: no spaces, no escapes that are not needed."""
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, separators=separators, indent=indent)


def envelope(
    study: Study,
    name: str,
    rows: list[Row],
    *,
    scope: str = "experiment",
    scope_id: str | None = None,
    offset: int = 0,
    limit: int = PAGE_ROWS,
    total: int | None = None,
    data_first: bool = False,
) -> dict[str, Any]:
    """One answer of the API (seed-data-types.md, "Response Metadata")."""
    kind, _, rating = name.partition("/")
    total = len(rows) if total is None else total
    more = offset + len(rows) < total
    processing = {"processingTimeMs": 145, "enriched": True, "version": "3.0.0"}
    if scope == "room" and scope_id in study.zeros:
        processing = {"experimentStartedAt": study.zeros[scope_id], **processing}
    pagination: dict[str, Any] = {
        "total": total,
        "returned": len(rows),
        "limit": limit,
        "offset": offset,
        "hasMore": more,
    }
    if more:
        pagination["nextOffset"] = offset + len(rows)
    metadata = {
        "dataType": kind,
        **({"ratingType": rating} if rating else {}),
        "scope": scope,
        "scopeId": study.experiment_id if scope_id is None else scope_id,
        "timestamp": iso(study.downloaded_at),
        "query": {"limit": limit, "offset": offset},
        "processing": processing,
        "pagination": pagination,
    }
    if data_first:
        return {"status": "success", "data": rows, "metadata": metadata}
    return {"status": "success", "metadata": metadata, "data": rows}


def pages(
    study: Study,
    name: str,
    *,
    size: int = PAGE_ROWS,
    scope: str = "experiment",
    scope_id: str | None = None,
    data_first: bool = False,
) -> list[dict[str, Any]]:
    """The answers to a listing fetched page by page; an empty listing is one empty page."""
    rows = study.rows[name]
    return [
        envelope(
            study,
            name,
            rows[at : at + size],
            scope=scope,
            scope_id=scope_id,
            offset=at,
            limit=size,
            total=len(rows),
            data_first=data_first,
        )
        for at in range(0, max(len(rows), 1), size)
    ]


def _save(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def _pages(study: Study, folder: Path, size: int = PAGE_ROWS) -> None:
    for name in study.rows:
        for number, page in enumerate(pages(study, name, size=size, data_first=name == "chat")):
            _save(folder / f"{stem(name)}_page_{number + 1:03d}.json", dumps(page))


def _small_pages(study: Study, folder: Path) -> None:
    _pages(study, folder, size=2)


def _room_pages(study: Study, folder: Path) -> None:
    for room in study.rooms:
        part = study.in_room(room)
        for name in (name for name, rows in part.rows.items() if rows):
            for number, page in enumerate(pages(part, name, scope="room", scope_id=room)):
                _save(folder / room / f"{stem(name)}_{number}.json", dumps(page))
    for name, rows in study.rows.items():
        if any(row.get("roomId", row.get("sessionId")) is None for row in rows):
            homeless = [row for row in rows if row.get("roomId", row.get("sessionId")) is None]
            _save(folder / f"{stem(name)}.json", dumps(envelope(study, name, homeless)))


def _envelopes(study: Study, folder: Path) -> None:
    for name, rows in study.rows.items():
        answer = envelope(study, name, rows, limit=max(len(rows), 1), data_first=True)
        _save(folder / f"{stem(name)}.json", dumps(answer))


def _arrays(study: Study, folder: Path) -> None:
    for name, rows in study.rows.items():
        _save(folder / f"{stem(name)}.json", dumps(rows, indent=2))


_KEYS: Final[dict[str, dict[str, str]]] = {
    "endpoints": {},
    "python": {
        "ratings/continuous": "continuous_ratings",
        "ratings/sparse": "sparse_ratings",
        "sync": "sync_metrics",
    },
    "javascript": {
        "ratings/continuous": "continuousRatings",
        "ratings/sparse": "sparseRatings",
        "sync": "syncMetrics",
    },
    "sdk": {"ratings/continuous": "ratings_continuous", "ratings/sparse": "ratings_sparse"},
}
"""How the guides and the SDK spell the keys of a dict of types."""


def _dict_of_types(spelling: str) -> Writer:
    def write(study: Study, folder: Path) -> None:
        keys = _KEYS[spelling]
        _save(
            folder / "all_data.json",
            dumps({keys.get(name, name): rows for name, rows in study.rows.items()}),
        )

    return write


def _ndjson(study: Study, folder: Path) -> None:
    for name, rows in study.rows.items():
        _save(folder / f"{stem(name)}.ndjson", "".join(dumps(row) + "\n" for row in rows))


def _concatenated(study: Study, folder: Path) -> None:
    for name, rows in study.rows.items():
        size = max(1, (len(rows) + 1) // 2)
        both = "\n".join(dumps(page) for page in pages(study, name, size=size))
        _save(folder / f"{stem(name)}.json", both)


def _csv(text: Callable[[list[Row]], str], name_of: Callable[[str], str] = stem) -> Writer:
    def write(study: Study, folder: Path) -> None:
        for name, rows in study.rows.items():
            if rows:
                _save(folder / f"{name_of(name)}.csv", text(rows))

    return write


def script_folder(study: Study, room: str) -> str:
    """``data_{ROOM}_{stamp}``, as the seeds' ``complete_download.sh`` names it."""
    return f"data_{room}_{study.downloaded_at:%Y%m%d_%H%M%S}"


def _script(study: Study, folder: Path) -> None:
    for room in study.rooms:
        part = study.in_room(room)
        for name in (name for name in SCRIPT_TYPES if name in part.rows):
            path = folder / script_folder(study, room) / f"{stem(name)}.csv"
            _save(path, csv_text.api_csv(part.rows[name]))


def _older(study: Study, folder: Path) -> None:
    """The Interface Guide's layout: one ``ratings.csv`` of both kinds, ``metadata.json`` beside."""
    top = folder / f"experiment_{study.experiment_id}_{study.downloaded_at:%Y-%m-%d}"
    _save(top / "metadata.json", dumps({"experimentId": study.experiment_id}))
    for room in study.rooms:
        part = study.in_room(room).rows
        here = top / (room if room.startswith("room_") else f"room_{room}")
        for name in ("events", "chat", "recordings"):
            if part.get(name):
                _save(here / f"{name}.csv", csv_text.gui_csv(part[name]))
        ratings = [*part.get("ratings/continuous", []), *part.get("ratings/sparse", [])]
        if ratings:
            _save(here / "ratings.csv", csv_text.gui_csv(ratings))


def _gui_zip(study: Study, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        put(archive, "export/metadata.json", dumps({"exportDate": iso(study.downloaded_at)}))
        for name, rows in study.rows.items():
            put(archive, f"export/{stem(name)}.json", dumps(rows))
        for row in study.rows.get("recordings", [])[:2]:
            label = row.get("participantName", "unknown")
            put(archive, f"export/recordings/{label}_video_{row['recordingId']}.mp4", FAKE_MP4)


FAKE_MP4: Final = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(64)


def put(archive: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    """Add a stored entry with a fixed date, so that the bytes are the same on every machine."""
    entry = zipfile.ZipInfo(name, ZIP_DATE)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


_FORMS: Final[dict[str, Writer]] = {
    "api-pages": _pages,
    "api-pages-small": _small_pages,
    "api-pages-by-room": _room_pages,
    "envelope": _envelopes,
    "array": _arrays,
    "dict-endpoints": _dict_of_types("endpoints"),
    "dict-python": _dict_of_types("python"),
    "dict-javascript": _dict_of_types("javascript"),
    "dict-sdk": _dict_of_types("sdk"),
    "ndjson": _ndjson,
    "concatenated": _concatenated,
    "gui-zip": _gui_zip,
    "api-csv": _csv(csv_text.api_csv),
    "gui-csv": _csv(csv_text.gui_csv),
    "sdk-csv": _csv(csv_text.sdk_csv, lambda name: f"experiment_{stem(name)}"),
    "r-csv": _csv(csv_text.r_csv),
    "js-csv": _csv(csv_text.js_csv),
    "script-folders": _script,
    "older-folders": _older,
}

FORMS: Final = tuple(_FORMS)
JSON_FORMS: Final = FORMS[: FORMS.index("gui-zip") + 1]
"""These keep nulls apart from absent keys, and text apart from numbers."""
WHOLE: Final = (
    *JSON_FORMS,
    "api-csv",
    "gui-csv",
    "sdk-csv",
    "r-csv",
    "script-folders",
    "older-folders",
)
"""These keep every row and value; in CSV an explicit null becomes an absent value."""
TYPES_OF: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(FORMS, SEVEN),
    "script-folders": SCRIPT_TYPES,
    "older-folders": OLDER_TYPES,
}


def write_form(study: Study, form: str, folder: Path) -> Path:
    """Write a study in one form below ``folder``; answers with what to open as a bundle."""
    folder.mkdir(parents=True, exist_ok=True)
    _FORMS[form](study, folder)
    return folder / "export.zip" if form == "gui-zip" else folder
