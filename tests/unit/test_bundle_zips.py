"""ZIPs that are damaged or built to mislead are refused before a byte of them is used."""

from __future__ import annotations

import gc
import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from archive_tool.bundle import Bundle, Limits, open_bundle
from archive_tool.bundle.limits import MIB
from archive_tool.bundle.members import MemberReader
from archive_tool.errors import BundleError

if TYPE_CHECKING:
    from pathlib import Path

LOCAL = "<4s5H3L2H"
CENTRAL = "<4s6H3L5H2L"
END = "<4s4H2LH"


@dataclass(kw_only=True)
class Entry:
    """One entry of a ZIP made by hand; every field of it can lie."""

    name: bytes = b"a.csv"
    content: bytes = b"id\n1\n"
    method: int = 0
    flags: int = 0
    mode: int = stat.S_IFREG | 0o644
    local_name: bytes | None = None
    size: int | None = None
    packed: int | None = None
    local_size: int | None = None
    crc: int | None = None
    header: int | None = None
    """Offset that the table of contents gives; None for the true one."""
    extra: bytes = b""
    offsets: list[int] = field(default_factory=list)

    def body(self) -> bytes:
        if self.method != 8:
            return self.content
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflate.compress(self.content) + deflate.flush()


def build(*entries: Entry, count: int | None = None, before: bytes = b"") -> bytes:
    """A ZIP with exactly these entries, as they say."""
    out = io.BytesIO()
    out.write(before)
    central = b""
    for one in entries:
        body = one.body()
        crc = zlib.crc32(one.content) if one.crc is None else one.crc
        size = len(one.content) if one.size is None else one.size
        packed = len(body) if one.packed is None else one.packed
        name = one.name if one.local_name is None else one.local_name
        offset = out.tell() if one.header is None else one.header
        local_size = size if one.local_size is None else one.local_size
        head = (b"PK\x03\x04", 20, one.flags, one.method, 0, 0, crc, packed, local_size)
        out.write(struct.pack(LOCAL, *head, len(name), 0) + name + body)
        central += struct.pack(
            CENTRAL, b"PK\x01\x02", 0x031E, 20, one.flags, one.method, 0, 0, crc, packed, size,
            len(one.name), len(one.extra), 0, 0, 0, one.mode << 16, offset,
        ) + one.name + one.extra  # fmt: skip
    begin = out.tell()
    number = len(entries) if count is None else count
    end = struct.pack(END, b"PK\x05\x06", 0, 0, number, number, len(central), begin, 0)
    return out.getvalue() + central + end


def opened(tmp_path: Path, content: bytes, limits: Limits | None = None) -> Bundle:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    return open_bundle([path], limits=limits or Limits())


