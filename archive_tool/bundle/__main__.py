"""Rewrite ``docs/limits.md``: ``python -m archive_tool.bundle`` in a checkout."""

from __future__ import annotations

import ast
import inspect
from dataclasses import fields
from pathlib import Path
from typing import Final

from archive_tool.bundle.limits import GIB, KIB, MIB, Limits

TARGET: Final = Path(__file__).parents[2] / "docs" / "limits.md"

_HEAD: Final = """# Limits of what is read

For whoever meets one of them, or wants to know what a hostile file can do. They lie far above what the platform
exports and far below what hurts a laptop. A bundle that exceeds one ends with exit code 10, a table with 11; the message names
the file and the limit. In Python you can set others: `open_bundle(paths, limits=Limits(files=1_000_000))`. (This page is made from
`archive_tool/bundle/limits.py` by `python -m archive_tool.bundle`.)

| limit | value | what it counts |
|---|--:|---|
"""

_SYSTEMS: Final = """
## Systems

Every test runs on Linux. What Windows and macOS do differently (open files, code pages, modes, names, missing time zones)
is simulated by tests; nobody has run the tool on such a machine yet. On Windows the path of a store may have at most 130 characters,
unless long paths are switched on, and file modes do not protect keys there: keep the vault in your own user folder.
Where a cluster limits the address space (`ulimit -v`, `h_vmem`), allow 4 GB: libraries reserve much more than they use.
A bundle that OneDrive or iCloud keeps online only must be downloaded to the computer before it is read.

## Stores, archives and vaults

Only ordinary files are read there, no pipes and no devices (16): tables of up to 4 GiB each, an audit log of up to 2 GiB, and
anything else, plans and grants too, of up to 256 MiB. In TOML a key has fewer than 33 parts.

## Outputs

No existing file is overwritten without being asked: `--replace` lets reports and extracted tables replace older ones. Only a plan replaces
an earlier plan of its kind without it. Identities, grants, sheets, linkage tables and the copy for a person go into new files only.
A missing folder is not created, except for `extract --to`, `subject access --to`, stores and vaults. No output goes over
what the command reads, and none can be named inside a store, an archive or the folder of a vault: whoever copies
those would copy it with them. New identities may lie in the vault until they are moved away.
"""


def markdown() -> str:
    """The limits as a page, in their own words."""
    said = _docstrings()
    rows = [
        f"| `{field.name}` | {_value(field.name)} | {said[field.name].rstrip('.')} |"
        for field in fields(Limits)
    ]
    return _HEAD + "\n".join(rows) + "\n" + _SYSTEMS


def _docstrings() -> dict[str, str]:
    """Field -> the string below it."""
    (body,) = ast.parse(inspect.getsource(Limits)).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101  (it is the source of a class)
    said: dict[str, str] = {}
    for one, other in zip(body.body, body.body[1:], strict=False):
        if isinstance(one, ast.AnnAssign) and isinstance(other, ast.Expr):
            said[ast.unparse(one.target)] = " ".join(str(ast.literal_eval(other.value)).split())
    return said


def _value(name: str) -> str:
    value = getattr(Limits(), name)
    if "bytes" in name:
        for unit, size in (("GiB", GIB), ("MiB", MIB), ("KiB", KIB)):
            if value >= size:
                return f"{value // size} {unit}"
    return f"{value:,}"


if __name__ == "__main__":
    TARGET.write_text(markdown(), encoding="utf-8", newline="\n")
