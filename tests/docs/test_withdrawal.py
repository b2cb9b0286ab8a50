"""The walk-throughs of ``docs/withdrawal.md`` and ``docs/years-later.md`` run as they stand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def walk(page: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run all blocks of a page, one after the other, in an empty folder."""
    blocks = BLOCK.findall((ROOT / "docs" / page).read_text())
    assert len(blocks) > 5
    environment = os.environ | {
        "SAMPLE": str(ROOT / "sample_data" / "study_csv"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "ARCHIVE_TOOL_MEMORY": str(folder / "memory"),
    }
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(blocks)],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done


def test_the_years_later_run(tmp_path: Path) -> None:
    done = walk("years-later.md", tmp_path)
    assert "due: archived as " in done.stdout
    assert "chat: kept until 2040-12-31" in done.stdout
    assert "written again under new keys: 1 archive, vault epoch" in done.stdout
    assert "an archive under policy aggregate-only" in done.stdout
    assert "  made of   archive " in done.stdout


def test_the_walk_through_runs(tmp_path: Path) -> None:
    done = walk("withdrawal.md", tmp_path)
    assert done.stderr.count("error: vault: the subject was erased") == 2
    assert 'Good "archive-tool-certificate" signature for lab' in done.stdout
    folder = tmp_path / "archives" / "state" / "certificates"
    bodies = [json.loads(path.read_text()) for path in folder.glob("C-*.json")]
    made = sorted((body["kind"], body["people"], body["performed_by"]) for body in bodies)
    assert made == [("erase", 1, "Data office"), ("sweep", 0, "Data office")]
    person = (tmp_path / "id.txt").read_text().strip()
    for path in [*(tmp_path / "archives").rglob("*"), tmp_path / "erase.json"]:
        assert not path.is_file() or person.encode() not in path.read_bytes(), path.name
