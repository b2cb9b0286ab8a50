"""Texts, names, paths and pipes as people of other systems give them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import unicodedata
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from archive_tool.bundle import files, open_bundle, walk
from archive_tool.bundle.ignored import MAY_HOLD_ROWS, why_ignored_file
from archive_tool.bundle.names import hints_from_path
from archive_tool.cli.keys import read_passphrase
from archive_tool.errors import BundleError, PolicyError, UsageError, VaultError
from archive_tool.keys import Vault, refuse_nested
from archive_tool.lifecycle.applying import pending
from archive_tool.lifecycle.dates import deferred
from archive_tool.lifecycle.subjects import people
from archive_tool.model.paths import is_device, same_place
from archive_tool.model.pipes import is_unread, may_be_unread
from archive_tool.model.texts import decoded
from archive_tool.pipeline.second_pass.media import _own_name
from archive_tool.policy import load_policy, parse, policy_text
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.lives import usual

if TYPE_CHECKING:
    from pathlib import Path

FORMS = ("utf-8", "utf-8-sig", "utf-16")


@pytest.mark.parametrize("form", FORMS)
def test_texts_of_every_editor_are_read(form: str) -> None:
    assert decoded("Zoë\r\n".encode(form)) == "Zoë\r\n"


@pytest.mark.parametrize("content", [b"Zo\xeb", b"\xff\xfea"])
def test_what_is_no_unicode_is_not_guessed(content: bytes) -> None:
    assert decoded(content) is None


@pytest.mark.parametrize("form", FORMS)
def test_what_people_write_is_read_in_every_form(tmp_path: Path, form: str) -> None:
    """Windows PowerShell 5 writes UTF-16 for ``>``; Notepad of old a mark before UTF-8."""
    policy, word, identity = (tmp_path / name for name in ("my.toml", "word.txt", "identity.txt"))
    text = policy_text("pseudonymize").replace("\n", "\r\n")
    policy.write_bytes(text.encode(form))
    assert load_policy(policy) == load_policy("pseudonymize")
    word.write_bytes("pass phrase ë\r\n".encode(form))
    assert read_passphrase(word) == "pass phrase ë".encode()
    assert people.parse_ids("ann\r\nZoë\r\n".encode(form)) == ("ann", "Zoë")
    Vault.create(tmp_path / "vault", study="s", passphrase=None, now=NOW, identity_out=identity)
    identity.write_bytes(identity.read_text().replace("\n", "\r\n").encode(form))
    assert Vault.open(tmp_path / "vault", identity=identity).is_pinned


@pytest.mark.parametrize("form", FORMS)
def test_settings_are_read_in_every_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    (tmp_path / "archive.toml").write_bytes("vault = 'keys'\r\n".encode(form))
    monkeypatch.chdir(tmp_path)
    ran = command("verify", DEFECTS)
    assert ran.err.splitlines()[0] == "error: keys: there is no vault"


def test_backslashes_in_settings_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "archive.toml").write_text('store = "C:\\study"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = command("verify", DEFECTS)
    assert (ran.code, ran.err) == (
        2,
        f"error: {tmp_path / 'archive.toml'}: cannot be parsed (expected TOML)\n"
        "hint: paths with \\ stand in single quotes: store = 'C:\\study\\archives'\n",
    )


def test_a_sheet_in_a_code_page_is_not_signed(tmp_path: Path) -> None:
    """A name that is read wrongly would be masked nowhere."""
    (tmp_path / "sheet.csv").write_bytes("word\r\nMüller".encode("cp1252"))
    ran = command(
        "policy", "sign", tmp_path / "sheet.csv", "--vault", tmp_path, "--to", tmp_path / "out"
    )
    said = 'error: sheet.csv: is not UTF-8 (expected a sheet saved as "CSV UTF-8")\n'
    assert (ran.code, ran.err) == (UsageError.exit_code, said)


def test_json_is_the_same_in_every_code_page(tmp_path: Path) -> None:
    ran = command("inspect", tmp_path / "Zoë ✓ 🦉", "--json")
    assert ran.out.isascii()
    assert "Zoë ✓ 🦉" in ran.json["error"]["message"]


def test_names_of_macos_are_the_names_of_the_rows() -> None:
    folder = unicodedata.normalize("NFD", "data_Übung_20261120_101500")
    assert hints_from_path((folder, "events.csv")).room_id == "Übung"


def test_what_is_still_in_icloud_may_hold_rows() -> None:
    reason = why_ignored_file(".events.csv.icloud")
    assert reason == "still in iCloud: download it in Finder first"
    assert reason in MAY_HOLD_ROWS


def test_a_file_that_the_cloud_does_not_give_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "events.csv").write_text("id\n1\n", encoding="utf-8")
    with open_bundle([tmp_path]) as bundle:
        monkeypatch.setattr(files, "open", _deadlock, raising=False)
        with pytest.raises(BundleError) as caught:
            bundle.open(bundle.files[0])
    assert str(caught.value).endswith("cannot be opened (expected a file with read permission)")
    assert caught.value.hint == (
        "if it lies in OneDrive or iCloud: let it be kept on this computer first"
    )


def _deadlock(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.EDEADLK, "Resource deadlock avoided")  # what macOS says


def test_a_junction_is_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    def entry(tag: int) -> Any:
        return SimpleNamespace(stat=lambda **_: SimpleNamespace(st_reparse_tag=tag))

    monkeypatch.setattr(sys, "platform", "win32")
    assert walk._is_junction(entry(0xA0000003))
    assert not walk._is_junction(entry(0x9000001A))  # a folder of OneDrive


@pytest.mark.parametrize("name", ["con", "AUX.mp4", "Com1.x.y", "lpt¹", "nul"])
def test_names_of_devices_are_known(name: str) -> None:
    assert is_device(name)
    assert not is_device(f"_{name}")


def test_no_file_that_comes_out_is_called_like_a_device() -> None:
    assert _own_name("films/Aux.mp4") == "_Aux.mp4"
    table = '\n[[aggregate.table]]\nname = "con"\ntype = "events"\n'
    with pytest.raises(PolicyError) as caught:
        parse(policy_text("aggregate-only") + table, where="policy")
    assert "aggregate table con.name: the name of a device on Windows" in str(caught.value)


def test_a_vault_inside_the_store_is_found_whatever_the_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """macOS and Windows take ``Store`` for ``store``."""
    (tmp_path / "Store" / "keys").mkdir(parents=True)
    refuse_nested(tmp_path / "store", tmp_path / "Store" / "keys")
    monkeypatch.setattr(
        os.path, "samefile", lambda one, other: str(one).lower() == str(other).lower()
    )
    assert same_place(tmp_path / "STORE", tmp_path / "Store")
    with pytest.raises(VaultError, match="the vault lies inside the store"):
        refuse_nested(tmp_path / "store", tmp_path / "Store" / "keys")


def test_a_reader_that_went_away_is_known_by_what_windows_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    invalid = OSError(errno.EINVAL, "Invalid argument")
    assert is_unread(BrokenPipeError())
    assert not is_unread(invalid)
    monkeypatch.setattr(sys, "platform", "win32")
    assert is_unread(invalid)
    assert not is_unread(OSError(errno.EINVAL, "Invalid argument", "a?b.csv"))
    with may_be_unread():
        raise invalid
    with pytest.raises(OSError, match="full"), may_be_unread():
        raise OSError(errno.ENOSPC, "full")


def test_a_command_whose_reader_left_ends_quietly_on_windows() -> None:
    script = (
        "import sys, errno, click\n"
        "from archive_tool.cli import main\n"
        "sys.platform = 'win32'\n"
        "def echo(*_, **__): raise OSError(errno.EINVAL, 'Invalid argument')\n"
        "click.echo = echo\n"
        "sys.exit(main.run(['policy', 'list']))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, b"", b"")


def test_what_macos_keeps_beside_files_on_foreign_drives_is_no_work(tmp_path: Path) -> None:
    life = usual(tmp_path)
    for name in ("pending", "deferred"):
        (life.store / "state" / name).mkdir(parents=True)
        (life.store / "state" / name / "._0123.json").write_bytes(b"\x00\x05\x16\x07")
    assert pending.works(life.store, life.vault) == []
    assert deferred.count(life.store) == 0
