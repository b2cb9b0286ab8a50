"""Whatever is changed in an archive is named, with the right exit code."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive_tool.archive import index, layout
from archive_tool.archive.manifest import info
from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import FormatError, IntegrityError
from archive_tool.keys import Vault, primitives, sshsig
from tests.support.archives import NOW, Made, event, make, small
from tests.support.refusing import problem
from tests.support.resigning import resign

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return small(tmp_path)


def table_of(made: Made, number: int = 0) -> Path:
    return sorted((made.path / "data" / "tables" / "events").iterdir())[number]


def name_of(made: Made, path: Path) -> str:
    return path.relative_to(made.path).as_posix()


def both(made: Made) -> list[Callable[[], object]]:
    return [lambda: verify(made.path), lambda: verify(made.path, vault=made.vault)]


def test_a_whole_archive_passes(made: Made) -> None:
    (seen,) = verify(made.path).archives
    assert (seen.files, seen.rows, seen.erased, seen.trusted) == (14, None, None, False)
    (seen,) = verify(made.path, vault=made.vault).archives
    assert (seen.files, seen.rows, seen.erased, seen.trusted) == (14, 6, 0, True)
    (seen,) = verify(made.path, signer=made.vault.public_key).archives
    assert seen.trusted
    assert seen.signer == made.vault.public_key


def test_progress_counts_rows_and_bytes_over_all_archives(made: Made) -> None:
    told: list[tuple[int, int]] = []
    report = verify(made.store, vault=made.vault, progress=lambda *done: told.append(done))
    assert told == sorted(told)
    payload = sum(file.stat().st_size for file in (made.path / "data").rglob("*") if file.is_file())
    assert told[-1] == (report.rows, payload)


def test_a_flipped_byte_names_its_file(made: Made) -> None:
    path = table_of(made)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for call in both(made):
        assert problem(IntegrityError, call) == (
            f"{name_of(made, path)}: was changed: its sum does not fit"
        )


def test_reading_a_changed_file_names_it(made: Made) -> None:
    for path in (made.path / "data" / "tables" / "events").iterdir():
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    said = problem(IntegrityError, lambda: made.open().read("events"))
    assert said.endswith(".parquet: was changed: it cannot be decrypted")


def test_a_truncated_or_missing_file_is_named(made: Made) -> None:
    path = table_of(made)
    path.write_bytes(path.read_bytes()[:-1])
    for call in both(made):
        assert problem(IntegrityError, call).startswith(f"{name_of(made, path)}: was changed")
    path.unlink()
    for call in both(made):
        assert problem(IntegrityError, call) == f"{name_of(made, path)}: is missing"


def test_swapped_files_are_named(made: Made) -> None:
    one, other = table_of(made, 0), table_of(made, 1)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    for call in both(made):
        assert problem(IntegrityError, call) == (
            f"{name_of(made, one)}: was changed: its sum does not fit"
        )


def test_a_plaintext_file_is_named(made: Made) -> None:
    path = table_of(made)
    pq.write_table(pa.table({"id": ["e1"]}), path)
    for call in both(made):
        assert problem(IntegrityError, call) == (
            f"{name_of(made, path)}: is not encrypted (expected an encrypted Parquet file)"
        )


def test_what_nobody_listed_is_named(made: Made) -> None:
    for name in ("data/extra.txt", "note.txt"):
        (made.path / name).write_text("x")
        for call in both(made):
            assert problem(IntegrityError, call) == f"{name}: does not belong to the archive"
        (made.path / name).unlink()


def test_an_empty_folder_is_named(made: Made) -> None:
    before = info(made.path)
    for name in ("data/tables/ann", "of-ann/of-bob"):
        (made.path / name).mkdir(parents=True)
        for call in both(made):
            assert problem(IntegrityError, call) == f"{name}/: does not belong to the archive"
        assert info(made.path) == before  # it is no file
        (made.path / name).rmdir()
    (made.path / "of-ann").rmdir()
    assert verify(made.path).files == len(made.open().seal.digests) + 5


@pytest.mark.parametrize(
    "name", [".DS_Store", "data/Thumbs.db", "desktop.ini", "data/._index.parquet"]
)
def test_what_a_desktop_left_is_said_to_be_that(made: Made, name: str) -> None:
    (made.path / name).write_bytes(b"x")
    with pytest.raises(IntegrityError, match="does not belong to the archive") as caught:
        verify(made.path)
    assert caught.value.hint == "the desktop left it there, and nothing is lost: remove it"


def test_a_link_is_named(made: Made) -> None:
    (made.path / "data" / "link").symlink_to("/dev/null")
    assert problem(IntegrityError, lambda: verify(made.path)) == (
        "data/link: a link or device does not belong here"
    )


def test_an_archive_signed_again_by_another_is_16(made: Made) -> None:
    stranger = primitives.new_signing_seed()
    path = made.path / "data" / "archive.json"
    stated = json.loads(path.read_bytes())
    stated["signer"] = sshsig.openssh_line(primitives.public_of(stranger))
    path.write_text(json.dumps(stated))
    resign(made, stranger)
    (seen,) = verify(made.path).archives
    assert not seen.trusted
    assert problem(IntegrityError, lambda: verify(made.path, vault=made.vault)) == (
        "tagmanifest-sha256.txt.sig: signed by a key that is not the vault's"
    )
    said = problem(IntegrityError, lambda: verify(made.path, signer=made.vault.public_key))
    assert said.startswith(
        "tagmanifest-sha256.txt.sig: signed by another key than the given one (expected SHA256:"
    )


def test_a_table_of_another_archive_is_16_even_when_signed(tmp_path: Path) -> None:
    """The insider's attack: our own signature over a file of another archive."""
    first = make(tmp_path, {("events", "ann"): [event(1, "ann")]}, archive_id="a")
    second = make(
        tmp_path, {("events", "ann"): [event(2, "ann")]}, archive_id="b", vault=first.vault
    )
    shutil.copy(table_of(first), table_of(second))
    resign(second, first.vault.signing_key)
    assert problem(IntegrityError, lambda: verify(second.path, vault=first.vault)) == (
        f"{name_of(second, table_of(second))}: index and manifest do not have the same sum"
    )
    said = problem(IntegrityError, lambda: second.open().read("events"))
    assert said == f"{name_of(second, table_of(second))}: was changed: it cannot be decrypted"


