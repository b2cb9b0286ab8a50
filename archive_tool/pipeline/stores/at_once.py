"""What is done to a store at once: it destroys nothing that was not asked for before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.errors import UsageError
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.subjects import people
from archive_tool.model.moments import of_day
from archive_tool.model.paths import as_path
from archive_tool.model.texts import several
from archive_tool.model.wording import count
from archive_tool.pipeline.stores.opened import Opened, clock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from archive_tool.lifecycle.audit_log.lost_lines import Acknowledged
    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.lifecycle.dates.holds import Hold
    from archive_tool.lifecycle.dates.releasing import Released
    from archive_tool.lifecycle.dates.terms import Redated
    from archive_tool.lifecycle.subjects.access import Handed
    from archive_tool.lifecycle.subjects.named import Named
    from archive_tool.model.paths import AnyPath
    from archive_tool.pipeline.stores.opened import Ids


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


@dataclass(frozen=True, kw_only=True, repr=False)
class AtOnce(Opened):
    """What needs no plan."""

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
            now=clock(now),
        )
        return Placed(hold=hold, unknown=people.count_unknown(vault, named) if vault else 0)

    def release(
        self, hold: Hold | Placed | str, *, reason: str, now: datetime | None = None
    ) -> Released:
        """Release a hold, or one by its id; with the vault, erasures that waited for it run at once.

        Raises UsageError (2) when there is no such hold.
        """
        from archive_tool.lifecycle.dates.releasing import release

        hold = hold.hold if isinstance(hold, Placed) else hold
        hold_id = hold.id if isinstance(hold, holds.Hold) else hold
        return release(
            self.path, hold_id, reason=reason, now=clock(now), vault=self._vault_if_any()
        )

    def ids_of(self, names: str | Iterable[str], *, now: datetime | None = None) -> Named:
        """Look up whose whole names or addresses these are, in archives that keep ids.

        The audit log gets a line. Raises SubjectError (20) when nobody has any of them, UsageError (2)
        for what are no names.
        """
        from archive_tool.lifecycle.subjects.named import find

        asked = people.given(names, where=people.NAMES)
        return find(self.path, self._vault(), asked, now=clock(now))

    def access(self, person: Ids, *, to: AnyPath, now: datetime | None = None) -> Handed:
        """Write one person's own rows into a new folder, to be read and then handed out.

        Raises what :meth:`find` raises, and UsageError (2) for a folder that is not empty.
        """
        from archive_tool.lifecycle.subjects.access import access

        ids = people.given(person)
        if len(ids) != 1:
            raise UsageError("a copy is for one person", where=people.GIVEN, expected="one id")
        return access(self.path, self._vault(), ids[0], to=as_path(to, "to"), now=clock(now))

    def extend_retention(
        self,
        archive: str,
        *,
        until: date,
        reason: str,
        types: str | Iterable[str] = (),
        now: datetime | None = None,
    ) -> Redated:
        """Keep an archive, or some data types of it, for longer: until that day and with it.

        ``reason`` is kept: no name and no id in it. Raises RetentionError (14) for a day that comes
        nearer, which is :meth:`plan_shortening`; PlanError (19) for dates that are these already;
        UsageError (2) for a type without a date, FormatError (15) for an archive that is not there.
        """
        from archive_tool.lifecycle.dates import terms

        vault, moment = self._vault(), clock(now)
        last, names = of_day(until, "until").date(), several(types)
        change = terms.plan(
            self.path, vault, archive, until=last, reason=reason, types=names, now=moment
        )
        return terms.Redated.of(terms.extend(self.path, vault, change, now=moment))

    def acknowledge_lost_lines(self, *, reason: str, now: datetime | None = None) -> Acknowledged:
        """Go on after lines of the audit log were lost, as after a restore: a signed line lists them.

        ``reason``: how they were lost; it stays, and :meth:`audit` tells it each time. Raises
        UsageError (2) where no line is missing, IntegrityError (16) for a log that was edited.
        """
        from archive_tool.lifecycle.audit_log.acknowledging import acknowledge

        return acknowledge(self.path, self._vault(), reason=reason, now=clock(now))

    def acknowledge_clock(self, *, reason: str, now: datetime | None = None) -> Record:
        """Go on after a clock was ahead that wrote lines of the audit log: a line of its own says so.

        Lines that are later than now keep sweeps, erasures and changes of dates waiting until then.
        Raises UsageError (2) where there are none, IntegrityError (16) for a log that lacks lines.
        """
        from archive_tool.lifecycle.audit_log import clocks

        return clocks.acknowledge(self.path, self._vault(), reason=reason, now=clock(now))
