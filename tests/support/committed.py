"""What a command of ours writes and the repository keeps: how a difference is told."""

from __future__ import annotations

import difflib
from typing import Final

import pytest

_MOST: Final = 20
"""Lines of a difference that are shown."""


def require_same(kept: str, made: str, command: str) -> None:
    """Fail with what is different, and what writes it anew."""
    if kept == made:
        return
    lines = [
        line
        for line in difflib.unified_diff(kept.splitlines(), made.splitlines(), n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]
    shown = [line[:200] for line in lines[:_MOST]] or ["(only the ends of lines)"]
    more = [f"… and {len(lines) - _MOST} lines more"] if len(lines) > _MOST else []
    after = f"if this is meant: python -m {command}, and read what changes in the repository"
    pytest.fail("\n".join(["- kept, + made now", *shown, *more, after]), pytrace=False)
