"""Every kind of finding of every stage, for the docs: what it means and what to do about it.

Validation keeps its kinds in :mod:`archive_tool.validation.codes`; ingest states its own where it
makes them, and what they mean is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Final

from archive_tool import ingest
from archive_tool.ingest.overlaps import findings
from archive_tool.ingest.remarks import Remark
from archive_tool.model.findings import Severity
from archive_tool.model.units import ROWS, unit_of
from archive_tool.validation.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEANINGS: Final = {
    "ALIAS-CONFLICT": "Exports name some fields in two ways (`sessionId`, `roomId`). Where a row "
    "has both, they say the same.",
    "COLUMNS-DERIVED": "Clients add columns that follow from others (`onset_sec`, `local_path`). "
    "Nothing is lost with them, and some hold paths of the researcher's computer.",
    "CSV-COMMA-UNCLEAR": "Columns that hold numbers are read with decimal commas. Answers of events and components may be "
    "anything, and stay as they are written.",
    "CSV-ENCODING": "The platform writes UTF-8.",
    "CSV-HEADER-AGAIN": "Some put the files of several rooms together with `cat`.",
    "CSV-POINT-UNCLEAR": "A spreadsheet that writes `1,5` writes `91.958` for 91958; programs that "
    "separate by semicolons write it for 91.958. No number of the column has its point elsewhere.",
    "CSV-RESAVED": "The platform separates by commas; some spreadsheets by semicolons.",
    "CSV-ROWS-BROKEN": "Every row has as many cells as the header.",
    "CSV-SPREADSHEET-LIMIT": "A sheet has room for 1,048,576 rows with its header, and a cell for "
    "32,767 characters; a spreadsheet that saves a longer table cuts it there.",
    "EXPERIMENT-INHERITED": "Some exports name the experiment only in the envelope or the folder.",
    "FIELDS-RENAMED": "The platform has renamed fields; rows are read under one name.",
    "FIELDS-UNKNOWN": "The platform adds fields; what no schema knows goes into one column, and "
    "leaves only if the policy says so.",
    "FILE-EMPTY": "An empty file is no table without rows: nothing says what it should have been.",
    "FILE-HEADER-ONLY": "A table without rows: the type is known, and that it has no data.",
    "FILE-LEFT-OUT": "Archives inside archives, half downloads, spreadsheets, backup copies of tables, files of "
    "statistics programs and links are listed and never opened. Litter, scripts and documents are no finding.",
    "FILE-UNREADABLE": "An error page, HTML, or a download that was cut off, saved under the name "
    "of a table: the only finding with an exit code of its own, 11. Beside tables that can be read also a ZIP that "
    "cannot be opened or is hostile: 10, and `create` stops there whatever is accepted.",
    "FILE-WITHOUT-TABLE": "A JSON file whose content is no table of the platform: a note, unless "
    "it is named after a data type, or rows of one lie deeper in it, by room or by number.",
    "IDS-UNDEFINED": "JavaScript writes `undefined` or `null` where it has no id, Python `None` or `nan`, R `NA`. As an id "
    "such a word would be one person or room that the rows of many belong to. Looked for in ids of people, rooms and "
    "records, in lists of recipients, and where a page or folder names the room; parts of a design may have such names.",
    "JSON-KEY-TWICE": "Every key of an object is there once, or says the same each time. One row in 500 is looked at, of "
    "pages one in 4,000, since more would cost more than the rest of reading, and every row that follows one with such a key: "
    "a program that does so does it all the time; a single row that somebody edited may pass.",
    "JSON-NONSTANDARD": "Programs, not the platform, write `NaN` and the like into JSON.",
    "NUMBER-AS-TEXT": "Numbers stand without quotes in the platform's JSON.",
    "PAGE-COUNT-MISMATCH": "`returned` of a page is the number of its rows. That rows are missing from a page whose "
    "counts were made to agree cannot be known from the page.",
    "PAGE-WARNINGS": "The envelope has `_warnings`, as when an index of the platform is missing, or an error "
    "stands beside its rows.",
    "PAGES-GAP": "Pages of a listing follow each other: a page with `hasMore` has a successor.",
    "PAGES-TOTAL-DRIFT": "All pages of one listing announce the same `total`, or those with the "
    "highest have all its rows: the others are then of an earlier day.",
    "PARTICIPANT-INHERITED": "Some rows name their person only by the page they came in.",
    "QUERY-FILTERED": "A listing is whole when its request named no time, category, component or "
    "state, and no window to average over. The page says which it named.",
    "QUERY-TIME-NAIVE": "The documented recipe sends local times that the server takes for UTC.",
    "RECORDS-CONFLICT": "Copies of one record say the same where none is known to be newer, and a record id "
    "belongs to one person and one room. Stamps in names of folders are local times: beside the clock of "
    "the platform they say what is newer only where no time zone could turn the order.",
    "RECORDS-DUPLICATE-ID": "A record id is there once in a table. An error where the rows differ, "
    "a warning where they are equal, and where a copy in a newer file replaces rows that differ: one of them may "
    "be another record, which is then in no file that is kept.",
    "RECORDS-OVERLAP": "Downloads of the same rooms overlap; every row is kept once.",
    "RECORDS-REVISED": "The platform changes records afterwards; the newest download wins.",
    "RECORDS-ROUNDED": "Programs that save a table again write fewer digits: R and spreadsheets 15 or what they show, "
    "Stata those of 32-bit floats; R cuts times at the second. Of copies that say the same the one with all digits "
    "is kept, also where the other is newer: that is a note. It is a warning where the newer copy is kept because "
    "it says something else besides. Beside JSON a CSV is no correction if most of its rows have fewer digits: what "
    "else differs is `RECORDS-CONFLICT`.",
    "RECORDS-THINNER": "The newest copy of a record has all values that older copies have.",
    "ROOM-INHERITED": "Some exports name the room only in the envelope or the folder.",
    "ROWS-NOT-OBJECTS": "Rows of a JSON table are objects.",
    "ROWS-ROUND-THOUSAND": "CSV and bare arrays do not say how many rows there are, and the "
    "platform cuts at 1,000 unless asked otherwise.",
    "ROWS-WITHOUT-ROOM": "Rows without a room belong to no session: they are in no archive.",
    "TEXT-DAMAGED": "Text is valid Unicode.",
    "TEXT-MOJIBAKE": "UTF-8 read as Latin-1 or Windows-1252 leaves pairs of characters that nobody types. Looked for "
    "in texts and nested values.",
    "TIME-AMBIGUOUS": "A local date may be read day first or month first, and `1.77391E+12` of a spreadsheet has lost its "
    "hours: neither is guessed.",
    "TRUNCATED": "`truncated` in the envelope says that the platform stopped at its limit.",
    "TYPE-NOT-ARCHIVED": "Types that the platform has added since are counted and left out. The names of people in them are "
    "looked for in texts all the same.",
    "TYPE-UNDECIDED": "The type comes from the envelope, the columns, and last from the name.",
    "UNIT-OTHER": "A header may state the unit of its field, `Onset (ms)`. Numbers in seconds are not "
    "taken for milliseconds.",
    "VALUE-DESTROYED": "JavaScript writes nested values as `[object Object]`. Looked for in texts, in nested "
    "values and in fields that no schema knows.",
    "VALUE-FORMULA-ERROR": "Spreadsheets take a text that begins with `=`, `+`, `-` or `@` for a formula, and save "
    "what came of it (`#NAME?`, in German `#BEZUG!`, `Err:509`). Looked for in texts and nested values.",
    "VALUE-NOT-A-FLAG": "Flags are true or false, in the spellings of the known clients.",
    "VALUE-NOT-A-NUMBER": "Numbers are read in the spellings of the known clients.",
    "VALUE-NOT-A-TEXT": "Ids, labels and texts are texts.",
    "VALUE-NOT-A-TIME": "Times are ISO 8601 or epoch numbers.",
    "VALUE-UNDEFINED": "JavaScript writes `undefined`, and programs for statistics `NaN`, where there is no "
    "value. Looked for in texts and nested values. `NA`, `None` and `null` are what people type, too.",
    "VALUE-UNPARSED": "A cell that begins with a bracket is JSON, or Python's spelling of it; in JSON a nested "
    "value is none if it stands in a text, as programs save it that read a CSV. Its parts are no answers, no times "
    "and no numbers to anybody.",
}
"""What is checked and why, for the kinds that ingest makes."""

_FOLDED: Final = {
    findings.OVERLAP: (Severity.NOTE, "rows that another download holds as well"),
    findings.REVISED: (Severity.NOTE, "rows that a newer or fuller copy replaces"),
    findings.ROUNDED: (Severity.WARNING, "copies of one record show fewer digits than others"),
    findings.THINNER: (Severity.WARNING, "the copy that is kept lacks a value"),
    findings.CONFLICT: (Severity.WARNING, "copies of one record hold different values"),
    findings.DUPLICATE_ID: (Severity.ERROR, "rows with the same record id in one table"),
}
"""Kinds that folding overlapping downloads makes: the heaviest severity, and what they say."""
_FOLDED_HINTS: Final = {
    findings.ROUNDED: "of a note, nothing; else archive without the file that was saved again",
    findings.THINNER: "a filtered or shortened export is the newest: fetch the table again",
    findings.CONFLICT: "do not mix exports with and without identifiers, or of different studies",
    findings.DUPLICATE_ID: "fetch the file again; a spreadsheet may have changed the ids",
}
_HINTS: Final = {
    "ALIAS-CONFLICT": "keep one of the two columns in the file",
    "JSON-NONSTANDARD": "download the data again and save the bytes as they come",
    "NUMBER-AS-TEXT": "nothing, if the numbers are right",
    "PAGE-COUNT-MISMATCH": "download the page again; it may have been edited or cut off",
    "ROWS-NOT-OBJECTS": "download the table again",
    "TRUNCATED": "download in smaller pieces, by room or by time",
}
"""What to do where the finding itself has no room for it."""
_NOTHING: Final = "nothing"
_INTRODUCTION: Final = (
    "Every kind of finding, by its code. Codes are stable: reports, acceptances and scripts use",
    "them. A finding says where (data type, file label, column), how many rows, and the first five",
    "of them; it never holds a value. `create` stops at errors; warnings and notes are kept in the",
    "report. A finding is accepted with `--accept CODE --because TEXT` or in the policy, and the",
    "acceptance stays in the report and in the manifest.",
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One kind of finding, as the docs show it."""

    code: str
    severity: Severity
    says: str
    meaning: str
    hint: str
    stage: str


