"""A second reader, written from docs/format.md alone: nothing here comes from archive_tool.

It takes open keys (`second_keys.py`) and the folder of an archive and gives back every table,
recording and sealed list in it. Whatever the page says must hold is asserted on the way, so that
the page cannot drift from what is written. `second_store.py` does the same for what lies beside
the archives.
"""

import base64
import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.vectors.second_keys import Keys, check, hkdf, sha256, signed_by, unsealed

SCOPES = {
    "events": "read:events",
    "recordings": "read:recordings",
    "chat": "read:chat",
    "sync": "read:sync",
    "components": "read:components",
    "ratings/continuous": "read:ratings",
    "ratings/sparse": "read:ratings",
    "media": "media",
}
NAME = re.compile(r"data(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")
ARROW = {
    "string": pa.string(),
    "string (canonical JSON)": pa.string(),
    "dictionary<int32, string>": pa.string(),
    "double": pa.float64(),
    "timestamp[us, UTC]": pa.timestamp("us", "UTC"),
    "bool": pa.bool_(),
}
MAGIC, PIECE = b"ATMEDIA\x01", 1_048_576


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What an archive holds, for whoever has these keys."""

    facts: dict[str, Any]
    """`data/archive.json`."""
    index: list[dict[str, Any]]
    """The rows of the index."""
    tables: dict[str, list[pa.Table]]
    """By type, the files that open, in the order of the index; missing columns are nulls."""
    recordings: dict[str, bytes]
    """By the name that they get when they are extracted."""
    closed: int
    """Files that these keys do not open: of the erased, or not granted."""


def read_archive(folder: Path, keys: Keys) -> Contents:
    """Every check of the page, then every row."""
    listed = check_bag(folder, keys.signer)
    facts = json.loads((folder / "data/archive.json").read_bytes())
    assert facts["format"] == "archive-tool/archive/1"
    assert facts["signer"] == keys.signer
    archive = facts["archive_id"]
    index_key = _file_key(keys, archive, "index", "", "index")
    assert index_key is not None
    assert check(index_key) == facts["index_check"]
    index = _parquet(folder / "data/index.parquet", index_key).to_pylist()
    check_index(index, facts, listed)
    tables: dict[str, list[pa.Table]] = {name: [] for name in facts["types"] if name != "media"}
    recordings, closed = {}, 0
    for row in index:
        key = _file_key(keys, archive, _scope(row["data_type"]), row["subject"], row["file_id"])
        if key is None:
            assert row["subject"] in keys.document.get("erased", {row["subject"]})
            closed += 1
            continue
        assert check(key) == row["key_check"]
        path = folder / place(row)
        if row["data_type"] == "media":
            recordings[row["filled"]] = b"".join(pieces(path.read_bytes(), key))
        else:
            tables[row["data_type"]].append(_whole(_parquet(path, key), row, facts))
    return Contents(facts=facts, index=index, tables=tables, recordings=recordings, closed=closed)


def check_bag(folder: Path, signer: str) -> dict[str, str]:
    """Signature, sums and names of the bag; the payload's paths with their sums."""
    tags = (folder / "tagmanifest-sha256.txt").read_bytes()
    signature = (folder / "tagmanifest-sha256.txt.sig").read_text()
    assert signed_by(signature, tags, "archive-tool") == signer
    tag_files = _manifest(tags)
    assert set(tag_files) == {"bag-info.txt", "bagit.txt", "manifest-sha256.txt"}
    listed = _manifest((folder / "manifest-sha256.txt").read_bytes())
    assert list(listed) == sorted(listed)
    assert all(NAME.fullmatch(path) for path in listed)
    for path, digest in (tag_files | listed).items():
        assert sha256((folder / path).read_bytes()) == digest, path
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == {*tag_files, *listed, "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig"}
    assert f"External-Identifier: {folder.name}\n" in (folder / "bag-info.txt").read_text()
    return listed


def _manifest(data: bytes) -> dict[str, str]:
    lines = (line.split("  ", 1) for line in data.decode().removesuffix("\n").split("\n"))
    return {path: digest for digest, path in lines}


