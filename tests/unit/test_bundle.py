"""Folders, ZIPs and files as one bundle."""

from __future__ import annotations

import hashlib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from archive_tool.bundle import Limits, open_bundle
from archive_tool.bundle.files import Stamp, mapped
from archive_tool.errors import BundleError
from archive_tool.model.bundle import FileKind

if TYPE_CHECKING:
    from pathlib import Path

ROWS = "id,roomId\n1,r\n"


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def zipped(path: Path, files: dict[str, str | bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


def test_inputs_keep_their_order_and_paths_are_sorted_naturally(tmp_path: Path) -> None:
    study = write(tmp_path / "study", {"page10.json": "[]", "page2.json": "[]", "b/x.csv": ROWS})
    alone = write(tmp_path, {"alone.csv": ROWS}) / "alone.csv"
    with open_bundle([alone, study]) as bundle:
        assert [(file.label, file.path, file.root) for file in bundle.files] == [
            ("F001", "alone.csv", 0),
            ("F002", "study/b/x.csv", 1),
            ("F003", "study/page2.json", 1),
            ("F004", "study/page10.json", 1),
        ]
        assert bundle.name == "alone.csv and 1 more"


def test_a_file_is_the_same_in_a_folder_and_in_a_zip(tmp_path: Path) -> None:
    content = ROWS * 40_000
    plain = write(tmp_path / "plain", {"room_a/events.csv": content})
    packed = zipped(tmp_path / "packed.zip", {"room_a/events.csv": content})
    with open_bundle([plain]) as left, open_bundle([packed]) as right:
        (one,), (other,) = left.files, right.files
        assert other.path == "packed.zip!/room_a/events.csv"
        assert (one.size, one.kind, one.hints) == (other.size, other.kind, other.hints)
        assert bytes(left.buffer(one)) == bytes(right.buffer(other)) == content.encode()
        with left.open(one) as a, right.open(other) as b:
            assert a.read() == b.read() == content.encode()
        digest = hashlib.sha256(content.encode()).hexdigest()
        assert left.sha256(one) == right.sha256(other) == digest
        assert left.digest() == right.digest()
        assert left.local_path(one) == plain / "room_a/events.csv"
        assert right.local_path(other) is None


def test_the_digest_forgets_names_and_order_but_no_content(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"a.csv": ROWS, "b.json": "[]", ".env": "KEY=1"})
    two = write(tmp_path / "two", {"z/b (1).csv": ROWS, "a.json": "[]"})
    three = write(tmp_path / "three", {"a.csv": ROWS, "b.json": "[1]"})
    with open_bundle([one]) as a, open_bundle([two]) as b, open_bundle([three]) as c:
        assert a.digest() == b.digest() != c.digest()


@pytest.mark.parametrize("place", ["data/archive.json", "archives/one/data/archive.json"])
def test_an_archive_is_no_bundle(tmp_path: Path, place: str) -> None:
    store = write(tmp_path / "store", {place: "{}", "data/tables/x.parquet": b"PARE"})

    with pytest.raises(BundleError) as raised:
        open_bundle([store])

    assert str(raised.value) == (
        "store: is an archive or a store of archives (expected files that were downloaded)"
    )


def test_what_is_no_data_is_listed_with_a_reason_and_has_no_bytes(tmp_path: Path) -> None:
    study = write(
        tmp_path / "study",
        {
            ".env": "HYPERSTUDY_API_KEY=x",
            ".git/config": "x",
            "processed_data/means.csv": ROWS,
            "analysis.ipynb": "{}",
            "events.csv.part": ROWS,
            "data.xlsx": b"PK\x03\x04",
            "~$data.xlsx": b"x",
            "Thumbs.db": b"x",
            "inner.csv.gz": b"\x1f\x8b",
            "blob": b"\x00\x01\x02",
        },
    )
    with open_bundle([study]) as bundle:
        assert {file.path: file.note for file in bundle.files} == {
            "study/.env": "may hold a secret",
            "study/.git/": "a hidden folder",
            "study/processed_data/": "results of an analysis, not raw data",
            "study/analysis.ipynb": "a notebook, not data",
            "study/events.csv.part": "a partial download",
            "study/data.xlsx": "a spreadsheet: export it as CSV or JSON",
            "study/~$data.xlsx": "desktop litter",
            "study/Thumbs.db": "desktop litter",
            "study/inner.csv.gz": "nested archive: unpack it first",
            "study/blob": "not recognised as data",
        }
        assert {file.kind for file in bundle.files} == {FileKind.IGNORED}
        with pytest.raises(BundleError) as failure:
            bundle.buffer(bundle.files[0])
        assert str(failure.value) == (
            f"{bundle.files[0].path}: not open to readers (expected data of an open bundle)"
        )


def test_litter_in_a_zip_is_listed_once_per_folder(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "x.zip",
        {"__MACOSX/._a": "x", "__MACOSX/._b": "x", "a.csv": ROWS, "in/again.zip": "x"},
    )
    with open_bundle([path]) as bundle:
        assert [(file.path, file.kind, file.note) for file in bundle.files] == [
            ("x.zip!/__MACOSX/", FileKind.IGNORED, "desktop litter"),
            ("x.zip!/a.csv", FileKind.CSV, ""),
            ("x.zip!/in/again.zip", FileKind.IGNORED, "nested archive: unpack it first"),
        ]


def test_links_are_listed_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"secret/events.csv": ROWS})
    study = write(tmp_path / "study", {"chat.csv": ROWS})
    (study / "out").symlink_to(tmp_path / "secret")
    (study / "events.csv").symlink_to(tmp_path / "secret/events.csv")
    with open_bundle([study]) as bundle:
        assert [(file.path, file.note) for file in bundle.files] == [
            ("study/chat.csv", ""),
            ("study/events.csv", "a link: links are not followed"),
            ("study/out", "a link: links are not followed"),
        ]


