"""Make the golden archives anew: ``python -m tests.vectors.make_golden``.

Only for a new version of the format, and from the first release on beside the old ones: what was
archived once must open for ever. Keys and nonces are random by design, so that two runs never give
the same bytes; what has to stay the same is what a reader gets out, and ``expected.json`` has the
digests of that.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.opening import open_archive
from archive_tool.keys import Vault
from archive_tool.pipeline.create import create
from archive_tool.policy import load_policy
from sample_data.forms import write_form
from sample_data.generate import rooms_of
from sample_data.study import small_study

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.archive.reader import Archive

GOLDEN: Final = Path(__file__).parent / "golden"
NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POLICIES: Final = ("keep", "pseudonymize", "aggregate-only")
TYPES: Final = ("events", "chat", "ratings/sparse")


def digests(archive: Archive) -> dict[str, str]:
    """SHA-256 of what ``extract`` writes as JSON, by data type."""
    with tempfile.TemporaryDirectory() as folder:
        written = extract(archive, to=Path(folder), format="json", now=NOW)
        return {
            file.data_type: hashlib.sha256(file.path.read_bytes()).hexdigest() for file in written
        }


@contextmanager
def small_dictionary() -> Iterator[None]:
    """Archives without the text of their data dictionary, which is larger than all the rest."""
    with (
        patch("archive_tool.schemas.dictionary.csv_text", return_value="left out\n"),
        patch("archive_tool.schemas.dictionary.json_text", return_value="{}\n"),
    ):
        yield


def make(folder: Path) -> None:
    """One vault, one store, one archive per ready policy, and what is expected of them."""
    whole = small_study()
    study = rooms_of(whole, whole.rooms[:3]).only(*TYPES)
    vault = Vault.create(folder / "vault", study="golden", passphrase=None, now=NOW)
    expected = {}
    with tempfile.TemporaryDirectory() as bundle, small_dictionary():
        for name in POLICIES:
            created = create(
                [write_form(study, "array", Path(bundle))],
                policy=load_policy(name),
                store=folder / "store",
                vault=vault,
                now=NOW,
            )
            archive = open_archive(created.path, vault=vault)
            expected[created.archive_id] = {
                "policy": name,
                "rows": sum(entry.rows for entry in archive.index),
                "digests": digests(archive),
            }
    text = json.dumps(expected, indent=1, sort_keys=True)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    for lock in folder.rglob(".*.lock"):
        lock.unlink()


if __name__ == "__main__":
    shutil.rmtree(GOLDEN, ignore_errors=True)
    GOLDEN.mkdir()
    make(GOLDEN)
