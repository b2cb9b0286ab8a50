"""What a policy asks of summary tables: which ones, and when a cell may be published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

POSITION: Final = "position"
LENGTH: Final = "length"
DATE: Final = "date"
"""The day of a moment, as coarse as ``aggregate.dates`` says: see :data:`PRECISIONS`."""
PRECISIONS: Final = {"year": 4, "month": 7, "day": 10}
"""How fine a date may be, the coarsest first, and so many characters of it in ISO 8601."""
PERSON_COLUMNS: Final = ("role", "condition")
"""Columns that every data type has in a summary table: a person's role in the events and the
condition in the variables of their components. Somebody with several of them is ``(several)``."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a number or a level comes from."""

    column: str
    """A column of the schema, ``role`` or ``condition``."""
    leaf: str = ""
    """Dotted path inside a JSON column; empty for the value itself."""
    form: str = ""
    """``position`` (of a rating on its scale, 0 to 1), ``length`` (characters of a text), or empty for
    the value as it is; of a moment ``date``, which the policy makes ``year``, ``month`` or ``day``."""

    def __str__(self) -> str:
        return f"{self.column}.{self.leaf}" if self.leaf else self.column


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """A column of levels: each level is a part of the table."""

    name: str
    """Name of the column in the released table."""
    source: Source
    bin: float | None = None
    """Numbers become the lower edge of bins of this width."""
    edges: tuple[float, ...] = ()
    """Numbers fall between these edges, which were fixed before anybody saw the data."""
    design: bool = True
    """Of the experiment, not of the people: its levels are nobody's words."""
    outcome: bool = False
    """What people answered or did: an empty or a full level tells of everybody."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Only rows that meet this are counted."""

    source: Source
    words: tuple[str, ...] = ()
    """The value is one of these."""
    low: float | None = None
    """The value is at least this."""
    high: float | None = None
    """The value is less than this."""
    present: bool = False
    """There is a value."""


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """One summary table."""

    name: str
    """Name of the table and of its file, without type suffix."""
    data_type: str
    dimensions: tuple[Dimension, ...] = ()
    """Their levels make the cells; none makes one cell."""
    measure: Source | None = None
    """Number that is averaged; a JSON column counts where its value is a number."""
    where: tuple[Filter, ...] = ()
    between_people: bool = False
    """About what people do together: a cell also needs enough distinct rooms."""
    totals: str = "margins"
    """``margins`` (over every set of dimensions), ``grand`` (over all of them) or ``none``."""
    prefer: str = "cells"
    """What is worth more where one of them must be hidden: ``cells`` or ``totals``."""
    signed: bool = False
    """The measure may be negative: dominance then compares absolute totals."""
    cap: int | None = None
    """Rows of one person in one cell that count at most; more weigh as much as these."""
    declared: bool = False
    """Written in the policy; a default of the tool otherwise."""


@dataclass(frozen=True, kw_only=True)
class NoisySpec:
    """One summary table under differential privacy: every figure has noise, and no cell is hidden.

    The unit is the person: somebody who is added or taken away changes what is released no more
    than ``epsilon`` allows.
    """

    table: TableSpec
    """What is counted: its name, dimensions, measure and filters."""
    levels: tuple[tuple[str, ...], ...]
    """For every dimension all of its levels, written down before anybody saw the data; empty for a
    dimension with edges. Rows with another level count nowhere."""
    figure: str
    """``people``, ``rows``, ``sum`` or ``mean``."""
    low: float = 0.0
    """Smaller values of the measure count as this one."""
    high: float = 1.0
    """Larger values of the measure count as this one."""
    rows: int
    """Most that one person counts for in the whole table: rows, or cells where people are counted.
    Somebody with more weighs as much as this, spread over all of theirs."""
    epsilon: float
    """What the whole table may give away of one person."""


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """Thresholds of disclosure control (disclosure-control.md: defaults of ACRO and UK LLC)."""

    people: int = 10
    """Fewest distinct people behind a published cell (UK LLC, ACRO)."""
    rooms: int = 5
    """Fewest distinct rooms behind a published cell about what happens between people."""
    dominance: float = 0.90
    """A cell is hidden when its two largest contributors give at least this share (nk rule)."""
    ratio: float = 0.10
    """A cell is hidden when all but the two largest give less than this share of the largest
    (p rule: the second largest could estimate the largest as closely as that)."""
    degrees: int = 10
    """Fewest degrees of freedom (people with a measure, less one) behind a published measure."""
    zeros: bool = True
    """Empty and full cells tell of everybody, so they are hidden like small ones."""
    rounding: str = ""
    """``base-5``, ``midpoint-6`` or empty: what becomes of published counts."""
    dates: str = "year"
    """How fine dates of sessions are published: ``none``, ``year``, ``month`` or ``day``. A year is
    what Safe Harbor leaves of a date (45 CFR 164.514(b)(2), disclosure-control.md)."""
    study_people: int | None = None
    """Number of people that the study has published elsewhere."""
    because: str = ""
    """Why the thresholds are looser than the default; printed in the release."""
    tables: tuple[TableSpec, ...] = ()
    """Declared tables; the defaults of the tool when there are none."""
    noisy: tuple[NoisySpec, ...] = ()
    """Tables under differential privacy; where there are any, there are no default tables."""
    budget: float | None = None
    """Most epsilon of all noisy tables that the study ever releases, added up."""
