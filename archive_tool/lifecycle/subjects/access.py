"""What one person gave, for that person: CSV and JSON, the dictionary, and a page in plain words.

GDPR articles 15 and 20. Ids, codes and names of others that the archive itself knows are taken out
of the rows; names that nobody knows cannot be, so free text is listed for a human to read first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.archive.extraction.extract import extract
from archive_tool.errors import SubjectError, UsageError
from archive_tool.keys import disk
from archive_tool.lifecycle import each_archive, places
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.mentioned import mentions
from archive_tool.lifecycle.subjects import roster
from archive_tool.lifecycle.subjects import where as subjects
from archive_tool.lifecycle.subjects.free_texts import rows_with_words
from archive_tool.lifecycle.subjects.own_rows import OwnRows, as_seen_by
from archive_tool.model.datatypes import MEDIA, ROSTER
from archive_tool.model.outputs import refuse_ours, refuse_planted
from archive_tool.model.wording import count
from archive_tool.schemas import dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.unreadable import Unreadable

FORMATS: Final = ("csv", "json")
PEOPLE: Final = ROSTER[0]
LISTED: Final = "participant.json"
"""What the participants' list said, in the folder of an archive."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Something a human should look at before it is handed out."""

    archive_id: str
    data_type: str
    column: str
    rows: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What was written for one person."""

    folder: Path
    rows: dict[str, int]
    """By data type, over all archives."""
    recordings: int
    """Sealed recordings of the person."""
    files: tuple[Path, ...]
    doubts: tuple[Doubt, ...]
    unreadable: tuple[Unreadable, ...] = ()
    """Archives that were not looked at."""

    def __repr__(self) -> str:
        """How much it is; not where: the folder may be called after the person."""
        return f"<Handed: {self.summary}; {count(len(self.doubts), 'item')} to look at first>"

    @property
    def summary(self) -> str:
        """How much it is."""
        films = f" and {count(self.recordings, 'recording')}" if self.recordings else ""
        return count(sum(self.rows.values()), "row") + films


def access(store: Path, vault: Vault, person_id: str, *, to: Path, now: datetime) -> Handed:
    """Write everything a store holds of one person into a new folder.

    Raises SubjectError (20) for an unknown person, VaultError (17) for one who was erased,
    UsageError (2) when the folder exists and is not empty.
    """
    places.require_store(store)
    subjects.require_known(vault, [person_id])
    refuse_ours((to,))
    refuse_planted(to)
    if to.exists() and any(to.iterdir()):
        raise UsageError("is not empty", where="to", expected="a new folder")
    rows = Counter[str]()
    files: list[Path] = []
    doubts: list[Doubt] = []

    def hand_out(archive: Archive) -> None:
        folder, own = to / archive.archive_id, Counter[str]()
        with disk.all_or_nothing(
            folder
        ):  # of an archive that is named as unreadable nothing is there
            written, open_questions = _of_archive(archive, vault, person_id, folder, own, now)
        if not written:
            disk.remove_folder(folder)
        rows.update(own)
        files.extend(written)
        doubts.extend(open_questions)

    with disk.all_or_nothing(to):  # a part would be rows in plain text that nobody looks after
        unreadable = each_archive.look(store, vault, hand_out).unreadable
        if not files:
            raise SubjectError(
                "in none of the archives",
                where="id-file",
                hint="archives that could not be looked at: see archive-tool subject find"
                if unreadable
                else "",
            )
        files += _papers(to, rows, doubts)
        recordings = rows.pop(MEDIA, 0)
        detail = {"rows": sum(rows.values()), "recordings": recordings}
        audit.append(store, "access", detail=detail, now=now)  # or nothing is handed out
    return Handed(
        folder=to,
        rows=dict(rows),
        recordings=recordings,
        files=tuple(files),
        doubts=tuple(doubts),
        unreadable=unreadable,
    )


def _of_archive(
    archive: Archive, vault: Vault, person_id: str, folder: Path, rows: Counter[str], now: datetime
) -> tuple[list[Path], list[Doubt]]:
    key = vault.subject_key(person_id)
    theirs = (entry for entry in archive.index if entry.subject == key)
    own = [entry for entry in theirs if not archive.is_erased(entry)]
    types = list(dict.fromkeys(entry.data_type for entry in own if entry.data_type != MEDIA))
    seen = [entry for entry in own if entry.data_type == MEDIA]
    written = _listed(archive, vault, person_id, folder, rows)
    if not own:
        return written, []
    view = as_seen_by(archive, vault, person_id)
    if seen:
        done = extract(
            archive, to=folder, types=[MEDIA], scope="participant", scope_id=person_id, replace=True
        )
        written += [file.path for file in done]
        rows[MEDIA] += len(done)
    for form in FORMATS if types else ():
        done = extract(
            view, to=folder, format=form, types=types, scope="participant", scope_id=person_id,
            replace=True, now=now,
        )  # fmt: skip
        written += [file.path for file in done]
        if form == FORMATS[0]:
            view.found.clear()  # counted once, not once per format
            for file in done:
                rows[file.data_type] += file.rows
    words = rows_with_words(archive, [entry for entry in own if entry.data_type != MEDIA])
    return written, [*_doubts(view, words), *_others_seen(view, len(seen))]


def _listed(
    archive: Archive, vault: Vault, person_id: str, folder: Path, rows: Counter[str]
) -> list[Path]:
    """Write what the participants' list said of the person, name and address where it kept them."""
    lines = roster.rows_of_people(archive, vault, [vault.subject_key(person_id)])
    if not lines:
        return []
    rows[PEOPLE] += len(lines)
    disk.replace(folder / LISTED, places.pretty(lines))
    return [folder / LISTED]


