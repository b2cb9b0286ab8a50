"""A person whose id is written with and without ``prolific_`` is one person in every count."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.support.commands import command
from tests.support.defects import DEFECTS

if TYPE_CHECKING:
    from pathlib import Path

SOUND: Final = DEFECTS / "chat-deleted" / "bundle"
"""Two people in a room."""


def person_of(bundle: Path) -> str:
    page = json.loads((bundle / "chat.json").read_text("utf-8"))
    return str(page["data"][0]["senderId"])


@pytest.fixture
def spelled(tmp_path: Path) -> Path:
    """The sound bundle, with other spellings of one person in a message and in the participants' list."""
    bundle = tmp_path / "bundle"
    shutil.copytree(SOUND, bundle)
    person = person_of(bundle)
    for name, spelling, times in (
        ("chat", f"prolific_{person}", 1), ("participants", f" {person} ", -1)
    ):  # fmt: skip
        file = bundle / f"{name}.json"
        text = file.read_text("utf-8")
        assert f'"{person}"' in text
        file.write_text(text.replace(f'"{person}"', f'"{spelling}"', times), encoding="utf-8")
    return bundle


def test_inspect_counts_one(spelled: Path) -> None:
    types = command("inspect", spelled, "--json").json["types"]
    assert types == command("inspect", SOUND, "--json").json["types"]
    assert types["chat"]["participants"] == 2


def validated(bundle: Path, *more: object) -> dict[str, Any]:
    answer: dict[str, Any] = command(
        "validate", bundle, "--as-of", "2026-11-20", "--json", *more
    ).json
    return {key: answer[key] for key in answer.keys() - {"input"}}


def test_validate_counts_one(spelled: Path) -> None:
    assert validated(spelled) == validated(SOUND)


def test_the_terminal_counts_one(spelled: Path) -> None:
    def screen(bundle: Path) -> list[str]:
        lines = command("validate", bundle, "--as-of", "2026-11-20").out.splitlines()
        return [line for line in lines if "2 people" in line or line.startswith("  chat ")]

    assert screen(spelled) == screen(SOUND)
    assert len(screen(SOUND)) >= 2


def pictures(bundle: Path, page: Path) -> str:
    """The part of a report that has the pictures."""
    assert command("validate", bundle, "--as-of", "2026-11-20", "--html", page).code == 0
    return page.read_text("utf-8").partition('id="timeline"')[2].partition('id="findings"')[0]


def test_the_pictures_show_one(spelled: Path, tmp_path: Path) -> None:
    one, two = pictures(SOUND, tmp_path / "one.html"), pictures(spelled, tmp_path / "two.html")
    assert one
    assert two == one


def test_who_asks_for_ids_gets_every_spelling(spelled: Path, tmp_path: Path) -> None:
    page = tmp_path / "own.html"
    command("validate", spelled, "--as-of", "2026-11-20", "--html", page, "--show-ids")
    person = person_of(SOUND)
    assert f"{person}, prolific_{person}" in page.read_text("utf-8")


def test_an_erasure_counts_one(spelled: Path, tmp_path: Path) -> None:
    def run(*more: object) -> dict[str, Any]:
        where = ("--store", tmp_path / "store", "--vault", tmp_path / "keys", "--json")
        answer: dict[str, Any] = command(*more, *where).json
        return answer

    ids = tmp_path / "id.txt"
    ids.write_text(person_of(SOUND), encoding="utf-8")
    command("key", "init", "--vault", tmp_path / "keys")
    run("create", spelled, "--policy", "keep")
    erase = ("subject", "erase", "--id-file", ids)
    planned = run(*erase, "--plan", tmp_path / "erase.json")
    applied = run(*erase, "--apply", tmp_path / "erase.json")
    (certificate,) = (tmp_path / "store/state/certificates").glob("*.json")
    stated = json.loads(certificate.read_text("utf-8"))
    assert applied["exit_code"] == 0
    assert [len(stated["cryptographic_erase"]["destroyed_key_ids"]), stated["people"]] == [1, 1]
    assert [one["people"] for one in (*planned["archives"], *stated["archives"])] == [1, 1]
