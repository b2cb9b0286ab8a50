"""The whole way, for tests: a study's keys and store, the policies of the laws, rows to compare.

Making an archive takes some tenths of a second: share a :class:`Lab` where a test may.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.opening import open_archive
from archive_tool.keys import Vault
from archive_tool.pipeline.create import create
from archive_tool.policy import parse, policy_text
from archive_tool.validation.codes import CODES
from sample_data.study import SEVEN, Row, Study

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.archive.reader import Archive
    from archive_tool.model.policy import Policy
    from archive_tool.pipeline.created import Created

NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

MORE_CODES: Final = ("ROOM-UNKNOWN", "ROWS-WITHOUT-ROOM", "FILE-UNREADABLE")


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A folder with a vault and, beside it, a store."""

    folder: Path
    vault: Vault

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def create(self, *bundles: Path, policy: Policy | None = None, **more: Any) -> Created:
        """Archive, by default everything as it is."""
        return create(
            bundles,
            policy=policy or keep_all(),
            store=self.store,
            vault=self.vault,
            now=NOW,
            **more,
        )

    def open(self, created: Created) -> Archive:
        return open_archive(created.path, vault=self.vault)

    def extracted(self, created: Created, format: str = "json") -> Path:
        """A new folder with the tables of an archive."""
        to = Path(tempfile.mkdtemp(dir=self.folder))
        extract(self.open(created), to=to, format=format, now=NOW)
        return to


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="vault-template-"))
    Vault.create(folder / "vault", study="study", passphrase=None, now=NOW)
    return folder


def lab(folder: Path) -> Lab:
    """A lab with a copy of the vault that was made once for this process."""
    shutil.copytree(_template() / "vault", folder / "vault")
    return Lab(folder=folder, vault=Vault.open(folder / "vault"))


@contextmanager
def temporary_lab() -> Iterator[Lab]:
    """A lab for one example of a law."""
    with tempfile.TemporaryDirectory() as folder:
        yield lab(Path(folder))


@cache
def keep_all(*codes: str) -> Policy:
    """Everything leaves as it came, unknown fields too; no finding of validation stops it."""
    text = policy_text("keep").replace('extra = "drop"', 'extra = "keep"')
    return parse(text + accepting(*CODES, *codes), where="keep-all")


@cache
def pseudonymize_all(time: str = "relative") -> Policy:
    """Everything leaves that may: unknown fields and leaves are scrubbed, nothing stops it."""
    text = policy_text("pseudonymize").replace('"relative"', f'"{time}"')
    for key in ("extra", "unknown-leaves"):
        text = text.replace(f'{key} = "drop"', f'{key} = "scrub"')
    return parse(text + accepting(*CODES, *MORE_CODES), where="pseudonymize-all")


def accepting(*codes: str) -> str:
    """Lines of a policy that accept findings."""
    because = "laws are about odd data too"
    return "".join(f'\n[[accept]]\ncode = "{code}"\nbecause = "{because}"\n' for code in codes)


def canonical(value: Any) -> str:
    """JSON text with sorted keys; ``5.0`` and ``5`` are one number."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


Rows = dict[str, list[str]]
"""Canonical texts of the rows by data type, sorted."""


def rows_of_study(study: Study, types: Sequence[str] = SEVEN) -> Rows:
    """What the archive should give back."""
    return {
        name: sorted(canonical(_archived(row)) for row in study.rows[name])
        for name in types
        if study.rows.get(name)
    }


def _archived(row: Row) -> Row:
    """The two things that no policy keeps: an alias of a column, and withdrawn chat."""
    withdrawn = {"content"} if row.get("deleted") is True else set()
    return {
        "roomId" if key == "sessionId" else key: value
        for key, value in row.items()
        if key not in withdrawn
    }


def rows_of_folder(folder: Path) -> Rows:
    """What ``extract`` wrote as JSON or NDJSON."""
    found: Rows = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            rows = json.loads(path.read_bytes())["data"]
        else:
            # not splitlines: U+2028 and its like are no line ends of NDJSON
            rows = [json.loads(line) for line in path.read_text().split("\n")[:-1]]
        name = path.stem.replace("ratings_", "ratings/")
        found[name] = sorted(map(canonical, rows))
    return found


def difference(found: Rows, wanted: Rows) -> dict[str, tuple[list[str], list[str]]]:
    """Rows that are on one side only, by type; empty when both are the same."""
    both = {name: (found.get(name, []), wanted.get(name, [])) for name in {**found, **wanted}}
    return {
        name: (sorted(Counter(one) - Counter(other)), sorted(Counter(other) - Counter(one)))
        for name, (one, other) in both.items()
        if one != other
    }


def somebody(own: Lab, kept: Created) -> str:
    """A person who wrote in the chat of the sample study; whose files come first is by chance."""
    writers = own.open(kept).read("chat")["senderId"].unique().to_pylist()
    return str(next(name for name in writers if name and not name.startswith("agent_")))
