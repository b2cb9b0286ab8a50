"""The stream of a sealed recording: every size comes back, every change is seen."""

from __future__ import annotations

import io
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive import media
from archive_tool.archive.media import MAGIC, SEGMENT, TAG
from archive_tool.errors import FormatError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KEY, OTHER = bytes(range(32)), bytes(32)
WHOLE = SEGMENT + TAG
CHANGED = "here: cannot be decrypted: it was changed, or sealed under another key"


def film(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def sealed(plain: bytes, key: bytes = KEY) -> bytes:
    return b"".join(media.seal(media.pieces(io.BytesIO(plain)), key))


def opened(folder: Path, content: bytes, key: bytes = KEY) -> bytes:
    path = folder / "x.sealed"
    path.write_bytes(content)
    return b"".join(media.unseal(path, key, where="here"))


def refused(folder: Path, content: bytes, key: bytes = KEY) -> str:
    with pytest.raises(IntegrityError) as caught:
        opened(folder, content, key)
    return str(caught.value)


@pytest.mark.parametrize(
    "size", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 7]
)
def test_every_size_comes_back_and_has_the_size_the_format_says(tmp_path: Path, size: int) -> None:
    plain = film(size)
    content = sealed(plain)
    assert opened(tmp_path, content) == plain
    segments = max(1, -(-size // SEGMENT))
    assert len(content) == len(MAGIC) + size + TAG * segments
    assert MAGIC == b"ATMEDIA\x01"


def test_a_film_of_four_bytes_is_sealed_into_these() -> None:
    assert sealed(b"film").hex() == ("41544d454449410173bfd39161846cb6080ca469bffac151c37d776a")


def test_memory_does_not_grow_with_the_recording(tmp_path: Path) -> None:
    path = tmp_path / "x"

    def put(parts: Iterable[bytes]) -> None:
        with path.open("wb") as file:
            file.writelines(parts)

    tracemalloc.start()
    media.write(media.pieces(Zeros(24 * SEGMENT)), KEY, put=put, path=path, where="x")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 24 * SEGMENT
    assert most < 8 * SEGMENT


class Zeros(io.BytesIO):
    """A stream of zeros that are nowhere before they are read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size

    def read(self, size: int | None = -1) -> bytes:
        taken = min(self._left, size or 0)
        self._left -= taken
        return bytes(taken)


def test_a_changed_byte_is_refused_wherever_it_is(tmp_path: Path) -> None:
    content = sealed(film(SEGMENT + 5))
    for place in (len(MAGIC), len(MAGIC) + WHOLE - 1, len(MAGIC) + WHOLE, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        assert refused(tmp_path, bytes(changed)) == CHANGED


def test_a_cut_off_end_is_refused(tmp_path: Path) -> None:
    content = sealed(film(2 * SEGMENT + 5))
    for kept in (len(MAGIC), len(MAGIC) + WHOLE, len(MAGIC) + 2 * WHOLE, len(content) - 1):
        assert refused(tmp_path, content[:kept]) == CHANGED


def test_segments_have_one_place_in_one_file(tmp_path: Path) -> None:
    head, rest = MAGIC, sealed(film(3 * SEGMENT))[len(MAGIC) :]
    one, two, three = (rest[start : start + WHOLE] for start in (0, WHOLE, 2 * WHOLE))
    foreign = sealed(film(3 * SEGMENT)[1:] + b"x", OTHER)[len(MAGIC) :]
    for content in (
        two + one + three,  # in another order
        one + three,  # one is left out
        one + one + two + three,  # one is there twice
        one + two + three + three,  # something follows the end
        one + foreign[WHOLE : 2 * WHOLE] + three,  # one of another file
    ):
        assert refused(tmp_path, head + content) == CHANGED


def test_nothing_is_handed_out_before_it_was_verified(tmp_path: Path) -> None:
    content = bytearray(sealed(film(2 * SEGMENT)))
    content[-1] ^= 1
    (tmp_path / "x").write_bytes(content)
    parts = media.unseal(tmp_path / "x", KEY, where="here")
    assert next(parts) == film(SEGMENT)
    with pytest.raises(IntegrityError):
        next(parts)


def test_another_key_a_plain_file_and_no_file_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, sealed(b"film"), OTHER) == CHANGED
    unknown = "here: is not sealed (expected a sealed recording)"
    assert refused(tmp_path, b"\x00\x00\x00\x18ftypmp42") == unknown
    assert refused(tmp_path, b"") == unknown
    assert refused(tmp_path, b"ATMEDIA\x02" + sealed(b"film")[8:]) == unknown
    with pytest.raises(IntegrityError, match=r"^nowhere: is missing$"):
        next(media.unseal(tmp_path / "nowhere", KEY, where="nowhere"))
    (tmp_path / "link").symlink_to(tmp_path / "x.sealed")
    with pytest.raises(IntegrityError, match=r"^link: is missing$"):
        next(media.unseal(tmp_path / "link", KEY, where="link"))


def test_what_does_not_read_back_is_refused(tmp_path: Path) -> None:
    def put(parts: object) -> None:
        for _ in parts:  # type: ignore[attr-defined]
            pass
        (tmp_path / "x").write_bytes(sealed(b"another film"))

    with pytest.raises(IntegrityError, match=r"^x: did not read back as it was written$"):
        media.write([b"film"], KEY, put=put, path=tmp_path / "x", where="x")


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "a\\b", "a\nb", "C:x", "-rf", " a"])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(FormatError, match=r"^media: not a name for an extracted file$"):
        media.check_name(name)