def test_the_index_of_another_archive_is_16_even_when_signed(tmp_path: Path) -> None:
    first = make(tmp_path, {("events", "ann"): [event(1, "ann")]}, archive_id="a")
    second = make(
        tmp_path, {("events", "ann"): [event(2, "ann")]}, archive_id="b", vault=first.vault
    )
    shutil.copy(first.path / "data" / "index.parquet", second.path / "data" / "index.parquet")
    resign(second, first.vault.signing_key)
    said = problem(IntegrityError, second.open)
    assert said == "data/index.parquet: was changed: it cannot be decrypted"


def test_a_renamed_archive_is_16(made: Made) -> None:
    moved = made.path.rename(made.path.with_name("other"))
    assert problem(IntegrityError, lambda: verify(moved)) == (
        "data/archive.json: lies under the name of another archive"
    )


def test_an_unknown_version_is_15(made: Made) -> None:
    path = made.path / "data" / "archive.json"
    path.write_text(path.read_text().replace("archive/1", "archive/2"))
    resign(made, made.vault.signing_key)
    assert problem(FormatError, lambda: open_archive(made.path)) == (
        "data/archive.json: an archive of a version this release does not know "
        "(expected archive-tool/archive/1)"
    )


def test_a_plain_folder_is_15(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    assert problem(FormatError, lambda: verify(tmp_path)) == (
        f"{tmp_path.name}: not an archive (expected the folder of an archive or of a store)"
    )


def test_every_small_file_is_covered_to_the_last_byte(made: Made, tmp_path: Path) -> None:
    """Each byte of the readable files flipped, without a vault."""
    names = [
        "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt",
        "tagmanifest-sha256.txt.sig", "data/policy.toml",
    ]  # fmt: skip
    for name in names:
        path = made.path / name
        content = path.read_bytes()
        for place in range(len(content)):
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            said = problem(IntegrityError, lambda: verify(made.path))
            assert said.startswith((name, "tagmanifest", "manifest")), said
        path.write_bytes(content)
    assert verify(made.path).files == 14


def test_a_foreign_vault_does_not_verify(made: Made, tmp_path: Path) -> None:
    other = Vault.create(tmp_path / "o", study="o", passphrase=None, now=NOW)
    other._body.archives.update(made.vault._body.archives)
    assert problem(IntegrityError, lambda: verify(made.path, vault=other)) == (
        "tagmanifest-sha256.txt.sig: signed by a key that is not the vault's"
    )


def test_an_index_that_lists_a_file_that_is_gone_is_16_even_when_signed(made: Made) -> None:
    path = table_of(made)
    path.unlink()
    resign(made, made.vault.signing_key)
    assert problem(IntegrityError, lambda: verify(made.path, vault=made.vault)) == (
        f"{name_of(made, path)}: index and manifest do not name the same files"
    )


def test_a_table_with_fewer_rows_than_the_index_says_is_16_even_when_signed(made: Made) -> None:
    archive = made.open()
    first, *others = archive.index
    more = replace(first, rows=first.rows + 1)
    secrets = made.vault.archive_secrets(archive.archive_id)
    (made.path / layout.INDEX).write_bytes(index.encode([more, *others], secrets))
    resign(made, made.vault.signing_key)
    assert problem(IntegrityError, lambda: verify(made.path, vault=made.vault)) == (
        f"{layout.path_of(first)}: has another number of rows than the index says"
    )


def signed_over(made: Made, change: Callable[[bytes], bytes], *, tags: bool = False) -> None:
    """Change the manifest, or the list of ``tags``, and sign what comes of it."""
    manifest = made.path / layout.MANIFEST
    if not tags:
        manifest.write_bytes(change(manifest.read_bytes()))
    names = (layout.BAGIT, layout.BAG_INFO, layout.MANIFEST)
    sums = [(hashlib.sha256((made.path / name).read_bytes()).hexdigest(), name) for name in names]
    listed = "".join(f"{digest}  {name}\n" for digest, name in sorted(sums)).encode()
    listed = change(listed) if tags else listed
    (made.path / layout.TAG_MANIFEST).write_bytes(listed)
    signature = sshsig.sign(made.vault.signing_key, listed)
    (made.path / layout.SIGNATURE).write_text(signature)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda text: text + text.splitlines(keepends=True)[0], "is not a list of sums"),
        (lambda text: text + b"and more\n", "is not a list of sums"),
        (lambda text: text.rstrip(b"\n"), "is not a list of sums"),
        (lambda text: text + b"0" * 64 + b"  data/../x\n", "lists a path outside the payload"),
        (lambda text: text + b"0" * 64 + b"  /etc/passwd\n", "lists a path outside the payload"),
    ],
)
def test_a_manifest_of_another_form_is_16_even_when_signed(
    made: Made, change: Callable[[bytes], bytes], what: str
) -> None:
    signed_over(made, lambda text: text)
    verify(made.path, vault=made.vault)
    signed_over(made, change)
    for call in both(made):
        assert problem(IntegrityError, call) == f"manifest-sha256.txt: {what}"


