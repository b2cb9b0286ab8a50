"""What a notebook shows of an object, of a wrong call and of a failure: short, and nobody's data."""

from __future__ import annotations

import copy
import json
import pickle
import re
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import archive_tool
from archive_tool.errors import UsageError
from archive_tool.keys import grant as grants
from archive_tool.policy import load_policy, parse, policy_text
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.lives import custodian
from tests.support.pipelines import NOW, Lab, lab

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARK = "KANARI"
ROW = {
    "messageId": f"{MARK}-m",
    "experimentId": f"{MARK}-x",
    "roomId": f"{MARK}-r",
    "senderId": f"{MARK}-s",
    "content": f"{MARK} said",
    "timestamp": "2026-04-20T14:30:45.123Z",
    "onset": 5,
}
POLICY = parse(policy_text("keep") + f'\n[text]\nnames = ["{MARK}"]\n', where="named")


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "chat.json").write_text(json.dumps([ROW]))
    return lab(tmp_path)


def shown(own: Lab) -> dict[str, str]:
    """What every kind of public object says of itself; ids of archives as ``…``."""
    bundle = own.folder / "bundle"
    made = own.create(bundle, policy=POLICY)
    public, partner = custodian(own.folder, "partner")
    out, ends = own.folder / "g", NOW + timedelta(days=9)
    grants.make(own.vault, to=public, scopes=["read:chat"], expires=ends, out=out, now=NOW)
    things: dict[str, Any] = {
        "bundle": archive_tool.open_bundle(bundle),
        "validation": archive_tool.validate(bundle, as_of=NOW),
        "policy": archive_tool.load_policy("pseudonymize"),
        "created": made,
        "findings": made.findings,
        "info": archive_tool.info(own.store),
        "closed": archive_tool.open_archive(made.path),
        "archive": own.open(made),
        "vault": own.vault,
        "grant": grants.open_grant(out, identity=partner, now=NOW),
        "verified": archive_tool.verify(own.store),
        "verified with keys": archive_tool.verify(own.store, vault=own.vault),
        "one of them": archive_tool.verify(own.store).archives,
    }
    texts = {name: repr(thing) for name, thing in things.items()}
    assert all(len(text) < 450 for text in texts.values())
    assert not [text for text in texts.values() if MARK in text]
    found = {name: re.sub(r"20261120-\w+|G-\w+", "…", text) for name, text in texts.items()}
    return {name: text.replace(str(own.folder), "…") for name, text in found.items()}


def test_objects_say_what_they_are_in_a_line_and_name_nobody(own: Lab) -> None:
    said = shown(own)
    assert re.sub(r"[\d,]+ bytes", "… bytes", said.pop("info")) == (
        "(<ArchiveInfo …: keep, 1 type, 14 files, … bytes>,)"
    )
    digest = archive_tool.load_policy("pseudonymize").digest[:12]
    assert said == {
        "bundle": "<Bundle: 1 file, 180 bytes>",
        "validation": "<Validation: 1 row in 1 table; 0 errors, 1 warning, 6 notes>",
        "policy": f"<Policy pseudonymize 1 ({digest})>",
        "created": "<Created … in …/store/archives/…: keep, 1 row>",
        "findings": "<FindingLog: 0 errors, 1 warning, 6 notes>",
        "closed": "<Archive …: keep, 1 type, without its vault>",
        "archive": "<Archive …: keep, 1 type, 1 row>",
        "vault": "<Vault study: epoch 3, 1 archive, 1 subject>",
        "grant": "<Grant …: read:chat of 1 archive>",
        "verified": "<VerifyReport: 1 archive, 19 files, no row read>",
        "verified with keys": "<VerifyReport: 1 archive, 19 files, 1 row>",
        "one of them": "(<VerifiedArchive …: 19 files, no row read>,)",
    }


