"""The next revision of an archive: fewer files, a new index, a new signed manifest.

Files that stay are linked, never read or written: the work grows with what goes, not with what
stays. The new manifest names the tag manifest of its predecessor.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archive_tool.archive import bag, layout, swap
from archive_tool.archive.opening import open_archive
from archive_tool.archive.refusals import naming
from archive_tool.archive.revision import Revision, seal_of
from archive_tool.keys import by_person
from archive_tool.keys.keyring import SubjectState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from archive_tool.archive.reader import Archive
    from archive_tool.keys.vault import Vault
    from archive_tool.model.archive import FileEntry, RetentionTerm


@dataclass(frozen=True, kw_only=True)
class Revised:
    """What became of an archive."""

    revision: int
    seal_after: str
    """SHA-256 of the tag manifest that it has now, hex."""
    rewritten: int
    """Table files that were written again with other rows."""


def revise(
    store: Path,
    archive_id: str,
    vault: Vault,
    *,
    drop: Callable[[FileEntry], bool],
    drop_types: frozenset[str] = frozenset(),
    instead: Mapping[str, pa.Table] | None = None,
    retention: Mapping[str, RetentionTerm] | None = None,
    revision: int = 0,
    now: datetime,
) -> Revised | None:
    """Write the next revision of a stored archive without some files; None when nothing changes.

    ``drop_types`` are data types that go altogether, from the manifest too. ``instead`` gives new
    rows for files, by file id; ``retention`` gives other dates; ``revision`` is its number where
    that is not the next. The caller holds the locks of store and vault.
    Raises IntegrityError when the archive was changed, and leaves it as it is.
    """
    folder = store / layout.ARCHIVES / archive_id
    archive = open_archive(folder, vault=vault)
    instead = instead or {}
    files = _Files.of(archive.index, drop=drop, drop_types=drop_types, instead=instead)
    terms = dict(archive.manifest.retention if retention is None else retention)
    # of a type that is only summarised there is a date and no file
    stated = {*archive.manifest.types, *archive.manifest.retention}
    same_types = not drop_types & stated
    if files.all_stay and same_types and terms == archive.manifest.retention:
        return None
    last = max(archive.manifest.revision, revision - 1)
    archive = replace(archive, manifest=replace(archive.manifest, retention=terms, revision=last))
    lines = _lines_without_erased(archive, vault)
    stage = swap.staging(store)
    try:
        with (
            naming(archive_id),
            Revision(archive=archive, folder=stage / archive_id, vault=vault) as new,
        ):
            tables = {layout.path_of(e) for e in (*files.gone, *files.again)}
            new.link(leave={*tables, *lines})
            for path, content in lines.items():
                new.write(path, content)
            fresh = new.write_again(files.again, lambda entry: instead[entry.file_id])
            gone = len(files.people_gone(drop_types))
            new.finish([*files.kept, *fresh], drop_types=drop_types, people_gone=gone, now=now)
        swap.put(store, new.folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return Revised(
        revision=archive.manifest.revision + 1,
        seal_after=seal_of(folder),
        rewritten=len(files.again),
    )


@dataclass(frozen=True, kw_only=True)
class _Files:
    """What becomes of the table files of an archive."""

    gone: tuple[FileEntry, ...]
    again: tuple[FileEntry, ...]
    """Written again with other rows."""
    kept: tuple[FileEntry, ...]

    @classmethod
    def of(
        cls,
        index: Iterable[FileEntry],
        *,
        drop: Callable[[FileEntry], bool],
        drop_types: frozenset[str],
        instead: Mapping[str, pa.Table],
    ) -> _Files:
        gone: list[FileEntry] = []
        again: list[FileEntry] = []
        kept: list[FileEntry] = []
        for entry in index:
            if entry.data_type in drop_types or drop(entry):
                gone.append(entry)
            else:
                (again if entry.file_id in instead else kept).append(entry)
        return cls(gone=tuple(gone), again=tuple(again), kept=tuple(kept))

    @property
    def all_stay(self) -> bool:
        return not self.gone and not self.again

    def people_gone(self, drop_types: frozenset[str]) -> set[str]:
        """Return who has no file any more, but for types that went altogether."""
        gone = {entry.subject for entry in self.gone if entry.data_type not in drop_types}
        return gone - {entry.subject for entry in (*self.kept, *self.again)}


def _lines_without_erased(archive: Archive, vault: Vault) -> dict[str, bytes]:
    """Files with lines of people (:mod:`by_person`), without the erased.

    Whoever's key a hold keeps stays in them: a code leads to what is still to be taken out.
    """

    def is_gone(key: str) -> bool:
        return vault.state_of_key(key) is SubjectState.ERASED

    found: dict[str, bytes] = {}
    for name, whole in by_person.FILES.items():
        path = f"data/{name}"
        closed = vault.is_destroyed(archive.archive_id, by_person.SCOPE)
        if path not in archive.seal.digests or closed:
            continue
        content = bag.read_checked(archive.path, archive.seal, path)
        secrets = vault.archive_secrets(archive.archive_id)
        rest = by_person.without(content, secrets, is_gone, whole=whole, where=path)
        if rest is not None:
            found[path] = rest
    return found