def test_a_file_that_is_given_twice_counts_once(tmp_path: Path) -> None:
    study = write(tmp_path / "study", {"chat.csv": ROWS})
    with open_bundle([study, study / "chat.csv"]) as bundle:
        assert [(file.kind, file.note) for file in bundle.files] == [
            (FileKind.CSV, ""),
            (FileKind.IGNORED, "the same file was given twice"),
        ]


def test_a_file_alone_knows_the_folder_of_its_room(tmp_path: Path) -> None:
    root = write(tmp_path, {"data_room_a_20241020_143000/events.csv": ROWS})
    with open_bundle([root / "data_room_a_20241020_143000/events.csv"]) as bundle:
        hints = bundle.files[0].hints
    assert hints.room_id == "room_a"
    assert hints.stamp == datetime(2024, 10, 20, 14, 30, tzinfo=UTC)


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"chat.csv": ROWS}) / "chat.csv"
    with open_bundle([path]) as bundle:
        path.write_text(ROWS * 2)
        with pytest.raises(BundleError) as failure:
            bundle.open(bundle.files[0])
    assert str(failure.value) == "chat.csv: changed while it was being read"
    assert failure.value.__context__ is None


def test_members_are_hashed_side_by_side(tmp_path: Path) -> None:
    contents = {f"{n}.csv": ROWS * (n + 1) for n in range(40)}
    with open_bundle([zipped(tmp_path / "x.zip", contents)]) as bundle:
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(bundle.sha256, bundle.files))
        names = [file.path.removeprefix("x.zip!/") for file in bundle.files]
    assert found == [hashlib.sha256(contents[name].encode()).hexdigest() for name in names]


def test_a_closed_bundle_gives_nothing(tmp_path: Path) -> None:
    bundle = open_bundle([write(tmp_path / "study", {"chat.csv": ROWS})])
    bundle.close()
    with pytest.raises(BundleError, match="not open to readers"):
        bundle.open(bundle.files[0])


def test_one_path_alone_is_a_bundle(tmp_path: Path) -> None:
    study = write(tmp_path / "study", {"chat.csv": ROWS, "room/events.csv": ROWS, ".env": "x"})
    paths = [file.path for file in open_bundle([study]).files]
    assert [file.path for file in open_bundle(study).files] == paths
    bundle = open_bundle(str(study))
    assert [file.path for file in bundle.files] == paths
    assert repr(bundle) == f"<Bundle: 2 files, {2 * len(ROWS)} bytes>"