def test_what_is_not_open_or_no_moment_is_said(own: Lab) -> None:
    bundle, made = own.folder / "bundle", own.create(own.folder / "bundle")
    wrong: Any = str(own.vault.folder)
    ways: list[tuple[Callable[[], object], str]] = [
        (lambda: archive_tool.open_archive(made.path, vault=wrong), "no open vault (expected Vault.open(folder))"),
        (lambda: archive_tool.verify(own.store, vault=wrong), "no open vault (expected Vault.open(folder))"),
        (lambda: create(own, vault=wrong), "vault: is no open vault (expected Vault.open(folder))"),
        (lambda: archive_tool.extract(wrong, to="t"), "archive: is no open archive (expected open_archive(path, vault=vault))"),
        (lambda: create(own, now=datetime(2026, 11, 20)), "now: the date has no time zone (expected UTC)"),
        (lambda: archive_tool.validate(bundle, as_of=wrong), "as_of: is no moment (expected datetime.now(timezone.utc), or another moment with its zone)"),
        (lambda: create(own, now=date(2026, 11, 20)), "now: is no moment (expected datetime.now(timezone.utc), or another moment with its zone)"),
    ]  # fmt: skip
    for call, message in ways:
        with pytest.raises(UsageError, match=re.escape(message) + "$"):
            call()


def create(own: Lab, **changed: Any) -> object:
    given = {"policy": "keep", "store": own.store, "vault": own.vault, "now": NOW, **changed}
    return archive_tool.create(own.folder / "bundle", **given)


def test_a_traceback_tells_the_way_out_too(own: Lab) -> None:
    with pytest.raises(archive_tool.ArchiveToolError) as caught:
        archive_tool.Vault.open(own.folder / "nowhere")
    *_, said, hint = "".join(traceback.format_exception(caught.value)).strip().split("\n")
    assert said == "archive_tool.errors.VaultError: nowhere: there is no vault"
    assert (
        hint
        == "hint: check the path; a new study makes a vault with: archive-tool key init --vault DIR"
    )


def test_a_type_is_read_by_the_name_of_its_file_too(tmp_path: Path) -> None:
    """As ``extract --type`` takes it: ``ratings_continuous`` is what people have in their folder."""
    own = lab(tmp_path)
    bundle = write_form(small_study(), "api-pages", tmp_path / "bundle")
    rows = own.open(own.create(bundle, policy=load_policy("keep")))
    same = rows.read("ratings_continuous", columns="value")
    assert same.num_rows
    assert same.equals(rows.read("ratings/continuous", columns="value"))
    assert rows.schema("ratings_sparse") == rows.schema("ratings/sparse")
    summary = own.open(own.create(bundle, policy=load_policy("aggregate-only")))
    table = next(name for name in summary.types() if name.startswith("aggregates/"))
    assert summary.read(table.partition("/")[2]).equals(summary.read(table))


def test_a_notebook_shows_the_callers_line_and_nothing_of_ours(own: Lab) -> None:
    archive = own.open(own.create(own.folder / "bundle"))
    with pytest.raises(UsageError) as wrong:
        archive.read("chats")
    assert wrong.value._render_traceback_() == [
        f'line {wrong.tb.tb_lineno}: archive.read("chats")',
        "UsageError: type: not in this archive (expected chat)",
    ]
    with pytest.raises(archive_tool.ArchiveToolError) as caught:
        archive_tool.open_archive(archive.path).read("chat")
    called, what, hint = caught.value._render_traceback_()
    assert called.endswith('archive_tool.open_archive(archive.path).read("chat")')
    assert what == "VaultError: vault: the archive can be read with its vault only"
    assert hint == "hint: give --vault DIR, in Python open_archive(path, vault=vault)"


@pytest.mark.parametrize("wrong", [None, 3, {"name": "keep"}, [MARK]])
def test_what_is_no_path_is_said_by_name(own: Lab, wrong: Any) -> None:
    archive = own.open(own.create(own.folder / "bundle"))
    ways: dict[str, Callable[[Any], object]] = {
        "vault": archive_tool.Vault.open,
        "policy": archive_tool.load_policy,
        "archive": archive_tool.open_archive,
        "to": lambda to: archive_tool.extract(archive, to=to),
        "store": lambda store: create(own, store=store),
        "identity": lambda path: archive_tool.Vault.open(own.vault.folder, identity=path or 3),
    }
    for where, call in ways.items():
        with pytest.raises(UsageError) as caught:
            call(wrong)
        assert str(caught.value) == f"{where}: is no path (expected a text or a Path)"
        with pytest.raises(UsageError, match=rf"^{where}: an empty path \(expected"):
            call("") if where != "identity" else archive_tool.Vault.open(
                own.vault.folder, identity=""
            )
    for call in (archive_tool.verify, archive_tool.info):
        with pytest.raises(UsageError, match=r"^archive: is no path"):
            call(wrong)


