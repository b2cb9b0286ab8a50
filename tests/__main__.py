"""``python3 -m tests``: make the environment, install everything the tests need, run them.

Arguments go to pytest. Programs that are not Python's (Chromium, a Java runtime, ``ssh-keygen``,
npm, R, PSPP) come from the system: ``.ci/run`` installs them on Debian.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Install, then run the whole suite on two cores."""
    sys.path.insert(0, str(ROOT / ".ci"))
    import setup  # type: ignore[import-not-found]

    setup.install("[test]")
    node = ROOT / ".ci" / "node"
    if (node / "package.json").exists() and not (node / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=node, check=True)
    arguments = sys.argv[1:] or ["-n", "2"]
    return subprocess.run([setup.python(), "-m", "pytest", *arguments], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
