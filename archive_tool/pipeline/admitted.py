"""What stands between the two halves of ``create``: rows that were read and may be archived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.anonymize import Context, PseudonymKeys
from archive_tool.anonymize.random_codes import RandomCodes
from archive_tool.keys import SubjectState
from archive_tool.keys.primitives import random_bytes
from archive_tool.model.people import canonical_people, canonical_person

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future
    from datetime import datetime

    from archive_tool.anonymize.recognize import Recognizer
    from archive_tool.keys import Vault
    from archive_tool.model.archive import RetentionTerm
    from archive_tool.model.bundle import SourceFile
    from archive_tool.model.policy import Accepted, Policy
    from archive_tool.pipeline.first_pass.gathered import Gathered
    from archive_tool.pipeline.first_pass.parking import Parking
    from archive_tool.pipeline.request import Request
    from archive_tool.pipeline.sources.source import Source
    from archive_tool.policy import Decisions


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """Rows that were read and may be archived, with all that decides how."""

    request: Request
    source: Source
    recordings: list[SourceFile]
    """Media files to seal."""
    gathered: Gathered
    decisions: Decisions
    retention: Mapping[str, RetentionTerm]
    accepted: tuple[Accepted, ...]
    less: Policy | None
    """The policy that the archive will be downgraded to; None where none is named."""
    recognize: Recognizer | None
    parking: Parking
    """Where the rows wait."""
    digest: Future[str]

    @property
    def accepted_codes(self) -> tuple[str, ...]:
        """Codes that were accepted and that a finding has."""
        found = {finding.code for finding in self.gathered.findings}
        return tuple(sorted(found & {entry.code for entry in self.accepted}))

    @property
    def people(self) -> set[str]:
        """Ids of everybody who has a row; none where rows have no ids."""
        people: set[str] = set()
        if not self.source.has_ids:
            return people
        for counted in self.gathered.census.types.values():
            people |= counted.people
        return people

    def introduce(self, vault: Vault, excluded: frozenset[str]) -> None:
        """Make everybody who is not left out known to the vault, whatever their id looks like."""
        out = canonical_people(excluded)
        people = {person for person in self.people if canonical_person(person) not in out}
        vault.create_subjects(people)

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """First and last moment of any row."""
        counted = self.gathered.census.types.values()
        moments = [moment for one in counted for moment in (one.first, one.last) if moment]
        return (min(moments), max(moments)) if moments else None

    def left_out(self, vault: Vault) -> frozenset[str]:
        """People whom the consent rule leaves out, and those who were erased from the study."""
        if not self.source.has_ids:
            return frozenset()
        erased = {
            person
            for person in self.people | self.gathered.identifiers.people
            if vault.subject_state(person) is SubjectState.ERASED
        }
        return frozenset(erased) | self.gathered.consent.excluded(
            self.decisions.policy.consent, self.gathered.identifiers, self.request.withdrawn
        )

    def context(self, vault: Vault, archive_id: str, excluded: frozenset[str]) -> Context:
        """Give what the policy is applied with: codes, known identifiers, who is left out."""
        policy = self.decisions.policy
        keys = (
            RandomCodes.new(random_bytes, linkability=policy.linkability)
            if policy.codes == "random"
            else PseudonymKeys.derive(
                vault.pseudonym_key, linkability=policy.linkability, archive_id=archive_id
            )
        )
        return Context(
            decisions=self.decisions,
            keys=keys,
            known=self.gathered.identifiers,
            excluded=excluded,
            recognize=self.recognize,
        )
