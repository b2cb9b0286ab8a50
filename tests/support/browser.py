"""Reports in a real browser, and the checkers of HTML. A missing program is a failure, no skip.

Needs Debian's ``chromium``, Node and a Java runtime, and ``npm ci`` in ``.ci/node``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NODE: Final = Path(__file__).parents[2] / ".ci" / "node"
SECONDS: Final = 120
LAST_ACT: Final = 10
"""Seconds that Node has to end Chromium."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a browser saw of a page at one width in one colour scheme, scripts off."""

    width: int
    scheme: str
    shot: Path
    console: list[str]
    requests: list[str]
    """All but the page itself."""
    errors: list[str]
    mode: str
    """``CSS1Compat`` unless the page is in quirks mode."""
    overflow: int
    """Pixels that the page is wider than the window."""
    first: float
    """Where the header with the verdict ends, in pixels from the top."""
    scripts: int
    places: list[dict[str, Any]]
    """Where the matrix and the timeline are, and how many bars of them are drawn."""
    axe: list[dict[str, Any]]
    """What axe-core finds, with everything unfolded."""


def look(
    page: Path,
    folder: Path,
    *views: tuple[int, str],
    pdf: Path | None = None,
    seconds: float = SECONDS,
) -> list[Seen]:
    """Open a page at each (width, ``light`` or ``dark``); screenshots go to ``folder``."""
    request = {
        "url": page.as_uri(),
        "profile": tempfile.mkdtemp(dir=folder),
        "chromium": _program("chromium"),
        "views": [
            {"width": width, "scheme": scheme, "shot": str(folder / f"{width}-{scheme}.png")}
            for width, scheme in views
        ],
        "pdf": str(pdf) if pdf else None,
    }
    _packages()
    said = _said_by_node(str(NODE / "open_report.cjs"), json.dumps(request), seconds=seconds)
    return [Seen(**{**v, "shot": Path(v["shot"])}) for v in json.loads(said)["views"]]


def nu_messages(*pages: Path) -> list[dict[str, Any]]:
    """Everything that the Nu HTML checker has to say, warnings and hints included."""
    _packages()
    jar = NODE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    done = subprocess.run(
        [_program("java"), "-jar", str(jar), "--format", "json", *map(str, pages)],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    return found


def colours(shot: Path) -> int:
    """Number of distinct colours in a screenshot; a blank page has one."""
    from PIL import Image

    with Image.open(shot) as image:
        return len(image.convert("RGB").getcolors(maxcolors=1 << 24) or [])


def _said_by_node(*arguments: str, seconds: float) -> str:
    command = [_program("node"), *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as node:
        try:
            out, errors = node.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            node.terminate()  # killed, it would leave Chromium, which leads a group of its own
            with suppress(subprocess.TimeoutExpired):
                node.wait(LAST_ACT)
            raise
        finally:
            node.kill()
    assert node.returncode == 0, errors
    return out


def _program(name: str) -> str:
    path = shutil.which(name)
    assert path, f"{name} is not installed; .ci/run installs it"
    return path


def _packages() -> None:
    assert (NODE / "node_modules").is_dir(), "run npm ci in .ci/node"
