"""Strict reading of a parsed TOML table: every mistake with its path, all at once."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, overload

from archive_tool.model.texts import STEERING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+\Z")


def key_path(*keys: str) -> str:
    """Write a TOML key as the reader would write it: ``fields.events."response.value"``."""
    return ".".join(key if _BARE.match(key) else f'"{key}"' for key in keys)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``, did you mean "…"`` when a known word is close, else nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f', did you mean "{close[0]}"' if close else ""


@dataclass(kw_only=True)
class Problems:
    """What is wrong with a document, as far as it was read."""

    lines: list[str] = field(default_factory=list)
    lenient: bool = False
    """Whether the document was in force already: then nothing in it is a mistake any more."""
    first: Sequence[str] = ()
    """Keys that stand above the first table of the document: behind one they belong to that."""

    def add(self, path: str, what: str, expected: str = "") -> None:
        """Remember one mistake."""
        if self.lenient:
            return
        self.lines.append(f"{path}: {what}" + (f" (expected {expected})" if expected else ""))


@dataclass(frozen=True, kw_only=True)
class Section:
    """A table of the document; takes keys out of it and remembers what is wrong with them."""

    values: Mapping[str, Any]
    path: str
    """Where it stands; empty for the document itself."""
    problems: Problems

    def at(self, key: str) -> str:
        """Say where a key stands."""
        return f"{self.path}.{key_path(key)}" if self.path else key_path(key)

    def problem(self, key: str, what: str, expected: str = "") -> None:
        """Remember one mistake in the value of a key."""
        self.problems.add(self.at(key), what, expected)

    def refuse(self, what: str, expected: str = "") -> None:
        """Remember that the table itself is wrong."""
        self.problems.add(self.path, what, expected)

    def unknown_keys(self, known: Sequence[str]) -> None:
        """Every key must be known."""
        for key in self.values:
            if key not in known:
                is_astray = self.path and key in self.problems.first
                meant = (
                    ", it belongs above the first [table]"
                    if is_astray
                    else did_you_mean(key, known)
                )
                self.problem(key, f"unknown key{meant}", ", ".join(known))

    def section(self, key: str) -> Section:
        """Take a sub-table; an empty one when absent or wrong."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.problem(key, "not a table", f"[{self.at(key)}]")
            value = {}
        return self.part(value, self.at(key))

    def part(self, values: Mapping[str, Any], path: str) -> Section:
        """Take what lies within it, as a table that stands at a path of the document."""
        return Section(values=values, path=path, problems=self.problems)

    def text(self, key: str, *, default: str | None = None) -> str:
        """Take a string; missing is a mistake unless there is a default."""
        value = self.values.get(key, default)
        if isinstance(value, str) and STEERING.search(value):
            self.problem(key, "has control characters", "a text that a terminal can show")
            return ""
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        self.problem(key, "missing" if value is None else "not a text", "a text")
        return ""

    @overload
    def word(self, key: str, choices: Sequence[str], default: str) -> str: ...
    @overload
    def word(self, key: str, choices: Sequence[str], *, where: str = "") -> str | None: ...
    def word(
        self, key: str, choices: Sequence[str], default: str | None = None, *, where: str = ""
    ) -> str | None:
        """Take one of a few words; the default where it is missing or another.

        ``where`` stands for the place of the key.
        """
        if key not in self.values:
            return default
        value: object = self.values[key]
        if isinstance(value, str) and value in choices:
            return value
        meant = did_you_mean(value, choices) if isinstance(value, str) else ""
        self.problems.add(where or self.at(key), f"unknown word{meant}", ", ".join(choices))
        return default

    @overload
    def number(self, key: str, *, low: float, default: float) -> float: ...
    @overload
    def number(self, key: str, *, low: float) -> float | None: ...
    def number(self, key: str, *, low: float, default: float | None = None) -> float | None:
        """Take a finite number from ``low`` on; the default where it is missing or none."""
        if key not in self.values:
            return default
        value: object = self.values[key]
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and (self.problems.lenient or low <= value < 1e15)
        ):
            return float(value)
        self.problem(key, "not a number in range", f"at least {low:g}")
        return default

    @overload
    def integer(self, key: str, *, low: int, default: int) -> int: ...
    @overload
    def integer(self, key: str, *, low: int) -> int | None: ...
    def integer(self, key: str, *, low: int, default: int | None = None) -> int | None:
        """Take a whole number from ``low`` on; the default where it is missing or none."""
        if key not in self.values:
            return default
        value: object = self.values[key]
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and (self.problems.lenient or low <= value < 10**9)
        ):
            return value
        self.problem(key, "not a whole number in range", f"at least {low}")
        return default

    def flag(self, key: str, *, default: bool) -> bool:
        """Take a yes or no."""
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        self.problem(key, "not a yes or no", "true or false")
        return default
