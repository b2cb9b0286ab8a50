"""Extracts rows in plain formats, with the filter, sort and paging parameters of the platform.

Order of the rows: by ``timestamp`` (``startTime`` of recordings, ``onset`` where the policy left no
time), ties by record id, as the platform lists them; cells of summary tables as they stand, where no
``sort`` is asked for. Above :data:`SORT_ROWS` rows, and with no order asked for, rows come person by
person instead, so that memory stays bounded.

Recordings are written when they are asked for by their type, ``media``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from archive_tool.archive import layout, parallel
from archive_tool.archive.extraction import recordings, sav
from archive_tool.archive.extraction.formats import FORMATS, open_target
from archive_tool.archive.extraction.selection import Selection, Window, sorted_by
from archive_tool.archive.reader import Archive
from archive_tool.errors import SubjectError, UsageError
from archive_tool.keys.keyring import SubjectState, subject_erased
from archive_tool.model.datatypes import MEDIA
from archive_tool.model.moments import of_day
from archive_tool.model.outputs import folder_for, refuse_existing, refuse_ours
from archive_tool.model.paths import as_path
from archive_tool.model.progress import Done
from archive_tool.model.texts import several

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    import pyarrow as pa

    from archive_tool.archive.extraction.formats import Target
    from archive_tool.model.archive import ExtractedFile
    from archive_tool.model.paths import AnyPath
    from archive_tool.model.progress import Progress

SORT_ROWS: Final = 2_000_000
"""Rows of one type that are sorted in memory without being asked."""

CHUNK: Final = 65_536
"""Rows that are formatted at a time."""

OPEN: Final = 64
"""Complete files that stay open, and so unseen, until all are: a process may open a few hundred."""


def extract(
    archive: Archive,
    *,
    to: AnyPath,
    format: str = "csv",
    types: Sequence[str] | None = None,
    scope: str | None = None,
    scope_id: str | None = None,
    start_time: date | None = None,
    end_time: date | None = None,
    sort: str | None = None,
    order: str = "asc",
    limit: int | None = None,
    offset: int = 0,
    bom: bool = False,
    replace: bool = False,
    now: datetime | None = None,
    progress: Progress | None = None,
    before: Callable[[Sequence[str]], object] | None = None,
) -> list[ExtractedFile]:
    """Write ``<type>.<format>`` for each type into ``to``; ``/`` in a type becomes ``_``.

    A summary table is ``<name>.<format>``, or ``aggregates-<name>.<format>`` beside a data type of
    that name, which ``types`` means then.

    Without ``types`` all tables; ``media`` among them writes the recordings into ``to/media``.

    ``format`` is csv, json, ndjson, parquet or sav (SPSS); ``scope`` is experiment, room or
    participant, whose id may be the original one for participants, or the code in the rows.
    ``start_time`` and ``end_time`` are inclusive; a day stands for its first moment, in UTC. ``now``
    is the time that the JSON envelope and the head of an SPSS file state. ``progress`` is told what
    is written. Nothing appears in ``to`` before all files are complete; then ``before`` is called
    with their types, and where that raises nothing appears either.

    Raises UsageError (2) for wrong parameters and for targets that exist without ``replace``,
    VaultError (17) for what was not granted and when only an erased subject was asked for,
    SubjectError (20) when the participant has no rows here.
    """
    if not isinstance(archive, Archive):
        raise UsageError(
            "is no open archive", where="archive", expected="open_archive(path, vault=vault)"
        )
    if format not in FORMATS:
        raise UsageError("not a format", where="format", expected=", ".join(FORMATS))
    if bom and format != "csv":
        raise UsageError(
            "is for CSV",
            where="bom",
            hint="leave --bom out: files of the other formats need no mark",
        )
    if format == "sav":
        sav.refuse_uninstalled()
    selection = Selection(
        scope=scope, scope_id=scope_id,
        start_time=_moment(start_time, "start-time"), end_time=_moment(end_time, "end-time"),
        sort=sort, order=order, limit=limit, offset=offset,
    )  # fmt: skip
    selection.check()
    _refuse_erased(archive, selection)
    to = as_path(to, "to")
    names = dict.fromkeys(
        type_named(archive, name) for name in several(types or _tables_of(archive))
    )
    stems = layout.stems(archive.types())
    targets = [(name, to / f"{stems[name]}.{format}") for name in names if name != MEDIA]
    files = recordings.selected(archive, selection, to) if MEDIA in names else []
    refuse_ours((to,))
    refuse_existing((path for _, path in (*targets, *files)), replace=replace)
    opened = (
        open_target(archive, name, path, selection, format=format, bom=bom, now=now)
        for name, path in targets
    )
    sealed = (recordings.RecordingTarget(archive, *recording) for recording in files)
    with folder_for(to):
        return _write_all(archive, selection, opened, sealed, Done(progress), before)


def _write_all(
    archive: Archive,
    selection: Selection,
    tables: Iterable[Target],
    sealed: Iterable[recordings.RecordingTarget],
    done: Done,
    before: Callable[[Sequence[str]], object] | None,
) -> list[ExtractedFile]:
    """Write each file unseen, and put them in their places when all are complete."""
    written: list[Target] = []
    found = 0
    try:
        for target in tables:
            written.append(target)
            found += _write(archive, target.data_type, selection, target, done)
            _close_some(written)
        for recording in sealed:
            written.append(recording)
            recording.fill(done)
            _close_some(written)
            found += 1
        if selection.scope == "participant" and not found:
            raise SubjectError("the participant has no rows in this archive", where="scope-id")
        if before is not None:
            before(list(dict.fromkeys(target.data_type for target in written)))
        return [target.publish() for target in written]
    finally:
        for target in written:
            target.discard()


def _close_some(complete: list[Target]) -> None:
    if len(complete) > OPEN:
        complete[-1].close()


def _write(
    archive: Archive, data_type: str, selection: Selection, target: Target, done: Done
) -> int:
    """Write one type; returns how many rows the scope has, before times and paging."""
    window = Window(offset=selection.offset, limit=selection.limit)
    in_scope = 0

    def wanted() -> Iterator[pa.Table]:
        nonlocal in_scope
        for table in _tables(archive, data_type, selection):
            scoped = selection.in_scope(archive, data_type, table)
            in_scope += scoped.num_rows
            yield window.cut(selection.in_time(data_type, scoped))

    for part in parallel.in_order(target.encode, _in_chunks(wanted())):
        done.add(part.rows, target.write(part))
    target.finish(total=window.seen)
    return in_scope


def _in_chunks(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Give the same rows in tables of about :data:`CHUNK` rows: small ones cost as much as large."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    rows = 0
    for table in tables:
        for start in range(0, table.num_rows, CHUNK):
            waiting.append(table.slice(start, CHUNK))
            rows += min(CHUNK, table.num_rows - start)
            if rows >= CHUNK:
                yield pa.concat_tables(waiting)
                waiting, rows = [], 0
    if waiting:
        yield pa.concat_tables(waiting)


def _tables(archive: Archive, data_type: str, selection: Selection) -> Iterator[pa.Table]:
    """Yield the rows of a type: sorted in one table, or file by file when there are too many."""
    subjects = selection.subjects(archive, data_type)
    entries = archive.entries(data_type, subjects)
    keys = selection.sort_keys(archive, data_type)
    if not keys or (not selection.ordered and sum(e.rows for e in entries) > SORT_ROWS):
        yield from archive.batches(data_type, subjects=subjects)
        return
    yield sorted_by(archive.read(data_type, subjects=subjects), data_type, keys)


def _moment(given: date | None, where: str) -> datetime | None:
    """A moment as it is given (:meth:`Selection.check` looks for its zone), or that of a day."""
    return given if given is None or isinstance(given, datetime) else of_day(given, where)


def _refuse_erased(archive: Archive, selection: Selection) -> None:
    if selection.scope != "participant" or archive.vault is None or selection.scope_id is None:
        return
    if archive.vault.subject_state(selection.scope_id) is SubjectState.ERASED:
        raise subject_erased()


def _tables_of(archive: Archive) -> list[str]:
    return [name for name in archive.types() if name != MEDIA]


def type_named(archive: Archive, name: str) -> str:
    """Give the data type or table that somebody means by a name; UsageError for none."""
    if meant := layout.type_meant(name, archive.types()):
        return meant
    raise UsageError("not in this archive", where="type", expected=", ".join(archive.types()))
