"""``archive-tool info``: what an archive or a store is, as everybody may know it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.errors import ArchiveToolError
    from archive_tool.model.archive import ArchiveInfo, ArchiveManifest

_UNPROVEN: Final = "nothing was verified: archive-tool verify does that"
_SUMMARIES: Final = "summary tables are kept as long as the data types that they are made of"


@click.command("info")
@click.argument("path", metavar="ARCHIVE|STORE", type=options.GivenPath())
@answers("info")
def command(*, path: Path) -> Answer:
    r"""Show what an archive is, or list the archives of a store. Needs no key, proves nothing.

    \b
      archive-tool info archives
      archive-tool info archives/archives/20261121-abc --json
    """
    found, wrong = _listing(path)
    if wrong and not found:
        raise wrong[0]
    fields = {
        "archives": [_fields(archive) for archive in found],
        "unreadable": [str(error) for error in wrong],
    }
    text = _one(found[0]) if len(found) == 1 else _many(path, found)
    return Answer(
        text="\n".join([text, *(f"cannot be read: {error}" for error in wrong)]),
        fields=fields,
        exit_code=max((error.exit_code for error in wrong), default=0),
    )


def _listing(path: Path) -> tuple[tuple[ArchiveInfo, ...], list[ArchiveToolError]]:
    """Give what can be read, and what is wrong with the others; those that are gone too."""
    from archive_tool.archive import layout
    from archive_tool.archive.manifest import listing
    from archive_tool.errors import IntegrityError
    from archive_tool.lifecycle import whole

    found, wrong = listing(path)
    if layout.is_archive(path):
        return found, [*wrong]
    try:
        gone = whole.gone(path, there={archive.manifest.archive_id for archive in found})
    except IntegrityError as error:  # a log that changed does not keep anybody from looking
        return found, [*wrong, error]
    return found, [*wrong, *gone]


def _fields(archive: ArchiveInfo) -> dict[str, Any]:
    stated = archive.manifest
    return {
        "id": stated.archive_id,
        "path": str(archive.path),
        "created": stated.created.isoformat(),
        "format": stated.format,
        "tool_version": stated.tool_version,
        "policy": {
            "name": stated.policy.name,
            "version": stated.policy.version,
            "digest": stated.policy.digest,
        },
        "types": list(stated.types),
        "columns": stated.columns,
        "retention": {
            "destroy_after": {n: t.destroy_after.isoformat() for n, t in stated.retention.items()},
            "basis": {n: t.basis for n, t in stated.retention.items()},
            "action": {n: t.action for n, t in stated.retention.items()},
        },
        "files": archive.files,
        "bytes": archive.bytes,
        "findings": stated.findings,
        "accepted": stated.accepted,
        "aggregate": stated.aggregate,
        "signer": stated.signer,
        "bundle_digest": stated.bundle_digest,
        "source": asdict(stated.source) if stated.source else None,
        "downgrade_to": asdict(stated.downgrade_to) if stated.downgrade_to else None,
        "privacy": asdict(stated.privacy) if stated.privacy else None,
    }


def _one(archive: ArchiveInfo) -> str:
    from archive_tool.archive.layout import is_aggregate
    from archive_tool.report.text import count, size, table

    stated = archive.manifest
    rows = [
        (
            name,
            (stated.files or {}).get(name),
            stated.retention[name].destroy_after.isoformat() if name in stated.retention else None,
            stated.retention[name].basis if name in stated.retention else None,
            stated.retention[name].action if name in stated.retention else None,
        )
        # summaries have no dates of their own: those of the data types that they are made of count
        for name in dict.fromkeys((*stated.types, *sorted(stated.retention)))
    ]
    return "\n".join(
        [
            f"archive {stated.archive_id}",
            f"  created   {stated.created:%Y-%m-%d %H:%M} UTC, archive-tool {stated.tool_version}",
            f"  policy    {stated.policy.name}, version {stated.policy.version} "
            f"({stated.policy.digest[:12]})",
            *([f"  made of   archive {stated.source.archive_id}"] if stated.source else []),
            *([f"  becomes   {_becomes(stated)}"] if stated.downgrade_to else []),
            f"  payload   {count(archive.files, 'file')}, {size(archive.bytes)}",
            f"  signed by {stated.signer}",
            *([f"  accepted  {', '.join(stated.accepted)}"] if stated.accepted else []),
            "",
            table(("type", "files", "keep until", "counted from", "then"), rows),
            "",
            *([_SUMMARIES] if any(map(is_aggregate, stated.types)) else []),
            _UNPROVEN,
        ]
    )


def _becomes(stated: ArchiveManifest) -> str:
    less = stated.downgrade_to
    return (
        f"what policy {less.name} leaves ({less.digest[:12]}), when its time is over"
        if less
        else ""
    )


def _many(path: Path, found: tuple[ArchiveInfo, ...]) -> str:
    from archive_tool.report.text import count, size, table

    if not found:
        return f"{path}: no archives"
    rows = [
        (
            archive.manifest.archive_id,
            f"{archive.manifest.created:%Y-%m-%d}",
            archive.manifest.policy.name,
            size(archive.bytes),
            min(t.destroy_after for t in archive.manifest.retention.values()).isoformat()
            if archive.manifest.retention
            else None,
        )
        for archive in found
    ]
    head = ("archive", "created", "policy", "size", "first due")
    lines = [f"{path}: {count(len(found), 'archive')}", "", table(head, rows), "", _UNPROVEN]
    stamps = {archive.manifest.policy for archive in found}
    texts = Counter((stamp.name, stamp.version) for stamp in stamps)
    for (name, version), times in sorted(texts.items()):
        if times > 1:
            lines += [
                "",
                f"note: {times} policies are called {name} {version}; info --json tells which",
            ]
    return "\n".join(lines)
