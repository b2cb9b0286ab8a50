"""``archive-tool create``: from a bundle, or from an archive, to an archive."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from archive_tool.cli import accepting, clock_note, options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.created import text_of
from archive_tool.cli.ids import read_ids
from archive_tool.cli.progress import progress
from archive_tool.model.files import read_named
from archive_tool.model.paths import as_argument

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.anonymize.review import Review
    from archive_tool.cli.keys import GivenVault
    from archive_tool.keys import Vault
    from archive_tool.pipeline.created import Created


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
@accepting.option
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
            accept=accepting.accepted(accept, because),
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
        text=text_of(created, others, opened_by),
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
