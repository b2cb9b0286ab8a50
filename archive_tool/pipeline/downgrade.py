"""A sweep that keeps what tells less: it is made and verified before what tells more goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.archive import bag, layout
from archive_tool.archive.opening import open_stored
from archive_tool.archive.verify import verify
from archive_tool.errors import ArchiveToolError, IntegrityError
from archive_tool.lifecycle.applying import sweep
from archive_tool.model.policy import Ending
from archive_tool.policy import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.applying.destroy import Destroyed
    from archive_tool.lifecycle.planning.sweep_item import Item
    from archive_tool.lifecycle.planning.sweep_plan import SweepPlan
    from archive_tool.lifecycle.unreadable import Unreadable
    from archive_tool.model.paths import AnyPath
    from archive_tool.model.policy import Policy
    from archive_tool.model.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What became of a plan."""

    destroyed: Destroyed | None
    """None when nothing went."""
    erased: Sequence[Destroyed]
    """Erasures that waited for a hold, and were run."""
    refused: Mapping[str, ArchiveToolError]
    """By archive: why nothing that tells less could be made of it; it stays."""
    unreadable: Sequence[Unreadable]
    """Archives that were not looked at, when the plan was made or now: as in the certificate."""
    undecided: int = 0
    """Data types that are past their date and wait for somebody's decision, by the plan."""

    def __repr__(self) -> str:
        """What went, what was erased with it, and what stayed."""
        said = ["nothing destroyed" if self.destroyed is None else repr(self.destroyed)]
        for number, noun in (
            (len(self.erased), "erasure run"),
            (len(self.refused), "archive not lowered"),
            (len(self.unreadable), "archive not looked at"),
        ):
            if number:
                said.append(f"{number:,} {noun}")
        return f"<Swept: {', '.join(said)}>"


def apply(
    store: Path,
    vault: Vault,
    given: SweepPlan | AnyPath,
    *,
    as_of: datetime,
    now: datetime,
    operator: str = "",
    progress: Progress | None = None,
) -> Swept:
    """Run exactly a plan, or the plan in a file: what tells less first, then the destruction.

    An archive of which nothing that tells less could be made stays, and the rest goes on. Raises
    what :func:`sweep.apply` raises, and that refusal where nothing else is to be done; then
    nothing is destroyed. What was made stays: another plan makes it no second time.
    """
    wanted = sweep.prepare(store, vault, given, as_of=as_of, now=now, operator=operator)
    refused: dict[str, ArchiveToolError] = {}
    for item in wanted:
        try:
            _make(store, vault, item, as_of=as_of, now=now, progress=progress)
        except ArchiveToolError as error:
            refused[item.archive] = error
            vault = vault.reopened()  # without the keys of what never came to be
    applied = sweep.apply(
        store, vault, given, as_of=as_of, now=now, operator=operator, leave=refused.keys()
    )
    if refused and not applied.destroyed and not applied.erased:
        raise next(iter(refused.values()))
    return Swept(
        destroyed=applied.destroyed,
        erased=applied.erased,
        refused=refused,
        unreadable=applied.unreadable,
        undecided=applied.undecided,
    )


def _make(
    store: Path,
    vault: Vault,
    item: Item,
    *,
    as_of: datetime,
    now: datetime,
    progress: Progress | None,
) -> None:
    from archive_tool.pipeline.create import create

    archive = open_stored(store, item.archive, vault)
    created = create(
        [archive.path],
        policy=_policy(archive, item),
        store=store,
        vault=vault,
        now=min(as_of, now),  # nothing is made in days to come
        clock=now,
        leave_out_types=_over(archive, as_of.date()),
        progress=progress,
    )
    verify(created.path, vault=vault)


def _policy(archive: Archive, item: Item) -> Policy:
    """Read the policy that lies in the archive; IntegrityError (16) when it is not the planned."""
    text = bag.read_text(archive.path, archive.seal, layout.DOWNGRADE)
    policy = parse(text, where=layout.DOWNGRADE, stored=True)
    if item.lesser is None or policy.digest != item.lesser.digest:
        raise IntegrityError("is another policy than the manifest says", where=layout.DOWNGRADE)
    return policy


def _over(archive: Archive, day: date) -> list[str]:
    """Data types whose time is over without anything being made of them."""
    return [
        name
        for name, term in archive.manifest.retention.items()
        if term.destroy_after < day
        and (term.action != Ending.DOWNGRADE or (term.lesser_until or term.destroy_after) < day)
    ]
