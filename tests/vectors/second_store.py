"""What lies beside the archives, read from docs/format.md alone: log, certificates, records, holds.

Like `second_reader.py` it imports nothing of archive_tool, and asserts what the page says.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.vectors import second_keys as keyring


@dataclass(frozen=True, kw_only=True)
class State:
    """What a store says of its own life."""

    log: list[dict[str, Any]]
    """The audit log, line by line."""
    certificates: list[dict[str, Any]]
    tombstones: list[dict[str, Any]]
    erased: set[str]
    """Subject names in the records of erasures."""
    holds: list[dict[str, Any]]
    deferred: list[dict[str, Any]]


def read_store(store: Path, keys: keyring.Keys) -> State:
    """Every check of the page on a store, with the vault that its archives belong to."""
    vault = keys.document
    log = read_log(store / "audit", vault)
    for archive in sorted((store / "archives").iterdir()):
        if (checkpoint := archive / "data/audit.json").exists():
            check_checkpoint(checkpoint.read_bytes(), log, keys)
    state = store / "state"
    holds = _holds(state / "holds.json", log)
    return State(
        log=log,
        certificates=[
            _certificate(path, keys) for path in sorted(state.glob("certificates/*.json"))
        ],
        tombstones=[
            json.loads(path.read_bytes()) for path in sorted(state.glob("tombstones/*.json"))
        ],
        erased=_erased(state / "erasures" / f"{vault['vault_id']}.json", keys),
        holds=holds,
        deferred=[_deferred(path, keys) for path in sorted(state.glob("deferred/*.json"))],
    )


def read_log(folder: Path, vault: dict[str, Any]) -> list[dict[str, Any]]:
    """The audit log: whole, chained, and as long as the vault remembers."""
    lines = (folder / "log.jsonl").read_bytes().removesuffix(b"\n").split(b"\n")
    records: list[dict[str, Any]] = []
    previous = "0" * 64
    for number, line in enumerate(lines, 1):
        record = json.loads(line)
        assert line == keyring.canonical(record)
        digest = keyring.sha256(keyring.canonical({k: v for k, v in record.items() if k != "hash"}))
        assert (record["line"], record["previous"], record["hash"]) == (number, previous, digest)
        assert record["phase"] in ("intent", "done", "undone", "step", "deferred")
        previous = digest
        records.append(record)
    assert json.loads((folder / "head.json").read_bytes()) == [len(lines), previous]
    if seen := vault["checkpoints"].get(records[0]["hash"]):
        assert records[seen["line"] - 1]["hash"] == seen["hash"]
    return records


def check_checkpoint(data: bytes, log: list[dict[str, Any]], keys: keyring.Keys) -> None:
    """`data/audit.json` of an archive names a line of the log, signed by the vault's key of then."""
    signature = json.loads(data)["signature"]
    document = json.loads(data)
    del document["signature"]
    signer = keyring.signed_by(signature, keyring.canonical(document), "archive-tool-checkpoint")
    assert signer in {keys.signer, *keys.document.get("former_signers", {})}
    assert document["vault_id"] == keys.document["vault_id"]
    assert log[document["line"] - 1]["hash"] == document["hash"]


def _certificate(path: Path, keys: keyring.Keys) -> dict[str, Any]:
    signature = path.with_name(f"{path.name}.sig").read_text()
    signer = keyring.signed_by(signature, path.read_bytes(), "archive-tool-certificate")
    assert signer in {keys.signer, *keys.document.get("former_signers", {})}
    assert keyring.sha256(path.read_bytes()) in path.with_suffix(".html").read_text()
    certificate: dict[str, Any] = json.loads(path.read_bytes())
    assert certificate["id"] == path.stem
    return certificate


def _erased(path: Path, keys: keyring.Keys) -> set[str]:
    if not path.exists():
        return set()
    record = keyring.signed_document(path.read_bytes(), "archive-tool-erasures", keys.signer)
    vault = keys.document
    assert (record["format"], record["vault_id"]) == ("archive-tool/erasures/1", vault["vault_id"])
    assert record["subjects"].items() <= vault["erased"].items()
    assert record["destroyed"].items() <= vault["destroyed"].items()
    return set(record["subjects"])


def _holds(path: Path, log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    newest = [record for record in log if record["event"] == "hold"][-1]
    assert newest["detail"]["after"] == keyring.sha256(path.read_bytes())
    document = json.loads(path.read_bytes())
    assert document["format"] == "archive-tool/holds/1"
    holds: list[dict[str, Any]] = document["holds"]
    return holds


def _deferred(path: Path, keys: keyring.Keys) -> dict[str, Any]:
    note = keyring.signed_document(path.read_bytes(), "archive-tool-deferred", keys.signer)
    assert path.stem == note["plan"][:32]
    vault = keys.document
    if note["ids"]:
        root = base64.b64decode(vault["pseudonyms"])
        key = keyring.hkdf(root, vault["vault_id"], "archive-tool/pseudonym/1/deferred")
        sealed = base64.b64decode(note["ids"])
        note["ids"] = json.loads(keyring.unsealed(key, sealed, note["plan"]))
        if note["called"]:
            names = base64.b64decode(note["called"])
            note["called"] = json.loads(keyring.unsealed(key, names, note["plan"]))
            assert all(sorted(one) == ["names", "rooms"] for one in note["called"].values())
    return note
