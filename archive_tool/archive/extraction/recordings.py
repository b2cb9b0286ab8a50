"""Extracts sealed recordings: whole files, into ``media/`` below the folder of the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.archive import media
from archive_tool.archive.extraction.formats import Target
from archive_tool.errors import UsageError
from archive_tool.model.datatypes import MEDIA, RECORDINGS

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.archive.extraction.selection import Selection
    from archive_tool.archive.reader import Archive
    from archive_tool.model.archive import FileEntry
    from archive_tool.model.progress import Done

FOLDER: Final = "media"


class RecordingTarget(Target):
    """One recording on its way: verified segment by segment, in its place when it is whole."""

    def __init__(self, archive: Archive, entry: FileEntry, path: Path) -> None:
        path.parent.mkdir(exist_ok=True, mode=0o700)
        if path.parent.is_symlink():  # what somebody else put there leads elsewhere
            raise UsageError("is a link", where=FOLDER, expected="a folder, or none")
        super().__init__(MEDIA, path, ())
        self._archive = archive
        self._entry = entry

    def fill(self, done: Done) -> None:
        """Unseal the recording into the file beside the target."""
        for part in self._archive.read_recording(self._entry):
            self._file.write(part)
            done.add(0, len(part))
        self.finish(total=0)


def selected(archive: Archive, selection: Selection, to: Path) -> list[tuple[FileEntry, Path]]:
    """Which recordings go where; a participant is found by the original id, or by the code.

    Raises UsageError (2) where rows would have to say which ones are wanted: recordings have none.
    """
    if selection.by_rows or selection.scope not in (None, "participant"):
        raise UsageError(
            "recordings have no rows to select, sort or count by",
            where=MEDIA,
            expected="no selection, or --scope participant with an id or a code",
            hint="name the types with rows with --type, or extract recordings by themselves",
        )
    wanted = selection.subjects(archive, MEDIA)
    entries = archive.entries(MEDIA, wanted)
    if wanted is None and selection.scope is not None:
        coded = _keys_of_code(archive, selection.scope_id)
        entries = tuple(entry for entry in entries if entry.subject in coded)
    return [(entry, to / FOLDER / media.check_name(entry.filled)) for entry in entries]


def _keys_of_code(archive: Archive, code: str | None) -> set[str]:
    """Subject keys of whose recordings the table of them tells under a code."""
    import pyarrow.compute as pc

    name, column = RECORDINGS.name, RECORDINGS.subject
    if column not in archive.manifest.columns.get(name, ()):
        return set()
    return {
        entry.subject
        for entry in archive.entries(name)
        if pc.any(pc.equal(archive.read_file(entry, [column])[column], code)).as_py()
    }