def check_index(
    index: Sequence[dict[str, Any]], facts: dict[str, Any], listed: dict[str, str]
) -> None:
    """The index names this archive, and the same files with the same sums as the manifest."""
    assert {row["archive_id"] for row in index} <= {facts["archive_id"]}
    first: dict[tuple[str, str], str] = {}
    for row in sorted(index, key=lambda row: row["part"]):
        first.setdefault((row["data_type"], row["subject"]), row["file_id"])
    places = [
        (row["data_type"], first[row["data_type"], row["subject"]], row["part"]) for row in index
    ]
    assert places == sorted(places)
    assert sorted({row["data_type"] for row in index}) == facts["types"]
    sealed = {
        path: digest for path, digest in listed.items() if re.match(r"data/(tables|media)/", path)
    }
    assert {place(row): row["sha256"] for row in index} == sealed
    if not facts["aggregate"]:
        kinds = [row["data_type"] for row in index]
        assert facts["files"] == {kind: kinds.count(kind) for kind in kinds}


def place(row: dict[str, Any]) -> str:
    """Where the file of one row of the index lies."""
    kind: str = row["data_type"]
    if kind == "media":
        return f"data/media/{row['file_id']}.sealed"
    folder = "aggregates" if kind.startswith("aggregates/") else kind.replace("/", "_")
    return f"data/tables/{folder}/{row['file_id']}.parquet"


def _scope(kind: str) -> str:
    return "aggregates" if kind.startswith("aggregates/") else SCOPES[kind]


def _file_key(keys: Keys, archive: str, scope: str, subject: str, file_id: str) -> bytes | None:
    reach = keys.reach(archive, scope, subject)
    return None if reach is None else hkdf(reach, file_id, "archive-tool/file/1")


def _parquet(path: Path, key: bytes) -> pa.Table:
    data = path.read_bytes()
    assert data[:4] == data[-4:] == b"PARE"
    properties = pe.create_decryption_properties(footer_key=key)
    return pq.read_table(pa.BufferReader(data), decryption_properties=properties)


def _whole(table: pa.Table, row: dict[str, Any], facts: dict[str, Any]) -> pa.Table:
    assert table.num_rows == row["rows"]
    assert table.column_names == row["filled"].split(",")
    columns = facts["columns"][row["data_type"]]
    assert set(table.column_names) <= set(columns)
    absent = pa.nulls(table.num_rows)
    return pa.table(
        {name: table[name] if name in table.column_names else absent for name in columns}
    )


def read_dictionary(folder: Path) -> dict[tuple[str, str], pa.DataType]:
    """The Arrow type of every column, by data type and name; places inside JSON columns left out."""
    with (folder / "data/dictionary/fields.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    typed = {(one["data_type"], one["field"]): one["type"] for one in lines if one["type"]}
    assert all(":" in one["field"] for one in lines if one["kind"] == "leaf")
    listed = json.loads((folder / "data/dictionary/fields.json").read_bytes())["types"]
    assert {(one["data_type"], one["field"]) for kind in listed.values() for one in kind} == {
        (one["data_type"], one["field"]) for one in lines
    }
    return {place: ARROW[name] for place, name in typed.items()}


def pieces(data: bytes, key: bytes) -> Iterator[bytes]:
    """A sealed recording, piece by piece."""
    assert data[:8] == MAGIC
    segments = [data[at : at + PIECE + 16] for at in range(8, len(data), PIECE + 16)]
    for number, segment in enumerate(segments):
        nonce = number.to_bytes(11, "big") + bytes([number == len(segments) - 1])
        yield AESGCM(key).decrypt(nonce, segment, MAGIC)


def sealed_list(folder: Path, keys: Keys, name: str) -> tuple[list[dict[str, Any]], int]:
    """The lines of `data/<name>.sealed` that open, and of how many people they do not."""
    archive = folder.name
    outer = _file_key(keys, archive, "linkage", "", name)
    assert outer is not None
    lines, closed = [], 0
    for row in json.loads(unsealed(outer, (folder / f"data/{name}.sealed").read_bytes(), archive)):
        assert sorted(row) == ["file_id", "sealed", "subject"]
        key = _file_key(keys, archive, "linkage", row["subject"], row["file_id"])
        if key is None:
            closed += 1
            continue
        lines += json.loads(unsealed(key, base64.b64decode(row["sealed"]), row["file_id"]))
    return lines, closed
