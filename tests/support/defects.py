"""The defect bundles, what is expected of the commands, and the lists of findings."""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.support.commands import Ran, command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DEFECTS: Final = Path(__file__).parents[2] / "sample_data" / "defects"
NAMES: Final = sorted(path.name for path in DEFECTS.iterdir())
COLUMNS: Final = ("severity", "code", "type", "file", "column", "rows", "check")
"""Columns of ``findings.csv``: everything of a finding but its words."""


@dataclass(frozen=True, kw_only=True)
class Defect:
    """A bundle with one thing wrong, and what is expected of the commands."""

    bundle: Path
    validate_exit: int
    create_exit: int
    codes: frozenset[str]
    """What the defect is about; its list may have what follows from it as well."""
    findings: str
    """Text of ``findings.csv``."""


def defect(name: str) -> Defect:
    """Read the folder of a defect."""
    folder = DEFECTS / name
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    zipped = folder / "bundle.zip"
    return Defect(
        bundle=zipped if zipped.exists() else folder / "bundle",
        validate_exit=expected["validate_exit"],
        create_exit=expected["create_exit"],
        codes=frozenset(expected["codes"]),
        findings=listed(name).read_text(encoding="utf-8"),
    )


def listed(name: str) -> Path:
    """Where the whole list of findings of a defect lies."""
    return DEFECTS / name / "findings.csv"


def validated(bundle: Path) -> Ran:
    """Run ``validate --json`` on a day that stays the same."""
    return command("validate", bundle, "--as-of", "2026-11-20", "--json")


def found(ran: Ran) -> str:
    """Findings of an answer in the form of ``findings.csv``; a refused bundle has none."""
    return table(ran.json.get("findings", ()))


def table(findings: Iterable[Mapping[str, Any]]) -> str:
    """Write findings, as ``--json`` has them, as CSV in their own order."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for finding in findings:
        count = finding["rows"]["count"] if finding["rows"] else ""
        place = (finding["data_type"], finding["file"], finding["column"])
        rows.writerow((finding["severity"], finding["code"], *place, count, finding["check"]))
    return text.getvalue()


def codes_of(text: str) -> frozenset[str]:
    """Codes in a ``findings.csv``."""
    return frozenset(row["code"] for row in csv.DictReader(io.StringIO(text)))
