"""Ids and names of people that a command is given: in a file or on stdin, one on a line."""

from __future__ import annotations

import sys
from pathlib import Path

from archive_tool.model.files import open_named


def read_ids(source: str, *, where: str = "id-file") -> tuple[str, ...]:
    """Read ids from a file, or from stdin for ``-``; ``where``: the option that names it."""
    from archive_tool.lifecycle.subjects import people

    if source == "-":
        return people.parse_ids(sys.stdin.buffer.read(people.LARGEST + 1), where=where)
    with open_named(Path(source)) as file:
        return people.parse_ids(file.read(people.LARGEST + 1), where=where)
