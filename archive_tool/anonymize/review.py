"""The sheet of residual words that a reviewer reads, and their signature under it.

    sheet       CSV: word, kind, times, contexts, decision (``keep`` or ``mask``); the first line
                below the head says which bundle, policy and scrubber it is about
    sign-off    JSON with an SSHSIG inside: the same three, the words to mask, and nothing else

Both are as personal as the texts are. A sign-off counts for one bundle under one policy only.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.anonymize.texts import detectors
from archive_tool.errors import IntegrityError, PolicyError
from archive_tool.keys import signed, sshsig
from archive_tool.model.parsed import of_kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from archive_tool.anonymize.residual import ResidualWord

SHEET: Final = "archive-tool/review-sheet/1"
SIGN_OFF: Final = "archive-tool/review/1"
NAMESPACE: Final = "archive-tool-review"
HEAD: Final = ("word", "kind", "times", "contexts", "decision")
KEEP: Final = "keep"
MASK: Final = "mask"


class _SignedOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: str
    bundle: str
    policy: str
    scrubber: str
    signed: str
    words: int
    masked: list[str]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a review is about."""

    bundle: str
    """SHA-256 of the bundle, hex."""
    policy: str
    """Digest of the policy, hex."""
    scrubber: str = detectors.VERSION


@dataclass(frozen=True, kw_only=True)
class Review:
    """A sign-off that was read back."""

    about: Subject
    signed: str
    """When (ISO 8601, UTC)."""
    words: int
    """Words that were read."""
    masked: tuple[str, ...] = field(repr=False)
    """Words that are names after all: they are taken out too."""
    reviewer: str
    """OpenSSH line of the key that signed."""

    def require(self, about: Subject, *, signer: str) -> None:
        """Raise PolicyError (13) when it is about something else, or signed by another key."""
        if self.about != about:
            raise PolicyError(
                "the review is about another bundle, policy or scrubber",
                where="review",
                hint="make a new sheet with archive-tool policy review",
            )
        if self.reviewer != signer:
            raise PolicyError(
                "the review is signed by another key than the vault's",
                where="review",
                expected="the vault of the archive",
            )


def write_sheet(words: Iterable[ResidualWord], about: Subject) -> str:
    """Give the sheet as CSV, decisions empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerow((SHEET, "", about.bundle, about.policy, about.scrubber))
    writer.writerows((one.word, one.kind, one.times, one.contexts, "") for one in words)
    return out.getvalue()


def sign_sheet(text: str, seed: bytes, *, now: datetime) -> tuple[bytes, Review]:
    """Sign a sheet whose every word is decided; PolicyError (13) naming the line otherwise."""
    rows = _rows(text)
    if len(rows) < 2 or tuple(rows[0]) != HEAD or len(rows[1]) != len(HEAD) or rows[1][0] != SHEET:
        raise PolicyError("is no review sheet", where="sheet", expected="what policy review wrote")
    masked = []
    for number, row in enumerate(rows[2:], start=3):
        decision = row[4].strip().lower() if len(row) == len(HEAD) else ""
        if decision not in (KEEP, MASK):
            raise PolicyError("undecided", where=f"sheet: line {number}", expected="keep or mask")
        if decision == MASK:
            masked.append(row[0])
    body = _SignedOff(
        schema=SIGN_OFF,
        bundle=rows[1][2],
        policy=rows[1][3],
        scrubber=rows[1][4],
        signed=now.isoformat(),
        words=len(rows) - 2,
        masked=masked,
    )
    content = signed.seal(msgspec.to_builtins(body), seed, namespace=NAMESPACE)
    return content, read_sign_off(content)


def _rows(text: str) -> list[list[str]]:
    """Read the lines of a CSV; none where it is no CSV."""
    try:
        return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    except csv.Error:  # a cell without end, a line break of its own kind
        return []


def read_sign_off(content: bytes) -> Review:
    """Read a sign-off; IntegrityError (16) when it was changed."""
    body, public = signed.unseal(content, namespace=NAMESPACE, where="review")
    read = of_kind(body, _SignedOff)
    if read is None or read.schema != SIGN_OFF:
        raise IntegrityError("is no review", where="review", expected=SIGN_OFF)
    return Review(
        about=Subject(bundle=read.bundle, policy=read.policy, scrubber=read.scrubber),
        signed=read.signed,
        words=read.words,
        masked=tuple(read.masked),
        reviewer=sshsig.openssh_line(public),
    )
