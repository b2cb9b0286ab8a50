"""``archive-tool hold``: what must not be destroyed for now."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.keys import open_vault

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.lifecycle.holds import Hold


@click.group("hold", short_help="Keep archives or people from being destroyed.")
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
@click.option("--owner", default="not stated", help="Who asked for it and can release it.")
@answers("hold-place")
def place(
    *,
    store: Path,
    vault: Path | None,
    identity: Path | None,
    passphrase_file: Path | None,
    archives: tuple[str, ...],
    id_file: str | None,
    reason: str,
    owner: str,
) -> Answer:
    """Place a hold on archives, on people, or on both."""
    from archive_tool.lifecycle import holds

    ids = () if id_file is None else read_ids(id_file)
    keys = None
    if ids:
        keys = open_vault(vault, identity=identity, passphrase_file=passphrase_file)
    hold = holds.place(
        store,
        reason=reason,
        owner=owner,
        archives=archives,
        ids=ids,
        vault=keys,
        now=datetime.now(UTC),
    )
    return Answer(text=f"hold {hold.id}\n{_covers(hold)}", fields={"hold": _fields(hold)})


@command.command("release")
@options.store
@click.option("--hold", "hold_id", required=True, metavar="ID", help="Id of the hold.")
@click.option("--reason", required=True, help="Why. It is kept: write no name and no id.")
@answers("hold-release")
def release(*, store: Path, hold_id: str, reason: str) -> Answer:
    """Release a hold; what it kept can be planned again."""
    from archive_tool.lifecycle import holds

    hold = holds.release(store, hold_id, reason=reason, now=datetime.now(UTC))
    text = f"released {hold.id}\nhint: make plans again for what it kept"
    return Answer(text=text, fields={"hold": _fields(hold)})


@command.command("list")
@options.store
@answers("hold-list")
def list_(*, store: Path) -> Answer:
    """List the holds in force."""
    from archive_tool.lifecycle import holds, places
    from archive_tool.report.text import table

    places.require_store(store)
    found = holds.active(store)
    rows = [(h.id, h.placed.date().isoformat(), _covers(h), h.owner, h.reason) for h in found]
    text = table(("hold", "placed", "covers", "owner", "reason"), rows) if rows else "no holds"
    return Answer(text=text, fields={"holds": [_fields(hold) for hold in found]})


def read_ids(source: str) -> tuple[str, ...]:
    """Read ids from a file, or from stdin for ``-``."""
    from pathlib import Path

    from archive_tool.lifecycle import people

    if source == "-":
        return people.parse_ids(sys.stdin.buffer.read(people.LARGEST + 1))
    return people.read_ids(Path(source))


def _covers(hold: Hold) -> str:
    from archive_tool.report.text import count

    parts = []
    if hold.archives:
        parts.append(", ".join(hold.archives))
    if hold.subjects:
        parts.append("people" if not hold.people else count(hold.people, "person", "people"))
    return " and ".join(parts)


def _fields(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.id,
        "reason": hold.reason,
        "owner": hold.owner,
        "placed": hold.placed.isoformat(),
        "archives": hold.archives,
        "people": hold.people,
    }
