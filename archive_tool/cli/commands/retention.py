"""``archive-tool retention``: until when archives are kept, changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.errors import UsageError
from archive_tool.model.policy import Ending

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from archive_tool.cli.keys import GivenVault
    from archive_tool.lifecycle.dates.terms import Change, Redated


@click.group("retention")
def command() -> None:
    r"""Change until when an archive is kept: later with a reason, earlier with two people.

    \b
      archive-tool retention extend  --store S --vault K --archive ID --until 2040-12-31 --reason R
      archive-tool retention shorten --store S --vault K --archive ID --until 2027-12-31 --reason R \
                                     --plan change.json
      ssh-keygen -Y sign -n archive-tool-approval -f second-custodian change.json
      archive-tool retention shorten --store S --vault K --apply change.json \
                                     --approval change.json.sig
    """


def _change(*, required: bool) -> Callable[[options.F], options.F]:
    """Options that say what changes; not ``required`` where a plan says it in their place."""

    def decorate(function: options.F) -> options.F:
        for option in (
            click.option(
                "--reason", required=required, help="Why. It is kept: write no name and no id."
            ),
            click.option(
                "--until",
                type=options.MOMENT,
                required=required,
                help="Last day on which it may be kept.",
            ),
            click.option(
                "--type",
                "types",
                multiple=True,
                metavar="T",
                help="Only this data type; repeatable.  [default: all types]",
            ),
            click.option(
                "--archive", metavar="ID", required=required, help="Archive whose dates change."
            ),
        ):
            function = option(function)
        return function

    return decorate


@command.command("extend")
@options.store
@options.vault(required=True)
@_change(required=True)
@options.lock_wait
@answers("retention-extend")
def extend(
    *,
    store: Path,
    vault: GivenVault,
    archive: str,
    types: tuple[str, ...],
    until: datetime,
    reason: str,
) -> Answer:
    """Keep an archive, or some data types of it, for longer."""
    from archive_tool.pipeline.store import open_store

    keys = vault.open()
    stored = open_store(store, vault=keys)
    return _done(stored.extend_retention(archive, until=until, reason=reason, types=types))


@command.command("shorten", short_help="Keep it less long, or let something else happen then.")
@options.store
@options.vault(required=True)
@_change(required=False)
@click.option(
    "--action",
    type=click.Choice([one.value for one in Ending]),
    help="What happens after that day.  [default: as it is]",
)
@options.path_option("--plan", "", "Write the change to this file, for the second signer.")
@options.path_option("--apply", "", "Make exactly the change in this file.")
@options.path_option("--approval", "", "The second signer's signature over that file.")
@options.lock_wait
@answers("retention-shorten")
def shorten(
    *,
    store: Path,
    vault: GivenVault,
    archive: str | None,
    types: tuple[str, ...],
    until: datetime | None,
    reason: str | None,
    action: str | None,
    plan: Path | None,
    apply: Path | None,
    approval: Path | None,
) -> Answer:
    """Keep an archive less long, or let something else happen then: a plan that two people sign."""
    from archive_tool.lifecycle.dates import terms
    from archive_tool.lifecycle.planning import plans
    from archive_tool.pipeline.store import open_store

    if (plan is None) == (apply is None):
        raise UsageError("needs one of --plan and --apply", where="shorten")
    plans.refuse_other(plan, terms.Change, terms.SCHEMA)
    keys = vault.open()
    stored = open_store(store, vault=keys)
    if apply is not None:
        return _done(stored.shorten_retention(apply, approval=approval))
    archive, until, reason = _given(archive, until, reason)
    change = stored.plan_shortening(archive, until=until, reason=reason, types=types, action=action)
    if plan is not None:
        change.save(plan)
    return _planned(change, plan)


def _given(
    archive: str | None, until: datetime | None, reason: str | None
) -> tuple[str, datetime, str]:
    if archive is None or until is None or reason is None:
        raise UsageError(
            "a plan needs more", where="shorten", expected="--archive, --until and --reason"
        )
    return archive, until, reason


def _planned(change: Change, path: Path | None) -> Answer:
    lines = [
        str(change),
        f"plan {change.digest[:12]} written to {path}; another custodian signs it:",
        f"  ssh-keygen -Y sign -n archive-tool-approval -f KEY {path}",
    ]
    fields = {"plan": {"path": str(path), "digest": change.digest}}
    return Answer(text="\n".join(lines), fields=fields | {"change": msgspec.to_builtins(change)})


def _done(done: Redated) -> Answer:
    kept = {name: last.isoformat() for name, last in done.kept_until.items()}
    lines = [f"{name}: kept until {last}" for name, last in sorted(kept.items())]
    lines.append(f"{done.archive_id}: revision {done.revision}, signed; no table was touched")
    fields = {"archive": done.archive_id, "revision": done.revision, "retention": kept}
    return Answer(text="\n".join(lines), fields=fields)