def entries() -> list[Entry]:
    """List every kind of finding, by code."""
    return sorted([*_validation(), *_reading(), *_folding()], key=lambda entry: entry.code)


def markdown() -> str:
    """Write ``docs/findings.md``."""
    found = entries()
    lines = [
        "# Findings",
        "",
        *_INTRODUCTION,
        "",
        "| code | severity | what it says |",
        "|---|---|---|",
        *(f"| [{e.code}](#{e.code.lower()}) | {e.severity} | {e.says} |" for e in found),
    ]
    for entry in found:
        lines += [
            "",
            f"## {entry.code}",
            "",
            f"**{str(entry.severity).capitalize()}**, {entry.stage}: {entry.says}.",
            "",
            entry.meaning + _counts(entry.code),
            "",
            f"What to do: {entry.hint}.",
        ]
    return "\n".join(lines) + "\n"


def _counts(code: str) -> str:
    unit = unit_of(code)
    return "" if unit == ROWS else f" The count is of {unit[1]}, not of rows."


def _validation() -> Iterator[Entry]:
    for code in CODES.values():
        yield Entry(
            code=code.name,
            severity=code.severity,
            says=code.message,
            meaning=code.meaning,
            hint=code.hint,
            stage="from validation",
        )


def _reading() -> Iterator[Entry]:
    for remark in {remark.code: remark for remark in _remarks()}.values():
        yield Entry(
            code=remark.code,
            severity=remark.severity,
            says=remark.message,
            meaning=_MEANINGS[remark.code],
            hint=remark.hint or _HINTS.get(remark.code, _NOTHING),
            stage="from reading the files",
        )


def _folding() -> Iterator[Entry]:
    for code, (severity, says) in _FOLDED.items():
        yield Entry(
            code=code,
            severity=severity,
            says=says,
            meaning=_MEANINGS[code],
            hint=_FOLDED_HINTS.get(code, _NOTHING),
            stage="from joining downloads",
        )


def _remarks() -> Iterator[Remark]:
    """Find the kinds that the modules of ingest state, alone or in tables."""
    for module in walk_packages(ingest.__path__, f"{ingest.__name__}."):
        for value in vars(import_module(module.name)).values():
            items = value.values() if isinstance(value, Mapping) else (value,)
            yield from (item for item in items if isinstance(item, Remark))