def refusal(tmp_path: Path, content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(BundleError) as failure:
        opened(tmp_path, content, limits)
    assert failure.value.exit_code == 10
    assert failure.value.__context__ is None
    return str(failure.value)


def test_the_builder_makes_good_zips(tmp_path: Path) -> None:
    content = build(Entry(), Entry(name=b"b.csv", method=8, content=b"id\n" * 999))
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    with opened(tmp_path, content) as bundle:
        assert [bytes(bundle.buffer(file)) for file in bundle.files] == [
            b"id\n1\n",
            b"id\n" * 999,
        ]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            Entry(name=b"../a.csv"),
            "x.zip, entry 1 (../a.csv): a name that leads out of the ZIP (expected no .. in it)",
        ),
        (
            Entry(name=b"a/../../b.csv"),
            "x.zip, entry 1 (a/../../b.csv): a name that leads out of the ZIP"
            " (expected no .. in it)",
        ),
        (
            Entry(name=b"/etc/a.csv"),
            "x.zip, entry 1 (/etc/a.csv): an absolute name (expected a name inside the ZIP)",
        ),
        (
            Entry(name=b"C:a.csv"),
            "x.zip, entry 1 (C:a.csv): an absolute name (expected a name inside the ZIP)",
        ),
        (
            Entry(name=b"a\\..\\..\\b.csv"),
            "x.zip, entry 1 (a/../../b.csv): a name that leads out of the ZIP"
            " (expected no .. in it)",
        ),
        (
            Entry(name=b"\\\\server\\a.csv"),
            "x.zip, entry 1 (//server/a.csv): an absolute name (expected a name inside the ZIP)",
        ),
        (Entry(name=b"a\0.csv"), "x.zip, entry 1: an empty name or one with a NUL byte"),
        (Entry(name=b""), "x.zip, entry 1: an empty name or one with a NUL byte"),
        (Entry(name=b"\xff", flags=0x800), "x.zip, entry 1: a name that is not UTF-8"),
        (
            Entry(name=b"a" * 5000),
            "x.zip, entry 1: a name that is too long (expected at most 4096 bytes)",
        ),
        (
            Entry(mode=stat.S_IFLNK | 0o777),
            "x.zip, entry 1 (a.csv): a link or device (expected a file or folder)",
        ),
        (
            Entry(mode=stat.S_IFBLK | 0o777),
            "x.zip, entry 1 (a.csv): a link or device (expected a file or folder)",
        ),
        (Entry(flags=1), "x.zip, entry 1 (a.csv): an encrypted entry"),
        (Entry(flags=0x40), "x.zip, entry 1 (a.csv): an encrypted entry"),
        (Entry(flags=0x2000), "x.zip, entry 1 (a.csv): an encrypted entry"),
        (Entry(method=99), "x.zip, entry 1 (a.csv): an encrypted entry"),
        (
            Entry(flags=0x20),
            "x.zip, entry 1 (a.csv): an unknown compression method (expected stored or deflated)",
        ),
        (
            Entry(method=9),
            "x.zip, entry 1 (a.csv): an unknown compression method (expected stored or deflated)",
        ),
        (Entry(local_name=b"b.csv"), "x.zip, entry 1 (a.csv): another name in its local header"),
        (Entry(local_name=b"a.csvx"), "x.zip, entry 1 (a.csv): another name in its local header"),
        (
            Entry(local_size=1),
            "x.zip, entry 1 (a.csv): its local header contradicts the table of contents",
        ),
        (Entry(size=6), "x.zip, entry 1 (a.csv): sizes that contradict each other"),
        (
            Entry(header=3),
            "x.zip, entry 1 (a.csv): a damaged entry (expected a local header where the ZIP says)",
        ),
        (Entry(name=b"folder/"), "x.zip, entry 1 (folder/): a folder that holds bytes"),
        (
            Entry(size=0xFFFFFFFF),
            "x.zip, entry 1 (a.csv): a damaged entry (expected its sizes in a Zip64 field)",
        ),
        (
            Entry(method=8, size=50 * MIB, local_size=50 * MIB),
            "x.zip, entry 1 (a.csv): unpacks to far more than it holds, like a ZIP bomb"
            " (expected at most 200 to 1)",
        ),
        (
            Entry(size=9 << 30, packed=9 << 30, extra=b""),
            "x.zip, entry 1 (a.csv): too large unpacked (expected at most 8589934592 bytes)",
        ),
    ],
    ids=lambda value: value[-40:] if isinstance(value, str) else "",
)
def test_a_hostile_entry_is_refused(tmp_path: Path, entry: Entry, message: str) -> None:
    if entry.size == 9 << 30:  # too large for 32 bits: the way of Zip64
        entry.extra = struct.pack("<2H2Q", 1, 16, entry.size, entry.size)
        entry.size = entry.packed = 0xFFFFFFFF
    assert refusal(tmp_path, build(entry)) == message


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    inside = build(Entry(name=b"b.csv"))[: -22 - 46 - 5]
    first = Entry(name=b"a.csv", content=inside)
    content = build(first, Entry(name=b"b.csv", header=30 + 5))
    assert refusal(tmp_path, content) == (
        "x.zip, entry 2 (b.csv): an entry that overlaps another one"
    )


