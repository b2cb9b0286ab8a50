"""What an archive says about itself, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (msgspec reads the annotations)
from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003
from pathlib import Path  # noqa: TC003
from typing import Annotated, Final

import msgspec

from archive_tool.model.policy import Ending, Policy
from archive_tool.model.wording import count

ARCHIVE_FORMAT: Final = "archive-tool/archive/1"
"""Changes when an older reader could not read the archive any more."""

STORE_LOCK: Final = ".store.lock"
"""By this file the folder of a store is known."""

VAULT_FILE: Final = "vault.age"
"""By this file the folder of a vault is known."""

BAGIT: Final = "bagit.txt"
"""The declaration of a BagIt bag, beside its ``data``."""

ARCHIVE_JSON: Final = "data/archive.json"
"""The manifest, within the folder of an archive: by this file it is known."""

POLICY: Final = "data/policy.toml"
"""The policy as it was applied: the one paper of an archive that this tool does not write."""


@dataclass(frozen=True, kw_only=True)
class RetentionTerm:
    """Until when one data type is kept."""

    destroy_after: date
    """Last day on which it may be kept."""
    basis: str
    """What the period counts from: ``session-end``, ``collection-end`` or ``archiving``, which it is
    too where no day of any session is known, whatever the policy says."""
    action: Ending = Ending.DESTROY
    """What happens after that day."""
    lesser_until: date | None = None
    """Last day of what is made of it then, under the policy that is named for it; None for
    nothing."""


@dataclass(frozen=True, kw_only=True)
class PrivacyStamp:
    """Where it is written what was done to every field, and with what."""

    record: str
    """File below ``data/``: per field the rule, the line of the policy and the cells changed."""
    sha256: str
    """Of that file, hex."""
    scrubber: str
    """Version of the detectors and of the rules of scrubbing."""
    unknown_names: str
    """What guessed names that nobody listed, or that nothing did."""
    key: str
    """Id of the vault whose keys made the codes."""


@dataclass(frozen=True, kw_only=True)
class PolicyStamp:
    """Which policy was applied."""

    name: str
    version: str
    digest: str
    """SHA-256 of the policy's canonical form, hex."""

    @classmethod
    def of(cls, policy: Policy) -> PolicyStamp:
        """Take what names a policy."""
        return cls(name=policy.name, version=policy.version, digest=policy.digest)


@dataclass(frozen=True, kw_only=True)
class ArchiveSource:
    """The archive that another one was made of."""

    archive_id: str
    seal: str
    """SHA-256 of the tag manifest that it had then, hex."""
    policy: PolicyStamp
    """What had been done to its rows before."""


@dataclass(frozen=True, kw_only=True)
class ArchiveDescription:
    """What the pipeline knows about an archive when it publishes it. No id, name or value."""

    created: datetime
    """When it was made (UTC)."""
    tool_version: str
    policy: PolicyStamp
    policy_text: str
    """TOML as it was applied; stored as :data:`POLICY`."""
    bundle_digest: str
    """SHA-256 over the digests of the bundle's files, hex."""
    retention: Mapping[str, RetentionTerm]
    """By data type."""
    findings: Mapping[str, int] = field(default_factory=dict)
    """Number of findings by severity; not written for aggregate archives."""
    accepted: tuple[str, ...] = ()
    """Codes of error findings that the policy accepted."""
    aggregate: bool = False
    """Only aggregates: then no count of anything is readable without a key."""
    release: str = ""
    """Number and SHA-256 of its entry in the release ledger; empty without summary tables."""
    privacy: PrivacyStamp | None = None
    """None where no single row leaves."""
    source: ArchiveSource | None = None
    """The archive that it was made of; None for a bundle."""
    downgrade_to: PolicyStamp | None = None
    """The policy under which one that tells less is made of it when its time is over; None where
    somebody makes it by hand."""


