"""Laws of bundles."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from archive_tool.bundle import data_type_from_name, open_bundle
from archive_tool.bundle.kinds import kind_of
from archive_tool.bundle.walk import natural
from archive_tool.errors import BundleError

NAMES = st.text("abz019_é", min_size=1, max_size=6).map(lambda name: name + ".csv")
CONTENTS = st.dictionaries(NAMES, st.binary(max_size=3000), min_size=1, max_size=5)
METHODS = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])


def zipped(files: dict[str, bytes], method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@given(CONTENTS, METHODS)
def test_a_zip_gives_back_what_went_in(files: dict[str, bytes], method: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.zip")
        path.write_bytes(zipped(files, method))
        with open_bundle([path]) as bundle:
            found = {f.path.removeprefix("x.zip!/"): bundle.open(f).read() for f in bundle.files
                     if f.kind != "ignored"}  # fmt: skip
            buffers = {f.path.removeprefix("x.zip!/"): bytes(bundle.buffer(f))
                       for f in bundle.files if f.kind != "ignored"}  # fmt: skip
    assert found == buffers == {name: files[name] for name in found}
    assert set(found) == set(files)


@given(CONTENTS, METHODS, st.data())
def test_a_changed_zip_gives_the_same_bytes_or_a_bundle_error(
    files: dict[str, bytes], method: int, data: st.DataObject
) -> None:
    content = bytearray(zipped(files, method))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([None, None, place]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.zip")
        path.write_bytes(content[:cut])
        try:
            with open_bundle([path]) as bundle:
                for file in bundle.files:
                    if file.kind != "ignored":
                        assert bytes(bundle.buffer(file)) in files.values()
        except BundleError as failure:
            assert failure.exit_code == 10  # noqa: PT017  (either outcome is right)


@given(st.text(max_size=30), st.binary(max_size=6000))
def test_every_file_has_a_kind(name: str, content: bytes) -> None:
    kind_of(name, len(content), lambda count: content[:count])


@given(st.text(max_size=40))
def test_every_name_has_an_answer(name: str) -> None:
    data_type_from_name(name)


@given(st.lists(st.text(max_size=5).map(lambda t: (t,)), max_size=6))
def test_natural_order_is_total(names: list[tuple[str, ...]]) -> None:
    backwards = names[::-1]
    assert sorted(names, key=natural) == sorted(backwards, key=natural)