def test_an_entry_may_not_share_a_single_byte(tmp_path: Path) -> None:
    longer = Entry(size=6, packed=6, local_size=6)
    assert refusal(tmp_path, build(longer, Entry(name=b"b.csv"))) == (
        "x.zip, entry 2 (b.csv): an entry that overlaps another one"
    )
    assert refusal(tmp_path, build(longer)) == (
        "x.zip: an entry that reaches into the table of contents"
    )


@pytest.mark.parametrize("field_at", [4, 6, 8])
def test_one_volume_of_several_is_refused(tmp_path: Path, field_at: int) -> None:
    """Its own number, that of the first, and how many entries of all are in this one."""
    content = bytearray(build(Entry()))
    content[-22 + field_at] += 1
    assert (
        refusal(tmp_path, bytes(content)) == "x.zip: one volume of several (expected one whole ZIP)"
    )


def test_the_ratio_is_exact(tmp_path: Path) -> None:
    entry = Entry(method=8, content=bytes(4096))
    packed = len(entry.body())
    enough = -(-4096 // packed)
    content = build(entry)
    with opened(tmp_path, content, Limits(ratio=enough, ratio_from_bytes=4095)) as bundle:
        assert bundle.files
    message = "x.zip, entry 1 (a.csv): unpacks to far more than it holds, like a ZIP bomb"
    limits = Limits(ratio=enough - 1, ratio_from_bytes=4095)
    assert refusal(tmp_path, content, limits).startswith(message)
    with opened(tmp_path, content, Limits(ratio=1, ratio_from_bytes=4096)) as bundle:
        assert bundle.files


def test_many_small_bombs_are_one(tmp_path: Path) -> None:
    many = [Entry(name=b"%d.csv" % n, method=8, content=bytes(1500)) for n in range(3)]
    limits = Limits(ratio=10, ratio_from_bytes=2000)
    with opened(tmp_path, build(many[0]), limits) as bundle:
        assert bundle.files
    assert refusal(tmp_path, build(*many), limits) == (
        "x.zip: unpacks to far more than it holds, like a ZIP bomb (expected at most 10 to 1)"
    )


def test_two_entries_for_the_same_bytes_are_refused(tmp_path: Path) -> None:
    content = build(Entry(), Entry(name=b"b.csv", header=0))
    assert refusal(tmp_path, content) == (
        "x.zip, entry 2 (b.csv): another name in its local header"
    )


def test_equal_names_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, build(Entry(), Entry(content=b"id\n2\n"))) == (
        "x.zip, entry 2 (a.csv): a name that another entry has already"
    )


def test_a_backslash_between_folders_is_a_slash(tmp_path: Path) -> None:
    entries = Entry(name=b"room_1\\", content=b""), Entry(name=b"room_1\\chat.csv")
    with opened(tmp_path, build(*entries)) as bundle:
        (file,) = bundle.files
        assert file.path == "x.zip!/room_1/chat.csv"
        assert file.hints.data_type == "chat"
        assert bytes(bundle.buffer(file)) == b"id\n1\n"
    both = build(Entry(name=b"a/b.csv"), Entry(name=b"a\\b.csv"))
    assert refusal(tmp_path, both) == (
        "x.zip, entry 2 (a/b.csv): a name that another entry has already"
    )


def test_half_a_zip_is_told_from_what_is_none(tmp_path: Path) -> None:
    whole = build(*(Entry(name=b"%d.csv" % n) for n in range(9)))
    message = (
        "x.zip: half a ZIP: the download was cut off (expected a table of contents at its end)"
    )
    for length in (10, len(whole) // 2, len(whole) - 1):
        assert refusal(tmp_path, whole[:length]) == message


def test_what_is_named_zip_and_is_none_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"<html>") == "x.zip: not a ZIP (expected a ZIP, as its name says)"
    assert refusal(tmp_path, b"") == "x.zip: not a ZIP (expected a ZIP, as its name says)"


def test_bytes_that_belong_to_no_entry_are_refused(tmp_path: Path) -> None:
    message = "x.zip: bytes that belong to no entry before or after its table of contents"
    assert refusal(tmp_path, b"#!/bin/sh\n" + build(Entry())) == message


