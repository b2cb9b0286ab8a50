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

Made from `archive_tool/bundle/limits.py` by `python -m archive_tool.bundle`. They lie far above what the platform
exports and far below what hurts a laptop. A bundle over one of them ends with exit code 10, a table with 11; the message names
the file and the limit. In Python another table can be given: `open_bundle(paths, limits=Limits(files=1_000_000))`.

| limit | value | what it counts |
|---|--:|---|
"""

_SYSTEMS: Final = """
## Systems

Every test runs on Linux. What Windows and macOS do differently (open files, code pages, modes, names, missing time zones)
is played by tests; nobody has run the tool on such a machine yet. On Windows the path of a store may have 130 characters,
unless long paths are switched on, and the mode of a file protects no key there: keep the vault in your own user folder.
A bundle that OneDrive or iCloud holds back must be on the computer before it is read.

## Stores, archives and vaults

Only what is a file is read there, no pipe and no device (16): tables of up to 4 GiB each, an audit log of up to 2 GiB, and
anything else, plans and grants too, of up to 256 MiB. In TOML a key has fewer than 33 parts.

## Outputs

A file that is there is not written over. Reports and extracted tables are when `--replace` is given; a plan goes over an
earlier plan of its kind; identities, grants, sheets, linkage tables and the copy for a person go into new files only. A
folder that is missing is not made, but for `extract --to`, `subject access --to` and stores and vaults. Nothing goes over
what the command reads, and nothing is written by name into a store, an archive or the folder of a vault: whoever copies
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
