"""``archive-tool create``: from a bundle, or from an archive, to an archive."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from archive_tool.cli import clock_note, options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.ids import read_ids
from archive_tool.cli.progress import progress
from archive_tool.model.files import read_named
from archive_tool.model.paths import as_argument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archive_tool.anonymize.review import Review
    from archive_tool.cli.keys import GivenVault
    from archive_tool.keys import Vault
    from archive_tool.pipeline.created import Created

_MOST_KINDS: Final = 6
"""Kinds of findings that are named; ``validate`` tells more of each."""
_MOST_PLACES: Final = 3
"""Unknown places that are named; the privacy page of the archive lists all."""


@click.command("create", short_help="Turn a bundle into an archive.")
@options.bundles
@click.option(
    "--policy",
    metavar="NAME|FILE",
    required=True,
    envvar="ARCHIVE_TOOL_POLICY",
    help="Ready policy (keep, pseudonymize, aggregate-only) or a TOML file.",
)
@options.store
@options.vault(required=False)
@options.as_of
@options.accept
@click.option(
    "--skip-unreadable",
    is_flag=True,
    help="Leave out what cannot be read of files that are not what they say, with a finding, "
    "instead of stopping.",
)
@options.withdrawn
@options.path_option("--review", "", "Signed review of the words that scrubbing leaves.")
@options.workers
@options.quiet
@options.lock_wait
@answers("create")
def command(
    *,
    bundles: tuple[Path, ...],
    policy: str,
    store: Path,
    vault: GivenVault,
    as_of: datetime,
    accept: tuple[str, ...],
    because: str | None,
    skip_unreadable: bool,
    withdrawn: str | None,
    review: Path | None,
    workers: int | None,
    quiet: bool,
) -> Answer:
    r"""Turn a bundle into an encrypted, signed archive under a policy.

    \b
      archive-tool create export.zip --policy pseudonymize --store archives --vault keys
      archive-tool create data_room_a/ more.json --policy board.toml --store archives --vault keys
      archive-tool create archives/archives/ID --policy aggregate-only --store archives --vault keys

    In place of a bundle, one archive: then the new one tells less of the same people.

    Stops, with nothing written, at error findings, at a policy that leaves a field undecided, and
    at data whose retention date has passed.
    """
    from archive_tool.policy import decide, load_policy

    loaded = load_policy(policy)
    decide(loaded)  # before the keys are asked for: a typo is said at once
    vault.refuse_nested(store)
    keys = vault.open()
    from archive_tool.pipeline.create import create

    clock = datetime.now(UTC)
    clock_note.tell_behind(store, clock)
    with progress("reading", quiet=quiet) as shown:
        created = create(
            bundles,
            policy=loaded,
            store=store,
            vault=keys,
            now=as_of,
            clock=clock,
            accept=options.accepted(accept, because),
            skip_unreadable=skip_unreadable,
            review=None if review is None else _sign_off(review),
            withdrawn=() if withdrawn is None else read_ids(withdrawn, where="withdrawn"),
            progress=shown,
            writing=shown and shown.then("archiving"),
            workers=workers,
        )
    return _answer(created, store, keys, vault.identity)


def _answer(created: Created, store: Path, keys: Vault, identity: Path | None) -> Answer:
    """Say what was made, and with which options it is opened."""
    from archive_tool.lifecycle.diverged import made_elsewhere

    others: Sequence[str] = ()
    with suppress(OSError):  # the archive is made: what cannot be listed now is for verify to say
        others = made_elsewhere(store, keys)
    opened_by = f"--vault {as_argument(keys.folder)}"
    if identity is not None:
        opened_by += f" --identity {as_argument(identity)}"
    return Answer(
        text=_text(created, others, opened_by),
        fields={**_fields(created), "another_copy": list(others)},
    )


def _sign_off(file: Path) -> Review:
    from archive_tool.anonymize.review import read_sign_off

    return read_sign_off(read_named(file))


def _fields(created: Created) -> dict[str, Any]:
    from archive_tool.report import record

    return {
        "archive": {"id": created.archive_id, "path": str(created.path)},
        "tables": {
            name: {
                "rows_in": result.rows_in,
                "rows_out": result.rows_out,
                "files": result.files,
                "left_out": result.left_out,
                "without_room": result.without_room,
                "touched": result.touched,
                "dropped_leaves": result.dropped_leaves,
            }
            for name, result in created.tables.items()
        },
        "aggregates": {name: asdict(summary) for name, summary in created.aggregates.items()},
        "findings": record.counts(created.findings),
        "accepted": list(created.accepted),
        "policy": {"name": created.policy.name, "digest": created.policy.digest},
        "retention": {
            "destroy_after": {
                name: term.destroy_after.isoformat() for name, term in created.retention.items()
            },
            "basis": {name: term.basis for name, term in created.retention.items()},
        },
        "consent": {"left_out": created.people_left_out, **asdict(created.consent)},
        "media": asdict(created.media),
        "earlier": list(created.earlier),
        "repeated": list(created.repeated),
        "other_policy": list(created.other_policy),
        "source": created.source or None,
    }


def _text(created: Created, others: Sequence[str], opened_by: str) -> str:
    """``others``: archives that another copy of the vault made."""
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
