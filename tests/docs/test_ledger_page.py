"""The release ledger is what the page of the format says: read with that page and MessagePack alone."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archive_tool.disclose.noise.budget import Spend
from archive_tool.disclose.releases import ledger, notes
from archive_tool.policy import load_policy
from tests.support.pipelines import lab

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
KINDS: Final[dict[str, type[msgspec.Struct]]] = {
    "the ledger": ledger._Body,
    "… in `releases`": notes.Release,
    "… in `tables`": notes.TableNote,
    "… in `spent`, a table with noise": Spend,
}


def test_every_key_of_the_ledger_is_named() -> None:
    table = PAGE.split("| In the ledger | Keys |", 1)[1].split("\n\n", 1)[0]
    lines = re.findall(r"^\| (.+?) \| (`.+) \|$", table, re.MULTILINE)
    named = {of: re.findall("`([a-z_]+)`", re.sub(r"\(.*?\)", "", said)) for of, said in lines}
    assert named == {of: list(kind.__struct_fields__) for of, kind in KINDS.items()}


def test_a_ledger_is_read_by_the_page(tmp_path: Path) -> None:
    own = lab(tmp_path)
    made = own.create(ROOT / "sample_data" / "study_pages", policy=load_policy("aggregate-only"))
    sealed = (own.vault.folder / "ledger.sealed").read_bytes()
    key = own.vault.pseudonym_key("release-ledger/file")
    plain = AESGCM(key).decrypt(sealed[:12], sealed[12:], b"archive-tool/ledger/1")
    read = msgspec.msgpack.decode(plain)
    (release,) = read["releases"]
    assert release["name"] == made.archive_id

    tags = own.vault.pseudonym_key("release-ledger")
    known = [hmac.digest(tags, key.encode(), "sha256")[:8] for key in own.vault._body.subjects]
    everyone = {release["everyone"][at : at + 8] for at in range(0, len(release["everyone"]), 8)}
    assert everyone
    assert everyone <= {name[::-1] for name in known}
    for table in release["tables"]:
        for limits, _, _, people, rows, _, *_ in table["cells"]:
            assert all(len(pair) == 2 for pair in limits)
            assert people[:1] == rows[:1] == b"L"
            assert {people[at : at + 8] for at in range(1, len(people), 8)} <= everyone

    line, digest = own.vault.checkpoint("release-ledger") or (0, "")
    first = msgspec.msgpack.encode(read["releases"][:line])
    assert (line, digest) == (1, hashlib.sha256(first).hexdigest())
