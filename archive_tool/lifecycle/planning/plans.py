"""Plans: what would be destroyed, written down, so that exactly that is destroyed later."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from archive_tool.errors import IntegrityError, PlanError, UsageError
from archive_tool.keys import disk
from archive_tool.lifecycle import places
from archive_tool.lifecycle.audit_log import audit
from archive_tool.model.outputs import refuse_homeless, refuse_ours
from archive_tool.model.parsed import of_kind, parsed
from archive_tool.model.paths import as_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.model.paths import AnyPath

PlanT = TypeVar("PlanT", bound="Plan")

DIGEST: Final = "digest"

_TAKEN_BY: Final = {
    "archive-tool/sweep-plan/1": "sweep",
    "archive-tool/erase-plan/1": "subject erase",
    "archive-tool/retention-change/1": "retention shorten",
}
"""The command that applies a plan, by its schema."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What would be done, in memory or in a file: read it, then have exactly that done."""

    schema: str
    """Which kind of plan it is."""
    digest: str = ""
    """SHA-256 of all the rest."""

    def save(self, path: AnyPath) -> None:
        """Write it to a file for others to read, and for a later day; the same from a command.

        Over an earlier plan of its kind. UsageError (2) for any other file that is there, and for a
        place in a store, an archive or a vault; PlanError (19) for a plan that was changed.
        """
        path = as_path(path, "plan")
        refuse_other(path, type(self), self.schema)
        save(taken(self, type(self), self.schema), path)


def digest_of(body: dict[str, Any]) -> str:
    """SHA-256 of the canonical form of a plan without its digest, hex."""
    plain = {name: value for name, value in body.items() if name != DIGEST}
    return places.digest(plain)


def with_digest(plan: PlanT) -> PlanT:
    """Give a plan its digest."""
    return msgspec.structs.replace(plan, digest=digest_of(msgspec.to_builtins(plan)))


def save(plan: Plan, path: Path) -> str:
    """Write a plan with its digest, and return that; others may have to read and sign it."""
    plan = with_digest(plan)
    disk.replace(path, places.pretty(plan), mode=disk.USUAL)
    return plan.digest


def refuse_other(path: Path | None, kind: type[Plan], schema: str) -> None:
    """Raise UsageError (2) for a file that is there and no plan of this kind; before long work.

    A plan is made again and again under one name: an earlier one may go, and nothing else.
    """
    if path is None:
        return
    refuse_homeless((path,))
    refuse_ours((path,))
    if not path.exists():
        return
    earlier = None
    with suppress(PlanError, OSError):
        earlier = load(path, kind, schema)
    if earlier is None:
        raise UsageError(
            "exists already and is no plan of this kind",
            where=str(path),
            hint="name another file",
        )


def taken(given: Plan | AnyPath, kind: type[PlanT], schema: str) -> PlanT:
    """Take a plan, or read the file of one; PlanError (19) as for files, UsageError (2) for neither."""
    if not isinstance(given, Plan):
        return load(as_path(given, "plan"), kind, schema)
    return parse(places.canonical(given), kind, schema)


def load(path: Path, kind: type[PlanT], schema: str) -> PlanT:
    """Read a plan; PlanError (19) when it was edited or is a plan of something else."""
    return parse(content_of(path), kind, schema)


def content_of(path: Path) -> bytes:
    """Read the file of a plan; PlanError (19) where there is none."""
    content, what = None, "there is no such file"
    try:
        content = places.read(path)
    except IntegrityError as error:
        what = error.what
    if content is None:
        raise PlanError(what, where=path.name, expected="the file that --plan wrote")
    return content


def parse(content: bytes, kind: type[PlanT], schema: str) -> PlanT:
    """Read the bytes of a plan."""
    body = parsed(content, dict[str, Any]) or {}
    if body.get("schema") != schema:
        taken = _TAKEN_BY.get(str(body.get("schema")))
        raise PlanError(
            "is not a plan for this",
            where="plan",
            expected=schema,
            hint=f"archive-tool {taken} --apply takes it" if taken else "",
        )
    if body.get(DIGEST) != digest_of(body):
        raise PlanError(
            "was edited: its digest does not fit", where="plan", hint="make another plan"
        )
    plan = of_kind(body, kind)
    if plan is None:
        raise PlanError(
            "is not a plan for this",
            where="plan",
            expected=schema,
            hint="a newer release may have written it: use that one",
        )
    return plan


def refuse_applied(records: Sequence[Record], digest: str, *, known: bool) -> None:
    """PlanError (19), with the line of the log, for a plan that was applied already.

    ``known``: vault or archive say so too. What the log alone says was done is not: anybody who may
    write in the store can add a line.
    """
    if not known:
        return
    for record in records:
        if record.detail.get("plan") == digest and record.phase == audit.DONE:
            raise PlanError(
                f"was applied already: line {record.line} of the audit log",
                where="plan",
                hint="make another plan",
            )


def stale(what: str) -> PlanError:
    """Make the error for a plan that no longer fits the store."""
    return PlanError(what, where="plan", hint="make another plan and look at it again")
