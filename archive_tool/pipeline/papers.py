"""Papers of an archive: dictionary, validation report, privacy record, sealed links."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import linkage
from archive_tool.anonymize.known.identifiers import names_beside
from archive_tool.anonymize.random_codes import PERSON, RandomCodes
from archive_tool.anonymize.texts import detectors
from archive_tool.lifecycle.subjects import roster
from archive_tool.model.archive import PrivacyStamp
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.people import canonical_people, canonical_person
from archive_tool.model.policy import Action
from archive_tool.report import privacy, record
from archive_tool.report.html import render_html
from archive_tool.report.html.privacy import render_privacy
from archive_tool.schemas import Sensitivity, dictionary
from archive_tool.validation.for_report.out_of_order import out_of_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    import pyarrow as pa

    from archive_tool.anonymize import Context
    from archive_tool.anonymize.known.consent import ConsentCounts
    from archive_tool.anonymize.review import Review
    from archive_tool.archive.writer import ArchiveWriter
    from archive_tool.disclose.gate.risk import Risk
    from archive_tool.keys import Vault
    from archive_tool.model.validation import Validation
    from archive_tool.pipeline.created import TypeResult

PRIVACY_RECORD: Final = "reports/privacy.json"
_ROSTER: Final = (roster.PERSON, "isAgent", "completionCode", "completionOutcome")
_NAMES: Final = ("participantName", "email")


def add_dictionary(writer: ArchiveWriter) -> None:
    """Write what every field means."""
    writer.add_file("dictionary/fields.csv", dictionary.csv_text().encode())
    writer.add_file("dictionary/fields.json", dictionary.json_text().encode())


def validation_papers(validation: Validation, *, clocks: bool) -> dict[str, str]:
    """Give what the checks found, by path: readable without a key, so it holds no id and no value.

    Without ``clocks`` it says nothing of the day, one true moment would tell how far a room moved;
    nor which session came first.
    It needs nothing but the first pass, so that it is made while the second one runs.
    """
    if not clocks:
        overview = [replace(entry, first=None, last=None) for entry in validation.overview]
        validation = out_of_order(replace(validation, overview=tuple(overview)), SystemRandom())
    return {
        "reports/validation.jsonl": "".join(record.write_record(validation)),
        "reports/validation.html": render_html(validation, archived=True),
    }


def add_privacy(
    writer: ArchiveWriter,
    context: Context,
    *,
    key: str,
    consent: ConsentCounts,
    left_out: int,
    review: Review | None,
    results: Mapping[str, TypeResult],
    recordings: int,
    risk: Risk,
    now: datetime,
) -> PrivacyStamp:
    """Write what was done to every field, and what the attack found: readable without a key."""
    types = tuple(name for name, result in results.items() if result.files)
    stated = privacy.Privacy(
        archive_id=writer.archive_id,
        created=now,
        decisions=context.decisions,
        key=key,
        types=types,
        consent=consent,
        left_out=left_out,
        rows={
            name: privacy.RowCounts(
                archived=result.rows_out,
                left_out=result.left_out,
                without_room=result.without_room,
            )
            for name, result in sorted(results.items())
            if context.decisions.leaves_to_someone(name)
        },
        review=review,
        touched={name: results[name].touched for name in types},
        unknown={name: results[name].dropped_leaves for name in types},
        recordings=recordings,
        risk=risk if risk.people else None,
    )
    content = privacy.privacy_json(stated)
    writer.add_file(PRIVACY_RECORD, content)
    writer.add_file("reports/privacy.html", render_privacy(stated).encode())
    return PrivacyStamp(
        record=PRIVACY_RECORD,
        sha256=hashlib.sha256(content).hexdigest(),
        scrubber=detectors.VERSION,
        unknown_names=privacy.unknown_names(stated),
        key=key,
    )


def add_linkage(writer: ArchiveWriter, context: Context, vault: Vault) -> None:
    """Seal which random code is whose; nobody who is left out stands in it."""
    if isinstance(context.keys, RandomCodes):
        out = canonical_people(context.excluded)
        links = [
            link for link in context.keys.book.links() if link.kind != PERSON or link.id not in out
        ]
        secret = partial(vault.subject_secret, create=True)
        writer.add_file(linkage.NAME, linkage.seal(links, writer.secrets, secret))


def add_roster(
    writer: ArchiveWriter,
    context: Context,
    vault: Vault,
    listings: Iterable[pa.Table],
    types: Iterable[str],
) -> None:
    """Seal who is an agent and who declined, where ids stay ids; names where names are kept."""
    decisions = context.decisions
    if not any(decisions.of(name, BY_NAME[name].subject).action is Action.KEEP for name in types):
        return
    columns = list(_ROSTER)
    usual = decisions.policy.defaults.get(Sensitivity.NAME)
    named = usual is not None and usual.action is Action.KEEP
    if named:
        columns += _NAMES
    out = canonical_people(context.excluded)
    rows: dict[tuple[object, ...], roster.Row] = {}
    for listing in listings:
        lines = listing.select(columns).to_pylist()
        if named:
            beside = names_beside(listing)
            lines += [{roster.PERSON: who, "participantName": name} for who, name in beside]
        for row in lines:
            person = row[roster.PERSON]
            if person and canonical_person(person) not in out:
                rows[tuple(row.values())] = {k: v for k, v in row.items() if v is not None}
    secret = partial(vault.subject_secret, create=True)
    writer.add_file(roster.NAME, roster.seal(rows.values(), writer.secrets, secret))
