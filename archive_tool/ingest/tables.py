"""What every form of file needs: a part per table, and what its rows inherit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from archive_tool.ingest.classify import RATINGS
from archive_tool.ingest.inherit import Heritage, inherit
from archive_tool.ingest.no_ids import an_id
from archive_tool.ingest.pages import check_part
from archive_tool.ingest.roster import as_agents
from archive_tool.ingest.told import SILENT, Telling, told_by, told_in_states
from archive_tool.model.bundle import Clock, Part, SourceFile
from archive_tool.model.datatypes import BY_NAME, ROSTER
from archive_tool.model.findings import Code, Rows, Severity
from archive_tool.model.tables import position

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from archive_tool.bundle import Bundle
    from archive_tool.ingest.arrow import Positions
    from archive_tool.ingest.envelope import Envelope
    from archive_tool.ingest.remarks import Remarks

Found = tuple[str, "pa.Table"]
"""A data type and a loose table of it."""

UNDECIDED: Final = "unknown"
"""Type of a part that could not be decided."""

TYPE_UNDECIDED: Final = Code(
    name="TYPE-UNDECIDED",
    severity=Severity.WARNING,
    message="the table is of no known type, by its envelope, its columns or its name; its rows are "
    "left out",
    meaning="The type comes from the envelope, the columns, and last from the name.",
    hint="name the file after its type, or give the envelope of the platform with it",
)
FILE_EMPTY: Final = Code(
    name="FILE-EMPTY",
    severity=Severity.NOTE,
    message="the file is empty: no table is in it",
    meaning="An empty file is no table without rows: nothing says what it should have been.",
)
NO_ROWS: Final = replace(
    FILE_EMPTY, message="a table of the file has no rows, and nothing says of which type it is"
)
NOT_ARCHIVED: Final = Code(
    name="TYPE-NOT-ARCHIVED",
    severity=Severity.NOTE,
    message="the type has no schema here: the table is counted and left out",
    meaning="Types that the platform has added since are counted and left out. The names of people in them are "
    "looked for in texts all the same.",
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

    def found(self, data_type: str, table: pa.Table, heritage: Heritage) -> Found:
        """Give a loose table with what its rows inherit."""
        table = as_agents(table) if data_type == "agent_runs" else table
        return data_type, inherit(data_type, table, heritage, self.remarks)

    def open_part(
        self,
        file: SourceFile,
        data_type: str | None,
        form: str,
        envelope: Envelope | None = None,
        *,
        shared: bool = False,
        before: int = 0,
    ) -> OpenPart:
        """Register a table; rows are counted while they are read.

        ``before``: rows of its type in earlier tables of the file.
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
            before=before,
            scope=envelope.scope if envelope else None,
            scope_id=envelope.scope_id if envelope else None,
            query_key=envelope.query_key if envelope else None,
            page=envelope.page if envelope and not shared else None,
            downloaded_at=told or file.hints.stamp,
            clock=Clock.PLATFORM if told or not file.hints.stamp else file.hints.clock,
        )
        self.parts.append(part)
        heritage = _heritage(file, envelope)
        if envelope is not None and part.data_type not in SILENT and not is_read(part.data_type):
            self.told.update(told_in_states(envelope.timeline, heritage.room))
        return OpenPart(intake=self, order=order, envelope=envelope, heritage=heritage)


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
        return position(self.order, rows)

    def tell(self, rows: Iterable[object]) -> None:
        """Note what rows that are not read say of people."""
        if self.part.data_type not in SILENT:
            for row in rows:
                if isinstance(row, dict):
                    self.intake.told.update(told_by(row, self.heritage.room))

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
