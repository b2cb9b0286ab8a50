"""``archive-tool hold``: what must not be destroyed for now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.ids import read_ids

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.cli.keys import GivenVault
    from archive_tool.lifecycle.dates.holds import Hold
    from archive_tool.lifecycle.dates.releasing import Released


@click.group("hold")
def command() -> None:
    r"""Keep archives or people from being destroyed, until the hold is released.

    \b
      archive-tool hold place --store archives --archive ID --reason "audit" --owner "data office"
      archive-tool hold place --store archives --vault keys --id-file ids.txt --reason R --owner O
      archive-tool hold list --store archives
      archive-tool hold release --store archives --hold H-0123456789abcdef --reason "audit over"
    """


@command.command("place")
@options.store
@options.vault(required=False)
@click.option("--archive", "archives", multiple=True, metavar="ID", help="Archive; repeatable.")
@options.id_file(required=False)
@click.option("--reason", required=True, help="Why. It is kept: write no name and no id.")
@click.option(
    "--owner", default="not stated", help="Who asked for it, and is asked before its release."
)
@options.lock_wait
@answers("hold-place")
def place(
    *,
    store: Path,
    vault: GivenVault,
    archives: tuple[str, ...],
    id_file: str | None,
    reason: str,
    owner: str,
) -> Answer:
    """Place a hold on archives, on people, or on both.

    People are named with --id-file, which needs the vault.
    """
    from archive_tool.pipeline.store import open_store

    vault.refuse_nested(store)  # of archives alone it is not opened
    ids = None if id_file is None else read_ids(id_file)
    keys = vault.open() if ids else None
    placed = open_store(store, vault=keys).hold(
        reason=reason, owner=owner, archives=archives, ids=ids
    )
    lines = [f"hold {placed.hold.id}", placed.hold.covers]
    if placed.unknown:
        lines.append(
            f"warning: nothing is kept of {placed.unknown:,} of these ids: they are in no archive"
        )
    fields = {"hold": _fields(placed.hold), "unknown": placed.unknown}
    return Answer(text="\n".join(lines), fields=fields)


@command.command("release")
@options.store
@options.vault(required=False)
@click.option("--hold", "hold_id", required=True, metavar="ID", help="Id of the hold.")
@click.option("--reason", required=True, help="Why. It is kept: write no name and no id.")
@options.lock_wait
@answers("hold-release")
def release(
    *,
    store: Path,
    vault: GivenVault,
    hold_id: str,
    reason: str,
) -> Answer:
    """Release a hold. With the vault, an erasure that waited for it runs at once."""
    from archive_tool.pipeline.store import open_store

    keys = vault.open_if_named()
    done = open_store(store, vault=keys).release(hold_id, reason=reason)
    fields = {
        "hold": _fields(done.hold),
        "erased": sum(item.work.people for item in done.erased),
        "certificates": [str(item.certificate) for item in done.erased],
        "waiting": done.waiting,
    }
    return Answer(text="\n".join(_released(done, with_vault=keys is not None)), fields=fields)


def _released(done: Released, *, with_vault: bool) -> list[str]:
    from archive_tool.report.text import count

    lines = [f"released {done.hold.id}"]
    for item in done.erased:
        people = count(item.work.people, "person", "people")
        lines.append(f"erased    {people}, as was asked for before: {item.certificate}")
    if done.waiting and with_vault:
        lines.append(
            f"{count(done.waiting, 'erasure')} still waiting: for another hold, or another vault"
        )
    elif done.waiting:
        lines.append(
            f"hint: {count(done.waiting, 'erasure')} may have waited for it; the next sweep --apply "
            "or erasure runs it,\nor give --vault here"
        )
    lines.append("hint: plans that were made under the hold no longer fit: make new ones")
    return lines


@command.command("list")
@options.store
@answers("hold-list")
def list_(*, store: Path) -> Answer:
    """List the holds in force, by what the store says.

    Whether lines of its log are missing, audit verify --vault tells.
    """
    from archive_tool.lifecycle.dates import deferred
    from archive_tool.pipeline.store import open_store
    from archive_tool.report.text import count, table

    found = open_store(store).holds()
    rows = [(h.id, h.placed.date().isoformat(), h.covers, h.owner, h.reason) for h in found]
    text = table(("hold", "placed", "covers", "owner", "reason"), rows) if rows else "no holds"
    waiting = deferred.count(store)
    if waiting:
        text += f"\n{count(waiting, 'erasure')} noted until a hold is released"
    return Answer(
        text=text, fields={"holds": [_fields(hold) for hold in found], "waiting": waiting}
    )


def _fields(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "reason": hold.reason,
        "owner": hold.owner,
        "placed": hold.placed.isoformat(),
        "archives": hold.archives,
        "people": hold.people,
    }
