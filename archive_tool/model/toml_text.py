"""TOML that somebody else may have written."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

_KEY: Final = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
MOST_PARTS: Final = 32
"""Of a key, more than any of ours: tomllib keeps every beginning of it, so that 100,000 parts, 200 kB,
take 40 GB."""
_DEEP: Final = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_KEY}){{{MOST_PARTS}}}")


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML; TOMLDecodeError for anything else, nested without end or with endless numbers too."""
    try:
        if not _DEEP.search(text):
            return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (RecursionError, ValueError):  # digits by the thousand
        pass
    raise tomllib.TOMLDecodeError("nested too deeply, or a number is too long")
