"""``media = "seal"``, the whole way: into the archive, out of it, and through its life."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from archive_tool.archive import media, writer
from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.manifest import info
from archive_tool.archive.media import MAGIC
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    IntegrityError,
    PolicyError,
    SubjectError,
    UsageError,
)
from archive_tool.policy import load_policy, parse, policy_text
from sample_data.forms import FAKE_MP4, write_form
from sample_data.study import small_study
from tests.support.commands import command
from tests.support.pipelines import Lab, keep_all, lab
from tests.support.recordings import (
    ANN,
    BOB,
    FILM,
    MARK,
    SEALING,
    TWO,
    bundle,
    sealed,
    written,
)
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    return lab(tmp_path)


def test_recordings_come_back_byte_by_byte_under_names_of_nobody(own: Lab) -> None:
    created = sealed(own)
    assert (created.media.sealed, created.media.left_out) == (2, 0)
    files = written(own.open(created), own.folder / "out")
    assert sorted(files.values(), key=len) == [FILM[:-7], FILM]
    for name in files:
        assert MARK not in name
        assert name.startswith(("media-1-E-", "media-2-E-"))
    codes = own.open(created).read("recordings", columns=["recordingId"])["recordingId"]
    assert {name.split("-", 2)[2].rpartition(".")[0] for name in files} == set(codes.to_pylist())


def test_files_keep_their_names_where_people_do_and_no_two_are_alike(own: Lab) -> None:
    files = {"a b.mp4": b"\0\0\0\x18ftypone", "A B.mp4": b"\0\0\0\x18ftyptwo"}
    more = own.folder / "more"
    more.mkdir()
    (more / "a b.mp4").write_bytes(b"\0\0\0\x18ftypthree")
    policy = replace(keep_all(), media="seal")
    created = own.create(bundle(own.folder, files), more, policy=policy)
    got = written(own.open(created), own.folder / "out")
    assert sorted(got.values()) == sorted([*files.values(), b"\0\0\0\x18ftypthree"])
    assert len({name.casefold() for name in got}) == 3
    assert all(name.casefold().startswith("a b") and name.endswith(".mp4") for name in got)


def test_no_name_of_a_file_names_those_who_are_left_out(own: Lab) -> None:
    files = {f"Ann with {MARK} Bob_video_rec-a.MP4": FILM}
    policy = replace(keep_all(), media="seal")
    created = sealed(own, files, policy=policy, withdrawn=[BOB])
    assert list(written(own.open(created), own.folder / "out")) == ["media-1-rec-a.mp4"]


def test_names_are_ones_that_every_system_takes(own: Lab) -> None:
    names = ("-x: y?.MP4", "end. .mp4", "n" * 240 + ".webm", "é\t.mp4", "no ending")
    files = {name: b"\0\0\0\x18ftypmp42" + name.encode() for name in names}
    created = sealed(own, files, policy=replace(keep_all(), media="seal"))
    got = written(own.open(created), own.folder / "out")
    assert sorted(got) == sorted(
        ["x_ y_.mp4", "end.mp4", "n" * 200 + ".webm", "é\ufffd.mp4", "no ending"]
    )
    assert set(got.values()) == set(files.values())


@pytest.mark.parametrize("codes", ['"derived"', '"random"'])
def test_a_release_names_recordings_as_its_rows_do(own: Lab, codes: str) -> None:
    text = SEALING.replace('"study"', '"release"').replace('"derived"', codes)
    archive = own.open(sealed(own, policy=parse(text, where="p")))
    codes_in_rows = archive.read("recordings", columns=["recordingId"])["recordingId"].to_pylist()
    names = written(archive, own.folder / "out")
    assert {name.split("-", 2)[2].rpartition(".")[0] for name in names} == set(codes_in_rows)


def test_a_bundle_of_the_sample_study_with_media_in_a_zip(own: Lab) -> None:
    path = write_form(small_study(), "gui-zip", own.folder / "sample")
    policy = replace(keep_all(), media="seal")
    created = own.create(path, policy=policy)
    assert created.media.sealed > 0
    got = written(own.open(created), own.folder / "out")
    assert len(got) == created.media.sealed
    assert set(got.values()) == {FAKE_MP4}
    assert verify(own.store, vault=own.vault).rows > 0


def test_outside_there_is_no_byte_and_no_name_of_a_recording(own: Lab) -> None:
    created = sealed(own)
    for path in own.store.rglob("*"):
        assert MARK not in path.name
        if path.is_file():
            assert MARK.encode() not in path.read_bytes(), path
    (first, *_) = sorted((created.path / "data" / "media").iterdir())
    assert first.suffix == ".sealed"
    assert first.read_bytes()[:8] == MAGIC


def test_the_manifest_counts_recordings_and_dates_them_like_their_rows(own: Lab) -> None:
    (found,) = info(sealed(own).path.parents[1])
    stated = found.manifest
    assert "media" in stated.types
    assert stated.columns["media"] == []
    assert stated.files is not None
    assert stated.files["media"] == 2
    assert stated.retention["media"] == stated.retention["recordings"]
    crate = (found.path / "data" / "ro-crate-metadata.json").read_text()
    assert '"media/"' in crate
    assert ".sealed" not in crate


def test_a_policy_that_excludes_media_seals_none(own: Lab) -> None:
    created = sealed(own, policy=load_policy("pseudonymize"))
    assert created.media.sealed == 0
    assert "media" not in own.open(created).types()
    assert "media" not in created.retention
    said = problem(UsageError, lambda: written(own.open(created), own.folder / "out"))
    assert said.startswith("type: not in this archive (expected ")


def test_where_only_summaries_leave_no_recording_does(own: Lab) -> None:
    text = policy_text("aggregate-only").replace('media = "exclude"', 'media = "seal"')
    refused = 'media: recordings cannot leave where only summaries do (expected media = "exclude")'
    assert problem(PolicyError, lambda: sealed(own, policy=parse(text, where="p"))) == refused
    (own.folder / "p.toml").write_text(text)
    checked = command("policy", "check", own.folder / "p.toml")
    assert (checked.code, checked.out) == (13, "")
    assert checked.err.startswith(f"error: {refused}\n")


def test_who_is_left_out_is_left_out_with_the_recordings(own: Lab) -> None:
    files = {**TWO, "whole room.mp4": FILM + b"room"}
    created = sealed(own, files, withdrawn=[BOB])
    assert (created.media.sealed, created.media.left_out) == (1, 2)
    assert list(written(own.open(created), own.folder / "out").values()) == [FILM]


def test_a_recording_of_nobody_in_particular_is_sealed_where_nobody_is_left_out(own: Lab) -> None:
    files = {**TWO, "whole room.mp4": FILM + b"room", "x_rec-c.mp4": FILM + b"both"}
    rows = {"rec-a": ANN, "rec-b": BOB, "rec-c": None}
    created = sealed(own, files, recordings=rows)
    assert created.media.sealed == 4
    archive = own.open(created)
    nobody = own.vault.subject_key("")
    assert sum(entry.subject == nobody for entry in archive.entries("media")) == 2
    assert len(written(archive, own.folder / "out")) == 4


def test_one_person_has_ones_own_recordings(own: Lab) -> None:
    archive = own.open(sealed(own))
    out = own.folder / "out"
    assert list(written(archive, out, scope="participant", scope_id=ANN).values()) == [FILM]
    said = problem(
        SubjectError, lambda: written(archive, out, scope="participant", scope_id="P-1234567890")
    )
    assert said == "scope-id: the participant has no rows in this archive"
    for more in (
        {"scope": "room", "scope_id": "r"},
        {"limit": 1},
        {"offset": 1},
        {"order": "desc"},
    ):
        said = problem(UsageError, lambda more=more: written(archive, out, **more))  # type: ignore[misc]
        assert said == (
            "media: recordings have no rows to select, sort or count by (expected no selection, or "
            "--scope participant with an id or a code)"
        )


def test_several_recordings_are_told_as_one_type(own: Lab) -> None:
    told: list[list[str]] = []
    assert len(written(own.open(sealed(own)), own.folder / "out", before=told.append)) == 2
    assert told == [["media"]]


def test_one_person_has_ones_own_recordings_by_the_code_too(own: Lab) -> None:
    archive = own.open(sealed(own, {**TWO, "whole room.mp4": FILM + b"room"}))
    codes = archive.read("recordings", subjects=[BOB])["participantId"].to_pylist()
    found = written(archive, own.folder / "out", scope="participant", scope_id=codes[0])
    assert list(found.values()) == [TWO[f"{MARK} Bob_video_rec-b.webm"]]


def test_a_code_leads_to_no_recordings_where_the_table_of_them_has_no_people(own: Lab) -> None:
    policy = parse(SEALING + '\n[fields.recordings]\nparticipantId = "drop"\n', where="policy")
    archive = own.open(sealed(own, policy=policy))
    code = archive.read("events", subjects=[BOB])["participantId"].to_pylist()[0]
    out = own.folder / "out"
    with pytest.raises(SubjectError):
        written(archive, out, scope="participant", scope_id=code)


def test_tables_alone_are_extracted_unless_recordings_are_asked_for(own: Lab) -> None:
    archive, out = own.open(sealed(own)), own.folder / "out"
    assert {file.data_type for file in extract(archive, to=out)} == {"events", "recordings"}
    assert not (out / "media").exists()
    extract(archive, to=out, types=["media", "events"], replace=True)
    said = problem(UsageError, lambda: extract(archive, to=out, types=["media"]))
    assert said.endswith(": exists already")


def test_a_failed_extraction_leaves_no_recording(own: Lab) -> None:
    archive, out = own.open(sealed(own)), own.folder / "out"
    for path in (archive.path / "data" / "media").iterdir():
        content = bytearray(path.read_bytes())
        content[-1] ^= 1  # after a whole segment that opens
        path.write_bytes(content)
    said = problem(IntegrityError, lambda: extract(archive, to=out, types=["media"]))
    assert said.endswith(": cannot be decrypted: it was changed, or sealed under another key")
    assert [path for path in out.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("with_vault", [True, False])
def test_verify_sees_a_changed_a_missing_and_a_plain_recording(own: Lab, with_vault: bool) -> None:
    path = sealed(own).path
    vault = own.vault if with_vault else None
    assert verify(path, vault=vault).files > 2
    (first, second) = sorted((path / "data" / "media").iterdir())
    where = f"data/media/{first.name}"
    content = first.read_bytes()
    for other, said in (
        (content[:-1], f"{where}: was changed: its sum does not fit"),
        (second.read_bytes(), f"{where}: was changed: its sum does not fit"),
        (FILM, f"{where}: is not sealed (expected a sealed recording)"),
    ):
        first.write_bytes(other)
        assert problem(IntegrityError, lambda: verify(path, vault=vault)) == said
    first.unlink()
    assert problem(IntegrityError, lambda: verify(path, vault=vault)) == f"{where}: is missing"


def test_verify_opens_every_segment_with_the_vault(own: Lab) -> None:
    write = media.write

    def under_another_key(parts: Any, _: bytes, **more: Any) -> Any:
        return write(parts, bytes(32), **more)

    with patch.object(writer.media, "write", under_another_key):
        path = sealed(own).path
    assert verify(path).files > 2
    said = problem(IntegrityError, lambda: verify(path, vault=own.vault))
    assert re.fullmatch(
        r"data/media/[0-9a-f]{32}\.sealed: cannot be decrypted: it was changed, or sealed under "
        "another key",
        said,
    )
