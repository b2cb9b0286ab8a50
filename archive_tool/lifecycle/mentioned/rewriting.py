"""Takes people out of the rows of others, one new revision per archive.

It comes before the keys go: ids are needed, and no file but the id file has them. A crash between
leaves the mentions out and the plan stale; the next plan does the rest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from archive_tool.archive import rewrite
from archive_tool.archive.opening import open_stored
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.mentioned import erased_words, mentions, of_others
from archive_tool.lifecycle.subjects import people
from archive_tool.model.people import ERASED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.mentioned.called import Called
    from archive_tool.model.archive import FileEntry


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """What became of the mentions."""

    seals: dict[str, str]
    """SHA-256 of the new tag manifest, by id of the archives that were rewritten."""
    files: dict[str, int]
    """Files that were written without the people, by the same ids."""
    held: int
    """Files that still name somebody, because a hold keeps them as they are."""
    holds: frozenset[str] = frozenset()
    """These holds."""


def take_out(
    store: Path,
    vault: Vault,
    archives: Sequence[str],
    ids: Sequence[str],
    called: Mapping[str, Called],
    *,
    theirs: Sequence[str],
    plan: str,
    now: datetime,
) -> Rewritten:
    """Rewrite the files of others that name one of the people, unless a hold keeps the file.

    The vault first notes the keyed names of what is looked for, so that older revisions, and archives
    of other stores, can be read for it. ``archives`` have mentions, ``theirs`` files of the people.
    """
    in_force = holds.active(store)
    seals: dict[str, str] = {}
    files: dict[str, int] = {}
    held: list[tuple[str, ...]] = []
    names = sorted(set(archives))
    called = {one: called[one] for one in ids if one in called}
    if ids:
        known = (open_stored(store, name, vault) for name in sorted({*archives, *theirs}))
        erased_words.note(vault, known, ids, called)
        vault.save(now)
    for archive_id in names:
        archive = open_stored(store, archive_id, vault)
        instead, kept = _without(vault, archive, ids, called, in_force)
        held += kept
        done = rewrite.revise(
            store, archive_id, vault, drop=lambda _: False, instead=instead, now=now
        )
        if done is not None:
            seals[archive_id], files[archive_id] = done.seal_after, done.rewritten
            vault.note_revision(archive_id, done.revision)
            detail = {"archive": archive_id, "files": done.rewritten, "plan": plan}
            audit.append(store, "rewrite-mentions", detail=detail, phase="step", now=now)
    keeping = frozenset(hold for some in held for hold in some)
    return Rewritten(seals=seals, files=files, held=len(held), holds=keeping)


def _without(
    vault: Vault,
    archive: Archive,
    ids: Sequence[str],
    called: Mapping[str, Called],
    in_force: Sequence[holds.Hold],
) -> tuple[dict[str, pa.Table], list[tuple[str, ...]]]:
    """Return new rows by file id, and for each file that is kept the holds that keep it."""
    keys = people.subject_keys(vault, ids)
    instead: dict[str, pa.Table] = {}
    held: list[tuple[str, ...]] = []
    for data_type in archive.types():
        if not mentions.searched(archive, data_type) or not ids:
            continue
        wanted = mentions.sought(vault, archive, data_type, ids, called)
        entries = [entry for entry in archive.entries(data_type) if entry.subject not in keys]
        for number, new in sorted(_new_texts(vault, archive, entries, wanted).items()):
            entry = entries[number]
            keeping = holds.covering(in_force, archive.archive_id, frozenset({entry.subject}))
            if keeping:
                held.append(keeping)
                continue
            table = archive.read_file(entry)
            for column, texts in new.items():
                table = mentions.with_texts(table, column, texts)
            instead[entry.file_id] = table
    return instead, held


def _new_texts(
    vault: Vault, archive: Archive, entries: Sequence[FileEntry], wanted: mentions.Sought
) -> dict[int, dict[str, dict[int, str]]]:
    """Return the new texts by the number of the file, column and row in the file."""
    begins = [0, *accumulate(entry.rows for entry in entries)]
    found: defaultdict[int, dict[str, dict[int, str]]] = defaultdict(dict)
    for column, new in of_others.changes(vault, archive, entries, wanted, ERASED):
        for row, text in new.items():
            number = bisect_right(begins, row) - 1
            found[number].setdefault(column, {})[row - begins[number]] = text
    return found
