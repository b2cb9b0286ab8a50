"""What a board decided: the nouns of a policy, shared by every later stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from archive_tool.errors import UsageError
from archive_tool.model.aggregates import Aggregate
from archive_tool.model.texts import is_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class Action(StrEnum):
    """What happens to a field, or to one leaf inside a JSON column."""

    KEEP = "keep"
    """Leaves as it is."""
    DROP = "drop"
    """Does not leave."""
    PSEUDONYMIZE = "pseudonymize"
    """An id becomes a code; the relation stays."""
    SCRUB = "scrub"
    """Known identifiers and patterns go out of text; the talk, and every number, stays."""
    GENERALIZE = "generalize"
    """Bins, rounding, coarser dates, mapped labels."""
    AGGREGATE = "aggregate-only"
    """Counted and averaged under disclosure control; no single value leaves."""
    SHIFT = "shift"
    """A clock moved by its room's offset. Comes from ``time``, never from a rule."""
    BY_LEAF = "by-leaf"
    """A JSON column whose leaves have different decisions. Never written in a policy."""


INDIVIDUAL: Final = frozenset(Action) - {Action.DROP, Action.AGGREGATE}
"""Actions under which single values leave, changed or not."""

CLOCKS: Final = {
    "keep": Action.KEEP,
    "shift": Action.SHIFT,
    "relative": Action.DROP,
    "aggregate-only": Action.AGGREGATE,
}
"""What ``time`` may say, and what it does with clocks."""

CONSENT: Final = ("any", "not-declined", "accepted")
"""What ``consent`` may say, from the loosest to the strictest."""

WILDCARD_TYPE: Final = "*"
"""Stands for every data type in ``[fields."*"]``."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What happens to one field or leaf, and why."""

    action: Action
    because: str = ""
    """Which line of the policy decided: ``fields.events."response.value"``, and its own reason, if any."""
    bin: float | None = None
    """``generalize``: width of the bins; a value becomes the lower edge of its bin."""
    digits: int | None = None
    """``generalize``: decimal places that stay."""
    unit: str = ""
    """``generalize``: ``day``, ``month`` or ``year``, for points in time."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """``generalize``: label -> coarser label; a label that is not named becomes ``other``."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line of ``[fields.<type>]``."""

    data_type: str
    """A data type, or ``*`` for all."""
    column: str
    path: tuple[str, ...] | None
    """Tokens of a leaf pattern (see ``policy.paths``); None when it names the whole column."""
    decision: Decision


@dataclass(frozen=True, kw_only=True)
class Period:
    """A calendar period, as in ISO 8601: ``P10Y``, ``P1Y6M``, ``P90D``."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        parts = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + ("".join(f"{n}{letter}" for n, letter in parts if n) or "0D")


class Basis(StrEnum):
    """The day from which a retention period counts."""

    SESSION_END = "session-end"
    """Last day of the last session that has rows of the type."""
    COLLECTION_END = "collection-end"
    """Last day on which the bundle has a row of any type."""
    ARCHIVING = "archiving"
    """The day the archive is made."""


class Ending(StrEnum):
    """What happens after the last day of retention; :mod:`archive_tool.lifecycle.dates.due` says how."""

    DESTROY = "destroy"
    """The next sweep destroys the rows."""
    DOWNGRADE = "downgrade"
    """Rows that tell less take their place."""
    REVIEW = "review"
    """Somebody decides."""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long rows may be kept, and what happens then."""

    period: Period
    basis: Basis
    action: Ending = Ending.DESTROY
    types: Mapping[str, Retention] = field(default_factory=dict)
    """Data types with a rule of their own."""
    downgrade_to: str = ""
    """Ready policy, or policy file beside this one, under which an archive that tells less is made
    where the action is ``downgrade``; empty where somebody makes it by hand."""

    def of(self, data_type: str) -> Retention:
        """Give the rule of one data type."""
        return self.types.get(data_type, self)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A finding that the board accepts: it no longer stops ``create``."""

    code: str
    because: str


def acceptances(given: Sequence[object]) -> tuple[Accepted, ...]:
    """Give what a caller accepts; UsageError (2) for a code alone, and for a reason that is no text."""
    accepted = [one for one in given if isinstance(one, Accepted)]
    if len(accepted) < len(given):
        raise UsageError(
            "is no list of acceptances",
            where="accept",
            expected='[archive_tool.Accepted(code="…", because="…")]',
        )
    for one in accepted:
        if not is_text(one.because):
            raise UsageError("is no readable text", where="because", expected="text in UTF-8")
    return tuple(accepted)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A parsed policy: every word known, nothing decided yet."""

    name: str
    version: str
    description: str = ""
    defaults: Mapping[str, Decision]
    """Decision by sensitivity (``person-id``, ``answer`` …)."""
    rules: tuple[Rule, ...] = ()
    extra: str | None = None
    """Unknown columns: ``drop``, ``scrub`` or ``keep``; None is undecided."""
    unknown_leaves: str | None = None
    """Unknown leaves of JSON columns: ``drop``, ``scrub`` or ``keep``; None is undecided."""
    time: str | None = None
    """``keep``, ``shift``, ``relative`` or ``aggregate-only``; None is undecided."""
    media: str = "exclude"
    """``exclude`` or ``seal``."""
    linkability: str = "study"
    """One code per person: in all archives (``study``), one (``release``), one type (``none``)."""
    codes: str = "derived"
    """``derived`` from the id under a key, or ``random``, drawn anew for every archive."""
    consent: str = "any"
    """``any``, ``not-declined`` or ``accepted``."""
    retention: Retention
    names: tuple[str, ...] = ()
    """Names the researcher knows, looked for in every text."""
    ner: str = ""
    """Model that guesses names that nobody listed; empty looks for none."""
    review: bool = False
    """Whether somebody must have read what scrubbing leaves, and signed."""
    quasi_identifiers: tuple[str, ...] = ()
    """Columns, or ``column.key.key`` inside a JSON column, that the risk of small groups is counted
    over; empty for those that the schema declares."""
    aggregate: Aggregate = field(default_factory=Aggregate)
    accept: tuple[Accepted, ...] = ()
    folder: Path | None = field(default=None, compare=False)
    """Where it was read from: files that it names lie there. None for a text."""
    text: str = ""
    """The TOML as it was read: it goes into the archive."""
    digest: str = ""
    """SHA-256 (hex) of the canonical form; comments and order of keys do not count."""

    def __repr__(self) -> str:
        """As reports and the command line name it; the names that it looks for stay out."""
        return f"<Policy {self.name} {self.version} ({self.digest[:12]})>"
