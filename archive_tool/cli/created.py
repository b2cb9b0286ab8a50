"""What ``create`` says of the archive that it made, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.model.paths import as_argument
from archive_tool.model.policy import Action
from archive_tool.model.tables import EXTRA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.pipeline.created import Created

_MOST_KINDS: Final = 6
"""Kinds of findings that are named; ``validate`` tells more of each."""
_MOST_PLACES: Final = 3
"""Unknown places that are named; the privacy page of the archive lists all."""


def text_of(created: Created, others: Sequence[str], opened_by: str) -> str:
    """Say what was made, what is not in it, and what to read.

    ``others``: archives that another copy of the vault made. ``opened_by``: the options that open it.
    """
    from archive_tool.report.grouping import counted
    from archive_tool.report.text import count, table

    rows = [
        (
            name,
            result.rows_in,
            result.rows_out,
            result.files,
            created.retention[name].destroy_after.isoformat()
            if name in created.retention
            else None,
        )
        for name, result in created.tables.items()
    ]
    lines = [f"archive {created.archive_id}", f"  {created.path}", ""]
    lines.append(table(("type", "rows in", "rows out", "files", "keep until"), rows))
    lines += [
        "",
        f"policy    {created.policy.name} ({created.policy.digest[:12]})",
        f"findings  {counted(created.findings, created.accepted)}",
        *_to_read(created),
        *([f"accepted  {', '.join(created.accepted)}"] if created.accepted else []),
        f"consent   {count(created.people_left_out, 'person', 'people')} left out, "
        f"{count(created.consent.unknown, 'person', 'people')} with unknown consent",
    ]
    lines += _remarks(created)
    if others:
        lines += [
            f"warning   {count(len(others), 'archive')} of the store, such as {others[0]}, made with "
            "another copy of this",
            "          vault or a newer one: who withdraws has to be erased with each of them. Write "
            "one copy only",
        ]
    lines += ["", f"next: archive-tool verify {as_argument(created.path)} {opened_by}"]
    return "\n".join(lines)


def _to_read(created: Created) -> Iterator[str]:
    """Name what nobody accepted: some of it says that rows or files are not in the archive."""
    from archive_tool.model.findings import Severity
    from archive_tool.report.grouping import kinds
    from archive_tool.report.text import count

    heavy = [
        finding
        for finding in created.findings
        if finding.severity is not Severity.NOTE and finding.code not in created.accepted
    ]
    found = kinds(heavy, cap=1)
    for kind in found[:_MOST_KINDS]:
        number = kind.amount or count(kind.total, "place")
        yield f"          {kind.code} ({number}): {kind.message}"
    if found:
        more = len(found) - _MOST_KINDS
        rest = f"{more} more; " if more > 0 else ""
        yield f"          {rest}archive-tool validate says where"


def _counted_otherwise(created: Created) -> Iterator[str]:
    """Say which types are kept from today on, because nothing says when their sessions were."""
    from archive_tool.model.datatypes import MEDIA, RECORDINGS
    from archive_tool.model.policy import Basis

    terms = {} if created.source else created.retention
    late = [name for name, term in terms.items() if term.basis == Basis.ARCHIVING]
    rule_of = {name: RECORDINGS.name if name == MEDIA else name for name in late}
    asked = created.policy.retention
    names = [name for name in late if asked.of(rule_of[name]).basis is not Basis.ARCHIVING]
    if names:
        yield f"kept      from today on, as no time of a session is known: {', '.join(names)}"


def _unknown_columns(created: Created) -> Iterator[str]:
    """Say from how many rows the policy dropped what no column of the schema takes.

    Of which columns is not said: a header may be a name.
    """
    from archive_tool.report.text import count

    dropped = {
        name: result.touched.get(f"{EXTRA}: {Action.DROP}", 0)
        for name, result in created.tables.items()
        if result.rows_out
    }
    if rows := sum(dropped.values()):
        types = ", ".join(name for name, number in dropped.items() if number)
        yield f"unknown   columns that the schema does not know, dropped from {count(rows, 'row')} ({types}):"
        yield "          `extra` of the policy decides about them"


def _unknown_places(created: Created) -> Iterator[str]:
    """Say what was dropped inside JSON columns because no schema lists it, most values first."""
    from archive_tool.report.text import count

    dropped = sorted(
        (-values, f"{name} {place}")
        for name, result in created.tables.items()
        for place, values in result.dropped_leaves.items()
    )
    if dropped:
        values = count(-sum(number for number, _ in dropped), "value")
        more = len(dropped) - _MOST_PLACES
        rest = f" and {more} more" if more > 0 else ""
        yield f"unknown   {values} dropped in places that no schema lists; a rule of the policy can name them:"
        yield f"          {', '.join(place for _, place in dropped[:_MOST_PLACES])}{rest}"


def _remarks(created: Created) -> Iterator[str]:
    """Lines that only some archives have: who and what was left out, summaries, recordings."""
    from archive_tool.report.text import count

    yield from _counted_otherwise(created)
    if others := created.other_policy:
        policy = created.policy
        yield (
            f"note      {count(len(others), 'archive')} of the store, such as {others[-1]}, made under "
            "another text of"
        )
        yield f"          {policy.name} {policy.version}: whoever changes a policy gives it a new version"
    withdrawn, unmatched = created.consent.withdrawn, created.consent.unmatched
    if withdrawn or unmatched:
        verb = "has" if unmatched == 1 else "have"
        strange = f"; {count(unmatched, 'id')} of the list {verb} no rows here" if unmatched else ""
        yield f"withdrawn {count(withdrawn, 'person', 'people')} of those left out{strange}"
    quarantined = sum(result.without_room for result in created.tables.values())
    if quarantined:
        yield f"left out  {count(quarantined, 'row')} whose room nobody knows"
    yield from _unknown_columns(created)
    yield from _unknown_places(created)
    if created.aggregates:
        hidden = sum(summary.hidden for summary in created.aggregates.values())
        cells = sum(summary.cells for summary in created.aggregates.values())
        tables = count(len(created.aggregates), "table")
        few = ": too few people for any" if hidden == cells else ""
        yield f"summaries {tables}, {hidden:,} of {count(cells, 'cell')} hidden{few}"
    if created.media.sealed:
        sealed = count(created.media.sealed, "recording")
        yield f"media     {sealed} sealed; faces and voices tell who somebody is"
    if created.media.left_out:
        recordings = count(created.media.left_out, "recording")
        yield f"media     {recordings} left out, which may show people who are left out"
    if created.source:
        yield f"source    archive {created.source}, which stays until it is destroyed"
    elif created.earlier:
        under = " under this policy" if created.repeated else ""
        which = (created.repeated or created.earlier)[-1]
        yield f"note      the same bundle is in the store already{under}: {which}"
