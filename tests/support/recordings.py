"""Bundles with rows about recordings, and the recordings."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from archive_tool.archive.extraction.extract import extract
from archive_tool.policy import parse, policy_text
from sample_data.forms import FAKE_MP4
from tests.support.pipelines import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.archive.reader import Archive
    from archive_tool.pipeline.created import Created
    from tests.support.pipelines import Lab

MARK: Final = "KANARI"
ANN, BOB = f"{MARK}-ann", f"{MARK}-bob"
FILM: Final = FAKE_MP4 + MARK.encode() * 200_000
"""1.2 MB: two segments."""
TWO: Final = {f"{MARK} Ann_video_rec-a.mp4": FILM, f"{MARK} Bob_video_rec-b.webm": FILM[:-7]}
LATER = NOW + timedelta(minutes=1)
SEALING = policy_text("pseudonymize").replace('media = "exclude"', 'media = "seal"')


def row(person: str | None, number: int, **more: Any) -> dict[str, Any]:
    at = {"experimentId": "x1", "roomId": f"{MARK}-room"}
    who = {} if person is None else {"participantId": person}
    return {**at, **who, "timestamp": f"2026-03-01T10:00:0{number}.000Z", **more}


def bundle(
    folder: Path, files: dict[str, bytes], recordings: dict[str, str | None] | None = None
) -> Path:
    """Ann and Bob with an event and a recording each; ``files`` are the media files."""
    path = folder / "bundle"
    path.mkdir(exist_ok=True)
    events = [
        row(person, number, id=f"e{number}", eventType="component.response", onset=number)
        for number, person in enumerate((ANN, BOB))
    ]
    filmed = [
        row(person, 5, recordingId=name, status="completed", startTime="2026-03-01T10:00:00.000Z")
        for name, person in (recordings or {"rec-a": ANN, "rec-b": BOB}).items()
    ]
    (path / "events.json").write_text(json.dumps(events))
    (path / "recordings.json").write_text(json.dumps(filmed))
    for name, content in files.items():
        (path / name).write_bytes(content)
    return path


def sealed(own: Lab, files: dict[str, bytes] = TWO, **more: Any) -> Created:
    policy = more.pop("policy", None) or parse(SEALING, where="sealing")
    rows = more.pop("recordings", None)
    return own.create(bundle(own.folder, files, rows), policy=policy, **more)


def written(archive: Archive, to: Path, **more: Any) -> dict[str, bytes]:
    """What ``extract --type media`` gives."""
    extract(archive, to=to, types=["media"], **more)
    return {path.name: path.read_bytes() for path in (to / "media").iterdir()}