@pytest.mark.parametrize("wrong", [None, 3, [3], [None]])
def test_what_is_no_bundle_is_said(own: Lab, wrong: Any) -> None:
    for call in (archive_tool.open_bundle, lambda b: archive_tool.validate(b, as_of=NOW)):
        with pytest.raises(UsageError, match=r"^bundle: is no path"):
            call(wrong)


def test_a_text_alone_is_one_and_not_its_letters(own: Lab) -> None:
    bundle = own.folder / "bundle"
    archive = own.open(own.create(bundle, policy=POLICY))
    assert archive.read("chat", subjects=ROW["senderId"]).num_rows == 1  # type: ignore[arg-type]
    assert archive.read("chat", columns="senderId").column_names == ["senderId"]
    (chat,) = archive_tool.extract(archive, to=own.folder / "tables", types="chat")
    assert chat.rows == 1
    gone: Any = create(own, withdrawn=ROW["senderId"])
    assert (gone.people_left_out, gone.consent.withdrawn, gone.consent.unmatched) == (1, 1, 0)
    numbers: Any = [12]  # a column of ids that was read as numbers
    with pytest.raises(UsageError, match="is no list of ids"):
        create(own, withdrawn=numbers)


def test_what_is_accepted_has_a_reason(own: Lab) -> None:
    bundle, code = own.folder / "bundle", "CHAT-RECIPIENT-UNKNOWN"
    wrong: Any
    for wrong in ([code], code):
        for call in (
            lambda given: create(own, accept=given),
            lambda given: archive_tool.validate(bundle, as_of=NOW, accept=given),
        ):
            with pytest.raises(UsageError, match=r"^accept: is no list of acceptances \(expected"):
                call(wrong)
    frame = pd.DataFrame(archive_tool.validate(bundle, as_of=NOW).findings)
    assert {"code", "severity", "data_type", "column", "rows", "message"} <= {*frame.columns}
    accepted = archive_tool.Accepted(code=code, because="it is so")
    assert archive_tool.validate(bundle, as_of=NOW, accept=[accepted]).accepted == (accepted,)


def test_a_text_may_begin_with_the_home_folder(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(own.folder))
    monkeypatch.setenv("USERPROFILE", str(own.folder))
    made = create(own, store="~/there")
    assert made.path.parent.parent == own.folder / "there"  # type: ignore[attr-defined]
    assert len(archive_tool.open_bundle("~/bundle").files) == 1
    assert len(archive_tool.info("~/there")) == 1
    identity = own.vault.folder / "identity.txt"
    vault = archive_tool.Vault.open(
        f"~/{own.vault.folder.relative_to(own.folder)}", identity=identity
    )
    (chat,) = archive_tool.extract(
        archive_tool.open_archive(made.path, vault=vault),
        to="~/tables",  # type: ignore[attr-defined]
    )
    assert chat.path == own.folder / "tables" / "chat.csv"
    assert archive_tool.validate(["~/bundle"], as_of=NOW).rows == 1


def read_alone(archive: archive_tool.Archive) -> int:
    return int(archive.read("chat").num_rows)


def test_keys_are_not_handed_to_other_processes(own: Lab) -> None:
    made = own.create(own.folder / "bundle")
    archive = archive_tool.open_archive(made.path, vault=own.vault)
    said = re.escape("vault: an open vault is not copied and not handed to other processes")
    for way in (pickle.dumps, copy.deepcopy):
        for thing in (own.vault, archive):
            with pytest.raises(UsageError, match=said):
                way(thing)
    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(read_alone, [archive] * 4))) == 1
