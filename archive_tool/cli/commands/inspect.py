"""``archive-tool inspect``: what is in a bundle, without an opinion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.progress import progress
from archive_tool.model.people import count_people

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.bundle import Bundle
    from archive_tool.pipeline.first_pass.gathered import Gathered


@click.command("inspect")
@options.bundles
@options.as_of
@click.option("--show-ids", is_flag=True, help="Name files in the JSON: names may hold ids.")
@options.workers
@options.quiet
@answers("inspect")
def command(
    *,
    bundles: tuple[Path, ...],
    as_of: datetime,
    show_ids: bool,
    workers: int | None,
    quiet: bool,
) -> Answer:
    r"""Show what is in a bundle: files, data types, rows, people, rooms, gaps.

    \b
      archive-tool inspect export.zip
      archive-tool inspect data_room_a/ data_room_b/ --json

    A bundle is a folder, a ZIP or a file, or several of them. The terminal names files, so that
    their owner finds them; --json has their labels, and their names with --show-ids.
    """
    from archive_tool.bundle import open_bundle
    from archive_tool.pipeline.first_pass.inventory import inventory
    from archive_tool.pipeline.verdict import unread_code

    with (
        open_bundle(bundles, list_broken=True) as bundle,
        progress("reading", quiet=quiet) as shown,
    ):
        gathered = inventory(bundle, bundles, as_of=as_of, progress=shown, workers=workers)
        return Answer(
            text=_text(bundle, gathered),
            fields=_fields(bundle, gathered, show_ids=show_ids),
            exit_code=unread_code(gathered),
        )


def _fields(bundle: Bundle, gathered: Gathered, *, show_ids: bool) -> dict[str, Any]:
    """Everything by label: names of files and bundles hold ids, so they are asked for."""
    kinds: dict[str, int] = {}
    for file in bundle.files:
        kinds[file.kind.value] = kinds.get(file.kind.value, 0) + 1
    return {
        "input": {
            "name": bundle.name if show_ids else "bundle",
            "files": len(bundle.files),
            "kinds": kinds,
        },
        "types": {
            data_type: {
                "rows": gathered.rows(data_type),
                "files": len({gathered.parts[order].file.label for order in counted.rows_by_part}),
                "participants": count_people(counted.people, gathered.identifiers.agents),
                "rooms": len(counted.rooms),
                "first": counted.first.isoformat() if counted.first else None,
                "last": counted.last.isoformat() if counted.last else None,
            }
            for data_type, counted in sorted(gathered.census.types.items())
        },
        "not_archived": _other_types(gathered),
        "gaps": [
            {"data_type": gap.data_type, "file": gap.file, "first": gap.first, "end": gap.end}
            for gap in gathered.gaps
        ],
        "files": [
            {
                "label": f.label,
                "path": f.path if show_ids else None,
                "kind": f.kind.value,
                "bytes": f.size,
                "note": f.note,
            }
            for f in bundle.files
        ],
        "unreadable": [
            {"file": file.label, "reason": reason} for file, reason in gathered.unreadable
        ],
    }


def _other_types(gathered: Gathered) -> dict[str, int]:
    from archive_tool.model.datatypes import BY_NAME

    rows: dict[str, int] = {}
    for part in gathered.parts:
        if part.data_type not in BY_NAME:
            rows[part.data_type] = rows.get(part.data_type, 0) + part.rows
    return rows


def _text(bundle: Bundle, gathered: Gathered) -> str:
    from archive_tool.ingest.tables import UNDECIDED
    from archive_tool.report.text import count, size, table

    rows = [
        (
            data_type,
            gathered.rows(data_type),
            len({gathered.parts[order].file.label for order in counted.rows_by_part}),
            count_people(counted.people, gathered.identifiers.agents),
            len(counted.rooms),
            f"{counted.first:%Y-%m-%d}" if counted.first else None,
            f"{counted.last:%Y-%m-%d}" if counted.last else None,
        )
        for data_type, counted in sorted(gathered.census.types.items())
    ]
    head = ("type", "rows", "files", "people", "rooms", "first", "last")
    total = sum(file.size for file in bundle.files)
    lines = [f"{bundle.name}: {count(len(bundle.files), 'file')}, {size(total)}", ""]
    lines.append(table(head, rows) if rows else "  no rows of a data type that can be archived")
    others = _other_types(gathered)
    others.pop(UNDECIDED, None)
    if others:
        lines += ["", "read or listed, never archived:"]
        lines += [f"  {name}: {count(number, 'row')}" for name, number in sorted(others.items())]
    lines += _missing_pages(bundle, gathered)
    undecided = [part for part in gathered.parts if part.data_type == UNDECIDED]
    lines += _listed(
        "of no known type, left out", [(p.file.path, count(p.rows, "row")) for p in undecided]
    )
    empty = [(f.path, "the file is empty") for f in bundle.files if f.kind.value == "empty"]
    silent = [(path, "no rows were found in it") for path in _silent(bundle, gathered)]
    lines += _listed("without a table", sorted(empty + silent))
    lines += _listed("cannot be read", [(f.path, why) for f, why in gathered.unreadable])
    lines += _listed(
        "left alone", [(f.path, f.note) for f in bundle.files if f.kind.value == "ignored"]
    )
    return "\n".join(lines)


def _missing_pages(bundle: Bundle, gathered: Gathered) -> list[str]:
    if not gathered.gaps:
        return []
    lines = ["", "missing pages:"]
    paths = {file.label: file.path for file in bundle.files}
    for gap in gathered.gaps:
        end = f"{gap.end:,}" if gap.end is not None else "the end"
        after = paths[gap.file]
        lines.append(f"  {gap.data_type}: rows {gap.first + 1:,} to {end}, after {after}")
    return lines


def _silent(bundle: Bundle, gathered: Gathered) -> list[str]:
    """Name the files that could hold tables, and of which nothing else is said."""
    from archive_tool.model.bundle import TABLE_KINDS

    told = {part.file.label for part in gathered.parts}
    told |= {file.label for file, _ in gathered.unreadable}
    told |= {file.label for file in gathered.untyped}
    return [f.path for f in bundle.files if f.kind in TABLE_KINDS and f.label not in told]


_LISTED = 10
"""Files that the terminal names."""


def _listed(title: str, files: list[tuple[str, str]]) -> list[str]:
    if not files:
        return []
    lines = ["", f"{title}:"]
    lines += [f"  {path}: {note}" for path, note in files[:_LISTED]]
    if len(files) > _LISTED:
        lines.append(f"  … and {len(files) - _LISTED:,} more (--json --show-ids lists all)")
    return lines