def test_a_wrong_count_of_entries_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, build(Entry(), count=2)) == "x.zip: its count of entries is wrong"
    assert refusal(tmp_path, build(Entry(), count=0)) == "x.zip: its count of entries is wrong"


def test_too_many_entries_are_refused_by_their_count(tmp_path: Path) -> None:
    limits = Limits(files=2)
    three = [Entry(name=b"%d.csv" % n) for n in range(3)]
    message = "x.zip: too many entries (expected at most 2)"
    assert refusal(tmp_path, build(*three), limits) == message
    assert refusal(tmp_path, build(*three, count=1), limits) == message


def test_a_million_entries_are_refused_unread(tmp_path: Path) -> None:
    # Zip64: the count in the end record, and a table of contents of zeros that nobody looks at
    size = 46 * 1_000_000
    end64 = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1_000_000, 1_000_000, size, 0
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, size, 1)
    end = struct.pack(END, b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert refusal(tmp_path, bytes(size) + end64 + locator + end) == (
        "x.zip: too many entries (expected at most 250000)"
    )


def test_folders_inside_folders_have_a_limit(tmp_path: Path) -> None:
    deep = Entry(name=b"a/b.csv"), Entry(name=b"a/b/c.csv")
    assert refusal(tmp_path, build(*deep), Limits(folder_depth=2)) == (
        "x.zip, entry 2 (a/b/c.csv): too many folders (expected at most 2)"
    )


@pytest.mark.parametrize(
    ("signature", "length", "place", "disks"),
    [
        (b"PK\x06\x06", 56, 0, 2),
        (b"PK\x06\x06", 56, 1, 1),
        (b"PK\x06\x06", 56, 1 << 60, 1),
        (b"PK\x06\x06", 4, 0, 1),
        (b"PK\x00\x00", 56, 0, 1),
    ],
    ids=["two disks", "it begins later", "nowhere", "it is cut off", "something else is there"],
)
def test_a_table_of_contents_that_is_not_where_the_zip_says_is_refused(
    tmp_path: Path, signature: bytes, length: int, place: int, disks: int
) -> None:
    whole = build(Entry())
    body, size = whole[:-22], 46 + 5
    begin = len(body) - size
    end64 = struct.pack("<4sQ2H2L4Q", signature, 44, 45, 45, 0, 0, 1, 1, size, begin)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(body) + place, disks)
    assert refusal(tmp_path, body + end64[:length] + locator + whole[-22:]) == (
        "x.zip: its table of contents cannot be found"
    )


@pytest.mark.parametrize("at", [8, 12, 16], ids=["counts", "size", "offset"])
def test_a_number_too_big_for_its_place_needs_the_place_for_big_ones(
    tmp_path: Path, at: int
) -> None:
    content = bytearray(build(Entry()))
    content[-22 + at : -22 + at + 4] = b"\xff" * 4
    assert refusal(tmp_path, bytes(content)) == "x.zip: its table of contents cannot be found"


@pytest.mark.parametrize("field_at", [28, 30, 32])
def test_a_record_that_reaches_behind_the_table_of_contents_is_refused(
    tmp_path: Path, field_at: int
) -> None:
    """By the length of its name, of its further fields, of its comment."""
    content = bytearray(build(Entry()))
    content[-22 - 46 - 5 + field_at] += 1
    assert refusal(tmp_path, bytes(content)) == "x.zip, entry 1: a damaged table of contents"


class Unpackable(Entry):
    """Packed bytes that no deflate stream begins with."""

    def body(self) -> bytes:
        return b"\xff" * 5


