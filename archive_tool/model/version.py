"""The tool's own name and version, for manifests and answers."""

from __future__ import annotations

from typing import Final

NAME: Final = "archive-tool"
VERSION: Final = "0.1.0"
