"""Defects: something is missing from a listing, or there twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sample_data import csv_text
from sample_data.broken import Files, answer, changed, defect, files
from sample_data.forms import dumps, envelope

if TYPE_CHECKING:
    from sample_data.study import Study


@defect("page-missing", "the second of three pages is not there", 0, "PAGES-GAP")
def _page_missing(study: Study) -> Files:
    rows = study.rows["ratings/continuous"]
    page = {
        n: answer(study, "ratings/continuous", rows[n : n + 2], offset=n, limit=2, total=len(rows))
        for n in (0, 4)
    }
    return files(study, "events") | {f"ratings_{n}.json": text for n, text in page.items()}


@defect("page-last-missing", "a page says that there is more, and there is not", 0, "PAGES-GAP")
def _last_missing(study: Study) -> Files:
    return files(study, "events") | {
        "chat.json": answer(study, "chat", study.rows["chat"], limit=6, total=40)
    }


@defect("page-warning", "an empty page with a warning: unknown, not empty", 0, "PAGE-WARNINGS")
def _page_warning(study: Study) -> Files:
    answer = envelope(study, "chat", [], scope="room", scope_id=study.rooms[0])
    answer["metadata"]["_warnings"] = [
        "MISSING_INDEX: index is building. Results may be incomplete."
    ]
    return files(study, "events") | {"chat.json": dumps(answer).encode()}


@defect("total-drift", "the total grew while the pages were fetched", 0, "PAGES-TOTAL-DRIFT")
def _drift(study: Study) -> Files:
    rows = study.rows["chat"]
    return files(study, "events") | {
        "chat_0.json": answer(study, "chat", rows[:3], limit=3, total=5),
        "chat_3.json": answer(study, "chat", rows[3:], offset=3, limit=3, total=6),
    }


@defect(
    "page-count-wrong",
    "a page says it returned more rows than it holds",
    0,
    "PAGE-COUNT-MISMATCH",
)
def _count_wrong(study: Study) -> Files:
    text = answer(study, "chat", study.rows["chat"]).replace(b'"returned":6', b'"returned":7')
    return files(study, "events") | {"chat.json": text}


@defect(
    "thousand-rows",
    "a CSV of exactly 1,000 rows: the default limit cut it off",
    0,
    "ROWS-ROUND-THOUSAND",
)
def _thousand(study: Study) -> Files:
    row = {
        key: study.rows["sync"][0][key]
        for key in (
            "metricId",
            "experimentId",
            "roomId",
            "participantId",
            "timestamp",
            "onset",
            "timeDrift",
        )
    }
    rows = [row | {"metricId": f"sync_{n:04d}", "timeDrift": n} for n in range(1000)]
    return files(study, "events") | {"sync.csv": csv_text.api_csv(rows).encode()}


@defect(
    "duplicate-ids",
    "two different rows of one page with the same id",
    12,
    "RECORDS-DUPLICATE-ID",
)
def _duplicate(study: Study) -> Files:
    return changed(study, "chat", messageId=study.rows["chat"][0]["messageId"])


@defect("duplicate-rows", "the same row twice in one page", 0, "RECORDS-DUPLICATE-ID")
def _twice(study: Study) -> Files:
    rows = study.rows["chat"]
    return files(study) | {"chat.json": answer(study, "chat", [rows[0], *rows])}


@defect("overlap-equal", "the same room downloaded twice", 0, "RECORDS-OVERLAP")
def _overlap(study: Study) -> Files:
    whole = files(study)
    return whole | {"again/chat.json": whole["chat.json"]}


@defect(
    "overlap-revised",
    "a later download has more keys and corrected onsets",
    0,
    "RECORDS-REVISED",
)
def _revised(study: Study) -> Files:
    rows = [
        row | {"rawOnset": row["onset"], "clockOffsetApplied": 20, "onset": row["onset"] - 20}
        for row in study.rows["ratings/sparse"]
    ]
    later = answer(study, "ratings/sparse", rows).replace(b"2026-10-30T08", b"2026-11-02T08")
    return files(study) | {"later/ratings_sparse.json": later}


@defect(
    "overlap-rounded",
    "a page, and a later table of it that R has written again with 15 digits",
    0,
    "RECORDS-ROUNDED",
)
def _rounded(study: Study) -> Files:
    rows = [row | {"onset": row["onset"] + 1 / 3} for row in study.rows["ratings/continuous"]]
    by_r = [row | {"onset": float(f"{row['onset']:.15g}")} for row in rows]
    return files(study) | {
        "ratings_continuous.json": answer(study, "ratings/continuous", rows),
        "ratings_continuous_20261102_080000.csv": csv_text.r_csv(by_r).encode(),
    }


@defect(
    "overlap-retouched",
    "a later table has fewer digits, and a message is another one",
    0,
    "RECORDS-ROUNDED",
    "RECORDS-CONFLICT",
)
def _retouched(study: Study) -> Files:
    rows = [row | {"onset": row["onset"] + 1 / 3} for row in study.rows["chat"]]
    saved = [row | {"onset": round(row["onset"], 2)} for row in rows]
    saved[0]["content"] = "2-Jan"
    return files(study) | {
        "chat.json": answer(study, "chat", rows),
        "chat_20261102_080000.csv": csv_text.api_csv(saved).encode(),
    }


@defect(
    "overlap-conflict",
    "two downloads of one day disagree about who wrote a message",
    0,
    "RECORDS-CONFLICT",
)
def _conflict(study: Study) -> Files:
    rows = [dict(row) for row in study.rows["chat"]]
    rows[0]["senderId"] = next(r["senderId"] for r in rows if r["senderId"] != rows[0]["senderId"])
    return files(study) | {"again/chat.json": answer(study, "chat", rows)}


@defect(
    "overlap-clocks",
    "a page, and a table whose folder has a local time that may be before or after it",
    0,
    "RECORDS-CONFLICT",
)
def _clocks(study: Study) -> Files:
    room = study.rows["chat"][0]["roomId"]
    rows = [row | {"content": f"{row['content']}!"} for row in study.rows["chat"]]
    folder = f"data_{room}_20261030_120000"
    return files(study) | {f"{folder}/chat.csv": csv_text.api_csv(rows).encode()}


@defect(
    "codes-and-ids",
    "the chat of a room once with identifiers and once without",
    0,
    "PERSON-UNDER-TWO-IDS",
    "REFERENCE-PERSON",
)
def _coded(study: Study) -> Files:
    codes: dict[str, str] = {}
    said = [
        row | {"messageId": f"{row['messageId']}{n}", "content": f"{row['content']} {n}"}
        for n in range(2)
        for row in study.rows["chat"]
    ]
    coded = [
        row
        | {
            "messageId": f"M{n}",
            "senderName": "P",
            "senderId": codes.setdefault(row["senderId"], f"P{len(codes) + 1:03d}"),
        }
        for n, row in enumerate(said)
    ]
    return files(study) | {
        "chat.json": answer(study, "chat", said),
        "coded/chat.json": answer(study, "chat", coded),
    }


@defect(
    "component-corrected",
    "the variables of a component were corrected between two downloads",
    0,
    "COMPONENTS-DIFFER",
)
def _corrected(study: Study) -> Files:
    rated = study.rows["ratings/sparse"][0]
    names = ("componentId", "experimentId", "timestamp", "onset")
    shown = {name: rated[name] for name in names} | {"componentType": "SparseRating"}
    before, after = (
        answer(study, "components", [shown | {"variableSnapshot": {"condition": condition}}])
        for condition in ("treatment", "control")
    )
    return files(study) | {"components.json": before, "later/components.json": after}
