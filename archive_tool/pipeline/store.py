"""A store over time, for scripts and notebooks, and for the commands of the third job.

What is made is made at once. What destroys is a plan first: look at it, then have exactly that done.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive_tool.errors import FormatError, UsageError, VaultError
from archive_tool.keys import erasure, refuse_grant, refuse_nested, require_open
from archive_tool.lifecycle import holds, listing, people, places
from archive_tool.lifecycle.audit_log import audit
from archive_tool.model.moments import in_utc, of_day
from archive_tool.model.paths import as_path
from archive_tool.model.texts import several
from archive_tool.model.wording import count
from archive_tool.report import plans as _plans  # noqa: F401  a plan says what it would do

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.access import Handed
    from archive_tool.lifecycle.audit_log.audit import AuditReport
    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.lifecycle.destroy import Destroyed
    from archive_tool.lifecycle.holds import Hold
    from archive_tool.lifecycle.listing import Kept, StoredArchive
    from archive_tool.lifecycle.planning.erase_plan import ErasePlan
    from archive_tool.lifecycle.planning.sweep_plan import SweepPlan
    from archive_tool.lifecycle.releasing import Released
    from archive_tool.lifecycle.subjects import Found
    from archive_tool.model.paths import AnyPath, Inputs
    from archive_tool.model.progress import Progress
    from archive_tool.pipeline.downgrade import Swept

    Ids = str | Iterable[str]
    """Ids of people as the platform writes them, one or many."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A hold that is in force."""

    hold: Hold
    unknown: int
    """Ids of whom the vault has no data: their hold keeps nothing yet, or they are mistyped."""

    def __repr__(self) -> str:
        """Which it is, and whether it covers nobody in part."""
        unknown = f"; {count(self.unknown, 'id')} unknown" if self.unknown else ""
        return f"<Placed {self.hold.id}: {self.hold.covers}{unknown}>"