@dataclass(frozen=True, kw_only=True)
class ArchiveManifest:
    """``data/archive.json``: everything that is known about an archive without a key."""

    format: str
    archive_id: str
    created: Annotated[datetime, msgspec.Meta(tz=True)]
    tool_version: str
    policy: PolicyStamp
    bundle_digest: str
    retention: dict[str, RetentionTerm]
    types: list[str]
    """Data types and aggregate tables that it holds."""
    columns: dict[str, list[str]]
    """Columns that the policy left, by type."""
    files: dict[str, int] | None
    """Table files by data type; None for aggregate archives."""
    findings: dict[str, int] | None
    """Findings by severity; None for aggregate archives."""
    accepted: list[str]
    aggregate: bool
    index_check: str
    """Key check value of ``data/index.parquet``."""
    signer: str
    """OpenSSH line of the key that signs the archive."""
    revision: int = 1
    """Counts the versions of this archive: an erasure or a partial destruction makes the next."""
    predecessor: str | None = None
    """SHA-256 of the tag manifest of the revision before, hex."""
    privacy: PrivacyStamp | None = None
    """None for aggregate archives, and those of before there was such a record."""
    erased: int = 0
    """People whose files were removed in earlier revisions; 0 for aggregate archives."""
    release: str = ""
    """Number and SHA-256 of the entry of the vault's release ledger that its summary tables made."""
    source: ArchiveSource | None = None
    """The archive that it was made of; None for a bundle."""
    downgrade_to: PolicyStamp | None = None
    """The policy in ``data/downgrade.toml``: what tells less is made under it; None for none."""


@dataclass(frozen=True, kw_only=True)
class ArchiveInfo:
    """An archive seen from outside."""

    path: Path
    manifest: ArchiveManifest
    bytes: int
    """Size of the payload."""
    files: int
    """Number of payload files."""

    def __repr__(self) -> str:
        """One line for each archive of a store."""
        stated = self.manifest
        held = f"{stated.policy.name}, {count(len(stated.types), 'type')}"
        size = f"{count(self.files, 'file')}, {count(self.bytes, 'byte')}"
        return f"<ArchiveInfo {stated.archive_id}: {held}, {size}>"


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """One row of the index: a table file, whose it is, and what is in it."""

    data_type: str
    """A data type, or ``aggregates/<table name>``."""
    subject: str
    """Subject key (hex HMAC of the id); empty for files that belong to nobody."""
    part: int
    """Order among the files of one subject and type, from 0."""
    file_id: str
    """128 random bits, hex."""
    rows: int
    sha256: str
    """Of the file as it lies on disk, hex."""
    key_check: str
    """Tells a wrong key from a changed file."""
    filled: str
    """Comma-joined names of the columns in the file: those with a value in any of its rows."""


@dataclass(frozen=True, kw_only=True)
class VerifiedArchive:
    """One archive that passed."""

    archive_id: str
    path: Path
    files: int
    """Files whose sum was checked."""
    rows: int | None
    """Rows that were decrypted and counted; None without a vault."""
    erased: int | None
    """Subjects whose files cannot be read any more; None without a vault."""
    not_granted: int = 0
    """Files of which a grant opens none: their sums fit, and their rows were not read."""
    signer: str
    """OpenSSH line of the key that signed it."""
    fingerprint: str
    """The same as ``SHA256:…``."""
    older: bool
    """With a vault that knows a newer revision: this one came from a copy."""
    trusted: bool
    """The signer is the vault's key or the given one; otherwise it only says whose key it was."""

    def __repr__(self) -> str:
        """One line for each archive of a store."""
        return f"<VerifiedArchive {self.archive_id}: {_checked(self.files, self.rows)}>"


@dataclass(frozen=True, kw_only=True)
class VerifyReport:
    """What was verified; anything wrong is an exception instead."""

    archives: tuple[VerifiedArchive, ...]

    def __repr__(self) -> str:
        """One line, for a store of hundreds too."""
        was_read = any(archive.rows is not None for archive in self.archives)
        checked = _checked(self.files, self.rows if was_read else None)
        return f"<VerifyReport: {count(len(self.archives), 'archive')}, {checked}>"

    @property
    def files(self) -> int:
        """All files checked."""
        return sum(archive.files for archive in self.archives)

    @property
    def rows(self) -> int:
        """All rows read back."""
        return sum(archive.rows or 0 for archive in self.archives)

    @property
    def erased(self) -> int:
        """Erased subjects, added up over the archives."""
        return sum(archive.erased or 0 for archive in self.archives)


def _checked(files: int, rows: int | None) -> str:
    return f"{count(files, 'file')}, {'no row read' if rows is None else count(rows, 'row')}"


@dataclass(frozen=True, kw_only=True)
class ExtractedFile:
    """A file that ``extract`` wrote."""

    data_type: str
    path: Path
    rows: int
    total: int
    """Rows that matched before ``limit`` and ``offset``."""
    bytes: int
