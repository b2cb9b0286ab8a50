"""Rows of JSON → loose tables with what they inherit, over all files of a bundle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from archive_tool.ingest.json_files.pieces import pieces_of_page, pieces_of_rows
from archive_tool.ingest.json_files.rows import JsonRows, decode_row

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from archive_tool.ingest.arrow import Positions
    from archive_tool.ingest.json_files.cut import CutPage
    from archive_tool.ingest.json_files.pieces import Piece
    from archive_tool.ingest.json_files.rows import Helper, Places
    from archive_tool.ingest.tables import Found, Intake, OpenPart

LONGER: Final = 8
"""How much longer than its text a cell may become at most: ``[1e9]`` becomes ``[1000000000.0]``."""


@dataclass(kw_only=True)
class JsonTables:
    """Makes the tables of all JSON files; one reader for each type learns the keys of its rows."""

    intake: Intake
    helpers: Sequence[Helper] = ()
    """Who decodes rows of large files too."""
    _readers: dict[str, JsonRows] = field(default_factory=dict)

    def of_rows(self, part: OpenPart, rows: Sequence[Any], places: Positions) -> Iterator[Found]:
        """Take rows given as JSON text; loose tables of what is ready.

        Of a type that is not read there are none.
        """
        if not part.is_read:
            part.tell(decode_row(row)[0] for row in rows)
            return
        at = _Given(at=part.positions(places))
        yield from self._tables(part, pieces_of_rows(rows), at)

    def of_page(self, part: OpenPart, page: CutPage) -> Generator[Found, None, Piece | None]:
        """Take the rows of a page, and count them; gives the piece before which they had to end."""
        return (yield from self._tables(part, pieces_of_page(page), _Counted(part=part)))

    def rest(self) -> Iterator[Found]:
        """Rows that wait for more of their kind; what is read next comes after them."""
        for data_type, reader in self._readers.items():
            for table, heritage in reader.rest():
                yield self.intake.found(data_type, table, heritage)

    def _tables(
        self, part: OpenPart, pieces: Iterator[Piece], at: Places
    ) -> Generator[Found, None, Piece | None]:
        data_type = part.part.data_type
        tables = self._reader(data_type).tables(pieces, at, part.heritage)
        while True:
            try:
                table, heritage = next(tables)
            except StopIteration as end:
                return cast("Piece | None", end.value)
            yield self.intake.found(data_type, table, heritage)

    def _reader(self, data_type: str) -> JsonRows:
        if data_type not in self._readers:
            self._readers[data_type] = JsonRows(
                data_type=data_type,
                remarks=self.intake.remarks,
                helpers=self.helpers,
                large=self.intake.bundle.limits.cell_bytes // LONGER,
            )
        return self._readers[data_type]


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