@dataclass(frozen=True, kw_only=True)
class Store:
    """The archives of a study over time; :func:`open_store` gives it.

    :meth:`archives`, :meth:`dates`, :meth:`holds` and :meth:`log` give rows that a data frame takes as
    they are: ``pandas.DataFrame(store.archives())``. What destroys is two steps: :meth:`plan_sweep` and
    :meth:`sweep`, :meth:`plan_erasure` and :meth:`erase`; ``print(plan)`` between them. A plan may be
    saved (``plan.save(path)``) and applied on another day, here or by the command; a plan that a
    command wrote is applied here by its path.

    ``now`` is the machine's time where it is not given; log, plans and certificates tell it. Whatever
    looks through the store reads the vault anew if another process has written it, and raises LockError
    (21) when its keys were renewed; whatever writes raises it too while another process does.
    """

    path: Path
    vault: Vault | None = field(repr=False)

    def __repr__(self) -> str:
        """Where it is, and how many archives lie there now."""
        held = "not there"
        with suppress(FormatError):  # its drive may have been taken away
            held = count(len(places.archives_of(self.path)), "archive")
        return f"<Store {self.path}: {held}{'' if self.vault else ', without its vault'}>"

    def archives(self) -> tuple[StoredArchive, ...]:
        """Give one row for each archive, by id; one that cannot be read or is gone has its ``problem``.

        With the vault the rows count people and know of holds on them. Reads no table: ``verify``
        does. Raises IntegrityError (16) for holds or an audit log that were changed.
        """
        return listing.archives(self.path, self._vault_if_any())

    def dates(self) -> tuple[Kept, ...]:
        """Give one row for each archive that can be read and data type: kept until when, held by what.

        What goes first stands in front. A plan says what is due; these are the dates it goes by. Raises
        what :meth:`archives` raises.
        """
        return listing.dates(self.path, self._vault_if_any())

    def plan_sweep(
        self,
        *,
        as_of: date | None = None,
        bundles: Inputs | None = None,
        now: datetime | None = None,
    ) -> SweepPlan:
        """Say what is due, what waits for somebody, and what a hold keeps. Destroys nothing.

        ``as_of``: the day to judge by, or a moment with its zone; today, if it is not given.
        ``bundles``: raw bundles, of which the plan says whether they were archived. ``is_due`` of the
        plan is what ``sweep --check`` ends with; ``unreadable`` names archives that were not looked at.
        Raises VaultError (17) without the vault, IntegrityError (16) for holds or a log that were
        changed, BundleError (10).
        """
        from archive_tool.bundle import inputs
        from archive_tool.lifecycle.planning import sweep_plan

        now = _clock(now)
        return sweep_plan.plan(
            self.path,
            self._vault(),
            as_of=now if as_of is None else of_day(as_of, "as_of"),
            now=now,
            bundles=() if bundles is None else inputs(bundles),
        )

    def sweep(
        self,
        plan: SweepPlan | AnyPath,
        *,
        as_of: date | None = None,
        operator: str = "",
        progress: Progress | None = None,
        now: datetime | None = None,
    ) -> Swept:
        """Destroy exactly what a plan says, and run erasures that no hold keeps any more.

        ``plan`` is one of :meth:`plan_sweep`, or the file of one. A plan for a day to come destroys
        nothing before that day, unless the day is given here too (``as_of``). ``operator``: who stands
        on the certificate. An archive that is lowered is made first, and one that could not be is in
        ``refused`` and stays.

        Raises PlanError (19) for a plan that was changed, was applied already or no longer fits the
        store; RetentionError (14) when all of it is under hold or not due yet, or the clock runs
        behind; LockError (21), VaultError (17), IntegrityError (16). Then nothing was destroyed.
        """
        from archive_tool.pipeline import downgrade

        now = _clock(now)
        return downgrade.apply(
            self.path,
            self._vault(),
            plan,
            as_of=now if as_of is None else of_day(as_of, "as_of"),
            now=now,
            operator=operator,
            progress=progress,
        )

    def find(self, ids: Ids) -> Found:
        """Say where people are and how much there is, in rows of others too.

        Raises SubjectError (20) when the vault knows none of them, VaultError (17) when all that it
        knows were erased, UsageError (2) for what are no ids.
        """
        from archive_tool.lifecycle import subjects

        return subjects.find(self.path, self._vault(), people.given(ids))

    def access(self, person: Ids, *, to: AnyPath, now: datetime | None = None) -> Handed:
        """Write one person's own rows into a new folder, to be read and then handed out.

        Raises what :meth:`find` raises, and UsageError (2) for a folder that is not empty.
        """
        from archive_tool.lifecycle.access import access

        ids = people.given(person)
        if len(ids) != 1:
            raise UsageError("a copy is for one person", where=people.GIVEN, expected="one id")
        return access(self.path, self._vault(), ids[0], to=as_path(to, "to"), now=_clock(now))

    def plan_erasure(
        self, ids: Ids, *, rewrite_mentions: bool = False, now: datetime | None = None
    ) -> ErasePlan:
        """Say what the erasure of people would do, and what it would not reach. Erases nothing.

        ``rewrite_mentions``: plan to take them out of the rows of others too. The plan holds no id.
        Raises what :meth:`find` raises.
        """
        from archive_tool.lifecycle.planning import erase_plan

        return erase_plan.plan(
            self.path,
            self._vault(),
            people.given(ids),
            rewrite_mentions=rewrite_mentions,
            now=_clock(now),
        )

    def erase(
        self,
        plan: ErasePlan | AnyPath,
        *,
        ids: Ids | None = None,
        operator: str = "",
        now: datetime | None = None,
    ) -> Destroyed:
        """Make the people of a plan unreadable in every copy. What a hold keeps goes when it is over.

        ``plan`` is one of :meth:`plan_erasure`, or the file of one; ``ids`` are those it was made for,
        needed again to rewrite mentions. ``operator``: who stands on the certificate.

        Raises PlanError (19) as :meth:`sweep` does, and for other ids; RetentionError (14) when
        everybody is under hold: it is noted then, and the release runs it; LockError (21).
        """
        from archive_tool.lifecycle import erase

        given = None if ids is None else people.given(ids)
        return erase.apply(
            self.path, self._vault(), plan, ids=given, now=_clock(now), operator=operator
        )

    def holds(self) -> tuple[Hold, ...]:
        """Give the holds in force; IntegrityError (16) when the list or the log was changed."""
        return holds.active(self.path)

    def hold(
        self,
        *,
        reason: str,
        owner: str,
        archives: str | Iterable[str] = (),
        ids: Ids | None = None,
        now: datetime | None = None,
    ) -> Placed:
        """Keep archives, or everything of some people, from being destroyed until it is released.

        ``reason`` and ``owner`` are kept: no name and no id of a person in them. People need the vault.
        Raises UsageError (2) for a hold on nothing or without a reason, FormatError (15) for an archive
        that is not in the store.
        """
        named = () if ids is None else people.given(ids)
        vault = self._vault() if named else None
        hold = holds.place(
            self.path,
            reason=reason,
            owner=owner,
            archives=several(archives),
            ids=named,
            vault=vault,
            now=_clock(now),
        )
        return Placed(hold=hold, unknown=people.count_unknown(vault, named) if vault else 0)

    def release(
        self, hold: Hold | Placed | str, *, reason: str, now: datetime | None = None
    ) -> Released:
        """Release a hold, or one by its id; with the vault, erasures that waited for it run at once.

        Raises UsageError (2) when there is no such hold.
        """
        from archive_tool.lifecycle.releasing import release

        hold = hold.hold if isinstance(hold, Placed) else hold
        hold_id = hold.id if isinstance(hold, holds.Hold) else hold
        return release(
            self.path, hold_id, reason=reason, now=_clock(now), vault=self._vault_if_any()
        )

    def log(self) -> tuple[Record, ...]:
        """Give the lines of the audit log, oldest first; IntegrityError (16) at the first bad one."""
        return audit.read(self.path)

    def audit(self) -> AuditReport:
        """Check the chain of the log, and every checkpoint of it in archives and vault.

        Raises IntegrityError (16), naming the first line that was changed, moved, added or is missing.
        """
        return audit.verify(self.path, vault=self._vault_if_any())

    def _vault(self) -> Vault:
        vault = self._vault_if_any()
        if vault is None:
            raise VaultError(
                "this needs the vault",
                where="vault",
                hint="give --vault DIR, in Python open_store(path, vault=vault)",
            )
        return vault

    def _vault_if_any(self) -> Vault | None:
        """Give the vault as it is now: a notebook is open for hours, and others write it too.

        One from a backup must not know people who were erased in the store since.
        """
        if self.vault is not None:
            self.vault.follow()
            self.vault.heed(erasure.store_path(self.path, self.vault.vault_id))
        return self.vault


def open_store(path: AnyPath, *, vault: Vault | None = None) -> Store:
    """Open the store of a study, to ask what is due and who holds what, and to sweep and erase.

    With its vault (:class:`Vault`, no grant); without, only what needs no key can be asked. An empty
    folder is a store into which nothing was put yet. Raises FormatError (15) for a path that is no
    store, VaultError (17) for a grant and for a vault inside the store, UsageError (2).
    """
    store = as_path(path, "store")
    places.require_store(store)
    if vault is not None:
        require_open(vault)
        refuse_grant(vault)
        refuse_nested(store, vault.folder)
    return Store(path=store, vault=vault)


def _clock(now: datetime | None) -> datetime:
    """Give the moment; the machine's where none was given."""
    return datetime.now(UTC) if now is None else in_utc(now, "now")
