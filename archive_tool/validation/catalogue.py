"""Every kind of finding of every stage, for the docs: what it means and what to do about it.

Validation keeps its kinds in :mod:`archive_tool.validation.codes`; ingest states its own where it makes
them. Both are found here, none is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Final

from archive_tool import ingest
from archive_tool.ingest.overlaps import findings
from archive_tool.model.findings import Code
from archive_tool.model.units import ROWS, unit_of
from archive_tool.validation.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from archive_tool.model.findings import Severity

_NOTHING: Final = "nothing"
_INTRODUCTION: Final = (
    "Every kind of finding, by its code. Codes are stable: reports, acceptances and scripts use",
    "them. A finding says where (data type, file label, column), how many rows, and the first five",
    "of them; it never holds a value. `create` stops at errors; warnings and notes are kept in the",
    "report. A finding is accepted with `--accept CODE --because TEXT` or in the policy, and the",
    "acceptance stays in the report and in the manifest.",
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One kind of finding, as the docs show it."""

    code: str
    severity: Severity
    says: str
    meaning: str
    hint: str
    stage: str


def entries() -> list[Entry]:
    """List every kind of finding, by code."""
    found = (
        *_entries(CODES.values(), "from validation"),
        *_entries(_of_reading(), "from reading the files"),
        *_entries(_stated(findings), "from joining downloads"),
    )
    return sorted(found, key=lambda entry: entry.code)


def markdown() -> str:
    """Write ``docs/findings.md``."""
    found = entries()
    lines = [
        "# Findings",
        "",
        *_INTRODUCTION,
        "",
        "| code | severity | what it says |",
        "|---|---|---|",
        *(f"| [{e.code}](#{e.code.lower()}) | {e.severity} | {e.says} |" for e in found),
    ]
    for entry in found:
        lines += [
            "",
            f"## {entry.code}",
            "",
            f"**{str(entry.severity).capitalize()}**, {entry.stage}: {entry.says}.",
            "",
            entry.meaning + _counts(entry.code),
            "",
            f"What to do: {entry.hint}.",
        ]
    return "\n".join(lines) + "\n"


def _counts(code: str) -> str:
    unit = unit_of(code)
    return "" if unit == ROWS else f" The count is of {unit[1]}, not of rows."


def _entries(codes: Iterable[Code], stage: str) -> Iterator[Entry]:
    for code in codes:
        yield Entry(
            code=code.name,
            severity=code.severity,
            says=code.message,
            meaning=code.meaning,
            hint=code.advice or code.hint or _NOTHING,
            stage=stage,
        )


def _of_reading() -> Iterator[Code]:
    """Find the kinds that the modules of ingest state, alone or in tables; of variants the heaviest."""
    modules = walk_packages(ingest.__path__, f"{ingest.__name__}.")
    stated = [code for module in modules for code in _stated(import_module(module.name))]
    found = {code.name: code for code in _stated(findings)}
    for code in sorted(stated, key=lambda code: code.severity.rank):
        if code.name not in found:
            found[code.name] = code
            yield code


def _stated(module: ModuleType) -> Iterator[Code]:
    for value in vars(module).values():
        items = value.values() if isinstance(value, Mapping) else (value,)
        yield from (item for item in items if isinstance(item, Code))
