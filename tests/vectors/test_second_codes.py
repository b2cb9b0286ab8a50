"""Whoever has the vault, the ids and docs/format.md can tell whose code is whose, without us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive_tool.anonymize.codes import PseudonymKeys
from archive_tool.keys import Vault
from tests.support.archives import NOW
from tests.vectors import second_codes
from tests.vectors.second_keys import open_vault

if TYPE_CHECKING:
    from pathlib import Path

ARCHIVE, KIND = "20261120-aaa", "chat"
IDS = (
    "prolific_0123456789abcdef",
    " 007 ",
    "Zoë",
    "7Jq",
    "a-rather-long-id-of-more-than-one-block",
)


@pytest.mark.parametrize("linkability", ["study", "release", "none"])
def test_the_page_tells_how_codes_are_made(tmp_path: Path, linkability: str) -> None:
    vault = Vault.create(tmp_path / "keys", study="s", passphrase=None, now=NOW)
    keys = PseudonymKeys.derive(
        vault.pseudonym_key, linkability=linkability, archive_id=ARCHIVE
    ).within(KIND)
    opened = open_vault(tmp_path / "keys")

    def secret(purpose: str) -> bytes:
        return second_codes.secret(opened, purpose, linkability, ARCHIVE, KIND)

    for one in IDS:
        assert second_codes.person(secret("person"), one) == keys.of_person(one)
        assert second_codes.room(secret("room"), one) == keys.of_room(one)
        assert second_codes.record(secret("record"), one) == keys.of_record(one)
        assert second_codes.shift(secret("shift"), one) == keys.shift_days(one)
