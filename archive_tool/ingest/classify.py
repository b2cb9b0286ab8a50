"""What a table is: its envelope first, then the keys of its rows, then names.

A name alone never decides: a file called ``events.csv`` whose columns look like nothing of ours
is reported, not guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.bundle.names import data_type_from_name
from archive_tool.ingest.columns import simple
from archive_tool.ingest.roster import fields_of
from archive_tool.model.datatypes import BY_NAME, CONTINUOUS, ROSTER, SPARSE, WITHOUT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from archive_tool.ingest.envelope import Envelope

RATINGS: Final = "ratings"
"""Both kinds of ratings in one table, or a kind that only the rows can tell."""
AGENTS: Final = "agent_rows"
"""Decisions and runs of agents in one listing, told apart by ``_type``."""
EVENT_LIKE: Final = frozenset({"questionnaire", "instructions", "consent"})
"""Exports of these are event rows."""

_SPARSE_MARKS: Final = frozenset(
    map(
        simple,
        (
            "responseTime",
            "labels",
            "sparseRatingData",
            "ratingEndOnset",
            "submitted",
            "timedOut",
            "endReason",
            "interacted",
            "interactedDimensions",
            "confidence",
            "stimulusTime",
            "stateDuration",
            "stateStartTime",
            "previousRating",
            "previousRatings",
        ),
    )
)
_CONTINUOUS_MARKS: Final = frozenset({"normalizedvalue"})
TYPE_KEYS: Final = ("type", "_type")
"""Keys whose words tell the type of a row in a mixed table; of others only their presence counts."""

_SIGNATURES: Final[tuple[tuple[str, tuple[frozenset[str], ...]], ...]] = tuple(
    (name, tuple(frozenset(map(simple, group.split())) for group in groups))
    for name, groups in (
        ("chat", ("messageId", "senderId content", "senderName content")),
        ("recordings", ("recordingId", "egressId", "videoOffset startTime")),
        ("sync", ("metricId", "timeDrift", "syncQuality", "bufferHealth")),
        (RATINGS, ("ratingId", "normalizedValue rawValue", "sparseRatingData")),
        ("agent_runs", ("personaId turns", "personaId cognition", "totalInputTokens turns")),
        ("agent_decisions", ("turnKind", "latencyMs action", "peerModelSnapshot")),
        ("counts", ("counts hasData",)),
        ("variables", ("variable persisted", "variable source")),
        ("eyetracking", ("gazeX gazeY", "pupilDiameter timestamp")),
        ("experiments", ("exportInfo", "requiredParticipants", "roomCount id")),
        ("deployments", ("maxParticipants id",)),
        ("participants", ("isAgent", "joinedAt", "completionCode", "completionOutcome")),
        ("rooms", ("participantCount status", "participantCount createdAt")),
        (
            "events",
            (
                "eventType timestamp",
                "eventType id",
                "category id",
                "category timestamp",
                "eventId timestamp",
                "eventType onset",
                "sessionTime data",
            ),
        ),
        (
            "components",
            (
                "componentId config",
                "componentId variableSnapshot",
                "componentId componentType stateId",
                "componentId componentType completed",
                "componentId componentType response",
            ),
        ),
    )
)
"""By type: any of these groups of keys, all of a group, in this order."""


_ENVELOPE_NAMES: Final = {
    "sessions": "rooms",
    "experiment": "experiments",
    "deployment": "deployments",
}
"""``dataType`` of envelopes where it is no name that files have."""


def type_of_name(name: str) -> str | None:
    """Give the data type that a file name, a key or ``dataType`` stands for, or None."""
    return data_type_from_name(name) or _ENVELOPE_NAMES.get(name)


def classify(
    keys: Collection[str],
    *,
    envelope: Envelope | None = None,
    key: str | None = None,
    hint: str | None = None,
    empty: bool = False,
) -> str | None:
    """Give the data type of a table, ``ratings`` or ``agent_rows`` when rows decide, or None.

    ``keys`` are those of its first rows, ``key`` is its name in a dict of types, ``hint`` what
    the file's name suggests. A table without rows and header has only names to go by.
    """
    said = _said(envelope)
    if said and said != RATINGS:
        return AGENTS if _is_mixed_agents(said, keys) else said
    names = frozenset(map(simple, keys))
    hint = said or (type_of_name(key) if key else None) or hint
    hint = "events" if hint in EVENT_LIKE else hint
    found = _by_keys(names, keys)
    if found == RATINGS:
        return _kind_of_ratings(names, hint)
    if found is not None:
        return found
    if hint is not None and (empty or said or _fits(hint, names)):
        return _kind_of_ratings(names, hint) if hint == RATINGS else hint
    return None


def _said(envelope: Envelope | None) -> str | None:
    """Tell what the envelope says; ``ratings`` needs the kind beside it."""
    if envelope is None or envelope.data_type is None:
        return None
    if envelope.data_type == RATINGS and envelope.rating_type in ("continuous", "sparse"):
        return f"{RATINGS}/{envelope.rating_type}"
    name = type_of_name(envelope.data_type)
    return "events" if name in EVENT_LIKE else name


def _is_mixed_agents(said: str, keys: Collection[str]) -> bool:
    return said in ("agent_decisions", "agent_runs") and "_type" in keys


def _by_keys(names: frozenset[str], keys: Collection[str]) -> str | None:
    if "_type" in keys and (names & {"turnkind", "personaid", "turns", "seq"}):
        return AGENTS
    for data_type, groups in _SIGNATURES:
        if any(group <= names for group in groups):
            return data_type
    return None


def _kind_of_ratings(names: frozenset[str], hint: str | None) -> str:
    sparse, continuous = bool(names & _SPARSE_MARKS), bool(names & _CONTINUOUS_MARKS)
    if hint in (CONTINUOUS.name, SPARSE.name) and not (sparse and continuous):
        return hint
    if "type" in names or sparse == continuous:
        return RATINGS
    return SPARSE.name if sparse else CONTINUOUS.name


def _fits(data_type: str, names: frozenset[str]) -> bool:
    """Whether some columns are known to the type that a name suggests."""
    if data_type == RATINGS:
        return len({"value", "timestamp", "onset", "participantid"} & names) >= 2
    if data_type not in BY_NAME and data_type not in ROSTER:
        return data_type in WITHOUT_SCHEMA
    known = {
        simple(name) for field in fields_of(data_type) for name in (field.name, *field.aliases)
    }
    return len(known & names) >= 2


def tells_type_of_row(key: str) -> bool:
    """Whether :func:`type_of_row` looks at a key: at a word of it, or at whether there is a value."""
    return key in TYPE_KEYS or simple(key) in _SPARSE_MARKS | _CONTINUOUS_MARKS


def type_of_row(data_type: str, row: Mapping[str, object]) -> str | None:
    """Give the type of one row of a mixed table (``ratings``, ``agent_rows``), by what it has."""
    if data_type == AGENTS:
        kind = row.get("_type")
        return {"decision": "agent_decisions", "run": "agent_runs"}.get(str(kind))
    kind = row.get("type")
    if kind in ("sparse", "continuous"):
        return f"{RATINGS}/{kind}"
    present = {simple(key) for key, value in row.items() if value is not None}
    if present & _SPARSE_MARKS:
        return SPARSE.name
    return CONTINUOUS.name if present & _CONTINUOUS_MARKS else None
