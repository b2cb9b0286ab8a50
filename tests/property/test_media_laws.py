"""Laws of sealed recordings."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_tool.archive import media
from archive_tool.errors import IntegrityError

KEY = bytes(range(32))
SMALL = 16
"""Bytes of a segment in these laws."""


def sealed(plain: bytes) -> bytes:
    return b"".join(media.seal(media.pieces(io.BytesIO(plain), SMALL), KEY))


def unsealed(content: bytes) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with patch.object(media, "SEGMENT", SMALL):
            return b"".join(media.unseal(Path(file.name), KEY, where="x"))


@given(st.binary(max_size=5 * SMALL))
def test_unsealing_inverts_sealing(plain: bytes) -> None:
    assert unsealed(sealed(plain)) == plain


@given(st.binary(max_size=4 * SMALL), st.data())
def test_no_other_bytes_open(plain: bytes, data: st.DataObject) -> None:
    content = sealed(plain)
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, len(content)))
    other = content[:start] + data.draw(st.binary(max_size=2 * SMALL)) + content[end:]
    if other == content:
        assert unsealed(other) == plain
        return
    with pytest.raises(IntegrityError):
        unsealed(other)
