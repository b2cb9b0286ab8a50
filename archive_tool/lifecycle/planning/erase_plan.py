"""What an erasure would do, written down before anything is done. A plan holds no id."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.errors import PlanError
from archive_tool.keys import SubjectState
from archive_tool.lifecycle import each_archive, places
from archive_tool.lifecycle.applying.work import Unreached  # noqa: TC001  (msgspec reads the annotations)
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.planning import plans, remaking, unreached
from archive_tool.lifecycle.planning.erase_items import (
    Item,
    Named,
    Person,
    Seen,
    free_of,
    holds_unseen,
    item_of,
    person_of,
    seen_of,
)
from archive_tool.lifecycle.subjects import people
from archive_tool.lifecycle.subjects import where as subjects
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.mentioned.called import Called

SCHEMA: Final = "archive-tool/erase-plan/1"


class ErasePlan(plans.Plan, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an erasure would do."""

    made: datetime
    """By the clock of the machine."""
    vault_id: str
    asked: int
    """Ids that were given."""
    people: list[Person]
    """Those of them whom the vault knows."""
    items: list[Item]
    mentions: list[Named]
    rewrite_mentions: bool
    """Whether the mentions are taken out of the rows of others."""
    not_reached: list[Unreached]

    def __repr__(self) -> str:
        """One line; ``print`` says where they are, and what stays."""
        return f"<ErasePlan {self.digest[:12]}: {self.summary}>"

    @property
    def summary(self) -> str:
        """How many people it is about, in one line."""
        return (
            f"{count(len(self.ready), 'person', 'people')} to erase, {len(self.held):,} under "
            f"hold, {len(self.people):,} of {count(self.asked, 'id')} known"
        )

    @property
    def ready(self) -> list[Person]:
        """People whom nothing holds: their keys go."""
        return [person for person in self.people if not person.holds]

    @property
    def held(self) -> list[Person]:
        """People of whom something is under hold: their keys stay until it is released."""
        return [person for person in self.people if person.holds]

    def going(self, item: Item) -> list[str]:
        """Return the subject keys whose files leave an archive now."""
        if item.holds:
            return []
        free = {person.subject for person in self.people if not person.everywhere}
        return sorted(free.intersection(item.subjects))


def plan(
    store: Path,
    vault: Vault,
    ids: Sequence[str],
    *,
    rewrite_mentions: bool = False,
    now: datetime,
) -> ErasePlan:
    """Look for people in all archives and write down what their erasure would do.

    Raises SubjectError (20) when the vault knows none of them, VaultError (17) when all that it
    knows were erased.
    """
    places.require_store(store)
    subjects.require_known(vault, ids)
    keys = people.subject_keys(vault, ids)
    called = subjects.called(store, vault, ids)
    found = draft(store, vault, keys, ids, called, rewrite_mentions=rewrite_mentions, now=now)
    return plans.with_digest(msgspec.structs.replace(found, asked=len(ids)))


def draft(
    store: Path,
    vault: Vault,
    keys: Iterable[str],
    ids: Sequence[str],
    called: Mapping[str, Called],
    *,
    rewrite_mentions: bool,
    now: datetime,
) -> ErasePlan:
    """Make the plan for people by their subject keys.

    ``ids``, and what they are ``called``, are looked for in rows of others.
    """
    in_force = holds.active(store)
    known = frozenset(key for key in keys if vault.state_of_key(key) is SubjectState.KNOWN)
    free = free_of(vault, ids, in_force)

    def look(archive: Archive) -> Seen:
        return seen_of(vault, archive, ids, free, known, called, in_force)

    looked = each_archive.look(store, vault, look)
    items = [seen.item for seen in looked.seen if seen.item is not None]
    unseen = holds_unseen(looked.unreadable, in_force)
    found = [person_of(key, items, in_force, unseen) for key in sorted(known)]
    kept = [person.holds for person in found if person.holds]
    body = ErasePlan(
        schema=SCHEMA,
        made=now,
        vault_id=vault.vault_id,
        asked=len(known),
        people=found,
        items=items,
        mentions=[item for seen in looked.seen for item in seen.named],
        rewrite_mentions=rewrite_mentions,
        not_reached=[
            *_not_reached(store, vault, ids, looked, rewritten=rewrite_mentions),
            *unreached.under_hold(len(kept), sorted({hold for own in kept for hold in own})),
        ],
    )
    return plans.with_digest(body)


def _not_reached(
    store: Path,
    vault: Vault,
    ids: Sequence[str],
    looked: each_archive.Looked[Seen],
    *,
    rewritten: bool,
) -> list[Unreached]:
    """List what stays of the people, holds aside."""
    gone = [seen.item.archive for seen in looked.seen if seen.item is not None]
    there = [one.archive_id for one in looked.overview.entries]
    there += [one.archive for one in looked.unreadable]
    return [
        *unreached.copies(vault, audit.read(store), gone),
        *unreached.elsewhere(vault, there),
        *unreached.of_others(looked.overview.foreign),
        *unreached.unreadable(looked.unreadable),
        *unreached.recordings([name for seen in looked.seen for name in seen.filmed]),
        *unreached.releases(
            vault,
            ids,
            [name for seen in looked.seen for name in seen.counted],
            partial(remaking.command, store, looked.overview),
        ),
        *unreached.mentions(
            sum(item.rows for seen in looked.seen for item in seen.named),
            sum(item.held for seen in looked.seen for item in seen.named),
            rewritten=rewritten,
        ),
    ]


def refuse_other_ids(vault: Vault, decided: ErasePlan, ids: Sequence[str] | None) -> None:
    """PlanError (19) when a plan is of another vault, or was made for other ids than the given."""
    if decided.vault_id != vault.vault_id:
        raise plans.stale("was made with another vault")
    if ids is None:
        if decided.rewrite_mentions:
            raise PlanError(
                "the plan rewrites mentions, and there are no ids",
                where="plan",
                hint="give the ids of the plan with --id-file; a plan holds none",
            )
        return
    planned = {person.subject for person in decided.people}
    if not planned <= people.subject_keys(vault, ids) or len(ids) != decided.asked:
        raise PlanError(
            "was made for other ids", where="plan", hint="give the ids that the plan was made for"
        )


def refuse_stale(store: Path, vault: Vault, decided: ErasePlan) -> None:
    """PlanError (19) when store, vault or holds are no longer as the plan says."""
    in_force = holds.active(store)
    keys = frozenset(person.subject for person in decided.people)
    looked = each_archive.look(store, vault, lambda one: item_of(one, keys, in_force))
    unseen = holds_unseen(looked.unreadable, in_force)
    for person in decided.people:
        if vault.state_of_key(person.subject) is not SubjectState.KNOWN:
            raise plans.stale("somebody in it was erased since")
        if person_of(person.subject, decided.items, in_force, unseen) != person:
            raise plans.stale("holds have changed since")
    if [item for item in looked.seen if item is not None] != decided.items:
        raise plans.stale("archives have changed since, or new ones hold files of the people")
