"""Make the virtual environment of this checkout. Standard library only.

Used by ``python3 -m sample_data.tour`` and ``python3 -m tests``, which do all set-up.
"""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
LOCK = ROOT / ".ci" / "constraints.txt"


def python() -> Path:
    """The interpreter of the environment."""
    return FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def tool(name: str) -> Path:
    """A program of the environment."""
    return python().with_name(name + (".exe" if os.name == "nt" else ""))


def install(extras: str = "") -> None:
    """Install this checkout and the locked versions of what it needs."""
    if not python().exists():
        venv.create(FOLDER, with_pip=True)
    print(f"installing into {FOLDER.name} …", flush=True)
    subprocess.run(
        [
            python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--constraint", LOCK, "--editable", f"{ROOT}{extras}",
        ],
        check=True,
    )  # fmt: skip
