"""A whole validation as versioned JSON Lines: what ``validate --findings`` saves.

The first line is the summary with everything that is not a finding, then there is one line per
finding. ``report`` renders it again without the bundle. Reading is strict: what is read back is
what was written, or a :class:`FormatError`; the error never quotes the file.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.errors import FormatError
from archive_tool.model.files import open_named
from archive_tool.model.findings import Finding
from archive_tool.model.validation import Validation
from archive_tool.model.version import NAME, VERSION
from archive_tool.report.grouping import tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SCHEMA: Final = "archive-tool/findings/1"

MOST_BYTES: Final = 1 << 30
"""A record has some hundred bytes per finding: a larger file is none of ours."""
MOST_LINE: Final = 1 << 26
"""The first line is the longest; its lists are bounded."""

_FINDING: Final = msgspec.json.Decoder(Finding)


def write_record(validation: Validation) -> Iterator[str]:
    """The lines of a record, each with its line break."""
    yield _line(_head(validation))
    for finding in validation.findings:
        yield _line(finding_fields(finding))


def read_record(path: Path) -> Validation:
    """Read a record back. Raises FormatError (15); OSError when the file cannot be read."""
    where = path.name
    if path.stat().st_size > MOST_BYTES:
        raise FormatError("too large", where=where, expected=f"at most {MOST_BYTES:,} bytes")
    with open_named(path) as stream:
        lines = enumerate(_lines(stream, where), start=1)
        _, first = next(lines, (1, b""))
        held, announced, summary = _read_head(first, where)
        findings = tuple(_read_finding(line, f"{where}: line {number}") for number, line in lines)
    if len(findings) != announced:
        raise FormatError(
            f"holds {len(findings):,} findings",
            where=where,
            expected=f"{announced:,}, as its first line says",
            hint="the file was cut or edited; make it again with archive-tool validate --findings",
        )
    validation = replace(held, findings=findings)
    if _summary(validation) != summary:
        raise FormatError(
            "its findings are not those that its first line counts",
            where=where,
            hint="the file was edited; make it again with archive-tool validate --findings",
        )
    return validation


def json_fields(validation: Validation) -> dict[str, Any]:
    """A validation whole, under the names of ``validate --json`` (verdict and exit code aside)."""
    rest = _builtins(validation)
    stamp = rest.pop("input")
    rest.pop("as_of")
    for name in ("tables", "rows", "people", "agents", "rooms", "experiments"):
        rest.pop(name)
    return {
        "as_of": validation.as_of.date().isoformat(),
        "input": {
            "name": stamp["name"],
            "sha256": stamp["digest"],
            **{name: stamp[name] for name in ("bytes", "files", "ignored")},
        },
        "summary": _summary(validation),
        "findings": [finding_fields(finding) for finding in validation.findings],
        **rest,
    }


def finding_fields(finding: Finding) -> dict[str, Any]:
    """One finding as JSON fields; none of them can hold a cell value."""
    rows = finding.rows
    fields: dict[str, Any] = {
        "code": finding.code,
        "severity": finding.severity.value,
        "data_type": finding.data_type,
        "file": finding.file,
        "column": finding.column,
        "check": finding.check,
        "rows": None,
        "message": finding.message,
        "hint": finding.hint,
    }
    if rows is not None:
        fields["rows"] = {
            "count": rows.count, "of": rows.of, "first": list(rows.first), "omitted": rows.omitted
        }  # fmt: skip
    return fields


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Number of findings by severity."""
    return asdict(tally(findings))


def _line(fields: dict[str, Any]) -> str:
    return (msgspec.json.encode(fields) + b"\n").decode()


def _head(validation: Validation) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "tool": {"name": NAME, "version": VERSION},
        "summary": _summary(validation),
        "findings": len(validation.findings),
        "validation": _builtins(validation),
    }


def _builtins(validation: Validation) -> dict[str, Any]:
    """Everything but the findings, as JSON would give it back."""
    fields: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(replace(validation, findings=()))
    )
    del fields["findings"]
    return fields


def _summary(validation: Validation) -> dict[str, int]:
    return {
        "tables": validation.tables,
        "rows": validation.rows,
        "participants": validation.people,
        "agents": validation.agents,
        "rooms": validation.rooms,
        "experiments": validation.experiments,
        **counts(validation.findings),
        "not_checked": len(validation.not_checked),
    }


def _lines(stream: IO[bytes], where: str) -> Iterator[bytes]:
    while line := stream.readline(MOST_LINE):
        if not line.endswith(b"\n"):
            raise FormatError(
                "its last line is cut, or too long",
                where=where,
                expected="JSON Lines as archive-tool validate --findings writes them",
            )
        yield line


def _read_head(line: bytes, where: str) -> tuple[Validation, int, object]:
    """Give what is no finding, how many follow, and the counts of the summary."""
    fields = _object(line)
    schema = fields.get("schema") if fields else None
    if schema != SCHEMA:
        ours = isinstance(schema, str) and schema.startswith("archive-tool/findings")
        raise FormatError(
            "of a version this release does not know" if ours else "no record of a validation",
            where=where,
            expected=SCHEMA,
            hint="records are written by archive-tool validate --findings",
        )
    validation, announced = None, fields.get("findings")
    held = fields.get("validation")
    if isinstance(held, dict):
        try:
            validation = msgspec.convert({**held, "findings": []}, Validation)
        except (msgspec.ValidationError, RecursionError):
            validation = None
    # unknown fields are no error to msgspec, so what was understood is compared with what is there
    understood = validation is not None and _fits(validation) and _builtins(validation) == held
    if validation is None or not understood or not isinstance(announced, int):
        raise FormatError(
            "its first line is not as this release writes it", where=where, expected=SCHEMA
        )
    return validation, announced, fields.get("summary")


def _fits(validation: Validation) -> bool:
    """Every line of the matrix has a cell per type."""
    found = validation.availability
    return all(len(row.cells) == len(found.types) for row in found.rows)


def _read_finding(line: bytes, where: str) -> Finding:
    try:
        finding = _FINDING.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        finding = None
    # unknown fields are no error to msgspec; a line has one byte form, so they show here
    if finding is None or msgspec.json.encode(finding_fields(finding)) != line.rstrip(b"\n"):
        raise FormatError("not a finding as this release writes it", where=where, expected=SCHEMA)
    return finding


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
