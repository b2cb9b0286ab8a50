"""The text of a policy as its archive shows it: whole, but for the names that it lists.

The copy of the policy in an archive can be read without a key, and the names in ``[text]`` are
those of people.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

from archive_tool.model.parsed import parse_toml

_NAMES: Final = re.compile(
    r"""(names["']?\s*=\s*)\[(?:[^\]"'#]|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*)*\]"""
)


def published(text: str) -> str | None:
    """Empty the list of names; None when it is written in a way that cannot be emptied safely."""
    document = parse_toml(text)
    if not _listed(document):
        return text
    emptied = _NAMES.sub(r"\1[]", text)
    document["text"]["names"] = []
    try:
        same = parse_toml(emptied) == document
    except tomllib.TOMLDecodeError:
        return None
    return emptied if same else None


def _listed(document: dict[str, Any]) -> bool:
    table = document.get("text")
    return isinstance(table, dict) and bool(table.get("names"))
