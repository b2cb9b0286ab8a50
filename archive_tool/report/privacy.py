"""What was done to every field of an archive, and what the attack on it found: for the board.

The record is JSON (``reports/privacy.json``), the page is HTML of the same. Counts and rules only,
no id, name or value; under a policy that publishes summaries neither is written.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.anonymize.texts import detectors
from archive_tool.model.policy import INDIVIDUAL
from archive_tool.model.version import NAME, VERSION
from archive_tool.schemas import FIELDS, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from archive_tool.anonymize.known.consent import ConsentCounts
    from archive_tool.anonymize.review import Review
    from archive_tool.disclose.gate.risk import Risk, TraceRisk
    from archive_tool.policy import Decisions

SCHEMA: Final = "archive-tool/privacy/1"
STILL_PERSONAL: Final = (
    "These rows are personal data still: whoever holds the keys can recompute or look up every "
    "code, and the figures above say what can be done without them"
)
NOT_LOOKED_FOR: Final = "not looked for"
_LINKABLE: Final = {
    "study": "in all archives of the study",
    "release": "in all tables of this archive, and in no other archive",
    "none": "in one table only",
}


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """What became of the rows of a data type, copies from several downloads counted once."""

    archived: int
    left_out: int
    """Of people whom the consent rule leaves out."""
    without_room: int
    """Of no known room: in no archive."""


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """Everything that the record holds."""

    archive_id: str
    created: datetime
    decisions: Decisions
    key: str
    """Id of the vault whose keys made the codes."""
    types: tuple[str, ...]
    """Data types of which single rows are in the archive."""
    consent: ConsentCounts
    left_out: int
    """People of the bundle of whom nothing is in the archive."""
    rows: Mapping[str, RowCounts] = field(default_factory=dict)
    """By type of which the policy lets rows leave, whether there are any or not."""
    touched: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By type: cells changed or emptied, by ``column: action``."""
    unknown: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By type: values that were dropped in places that no schema lists, by the place's path."""
    recordings: int = 0
    """Sealed media files."""
    review: Review | None = None
    """Who read what scrubbing left; None when nobody did."""
    risk: Risk | None = None
    """None where people keep their own ids: there is nothing to attack."""


def privacy_json(privacy: Privacy) -> bytes:
    """Give the record, one JSON document with a line break at its end."""
    policy = privacy.decisions.policy
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "tool": {"name": NAME, "version": VERSION},
        "archive": privacy.archive_id,
        "created": privacy.created.isoformat(),
        "policy": {
            "name": policy.name,
            "version": policy.version,
            "digest": policy.digest,
            "codes": policy.codes,
            "linkability": policy.linkability,
            "time": policy.time,
            "consent": policy.consent,
            "quasi_identifiers": list(policy.quasi_identifiers),
        },
        "key": privacy.key,
        "detectors": {"version": detectors.VERSION, "unknown_names": unknown_names(privacy)},
        "review": _review(privacy.review),
        "consent": {"left_out": privacy.left_out, **asdict(privacy.consent)},
        "rows": {name: asdict(counts) for name, counts in privacy.rows.items()},
        "fields": list(fields(privacy)),
        "unknown_places": {
            name: dict(places) for name, places in privacy.unknown.items() if places
        },
        "risk": None if privacy.risk is None else asdict(privacy.risk),
        "statements": statements(privacy),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def unknown_names(privacy: Privacy) -> str:
    """Say what guessed names that nobody listed."""
    return privacy.decisions.policy.ner or NOT_LOOKED_FOR


def _review(review: Review | None) -> dict[str, Any] | None:
    """Who signed, and how many words were read; the words stay with the reviewer."""
    if review is None:
        return None
    return {
        "reviewer": review.reviewer,
        "signed": review.signed,
        "words": review.words,
        "masked": len(review.masked),
    }


