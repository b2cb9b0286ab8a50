"""What a validation says, whole: for the terminal, the HTML report, JSON, and the archive.

People, rooms and components stand under local labels (``P01``, ``R01``, ``C01``), never under
their ids; :class:`Labels` is the separate key for those who ask for it. Lists are bounded and say
how much they leave out; totals are never bounded.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (msgspec reads the annotations)
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003

from archive_tool.model.findings import Finding, Severity
from archive_tool.model.pictures import Pictures
from archive_tool.model.policy import Accepted  # noqa: TC001
from archive_tool.model.wording import count


@dataclass(frozen=True, kw_only=True)
class TypeOverview:
    """Record count, time range and completeness of one data type."""

    data_type: str
    rows: int
    """Copies of the same record from several downloads folded into one."""
    people: int
    """Agents not counted."""
    rooms: int
    first: datetime | None
    """Earliest time, UTC."""
    last: datetime | None
    """Latest time, UTC."""
    announced: int | None
    """Rows that the pages' own totals announce; None where no page says."""
    missing: int
    """Rows in gaps between pages, where the end of the gap is known, and rows that pages say they
    hold and do not."""
    copies: int = 0
    """Rows of the files that are not counted, because another row stands for them."""

    @property
    def complete(self) -> float | None:
        """Share of the announced rows that is not missing, 0 to 1; None where nothing says."""
        if self.announced is None:
            return None
        return 1.0 if not self.announced else max(0.0, 1 - self.missing / self.announced)


@dataclass(frozen=True, kw_only=True)
class InputStamp:
    """What was validated."""

    name: str
    """Local name for people: ``bundle`` unless ids may be shown, because names hold ids."""
    digest: str
    """SHA-256 over the digests of the bundle's files, hex."""
    bytes: int
    """Size of all files that are not ignored."""
    files: int
    """Files that are not ignored."""
    ignored: int
    """Files that are no data: listed, never opened."""


@dataclass(frozen=True, kw_only=True)
class NotChecked:
    """Something the report cannot speak of."""

    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PrivacyRow:
    """Cells of one column that look like something personal, and what a policy does with it."""

    data_type: str
    column: str
    cells: int
    """Cells with a value."""
    email: int = 0
    phone: int = 0
    ip: int = 0
    url: int = 0
    name: int = 0
    """Cells that hold a name or an id which the bundle itself knows."""
    action: str = ""
    """What the policy does with the column; empty without a policy."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was read, and what was found in it."""

    as_of: datetime
    """Now, as far as the data is concerned (UTC)."""
    input: InputStamp
    tables: int
    """Tables found in the files; 0 where none is of a type that is archived."""
    rows: int
    """Rows of the types with a schema, overlaps folded."""
    people: int
    """Distinct people, agents not counted."""
    agents: int
    rooms: int
    experiments: int
    overview: tuple[TypeOverview, ...]
    """The types with a schema in their order, missing ones with zeros."""
    findings: tuple[Finding, ...]
    """Heaviest first."""
    not_checked: tuple[NotChecked, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    """Acceptances that were given, whether or not a finding has their code."""
    policy: str = ""
    """Name of the policy that the privacy preview is about; empty without one."""

    def count(self, severity: Severity, *, accepted: bool = True) -> int:
        """How many findings have this severity; without ``accepted``, those still open."""
        passed = set() if accepted else {entry.code for entry in self.accepted}
        return sum(
            1
            for finding in self.findings
            if finding.severity is severity and finding.code not in passed
        )


@dataclass(frozen=True, kw_only=True)
class Validation(Pictures, Checked):
    """Everything a validation says about a bundle; no id, name or value is in it."""

    # in a record, the fields of the last base come first
    privacy: tuple[PrivacyRow, ...] = ()
    """Columns with at least one such cell."""

    def __repr__(self) -> str:
        """The counts: everything else is in its fields, and in a report."""
        counts = ", ".join(count(self.count(severity), severity) for severity in Severity)
        read = f"{count(self.rows, 'row')} in {count(self.tables, 'table')}"
        return f"<Validation: {read}; {counts}>"


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Who and what stands behind the labels. Personal: only for those who ask for it."""

    people: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Label -> id."""
    rooms: Mapping[str, str] = field(default_factory=dict, repr=False)
    components: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    """``F001`` -> path."""
    name: str = field(default="bundle", repr=False)
    """Name of the input."""
