"""What destroys or keeps less long: a plan first, then exactly that plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.lifecycle.subjects import people
from archive_tool.model.moments import of_day
from archive_tool.model.paths import as_path
from archive_tool.model.texts import several
from archive_tool.pipeline.stores.opened import Opened, clock
from archive_tool.report import plans as _plans  # noqa: F401  a plan says what it would do

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from archive_tool.lifecycle.applying.destroy import Destroyed
    from archive_tool.lifecycle.dates.terms import Change, Redated
    from archive_tool.lifecycle.planning.erase_plan import ErasePlan
    from archive_tool.lifecycle.planning.sweep_plan import SweepPlan
    from archive_tool.model.paths import AnyPath, Inputs
    from archive_tool.model.progress import Progress
    from archive_tool.pipeline.downgrade import Swept
    from archive_tool.pipeline.stores.opened import Ids


@dataclass(frozen=True, kw_only=True, repr=False)
class Planning(Opened):
    """What is done in two steps: look at the plan, then have exactly that done."""

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

        now = clock(now)
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

        now = clock(now)
        return downgrade.apply(
            self.path,
            self._vault(),
            plan,
            as_of=now if as_of is None else of_day(as_of, "as_of"),
            now=now,
            operator=operator,
            progress=progress,
        )

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
            now=clock(now),
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
        from archive_tool.lifecycle.applying import erase

        given = None if ids is None else people.given(ids)
        return erase.apply(
            self.path, self._vault(), plan, ids=given, now=clock(now), operator=operator
        )

    def plan_shortening(
        self,
        archive: str,
        *,
        until: date,
        reason: str,
        types: str | Iterable[str] = (),
        action: str | None = None,
        now: datetime | None = None,
    ) -> Change:
        """Say how an archive would be kept less long, or that something else happens then.

        ``until`` is the last day; ``types`` are all of them where none is named; ``action`` is
        ``destroy``, ``review`` or ``downgrade``, and as it was where none is given. Save the plan: another
        custodian of the vault signs its file. Raises UsageError (2) for a type without a date, for no
        action and without a reason, FormatError (15) for an archive that is not in the store.
        """
        from archive_tool.lifecycle.dates import terms

        return terms.plan(
            self.path,
            self._vault(),
            archive,
            until=of_day(until, "until").date(),
            reason=reason,
            types=several(types),
            action=terms.ending(action),
            now=clock(now),
        )

    def shorten_retention(
        self, plan: AnyPath, *, approval: AnyPath | None, now: datetime | None = None
    ) -> Redated:
        """Make exactly the change in the file of a plan, with a second signer's signature over it.

        ``approval`` is what ``ssh-keygen -Y sign -n archive-tool-approval`` wrote. Raises PlanError (19) as
        :meth:`sweep` does; RetentionError (14) without a second signer and for an archive under
        hold; IntegrityError (16) for a signature that is not over this file. Then nothing changed.
        """
        from archive_tool.lifecycle.dates import terms

        signature = None if approval is None else as_path(approval, "approval")
        done = terms.shorten(
            self.path, self._vault(), as_path(plan, "plan"), approval=signature, now=clock(now)
        )
        return terms.Redated.of(done)
