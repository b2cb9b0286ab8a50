"""Defects: ZIP files that are hostile or damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sample_data.broken import DEFECTS, Defect, defect, files
from sample_data.hostile import LINK, Entry, bomb, encrypted, lying, overlapping, zip_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sample_data.study import Study

_EVENTS: Final = b"id,timestamp\nevent_1,2026-03-02T09:00:00Z\n"


def _zip(name: str, what: str, make: Callable[[], bytes]) -> None:
    DEFECTS.append(
        Defect(name=name, what=what, make=lambda _: make(), validate_exit=10, create_exit=10)
    )


_zip(
    "zip-traversal",
    "an entry that climbs out of the folder",
    lambda: zip_bytes(Entry(name="../../events.csv", content=_EVENTS)),
)
_zip(
    "zip-absolute",
    "an entry with an absolute name",
    lambda: zip_bytes(Entry(name="/tmp/events.csv", content=_EVENTS)),
)
_zip(
    "zip-drive-letter",
    "an entry with a drive letter and backslashes",
    lambda: zip_bytes(Entry(name="C:\\data\\events.csv", content=_EVENTS)),
)
_zip(
    "zip-symlink",
    "an entry that is a symbolic link",
    lambda: zip_bytes(Entry(name="events.csv", content=b"/etc/hostname", attributes=LINK)),
)
_zip(
    "zip-overlap",
    "an entry that lies inside another one",
    lambda: overlapping("chat.csv", Entry(name="events.csv", content=_EVENTS)),
)
_zip(
    "zip-duplicate-names",
    "two entries of the same name",
    lambda: zip_bytes(
        Entry(name="events.csv", content=_EVENTS), Entry(name="events.csv", content=b"id\n")
    ),
)
_zip("zip-bomb", "64 MiB of nothing in 64 KiB", lambda: bomb("events.csv", 64))
_zip("zip-encrypted", "an encrypted entry", lambda: encrypted("events.csv", _EVENTS))
_zip(
    "zip-half",
    "the second half is missing: the download was cut off",
    lambda: zip_bytes(*(Entry(name=f"events_{n}.csv", content=_EVENTS) for n in range(9)))[:400],
)
_zip(
    "zip-lying-size",
    "an entry that is longer than it says",
    lambda: zip_bytes(Entry(name="events.csv", content=_EVENTS, size=12)),
)
_zip(
    "zip-lying-packed",
    "a packed entry that unpacks to more than it says",
    lambda: lying("events.csv", _EVENTS),
)
_zip(
    "zip-wrong-count",
    "a table of contents that holds fewer entries than its end says",
    lambda: zip_bytes(Entry(name="events.csv", content=_EVENTS), declared=60_000),
)
_zip(
    "zip-two-names",
    "an entry whose two headers name it differently",
    lambda: zip_bytes(Entry(name="events.csv", local_name="chat.csv", content=_EVENTS)),
)
_zip(
    "zip-damaged",
    "an entry whose bytes do not match their checksum",
    lambda: zip_bytes(
        Entry(name="events.csv", content=_EVENTS, packed=_EVENTS.replace(b"0", b"1"))
    ),
)
_zip(
    "zip-unknown-method",
    "an entry packed in a way nobody knows",
    lambda: zip_bytes(Entry(name="events.csv", content=_EVENTS, method=77)),
)
_zip(
    "zip-nul-name",
    "an entry with a NUL in its name",
    lambda: zip_bytes(Entry(name="events.csv\0.txt", content=_EVENTS)),
)


@defect("zip-backslash", "folders and files with a backslash between, as PowerShell 5 zips", 0)
def _backslash(study: Study) -> bytes:
    entries = (
        Entry(name=f"{study.rooms[0]}\\{path}", content=content)
        for path, content in files(study).items()
    )
    return zip_bytes(*entries)


@defect("zip-nested", "a ZIP inside the ZIP: listed, not opened", 0, "FILE-LEFT-OUT")
def _nested(study: Study) -> bytes:
    inside = zip_bytes(Entry(name="chat.json", content=b"[]"))
    return zip_bytes(
        Entry(name="foreign.zip", content=inside),
        *(Entry(name=path, content=content) for path, content in files(study).items()),
    )
