"""Archives that are changed and signed again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from archive_tool.archive import bag, index, layout
from tests.support.archives import NOW

if TYPE_CHECKING:
    from archive_tool.model.archive import FileEntry
    from tests.support.archives import Made


def resign(made: Made, seed: bytes) -> None:
    """What an attacker without the study's key can do: fix all sums and sign with another."""
    payload = {
        path.relative_to(made.path).as_posix(): path.read_bytes()
        for path in (made.path / "data").rglob("*")
        if path.is_file()
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in payload.items()}
    for name, content in bag.tag_files(
        digests, archive_id="x", created=NOW, payload_bytes=0, software="x", signing_key=seed
    ).items():
        (made.path / name).write_bytes(content)


def restated(made: Made, **changes: Any) -> None:
    path = made.path / layout.ARCHIVE_JSON
    stated = json.loads(path.read_bytes())
    for name, value in changes.items():
        whole = stated[name] | value if isinstance(value, dict) else value
        if isinstance(whole, dict):  # None takes a key away
            whole = {key: inner for key, inner in whole.items() if inner is not None}
        stated[name] = whole
    path.write_text(json.dumps(stated), encoding="utf-8")
    resign(made, made.vault.signing_key)


def indexed(made: Made, entries: list[FileEntry]) -> None:
    """Put other entries into the index, and sign it with the own key."""
    secrets = made.vault.archive_secrets(made.path.name)
    (made.path / layout.INDEX).write_bytes(index.encode(entries, secrets))
    resign(made, made.vault.signing_key)