def test_an_archive_whose_manifest_leaves_out_its_own_is_16_even_when_signed(made: Made) -> None:
    for name in ("data/archive.json", "data/index.parquet"):
        lines = (made.path / layout.MANIFEST).read_bytes().splitlines(keepends=True)
        left = b"".join(line for line in lines if not line.endswith(f"  {name}\n".encode()))
        signed_over(made, lambda _, left=left: left)
        assert problem(IntegrityError, made.open) == f"{name}: is not in the manifest"
        signed_over(made, lambda _, lines=lines: b"".join(lines))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"".join(text.splitlines(keepends=True)[:2]),
        lambda text: text + b"0" * 64 + b"  more.txt\n",
    ],
)
def test_a_tag_manifest_lists_the_three_tag_files(
    made: Made, change: Callable[[bytes], bytes]
) -> None:
    signed_over(made, change, tags=True)
    for call in both(made):
        assert problem(IntegrityError, call) == (
            "tagmanifest-sha256.txt: does not list the three tag files"
        )


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "data/archive.json"])
def test_a_link_in_place_of_a_file_is_16(made: Made, name: str) -> None:
    path = made.path / name
    elsewhere = path.rename(made.path.parent / "elsewhere")
    path.symlink_to(elsewhere)
    assert problem(IntegrityError, lambda: open_archive(made.path)) == f"{name}: is missing"
