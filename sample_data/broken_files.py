"""Defects: files that are not what they say, or hard to read."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from sample_data import csv_text
from sample_data.broken import Files, defect, files, table
from sample_data.forms import FAKE_MP4, dumps

if TYPE_CHECKING:
    from sample_data.study import Study

_NOTEBOOK: Final = b'{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}\n'


@defect("json-truncated", "a JSON answer that ends in the middle", 11, "FILE-UNREADABLE")
def _truncated(study: Study) -> Files:
    whole = files(study)
    return whole | {"chat.json": whole["chat.json"][:-200]}


@defect("ndjson-half-line", "NDJSON whose last line is cut off", 11, "FILE-UNREADABLE")
def _half_line(study: Study) -> Files:
    text = "\n".join(map(dumps, study.rows["chat"])).encode()
    return {**files(study, "events"), "chat.ndjson": text[:-40]}


@defect("error-body-as-csv", "an error answer saved as events.csv", 11, "FILE-UNREADABLE")
def _error_body(study: Study) -> Files:
    body = {"status": "error", "error": {"code": "UNAUTHORIZED", "message": "Invalid API key"}}
    return {"events.csv": dumps(body).encode(), "chat.csv": table(study, "chat")}


@defect("error-body-as-json", "an error answer saved as events.json", 11, "FILE-UNREADABLE")
def _error_json(study: Study) -> Files:
    body = {"status": "error", "error": {"code": "GATEWAY_TIMEOUT", "message": "Try again"}}
    return {**files(study, "chat"), "events.json": dumps(body).encode()}


@defect("html-as-csv", "a web page saved as chat.csv", 11, "FILE-UNREADABLE")
def _html(study: Study) -> Files:
    page = b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>\n"
    return {"chat.csv": page, "events.csv": table(study, "events")}


@defect("binary-as-csv", "bytes of a video named events.csv", 11, "FILE-UNREADABLE")
def _binary(study: Study) -> Files:
    return {"events.csv": FAKE_MP4 * 4, "chat.csv": table(study, "chat")}


@defect("json-not-a-number", "NaN where JSON has no such word", 0, "JSON-NONSTANDARD")
def _nan(study: Study) -> Files:
    whole = files(study)
    sparse = whole["ratings_sparse.json"].replace(b'"scaleMin":1', b'"scaleMin":NaN', 1)
    return whole | {"ratings_sparse.json": sparse}


@defect("json-too-deep", "JSON nested ten thousand deep", 11, "FILE-UNREADABLE")
def _deep(study: Study) -> Files:
    deep = b'[{"id":"event_1","response":' + b"[" * 10_000 + b"]" * 10_000 + b"}]"
    return {**files(study, "chat"), "events.json": deep}


@defect("no-tables", "a folder with nothing of ours in it", 11)
def _no_tables(_: Study) -> Files:
    return {"notes.txt": b"Call the lab on Monday.\n", "video.mp4": FAKE_MP4}


@defect("only-empty-files", "tables without a single byte", 11, "FILE-EMPTY")
def _only_empty(_: Study) -> Files:
    return {"events.csv": b"", "chat.csv": b"\n"}


@defect("empty-file", "a file of no bytes, and one of a single line end", 0, "FILE-EMPTY")
def _empty(study: Study) -> Files:
    return files(study, "events", "ratings/continuous") | {"chat.csv": b"", "sync.csv": b"\n"}


@defect("header-only", "a CSV with a header and no rows", 0, "FILE-HEADER-ONLY")
def _header_only(study: Study) -> Files:
    header = table(study, "chat").split(b"\n", 1)[0] + b"\n"
    return files(study, "events") | {"chat.csv": header}


@defect("mojibake", "UTF-8 read as Latin-1 and written as UTF-8 again", 0, "TEXT-MOJIBAKE")
def _mojibake(study: Study) -> Files:
    rows = [row | {"content": "Grüße aus Łódź, naïve façade"} for row in study.rows["chat"]]
    text = csv_text.api_csv(rows).encode().decode("latin-1")
    return {"chat.csv": text.encode(), "events.csv": table(study, "events")}


@defect("cp1252", "a CSV in the Windows code page", 0, "CSV-ENCODING")
def _cp1252(study: Study) -> Files:
    rows = [
        row | {"senderName": "Jürgen Grünwald", "content": "schön – wirklich"}
        for row in study.rows["chat"]
    ]
    return {
        "chat.csv": csv_text.api_csv(rows).encode("cp1252"),
        "events.csv": table(study, "events"),
    }


@defect("utf-16", "a CSV and a JSON file in UTF-16", 0, "CSV-ENCODING")
def _utf16(study: Study) -> Files:
    whole = files(study)
    return {
        "chat.csv": table(study, "chat", "utf-16"),
        "events.json": whole["events.json"].decode().encode("utf-16"),
    }


@defect(
    "excel-resave",
    "saved again by a German spreadsheet: semicolons, decimal commas, CRLF",
    0,
    "CSV-RESAVED",
)
def _excel(study: Study) -> Files:
    rows = [dict(row) for row in study.rows["ratings/continuous"]]
    text = csv_text.api_csv(rows).replace(",", ";").replace("0.", "0,").replace("\n", "\r\n")
    return {"ratings_continuous.csv": text.encode("cp1252"), "events.csv": table(study, "events")}


@defect(
    "excel-thousands",
    "saved again by a German spreadsheet, with points between thousands",
    0,
    "CSV-RESAVED",
    "CSV-POINT-UNCLEAR",
)
def _thousands(study: Study) -> Files:
    text = _excel(study)["ratings_continuous.csv"].decode("cp1252")
    grouped = re.sub(r"(?<=;)(-?[0-9]{1,3})([0-9]{3})(?=;)", r"\1.\2", text)
    return {
        "ratings_continuous.csv": grouped.encode("cp1252"),
        "events.csv": table(study, "events"),
    }


@defect(
    "excel-choices",
    "choices joined by commas, in a file saved again by a German spreadsheet",
    0,
    "CSV-RESAVED",
    "CSV-COMMA-UNCLEAR",
)
def _choices(study: Study) -> Files:
    header, first, *rest = csv.reader(io.StringIO(csv_text.api_csv(study.rows["events"])))
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerows([[*header, "response"], [*first, "1,3"], *([*row, ""] for row in rest)])
    return {"events.csv": text.getvalue().encode()}


@defect("csv-other-unit", "onsets in seconds, as their header says", 0, "UNIT-OTHER")
def _seconds(study: Study) -> Files:
    rows = [
        row | {"onset": row["onset"] / 1000 if row["onset"] else 0} for row in study.rows["events"]
    ]
    text = csv_text.api_csv(rows).replace(",onset,", ",Onset (s),", 1)
    return {"events.csv": text.encode()}


@defect(
    "excel-cell-cut",
    "a snapshot that a spreadsheet cut at the characters it has room for",
    0,
    "CSV-SPREADSHEET-LIMIT",
)
def _cut(study: Study) -> Files:
    header, first, rest = table(study, "events").decode().split("\n", 2)
    kept = ('{"note": "' + 40_000 * "x")[:32_767].replace('"', '""')
    snapshot = f'"{kept}"'
    wider = [f"{line}," for line in rest.splitlines()]
    lines = [f"{header},variables", f"{first},{snapshot}", *wider]
    return {"events.csv": "\n".join(lines).encode() + b"\n"}


@defect(
    "csv-objects-destroyed",
    "nested cells that JavaScript turned into [object Object]",
    0,
    "VALUE-DESTROYED",
)
def _destroyed(study: Study) -> Files:
    return {
        "ratings_sparse.csv": csv_text.js_csv(study.rows["ratings/sparse"]).encode(),
        "events.csv": table(study, "events"),
    }


@defect("csv-index-column", "a frame saved with its index", 0, "COLUMNS-DERIVED")
def _index(study: Study) -> Files:
    lines = table(study, "ratings/sparse").decode().splitlines()
    text = "\n".join(f"{'' if n == 0 else n - 1},{line}" for n, line in enumerate(lines)) + "\n"
    return {"ratings_sparse.csv": text.encode(), "events.csv": table(study, "events")}


@defect("csv-ragged", "a row with a cell too many", 12, "CSV-ROWS-BROKEN")
def _ragged(study: Study) -> Files:
    lines = table(study, "sync").splitlines()
    lines[2] += b",surplus"
    return {"sync.csv": b"\n".join(lines) + b"\n", "events.csv": table(study, "events")}


@defect("type-undecided", "a table that could be anything", 0, "TYPE-UNDECIDED")
def _undecided(study: Study) -> Files:
    return files(study) | {"table.csv": b"a,b\n1,2\n3,4\n"}


@defect("only-headers", "an export whose filter let nothing through", 0, "BUNDLE-WITHOUT-ROWS")
def _only_headers(study: Study) -> Files:
    names = ("events", "chat")
    return {f"{name}.csv": table(study, name).split(b"\n", 1)[0] + b"\n" for name in names}


@defect("excel-separator-line", "a line above the header that tells Excel the separator", 0)
def _separator(study: Study) -> Files:
    return {"events.csv": b"sep=,\r\n" + table(study, "events").replace(b"\n", b"\r\n")}


@defect("csv-concatenated", "two downloads put together with cat", 0, "CSV-HEADER-AGAIN")
def _concatenated(study: Study) -> Files:
    header, rows = table(study, "events").split(b"\n", 1)
    first, rest = rows.split(b"\n", 1)
    return {"events.csv": b"\n".join((header, first, header, rest))}


@defect("csv-blank-rows", "rows of nothing but commas, as a spreadsheet leaves them", 0)
def _blank(study: Study) -> Files:
    text = table(study, "chat")
    blank = b"," * text.split(b"\n", 1)[0].count(b",") + b"\n"
    return {"chat.csv": text + 3 * blank, "events.csv": table(study, "events")}


@defect("text-as-csv", "a sentence of a server saved as sync.csv", 11, "FILE-UNREADABLE")
def _sentence(study: Study) -> Files:
    return {"sync.csv": b"Too Many Requests\n", "events.csv": table(study, "events")}


@defect("json-of-a-frame", "JSON by row number, as data frames save it", 0, "FILE-WITHOUT-TABLE")
def _frame(study: Study) -> Files:
    by_number = {str(number): row for number, row in enumerate(study.rows["chat"])}
    return {**files(study, "events"), "chat.json": dumps(by_number).encode()}


@defect("readr-na", "missing values as readr writes them: a bare NA", 0)
def _readr(study: Study) -> Files:
    empty = re.compile(rb"(?<=,)(?=[,\n])")
    return {
        f"{name}.csv": empty.sub(b"NA", table(study, name)) for name in ("events", "recordings")
    }


@defect("stray-files", "secrets, notebooks and half downloads beside the data", 0, "FILE-LEFT-OUT")
def _stray(study: Study) -> Files:
    return files(study) | {
        ".env": b"HYPERSTUDY_API_KEY=hst_live_" + b"0" * 64 + b"\n",
        "analysis.ipynb": _NOTEBOOK,
        "video.mp4.part": FAKE_MP4,
        "processed_data/events.csv": b"id\n1\n",
        ".DS_Store": b"\0\0\0\1",
    }