def _doubts(view: OwnRows, words: Mapping[tuple[str, str], int]) -> list[Doubt]:
    """``words``: rows with words that somebody typed, by data type and column."""
    found = [
        Doubt(
            archive_id=view.archive_id,
            data_type=data_type,
            column=column,
            rows=rows,
            why="somebody else was named here and taken out: does the rest tell who it was",
        )
        for (data_type, column), rows in sorted(view.found.items())
    ]
    found += [
        Doubt(
            archive_id=view.archive_id,
            data_type=data_type,
            column=column,
            rows=rows,
            why="words of the person: they may name people whom nobody here knows",
        )
        for (data_type, column), rows in sorted(words.items())
    ]
    return found


def _others_seen(view: OwnRows, recordings: int) -> list[Doubt]:
    if not recordings:
        return []
    why = "recordings: others may be seen or heard in them, and nothing was taken out"
    return [Doubt(archive_id=view.archive_id, data_type=MEDIA, column="", rows=recordings, why=why)]


def _papers(to: Path, rows: dict[str, int], doubts: Sequence[Doubt]) -> list[Path]:
    review = [
        {
            "archive": d.archive_id,
            "type": d.data_type,
            "column": d.column,
            "rows": d.rows or None,
            "why": d.why,
        }
        for d in doubts
    ]
    papers = {
        "dictionary.csv": dictionary.csv_text().encode(),
        "README.txt": _page(rows).encode(),
        "to-review.json": places.pretty(review),
    }
    for name, content in papers.items():
        disk.replace(to / name, content)
    return [to / name for name in papers]


def _page(rows: dict[str, int]) -> str:
    listed = "\n".join(
        f"  {name}: {count(number, 'file' if name == MEDIA else 'row')}"
        for name, number in sorted(rows.items())
    )
    return f"""\
What we hold about you

This folder has a copy of everything that the archives of the study hold about you. There is a
folder per archive; each table comes twice, as .csv (opens in a spreadsheet) and as .json (for
programs). Recordings, where there are any, are in its folder media. What the list of participants
said about you, where an archive kept it, is in participant.json.

{listed}

dictionary.csv says what each column means. Times are in UTC unless a column says otherwise; some
were replaced by the time since the start of the session.

What other people said or did is not here, and where your own rows named somebody else you find
{mentions.OTHER}. Ids that begin with P-, A-, R-, E- or L- are codes that replace original ids.

You can ask for this data to be corrected or erased, and you can complain to the data protection
authority. The people who ran the study tell you how.
"""