@pytest.mark.parametrize("given", ["", [""], [], ["study", ""]])
def test_an_empty_path_is_not_the_working_folder(
    tmp_path: Path, given: str | list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "study", {"chat.csv": ROWS})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BundleError) as failure:
        open_bundle(given)
    assert str(failure.value) == "no input (expected a folder, a ZIP or a file)"


def test_what_is_not_there_is_named_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BundleError) as failure:
        open_bundle(["dta/study"])
    assert str(failure.value) == "dta/study: no such file or folder"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["empty"], "empty: nothing in it (expected files of an export)"),
        (["empty.zip"], "empty.zip: nothing in it (expected files of an export)"),
    ],
)
def test_an_input_without_files_is_refused(tmp_path: Path, given: list[str], message: str) -> None:
    (tmp_path / "empty").mkdir()
    zipped(tmp_path / "empty.zip", {})
    with pytest.raises(BundleError) as failure:
        open_bundle([tmp_path / name for name in given])
    assert str(failure.value) == message
    assert failure.value.exit_code == 10


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(files=2), "study: too many files (expected at most 2)"),
        (Limits(folder_depth=1), "study/deep/er: too many folders (expected at most 1)"),
        (Limits(file_bytes=5), "study/a.csv: too large (expected at most 5 bytes)"),
    ],
)
def test_a_folder_over_a_limit_is_refused(tmp_path: Path, limits: Limits, message: str) -> None:
    study = write(tmp_path / "study", {"a.csv": ROWS, "b.csv": ROWS, "deep/er/c.csv": ROWS})
    with pytest.raises(BundleError) as failure:
        open_bundle([study], limits=limits)
    assert str(failure.value) == message


def test_a_limit_may_be_reached(tmp_path: Path) -> None:
    study = write(tmp_path / "study", {"a.csv": ROWS, "b.csv": ROWS, "deep/er/c.csv": ROWS})
    limits = Limits(files=3, folder_depth=2, file_bytes=len(ROWS))
    with open_bundle([study], limits=limits) as bundle:
        assert len(bundle.files) == 3


def test_a_document_too_large_for_memory_is_refused_when_it_is_asked_for(tmp_path: Path) -> None:
    limits = Limits(buffer_bytes=4, member_buffer_bytes=5)
    plain = write(tmp_path, {"a.json": "[1, 2, 3]"}) / "a.json"
    packed = zipped(tmp_path / "a.zip", {"a.json": "[1, 2, 3]"})
    with open_bundle([plain, packed], limits=limits) as bundle:
        messages = []
        for file in bundle.files:
            with pytest.raises(BundleError) as failure:
                bundle.buffer(file)
            messages.append(str(failure.value))
    assert messages == [
        "a.json: too large for one document (expected at most 4 bytes)",
        "a.zip!/a.json: too large for one document (expected at most 5 bytes)",
    ]


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a\x1b[2J.csv": ROWS})
    with open_bundle([path]) as bundle:
        assert bundle.files[0].path == "x.zip!/a\N{REPLACEMENT CHARACTER}[2J.csv"


def test_a_zip_is_mapped_once_for_all_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def once(path: str, stamp: Stamp, where: str) -> memoryview:
        asked.append(where)
        return mapped(path, stamp, where)

    zipped(tmp_path / "a.zip", {"x!/events.csv": ROWS, "chat.csv": ROWS})
    monkeypatch.setattr("archive_tool.bundle.opened.mapped", once)
    with open_bundle([tmp_path / "a.zip"]) as bundle:
        assert [bundle.buffer(file) for file in bundle.files] == [ROWS.encode()] * 2
    assert asked == ["a.zip"]


def test_a_zip_in_a_folder_with_a_strange_name_is_named_whole(tmp_path: Path) -> None:
    path = zipped(tmp_path / "wow!" / "a.zip", {"b!/events.csv": ROWS})
    with open_bundle([tmp_path / "wow!"]) as bundle:
        zipped(path, {"b!/events.csv": ROWS, "more.csv": ROWS})
        with pytest.raises(BundleError) as failure:
            bundle.refuse_changed()
    assert failure.value.where == "wow!/a.zip"