class Unended(Entry):
    """All its bytes are there and right, and the stream goes on."""

    def body(self) -> bytes:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflate.compress(self.content) + deflate.flush(zlib.Z_SYNC_FLUSH)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Unpackable(method=8), "it cannot be unpacked"),
        (Unended(method=8), "it ends before its declared size"),
        (Entry(crc=1), "its checksum is wrong"),
        (Entry(method=8, crc=1), "its checksum is wrong"),
        (Entry(method=8, size=4, local_size=4), "it unpacks to more than it declares"),
        (Entry(method=8, size=0, local_size=0), "it unpacks to more than it declares"),
        (Entry(method=8, size=6, local_size=6), "it ends before its declared size"),
    ],
)
@pytest.mark.parametrize("way", ["open", "buffer", "sha256"])
def test_entries_that_lie_about_their_content_are_refused(
    tmp_path: Path, entry: Entry, why: str, way: str
) -> None:
    entry.name = b"a.mp4"  # nothing of media is read when it is listed but the first bytes
    entry.content = bytes(5)

    def read() -> None:
        with opened(tmp_path, build(entry)) as bundle:
            found = getattr(bundle, way)(bundle.files[0])
            if way == "open":
                found.read()

    with pytest.raises(BundleError) as failure:
        read()
    assert str(failure.value) == f"x.zip!/a.mp4: damaged entry: {why}"


def test_a_flipped_byte_is_found(tmp_path: Path) -> None:
    content = b"id,roomId\n" + b"".join(b"%d,r\n" % (n * n) for n in range(60_000))
    whole = bytearray(build(Entry(method=8, content=content)))
    whole[len(whole) // 2] ^= 1
    with opened(tmp_path, bytes(whole)) as bundle, pytest.raises(BundleError) as failure:
        bundle.buffer(bundle.files[0])
    assert str(failure.value).startswith("x.zip!/a.csv: damaged entry: it")
    assert failure.value.__context__ is None


def test_the_bytes_before_an_error_are_not_all_of_it(tmp_path: Path) -> None:
    entry = Entry(name=b"a.csv", content=b"id\n" * 90_000, crc=1)
    with opened(tmp_path, build(entry)) as bundle, bundle.open(bundle.files[0]) as stream:
        assert len(stream.read(200_000)) == 200_000
        with pytest.raises(BundleError):
            stream.read(100_000)


def test_all_zips_together_have_a_limit(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(build(Entry()))
    with pytest.raises(BundleError) as failure:
        open_bundle([tmp_path / "a.zip", tmp_path / "b.zip"], limits=Limits(unpacked_bytes=9))
    assert str(failure.value) == (
        "b.zip: too much in all ZIPs together (expected at most 9 bytes unpacked)"
    )


def test_zip64_and_data_descriptors_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"

    class Unseekable(io.RawIOBase):
        def __init__(self) -> None:
            self.out = io.BytesIO()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:
            return self.out.write(data)

    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        with out.open(zipfile.ZipInfo("a.csv"), "w", force_zip64=True) as member:
            member.write(b"id\n" * 5000)
        out.writestr("ö/ü.csv", "id\n1\n")
    path.write_bytes(stream.out.getvalue())
    with open_bundle([path]) as bundle:
        assert {f.path: len(bundle.buffer(f)) for f in bundle.files} == {
            "x.zip!/a.csv": 15_000,
            "x.zip!/ö/ü.csv": 5,
        }


def test_names_of_old_zips_are_read(tmp_path: Path) -> None:
    with opened(tmp_path, build(Entry(name="ä.csv".encode("cp437")))) as bundle:
        assert bundle.files[0].path == "x.zip!/ä.csv"


def test_small_repetitive_files_are_no_bombs(tmp_path: Path) -> None:
    entry = Entry(method=8, content=b"0" * (9 * MIB))
    with opened(tmp_path, build(entry)) as bundle:
        assert len(bundle.buffer(bundle.files[0])) == 9 * MIB


def test_a_reader_that_was_let_go_waits_for_no_garbage_collector(tmp_path: Path) -> None:
    """What unpacks an entry holds 40 kB, and the collector is held while tables are decoded."""
    (tmp_path / "a.zip").write_bytes(build(Entry(method=8)))
    gc.collect()
    gc.disable()
    try:
        with open_bundle([tmp_path / "a.zip"]) as bundle:
            for _ in range(3):
                assert bytes(bundle.buffer(bundle.files[0])) == b"id\n1\n"
            left = [one for one in gc.get_objects() if isinstance(one, MemberReader)]
        assert left == []
    finally:
        gc.enable()
