"""A bundle with a marker of its own in every cell and nested leaf, and what finds them again."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from archive_tool.schemas import FIELDS, Field, Kind
from sample_data.study import SEVEN, Row, Study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.commands import Ran

TEXT: Final = "Zqxkanari"
"""Begins every text marker; a number follows."""
DIGITS: Final = "81570264"
"""Begins every number marker, after a decimal point where the range is small; too long for a
digest to hold it by chance."""
SEEN: Final = re.compile(rb"zqxkanari\w*|81570264\d*", re.IGNORECASE)


@dataclass
class Markers:
    """Gives every leaf a marker that nothing else has."""

    count: int = 0
    texts: list[str] = field(default_factory=list)

    def text(self) -> str:
        self.count += 1
        self.texts.append(f"{TEXT}{self.count:04d}")
        return self.texts[-1]

    def number(self, small: bool) -> float:
        self.count += 1
        return float(f"0.{DIGITS}{self.count:04d}") if small else int(f"{DIGITS}{self.count:04d}")

    def nested(self, field_: Field) -> Any:
        """An object with every leaf that the schema lists, an unknown one, and a free-form key."""
        made: dict[str, Any] = {self.text(): self.text(), "unknown": {"deeper": [self.text()]}}
        for leaf in field_.leaves:
            name = leaf.path.replace("[]", "").strip(".")
            if name and "*" not in name and "." not in name:
                made[name] = self.text()
        return made


def study(markers: Markers, *, people: int = 2, sane: bool = True) -> Study:
    """Two rows per person of every type; ``sane`` keeps to the ranges of the schema."""
    room, experiment = markers.text(), markers.text()
    ids = [markers.text() for _ in range(people)]
    rows: dict[str, list[Row]] = {
        name: [
            marked_row(name, markers, room, experiment, person, at, sane=sane)
            for at, person in enumerate(ids)
        ]
        for name in SEVEN
    }
    return Study(experiment_id=experiment, rows=rows)


def marked_row(
    name: str, markers: Markers, room: str, experiment: str, person: str, at: int, *, sane: bool
) -> Row:
    row: Row = {}
    for one in FIELDS[name]:
        row[one.name] = cell(one, markers, at, sane=sane)
    row |= {"roomId": room, "experimentId": experiment, markers.text(): markers.text()}
    row["senderId" if name == "chat" else "participantId"] = person
    if name == "chat":
        row |= {"recipientIds": [person], "deleted": False}
    if "scaleMax" in row and sane:
        row |= {"scaleMin": 0, "scaleMax": 999_999_999_999}
    return row


def cell(one: Field, markers: Markers, at: int, *, sane: bool) -> Any:
    if one.kind is Kind.TIME:
        late = one.name == "endTime"
        return f"2026-0{3 if late or not sane else 2}-01T10:00:0{at}.815Z"
    if one.kind is Kind.NUMBER:
        number = markers.number(small=one.high is not None)
        return number if sane else -number
    if one.kind is Kind.FLAG:
        return True
    return markers.nested(one) if one.kind is Kind.JSON else markers.text()


def decoded(content: bytes) -> Iterator[bytes]:
    """The content, and what is in it behind the usual encodings."""
    yield content
    yield unquote_to_bytes(content)
    yield content.replace(b"\0", b"")  # UTF-16 of plain letters
    for run in re.findall(rb"[A-Za-z0-9+/_-]{12,}", content):
        for skip in range(4):
            part = run[skip : skip + (len(run) - skip) // 4 * 4].translate(
                bytes.maketrans(b"-_", b"+/")
            )
            yield base64.b64decode(part)
    for run in re.findall(rb"(?:[0-9a-fA-F]{2}){8,}", content):
        yield binascii.unhexlify(run)
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for entry in packed.namelist():
                yield packed.read(entry)


def markers_in(content: bytes) -> set[bytes]:
    return {found for text in decoded(content) for found in SEEN.findall(text)}


def said(ran: Ran) -> dict[str, set[bytes]]:
    streams = {"stdout": ran.out.encode(), "stderr": ran.err.encode()}
    return {name: found for name, text in streams.items() if (found := markers_in(text))}


def written(*folders: Path) -> dict[str, set[bytes]]:
    """Markers in the contents and names of files."""
    found: dict[str, set[bytes]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            content = path.read_bytes() if path.is_file() else b""
            here = markers_in(content) | markers_in(path.name.encode())
            if here:
                found[str(path.relative_to(folder))] = here
    return found


def names_in(zipped: Path) -> set[bytes]:
    with zipfile.ZipFile(zipped) as packed:
        return markers_in(" ".join(packed.namelist()).encode())
