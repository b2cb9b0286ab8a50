"""What every form of file needs: a part per table, its heritage, and the way to loose columns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, cast

from archive_tool.ingest.classify import RATINGS
from archive_tool.ingest.inherit import Heritage, inherit
from archive_tool.ingest.json_files.pieces import pieces_of_page, pieces_of_rows
from archive_tool.ingest.json_files.rows import JsonRows, decode_row
from archive_tool.ingest.no_ids import an_id
from archive_tool.ingest.pages import check_part
from archive_tool.ingest.remarks import Remark, Remarks
from archive_tool.ingest.roster import as_agents
from archive_tool.ingest.told import SILENT, Telling, told_by
from archive_tool.model.bundle import Clock, Part, SourceFile
from archive_tool.model.datatypes import BY_NAME, ROSTER
from archive_tool.model.findings import Rows, Severity
from archive_tool.model.tables import ROW_BITS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    import pyarrow as pa

    from archive_tool.bundle import Bundle
    from archive_tool.ingest.arrow import Positions
    from archive_tool.ingest.envelope import Envelope
    from archive_tool.ingest.json_files.cut import CutPage
    from archive_tool.ingest.json_files.pieces import Piece
    from archive_tool.ingest.json_files.rows import Helper, Places

Found = tuple[str, "pa.Table"]
"""A data type and a loose table of it."""

LONGER: Final = 8
"""How much longer than its text a cell may become at most: ``[1e9]`` becomes ``[1000000000.0]``."""

UNDECIDED: Final = "unknown"
"""Type of a part that could not be decided."""

TYPE_UNDECIDED: Final = Remark(
    code="TYPE-UNDECIDED",
    severity=Severity.WARNING,
    message="the table is of no known type, by its envelope, its columns or its name; its rows are "
    "left out",
    hint="name the file after its type, or give the envelope of the platform with it",
)
NO_ROWS: Final = Remark(
    code="FILE-EMPTY",
    severity=Severity.NOTE,
    message="a table of the file has no rows, and nothing says of which type it is",
)
NOT_ARCHIVED: Final = Remark(
    code="TYPE-NOT-ARCHIVED",
    severity=Severity.NOTE,
    message="the type has no schema here: the table is counted and left out",
)


@dataclass(kw_only=True)
class Intake:
    """Where tables are registered as parts while files are read."""

    bundle: Bundle
    parts: list[Part]
    remarks: Remarks
    untyped: list[SourceFile]
    told: set[Telling] = field(default_factory=set, repr=False)
    """What tables that are not read say of people."""
    helpers: Sequence[Helper] = ()
    """Who decodes rows of large JSON files too."""
    _readers: dict[str, JsonRows] = field(default_factory=dict)

    def rows_of(self, data_type: str) -> JsonRows:
        """Give the reader of JSON rows of a type, which has learned the keys of earlier files."""
        if data_type not in self._readers:
            self._readers[data_type] = JsonRows(
                data_type=data_type,
                remarks=self.remarks,
                helpers=self.helpers,
                large=self.bundle.limits.cell_bytes // LONGER,
            )
        return self._readers[data_type]

    def found(self, data_type: str, table: pa.Table, heritage: Heritage) -> Found:
        """Give a loose table with what its rows inherit."""
        table = as_agents(table) if data_type == "agent_runs" else table
        return data_type, inherit(data_type, table, heritage, self.remarks)

    def rest(self) -> Iterator[Found]:
        """Rows of JSON that wait for more of their kind; what is read next comes after them."""
        for data_type, reader in self._readers.items():
            for table, heritage in reader.rest():
                yield self.found(data_type, table, heritage)

    def open_part(
        self,
        file: SourceFile,
        data_type: str | None,
        form: str,
        envelope: Envelope | None = None,
        *,
        shared: bool = False,
    ) -> OpenPart:
        """Register a table; rows are counted while they are read.

        ``shared`` when its page holds rows of other types too: then the counts of the page are
        not the part's.
        """
        order = len(self.parts)
        last = self.parts[-1] if self.parts else None
        index = last.index + 1 if last is not None and last.file is file else 0
        told = envelope.timestamp if envelope else None
        part = Part(
            file=file,
            index=index,
            order=order,
            data_type=data_type or UNDECIDED,
            form=form,
            rows=0,
            scope=envelope.scope if envelope else None,
            scope_id=envelope.scope_id if envelope else None,
            query_key=envelope.query_key if envelope else None,
            page=envelope.page if envelope and not shared else None,
            downloaded_at=told or file.hints.stamp,
            clock=Clock.PLATFORM if told or not file.hints.stamp else file.hints.clock,
        )
        self.parts.append(part)
        return OpenPart(
            intake=self, order=order, envelope=envelope, heritage=_heritage(file, envelope)
        )


@dataclass(frozen=True, kw_only=True)
class OpenPart:
    """A part whose rows are being read."""

    intake: Intake
    order: int
    envelope: Envelope | None
    heritage: Heritage

    @property
    def part(self) -> Part:
        """The part as it is now."""
        return self.intake.parts[self.order]

    @property
    def is_read(self) -> bool:
        """Whether its rows are wanted."""
        return is_read(self.part.data_type)

    def count(self, rows: int) -> None:
        """Add rows to its number."""
        self.intake.parts[self.order] = replace(self.part, rows=self.part.rows + rows)

    def positions(self, rows: Positions) -> Positions:
        """``_at`` of rows of the table, counted from 0 (int64 numpy array)."""
        return rows + (self.order << ROW_BITS)

    def tell(self, rows: Iterable[object]) -> None:
        """Note what rows that are not read say of people."""
        if self.part.data_type not in SILENT:
            for row in rows:
                if isinstance(row, dict):
                    self.intake.told.update(told_by(row, self.heritage.room))

    def json_tables(self, rows: Sequence[Any], places: Positions) -> Iterator[Found]:
        """Take rows given as JSON text; loose tables of what is ready, with what they inherit.

        Of a type that is not read there are none.
        """
        if not self.is_read:
            self.tell(decode_row(row)[0] for row in rows)
            return
        at = _Given(at=self.positions(places))
        yield from self._tables(pieces_of_rows(rows), at)

    def page_tables(self, page: CutPage) -> Generator[Found, None, Piece | None]:
        """Take the rows of a page, and count them; gives the piece before which they had to end."""
        return (yield from self._tables(pieces_of_page(page), _Counted(part=self)))

    def _tables(self, pieces: Iterator[Piece], at: Places) -> Generator[Found, None, Piece | None]:
        data_type = self.part.data_type
        tables = self.intake.rows_of(data_type).tables(pieces, at, self.heritage)
        while True:
            try:
                table, heritage = next(tables)
            except StopIteration as end:
                return cast("Piece | None", end.value)
            yield self.intake.found(data_type, table, heritage)

    def found(self, table: pa.Table) -> Found:
        """Give a loose table with what its rows inherit from the part."""
        return self.intake.found(self.part.data_type, table, self.heritage)

    def withdraw(self) -> None:
        """Forget the table: it is read in another way."""
        del self.intake.parts[self.order]

    def close(self) -> None:
        """All rows are counted: say what is to be said about the part."""
        part, remarks = self.part, self.intake.remarks
        check_part(part, self.envelope, remarks)
        if self.is_read:
            return
        if not part.rows:
            remarks.add(NO_ROWS, file=part.file.label)
            return
        remark = TYPE_UNDECIDED if part.data_type in (UNDECIDED, RATINGS) else NOT_ARCHIVED
        self.intake.untyped.append(part.file)
        remarks.add(
            remark, data_type=part.data_type, file=part.file.label, rows=Rows(count=part.rows)
        )


@dataclass(kw_only=True)
class _Given:
    """Positions that were known before."""

    at: Positions
    _taken: int = 0

    def take(self, rows: int) -> Positions:
        self._taken += rows
        return self.at[self._taken - rows : self._taken]


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """Positions of a part whose rows are counted as they are read."""

    part: OpenPart

    def take(self, rows: int) -> Positions:
        import numpy as np

        first = self.part.part.rows
        self.part.count(rows)
        return self.part.positions(np.arange(first, first + rows, dtype=np.int64))


def is_read(data_type: str | None) -> bool:
    """Whether rows of a type are wanted: one with a schema, or one that tells who is who."""
    return data_type in BY_NAME or data_type in ROSTER


def _heritage(file: SourceFile, envelope: Envelope | None) -> Heritage:
    scope = envelope.scope if envelope else None
    scope_id = an_id(envelope.scope_id) if envelope else None
    query = envelope.query if envelope else {}
    asked = query.get("roomId") if scope != "experiment" else None
    room = scope_id if scope == "room" else an_id(asked) if isinstance(asked, str) else None
    return Heritage(
        room=room or an_id(file.hints.room_id),
        experiment=(scope_id if scope == "experiment" else None) or an_id(file.hints.experiment_id),
        participant=scope_id if scope == "participant" else None,
    )
