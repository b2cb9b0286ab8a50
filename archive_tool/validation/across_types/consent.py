"""Consent as the data shows it: who agreed, who declined, and who has rows all the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from archive_tool.model.findings import Finding, Rows, Severity, finding
from archive_tool.model.pictures import MOST_MATRIX_ROWS, ConsentSummary, PersonConsent
from archive_tool.validation.codes.people import CONSENT_DECLINED, CONSENT_UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archive_tool.validation.across_types.presence import Presence
    from archive_tool.validation.across_types.shown import Shown
    from archive_tool.validation.missing.counts import Evidence


def check_consent(presence: Presence, shown: Shown, evidence: Evidence) -> Iterator[Finding]:
    """Tell of people with data who declined, or of whom nothing is known."""
    rows = rows_of(presence)
    people = rows.keys() - presence.agents
    declined = [p for p in people & evidence.declined if rows[p] > shown.before[p]]
    unknown = [p for p in people - evidence.declined - evidence.accepted if rows[p]]
    if declined:
        yield finding(CONSENT_DECLINED, None, rows=Rows(count=len(declined), of=len(people)))
    if unknown:
        nobody = not (evidence.accepted or evidence.declined)
        yield finding(
            CONSENT_UNKNOWN,
            None,
            severity=Severity.NOTE if nobody else None,
            rows=Rows(count=len(unknown), of=len(people)),
        )


def consent_summary(
    presence: Presence, shown: Shown, evidence: Evidence, labels: Mapping[str, str]
) -> ConsentSummary:
    """Give the evidence person by person, under labels; agents are left out."""
    rows = rows_of(presence)
    people = [person for person in labels if person not in presence.agents]
    state = {person: _state(person, evidence) for person in people}
    counts = Counter(state.values())
    return ConsentSummary(
        accepted=counts["accepted"],
        declined=counts["declined"],
        unknown=counts["unknown"],
        declined_with_data=sum(
            1
            for person in people
            if state[person] == "declined" and rows[person] > shown.before[person]
        ),
        people=tuple(
            PersonConsent(person=labels[person], state=state[person], rows=rows[person])
            for person in people[:MOST_MATRIX_ROWS]
        ),
        omitted=max(0, len(people) - MOST_MATRIX_ROWS),
    )


def rows_of(presence: Presence) -> Counter[str]:
    """Count the rows of each person over all rooms and types."""
    found: Counter[str] = Counter()
    for by_pair in presence.spans.values():
        for (_, person), span in by_pair.items():
            found[person] += span.rows
    return found


def _state(person: str, evidence: Evidence) -> str:
    if person in evidence.declined:
        return "declined"
    return "accepted" if person in evidence.accepted else "unknown"
