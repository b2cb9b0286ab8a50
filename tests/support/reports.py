"""Validations to render: one good, one with everything wrong, one huge; and any at all.

@given(validation=validations())
def test_law(validation): ...
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Final

from hypothesis import strategies as st

from archive_tool.model.datatypes import WITH_SCHEMA
from archive_tool.model.findings import Finding, Rows, Severity
from archive_tool.model.pictures import (
    Availability,
    Bar,
    ComponentSamples,
    ConsentSummary,
    Coverage,
    Drift,
    DriftBands,
    Lane,
    MatrixRow,
    PersonConsent,
    Presence,
    RoomTimeline,
    Samples,
)
from archive_tool.model.policy import Accepted
from archive_tool.model.validation import (
    InputStamp,
    Labels,
    NotChecked,
    PrivacyRow,
    TypeOverview,
    Validation,
)

AS_OF: Final = datetime(2026, 11, 20, tzinfo=UTC)
TYPES: Final = tuple(data_type.name for data_type in WITH_SCHEMA)
MINUTE: Final = 60_000

_counts = st.integers(0, 2**53)
_ms = st.integers(-(2**53), 2**53)
_texts = st.text(max_size=20)


def _registered() -> None:
    """Teach Hypothesis the leaves: JSON carries 64 bits and points in time with a zone."""
    st.register_type_strategy(int, _counts)
    st.register_type_strategy(str, _texts)
    st.register_type_strategy(
        datetime, st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1))
    )


def validations() -> st.SearchStrategy[Validation]:
    """Any validation that the types allow, sense aside."""
    _registered()
    return st.from_type(Validation)


def finding(code: str, severity: Severity, message: str, **more: object) -> Finding:
    """A finding with defaults."""
    return Finding(code=code, severity=severity, message=message, **more)  # type: ignore[arg-type]


def good() -> Validation:
    """A study of two rooms with nothing to say about it."""
    whole = broken()
    return replace(
        whole,
        findings=(),
        accepted=(),
        not_checked=(),
        timelines=tuple(_room(i, people=2, gaps=False) for i in (1, 2)),
        timelines_omitted=0,
        availability=_availability(rooms=2, people=2, gone=False),
        overview=tuple(replace(o, missing=0) for o in whole.overview),
        consent=ConsentSummary(
            accepted=4,
            people=tuple(
                PersonConsent(person=f"P{i:02}", state="accepted", rows=400) for i in range(1, 5)
            ),
        ),
        privacy=(),
        people=4,
        rooms=2,
        agents=0,
    )


def nothing() -> Validation:
    """A bundle without a table."""
    return Validation(
        as_of=AS_OF,
        input=InputStamp(name="bundle", digest="0" * 64, bytes=0, files=0, ignored=0),
        tables=0,
        rows=0,
        people=0,
        agents=0,
        rooms=0,
        experiments=0,
        overview=tuple(
            TypeOverview(
                data_type=name, rows=0, people=0, rooms=0, first=None, last=None, announced=None,
                missing=0,
            )
            for name in TYPES
        ),
        findings=(),
    )  # fmt: skip


def broken() -> Validation:
    """A study of six rooms in which a bit of everything went wrong."""
    return Validation(
        as_of=AS_OF,
        input=InputStamp(
            name="bundle", digest="9f2c41d7" * 8, bytes=48_213_004, files=31, ignored=4
        ),
        tables=29,
        rows=184_213,
        people=15,
        agents=1,
        rooms=6,
        experiments=1,
        overview=_overview(),
        findings=_findings(),
        not_checked=(
            NotChecked(
                what="privacy under another policy",
                why="only one policy was given",
            ),
            NotChecked(
                what="length of the recordings",
                why="media files are never decoded; their size and name are compared",
            ),
        ),
        accepted=(
            Accepted(code="PAGE-MISSING", because="the last page was lost with the old server"),
        ),
        policy="pseudonymize",
        timelines=tuple(_room(i, people=2 + i % 3) for i in range(1, 7)),
        timelines_omitted=0,
        availability=_availability(rooms=6, people=3),
        coverage=(_coverage("ratings/continuous", 118), _coverage("ratings/sparse", 60)),
        drift=_drift(),
        samples=Samples(
            components=tuple(
                ComponentSamples(
                    component=f"C{i:02}", people=15 - i, received=21_000 - 2600 * i,
                    expected=21_400, gaps=3 * i, longest_ms=8_400 * i,
                )
                for i in range(4)
            ),
        ),
        consent=ConsentSummary(
            accepted=12, declined=1, unknown=2, declined_with_data=1,
            people=tuple(
                PersonConsent(
                    person=f"P{i:02}",
                    state="declined" if i == 3 else "unknown" if i > 13 else "accepted",
                    rows=12_000 + 137 * i,
                )
                for i in range(1, 16)
            ),
        ),
        privacy=(
            PrivacyRow(
                data_type="chat", column="content", cells=963, email=4, phone=2, url=11, name=57,
                action="scrub",
            ),
            PrivacyRow(
                data_type="chat", column="senderName", cells=963, name=963, action="drop"
            ),
            PrivacyRow(
                data_type="events", column="response", cells=2210, ip=1, name=12, action="by-leaf"
            ),
        ),
    )  # fmt: skip


@cache
def many(number: int) -> tuple[Finding, ...]:
    """Findings of seventy kinds in all types and many files, heaviest first."""
    found = [
        finding(
            f"KIND-{i % 70:02}",
            list(Severity)[i % 3],
            f"Something is wrong with what stands in this column, variant {i % 5}",
            hint="Download the file again from the platform and compare the number of rows.",
            data_type=TYPES[i % 7] if i % 8 else None,
            file=f"F{i:06}",
            column="onset",
            check="onset >= 0 and onset is not after the end of the session",
            rows=Rows(
                count=1000 + i, of=10_000_000, first=(40_211, 40_212, 50_000, 51_000, 52_000)
            ),
        )
        for i in range(number)
    ]
    return tuple(sorted(found, key=lambda f: f.severity.rank))


@cache
def huge(findings: int = 100_000) -> Validation:
    """The largest that the nouns allow, with many findings."""
    return replace(
        broken(),
        findings=many(findings),
        timelines=tuple(_room(i, people=24, bar_gaps=40) for i in range(1, 61)),
        timelines_omitted=340,
        availability=_availability(rooms=125, people=4),
        privacy=tuple(
            PrivacyRow(data_type="events", column=f"response.{i}", cells=i, name=i)
            for i in range(2000)
        ),
    )


def labels(validation: Validation) -> Labels:
    """Ids that no report may show unless it is asked to."""
    people = {row.person for row in validation.availability.rows}
    return Labels(
        people={label: f"canary-person-{label}" for label in sorted(people)},
        rooms={line.room: f"canary-room-{line.room}" for line in validation.timelines},
        components={"C01": "canary-component-1"},
        files={"F017": "study/canary-file-17.csv"},
        name="canary-study.zip",
    )


def _overview() -> tuple[TypeOverview, ...]:
    rows = dict(zip(TYPES, (2210, 14, 963, 176_400, 412, 4214), strict=False))
    return tuple(
        TypeOverview(
            data_type=name,
            rows=number,
            people=15 if number else 0,
            rooms=6 if number else 0,
            first=datetime(2026, 3, 2, 9, tzinfo=UTC) if number else None,
            last=datetime(2026, 3, 20, 16, tzinfo=UTC) if number else None,
            announced=None
            if name == "recordings" or not number
            else number + 40 * (name == "sync"),
            missing=40 * (name == "sync"),
        )
        for name in TYPES
        for number in (rows.get(name, 0),)
    )


def _findings() -> tuple[Finding, ...]:
    out_of_scale = [
        finding(
            "RATINGS-OUT-OF-SCALE", Severity.ERROR, "Ratings lie outside their own scale",
            hint="Look at the scale of the component in the design; the platform does not clip.",
            data_type="ratings/continuous", file=f"F0{i}", column="value",
            check="scaleMin <= rawValue <= scaleMax",
            rows=Rows(count=31 + i, of=98_321, first=(40_211, 40_212, 40_213)),
        )
        for i in range(17, 20)
    ]  # fmt: skip
    return (
        finding(
            "PAGE-MISSING", Severity.ERROR, "Rows that the platform announces are in no page",
            hint="Download the missing page.", data_type="sync", file="F022",
            rows=Rows(count=40, of=4254),
        ),
        *out_of_scale,
        finding(
            "EVENTS-ONSET-ZERO", Severity.WARNING,
            "Onsets count from another zero than the room's start, 5,400 ms later",
            hint="Compare onsets only inside a room.", data_type="events", file="F003",
            column="onset", check="timestamp - onset is one moment per room",
            rows=Rows(count=212, of=2210, first=(1, 2, 3, 4, 5)),
        ),
        finding(
            "CONSENT-DECLINED", Severity.WARNING, "A person who declined has rows",
            hint="Leave the person out: consent = \"not-declined\".",
        ),
        finding(
            "RATINGS-DROPOUT", Severity.WARNING, "Stretches without samples",
            hint="See the timeline.", data_type="ratings/continuous", file="F018",
            rows=Rows(count=9),
        ),
        finding(
            "TYPE-ABSENT", Severity.NOTE, "No row of this type",
            hint="Not downloaded: the documented download script does not fetch this type.",
            data_type="components",
        ),
    )  # fmt: skip


def _room(number: int, *, people: int, gaps: bool = True, bar_gaps: int = 0) -> RoomTimeline:
    length = (38 + number % 9) * MINUTE
    lanes = []
    for person in range(people):
        late = person * 40_000
        agent = number == 2 and person == people - 1 and gaps
        holes: tuple[tuple[int, int], ...] = ()
        if bar_gaps:
            step = length // bar_gaps
            holes = tuple((i * step, i * step + step // 3) for i in range(1, bar_gaps))
        elif gaps and person == 1:
            holes = ((9 * MINUTE, 11 * MINUTE + 12_000), (21 * MINUTE, 21 * MINUTE + 30_000))
        bars = [
            Bar(data_type="events", first_ms=-90_000 + late, last_ms=length, rows=140 + 7 * person),
            Bar(
                data_type="recordings", first_ms=2 * MINUTE, last_ms=length - 3 * MINUTE, rows=1
            ),
            Bar(data_type="chat", first_ms=4 * MINUTE, last_ms=length - 9 * MINUTE, rows=61),
            Bar(
                data_type="ratings/continuous", first_ms=3 * MINUTE + late,
                last_ms=length - 4 * MINUTE, rows=11_760 - 900 * len(holes), gaps=holes,
            ),
            Bar(data_type="ratings/sparse", first_ms=7 * MINUTE, last_ms=30 * MINUTE, rows=28),
            Bar(data_type="sync", first_ms=3 * MINUTE, last_ms=length - 4 * MINUTE, rows=280),
        ]  # fmt: skip
        lanes.append(
            Lane(
                person=f"P{3 * number - 2 + person:02}",
                is_agent=agent,
                bars=tuple(bars[2:3] if agent else bars),
            )
        )
    return RoomTimeline(
        room=f"R{number:02}", start_ms=-90_000, end_ms=length, lanes=tuple(lanes),
        lanes_omitted=6 if people == 24 else 0,
    )  # fmt: skip


def _availability(*, rooms: int, people: int, gone: bool = True) -> Availability:
    whys = {
        (1, 1): "camera refused: no recording, and the event of the refusal is there",
        (2, 2): "disconnected early: the last event is 12 min before the partners' last",
        (3, 3): "the room has one person, and sync needs several",
    }
    rows = []
    for room in range(rooms):
        for person in range(people):
            cells = [
                Presence(rows=rows_ * (4 - person) // 4 + room)
                for rows_ in (147, 1, 61, 11_760, 28, 280)
            ]
            for (r, column), why in whys.items():
                if gone and r == room and person == 1:
                    cells[column] = Presence(rows=0, why=why)
            rows.append(
                MatrixRow(
                    room=f"R{room + 1:02}", person=f"P{people * room + person + 1:02}",
                    is_agent=gone and room == 1 and person == 2,
                    cells=(*cells, *[Presence(rows=0)] * (len(TYPES) - len(cells))),
                )
            )  # fmt: skip
    return Availability(types=TYPES, rows=tuple(rows), omitted=0 if rooms < 100 else 1400)


def _coverage(data_type: str, bins: int) -> Coverage:
    wave = [int(900 + 700 * ((i * 37) % 11) / 11 - 4 * abs(i - bins // 2)) for i in range(bins)]
    start = bins // 6
    counts = [0 if i < start or i > bins - 6 or i in (50, 51) else wave[i] for i in range(bins)]
    return Coverage(
        data_type=data_type, start_ms=-MINUTE, bin_ms=45 * MINUTE // bins, counts=tuple(counts),
        outside=12,
    )  # fmt: skip


def _drift() -> Drift:
    counts = (2, 9, 41, 120, 260, 610, 1020, 990, 570, 330, 180, 60, 17, 5)
    bands = (
        DriftBands(room="R01", below_100=590, to_500=90, above_500=3),
        DriftBands(room="R02", below_100=702, to_500=61),
        DriftBands(room="R03", below_100=210, to_500=340, above_500=142),
        DriftBands(room="R04", below_100=700),
    )
    return Drift(
        total=DriftBands(room="", below_100=3190, to_500=890, above_500=134), rooms=bands,
        rooms_omitted=2, counts=counts,
    )  # fmt: skip
