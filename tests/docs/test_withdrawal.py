"""The walk-through of ``docs/withdrawal.md`` runs as it stands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def test_the_walk_through_runs(tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "withdrawal.md").read_text())
    assert len(blocks) == 7
    environment = os.environ | {
        "SAMPLE": str(ROOT / "sample_data" / "study_csv"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ARCHIVE_TOOL_MEMORY": str(tmp_path / "memory"),
    }
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(blocks)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("error: vault: the subject was erased") == 2
    assert 'Good "archive-tool-certificate" signature for lab' in done.stdout
    (certificate,) = (tmp_path / "archives" / "state" / "certificates").glob("C-*.json")
    body = json.loads(certificate.read_text())
    assert (body["people"], body["performed_by"]) == (1, "Data office")
    person = (tmp_path / "id.txt").read_text().strip()
    for path in [*(tmp_path / "archives").rglob("*"), tmp_path / "erase.json"]:
        assert not path.is_file() or person.encode() not in path.read_bytes(), path.name
