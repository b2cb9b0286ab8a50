"""``python3 -m sample_data.tour``: install, then do the main job on the sample study.

A real ``create``, ``verify`` and ``extract``; everything lands in ``tour/`` beside this checkout's
files and can be deleted afterwards. Standard library only.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "tour"


def main() -> int:
    """Run the commands one after the other, as they stand in the README."""
    sys.path.insert(0, str(ROOT / ".ci"))
    import setup  # type: ignore[import-not-found]

    setup.install()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()
    bundle = "../sample_data/study_pages"
    commands = [
        "key init --vault keys",
        f"inspect {bundle}",
        f"create {bundle} --policy pseudonymize --store archives --vault keys",
        "verify archives --vault keys",
    ]
    for line in commands:
        if code := _run(setup.tool("archive-tool"), line):
            return code
    (archive,) = (PLACE / "archives" / "archives").iterdir()
    inside = archive.relative_to(PLACE).as_posix()
    if code := _run(setup.tool("archive-tool"), f"extract {inside} --to tables --vault keys"):
        return code
    print(
        "\nlook at\n"
        "  tour/tables/chat.csv                  names are gone, the talk is there\n"
        "  tour/tables/ratings_continuous.csv    every rating, under a code\n"
        f"  tour/{inside}/data/policy.toml   what the policy decided\n"
        "  tour/keys/                            the vault and its identity: keep them apart"
    )
    return 0


def _run(program: Path, line: str) -> int:
    print(f"\n$ archive-tool {line}", flush=True)
    return subprocess.run([program, *line.split()], cwd=PLACE).returncode


if __name__ == "__main__":
    sys.exit(main())