def fields(privacy: Privacy) -> Iterator[dict[str, Any]]:
    """Every column and named leaf: its rule, the line of the policy, and the cells changed."""
    for line in privacy.decisions.coverage():
        if line.data_type not in privacy.types:
            continue
        touched = privacy.touched.get(line.data_type, {})
        cells = {
            key.removeprefix(f"{line.column}: "): count
            for key, count in touched.items()
            if line.leaf is None and key.startswith(f"{line.column}: ")
        }
        yield {
            "type": line.data_type,
            "column": line.column if line.leaf is None else f"{line.column}.{line.leaf}",
            "rule": line.action,
            "because": line.because,
            "cells": cells,
        }


def statements(privacy: Privacy) -> list[str]:
    """What a board reads: singling out, linkability, inference (WP29 opinion 05/2014)."""
    risk = privacy.risk
    policy = privacy.decisions.policy
    recordings = _recordings(privacy.recordings) if privacy.recordings else []
    if risk is None:
        return [
            "People stand in these tables under their own ids: singling out, linking and inferring "
            "need no attack. The archive is for those who may know who took part",
            *recordings,
        ]
    lines = [
        *_singling_out(risk),
        f"Linkability: somebody who also holds the original export can find {risk.linked_exact} of "
        f"{risk.people} people again by such traces, and {risk.linked_rounded} of {risk.people} "
        f"when values are known roughly only; a guess would find 1 of {risk.people}. The same "
        f"person has the same code {_LINKABLE[policy.linkability]}",
        _inference(risk, policy.quasi_identifiers),
    ]
    if _has_text(privacy):
        lines.append(_text(privacy.review, policy.ner))
    return [*lines, *recordings, STILL_PERSONAL]


def _recordings(sealed: int) -> list[str]:
    return [
        f"Recordings: {sealed} media {'file is' if sealed == 1 else 'files are'} sealed, under a key "
        "that is granted apart. Nobody looked into them: faces and voices tell who somebody is, "
        "whatever was done to the tables"
    ]


def _singling_out(risk: Risk) -> Iterator[str]:
    exact = max((t for t in risk.traces if t.rounding == "exact"), key=_share, default=None)
    if exact is None:
        yield "Singling out: no column that leaves tells one person from another by its course"
        return
    rough = max((t for t in risk.traces if t.rounding != "exact"), key=_share, default=None)
    text = f"Singling out: {exact.singled_out} of {exact.people} people have {exact.trace} that nobody else has"
    if rough is not None:
        text += f"; rounded {rough.rounding}, {rough.trace} still single out {rough.singled_out} of {rough.people}"
    yield text


def _inference(risk: Risk, asked: tuple[str, ...]) -> str:
    groups = risk.groups
    if asked and not groups.columns:
        return (
            "Inference: none of the quasi-identifiers of the policy leaves, so that no group tells "
            "anything of its members"
        )
    if not groups.columns:
        return (
            "Inference: no role or condition leaves, so that no group tells anything of its members"
        )
    text = (
        f"Inference: by {', '.join(groups.columns)} the smallest group has {groups.k} of "
        f"{groups.people} people (k = {groups.k}); {groups.alone} are alone in theirs, "
        f"{groups.few} are in groups of fewer than ten"
    )
    if groups.diversity is not None:
        text += (
            f"; a group of two or more gave at least {groups.diversity} different sets of answers "
            f"(l = {groups.diversity}), and the group alone tells the answers of {groups.told} people"
        )
    return text


def _text(review: Review | None, ner: str) -> str:
    known = (
        "Text: what the export and the policy name was taken out, with addresses and numbers that "
        "look like somebody's"
    )
    known += (
        f"; names that nobody listed were guessed by {ner}, which misses some"
        if ner
        else "; names that nobody listed were not looked for"
    )
    if review is None:
        return known
    return (
        f"{known}; of the words that were left, somebody read {review.words} that stick out and had "
        f"{len(review.masked)} masked"
    )


def _has_text(privacy: Privacy) -> bool:
    """Whether what somebody wrote leaves, in a column of its own or as an answer."""
    return any(
        privacy.decisions.of(data_type, column.name).action in INDIVIDUAL
        for data_type in privacy.types
        for column in FIELDS[data_type]
        if column.sensitivity in (Sensitivity.TEXT, Sensitivity.ANSWER)
    )


def _share(trace: TraceRisk) -> float:
    return trace.singled_out / trace.people if trace.people else 0.0
