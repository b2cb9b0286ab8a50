"""Strict reading of a parsed TOML table: every mistake with its path, all at once."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from archive_tool.model.texts import STEERING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+\Z")


def key_path(*keys: str) -> str:
    """Write a TOML key as the reader would write it: ``fields.events."response.value"``."""
    return ".".join(key if _BARE.match(key) else f'"{key}"' for key in keys if key)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``, did you mean "…"`` when a known word is close, else nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f', did you mean "{close[0]}"' if close else ""


@dataclass(kw_only=True)
class Reader:
    """Takes keys out of TOML tables and remembers what is wrong with them."""

    problems: list[str] = field(default_factory=list)
    lenient: bool = False
    """Whether the table was in force already: then nothing in it is a mistake any more."""
    first: Sequence[str] = ()
    """Keys that stand above the first table of the document: behind one they belong to that."""

    def problem(self, path: str, what: str, expected: str = "") -> None:
        """Remember one mistake."""
        if self.lenient:
            return
        self.problems.append(f"{path}: {what}" + (f" (expected {expected})" if expected else ""))

    def unknown_keys(self, table: Mapping[str, Any], known: Sequence[str], path: str = "") -> None:
        """Every key of a table must be known."""
        for key in table:
            if key not in known:
                astray = (
                    ", it belongs above the first [table]" if path and key in self.first else ""
                )
                self.problem(
                    key_path(path, key) if not path else f"{path}.{key_path(key)}",
                    f"unknown key{astray or did_you_mean(key, known)}",
                    ", ".join(known),
                )

    def table(self, parent: Mapping[str, Any], key: str, path: str) -> dict[str, Any]:
        """Take a sub-table; empty when absent or wrong."""
        value = parent.get(key, {})
        if isinstance(value, dict):
            return value
        self.problem(path, "not a table", f"[{path}]")
        return {}

    def text(
        self, table: Mapping[str, Any], key: str, path: str, *, default: str | None = None
    ) -> str:
        """Take a string; missing is a mistake unless there is a default."""
        value = table.get(key, default)
        if isinstance(value, str) and STEERING.search(value):
            self.problem(path, "has control characters", "a text that a terminal can show")
            return ""
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        self.problem(path, "missing" if value is None else "not a text", "a text")
        return ""

    def word(
        self,
        table: Mapping[str, Any],
        key: str,
        path: str,
        choices: Sequence[str],
        default: str | None = None,
    ) -> str | None:
        """One of a few words."""
        if key not in table:
            return default
        value: object = table[key]
        if isinstance(value, str) and value in choices:
            return value
        hint = did_you_mean(value, choices) if isinstance(value, str) else ""
        self.problem(path, f"unknown word{hint}", ", ".join(choices))
        return default

    def number(
        self, table: Mapping[str, Any], key: str, path: str, *, low: float, default: float | None
    ) -> float | None:
        """Take a finite number above a bound."""
        if key not in table:
            return default
        value: object = table[key]
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and (self.lenient or low <= value < 1e15)
        ):
            return float(value)
        self.problem(path, "not a number in range", f"at least {low:g}")
        return default

    def integer(
        self, table: Mapping[str, Any], key: str, path: str, *, low: int, default: int | None
    ) -> int | None:
        """Take a whole number above a bound."""
        if key not in table:
            return default
        value: object = table[key]
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and (self.lenient or low <= value < 10**9)
        ):
            return value
        self.problem(path, "not a whole number in range", f"at least {low}")
        return default

    def flag(self, table: Mapping[str, Any], key: str, path: str, *, default: bool) -> bool:
        """Take a yes or no."""
        value = table.get(key, default)
        if isinstance(value, bool):
            return value
        self.problem(path, "not a yes or no", "true or false")
        return default
