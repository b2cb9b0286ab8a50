"""Numbers, times and states in the words of the report: the filters of its templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.model.findings import Severity
from archive_tool.report.text import percent as whole_percent

if TYPE_CHECKING:
    from datetime import datetime

SYMBOLS: Final = {
    "error": "✕", "warning": "△", "note": "○", "accepted": "◇",
    "fail": "✕", "warn": "△", "pass": "✓",
}  # fmt: skip
"""A shape for every state, so that colour is never alone."""

_COLOURS: Final = {
    "events": ("e", "#3a6ea8", "#7daee6"),
    "recordings": ("r", "#8a5596", "#c795d4"),
    "chat": ("c", "#bb6a22", "#ec9f5c"),
    "ratings/continuous": ("k", "#23827a", "#5cc4b9"),
    "ratings/sparse": ("s", "#7a8a1e", "#bccb5a"),
    "sync": ("y", "#6a7280", "#a3abb8"),
    "components": ("o", "#a04a60", "#e38ca3"),
}
"""Letter of a data type, and its colour on light and on dark."""

LETTERS: Final = {data_type: letter for data_type, (letter, _, _) in _COLOURS.items()}
"""Style class of a data type."""

TYPE_STYLES: Final = {
    "light": " ".join(f"--t-{letter}: {light};" for letter, light, _ in _COLOURS.values()),
    "dark": " ".join(f"--t-{letter}: {dark};" for letter, _, dark in _COLOURS.values()),
    "rules": " ".join(f".t-{x} {{ color: var(--t-{x}); }}" for x in LETTERS.values()),
}
"""The lines of ``style.css`` about data types."""

FILLS: Final = {letter: light for letter, light, _ in _COLOURS.values()} | {
    "near": "#3d8f68", "middle": "#d29a2c", "far": "#c0443d",
    "pass": "#3d8f68", "warn": "#d29a2c", "grid": "#dcd8d0",
}  # fmt: skip
"""Colours of shapes for programs that give no style sheet to pictures, as WeasyPrint does not;
browsers take those of ``style.css``, which know light and dark."""

POLICY_WORDS: Final = {
    "": "no policy given",
    "keep": "leaves as it is",
    "drop": "does not leave",
    "pseudonymize": "becomes a code",
    "scrub": "known identifiers are cut out",
    "generalize": "is made coarser",
    "aggregate-only": "only in aggregates",
    "shift": "is shifted in time",
    "by-leaf": "differs by nested field",
}


def sentence(text: str) -> str:
    """The same text with a capital first letter."""
    return text[:1].upper() + text[1:]


def number(value: int) -> str:
    """``12,345``."""
    return f"{value:,}"


def short(value: int) -> str:
    """At most five characters or so, for the cells of a matrix: ``12,345``, ``123k``, ``1.2M``."""
    if value < 100_000:
        return f"{value:,}"
    return f"{value / 1e3:.0f}k" if value < 999_500 else f"{value / 1e6:.1f}M"


def percent(share: float | None) -> str:
    """As on the terminal; a dash where there is nothing to share."""
    return "–" if share is None else whole_percent(share)


def clock(ms: int) -> str:
    """Time from the start of a room: ``-0:30``, ``45:12``, ``1:05:10``."""
    seconds = round(abs(ms) / 1000)
    hours, rest = divmod(seconds, 3600)
    sign = "−" if ms < 0 and seconds else ""
    if hours:
        return f"{sign}{hours:,}:{rest // 60:02}:{rest % 60:02}"
    return f"{sign}{rest // 60}:{rest % 60:02}"


def span(ms: int) -> str:
    """A length of time: ``850 ms``, ``12.5 s``, ``3 min 5 s``, ``1 h 12 min``, ``2 days``."""
    if abs(ms) < 1000:
        return f"{ms} ms"
    seconds = ms / 1000
    if seconds < 60:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    if seconds < 3600:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    if seconds < 172_800:
        hours, rest = divmod(round(seconds / 60), 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(seconds / 86_400):,} days"


def day(moment: datetime | None) -> str:
    """``20 November 2026``."""
    return f"{moment.day} {moment:%B %Y}" if moment else "–"


def short_day(moment: datetime | None) -> str:
    """``2026-11-20``."""
    return f"{moment:%Y-%m-%d}" if moment else "–"


def severity_counts(tally: object) -> list[tuple[str, str, str]]:
    """Class, symbol and text of every severity that occurs: ``("error", "✕", "2 errors")``."""
    words = ((Severity.ERROR, "errors"), (Severity.WARNING, "warnings"), (Severity.NOTE, "notes"))
    found = []
    for severity, plural in words:
        amount = getattr(tally, plural)
        if amount:
            noun = severity.value if amount == 1 else plural
            found.append((severity.value, SYMBOLS[severity.value], f"{amount:,} {noun}"))
    return found
