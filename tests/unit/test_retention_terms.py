"""Until when rows may be kept: the day that counts, and the archive that came before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, Final

import pytest

from archive_tool.errors import RetentionError
from archive_tool.model.archive import RetentionTerm
from archive_tool.model.policy import Basis, Policy
from archive_tool.pipeline.retention import Before, retention_terms
from archive_tool.policy import parse

NOW: Final = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


def census(**types: dict[str, str]) -> Any:
    """By data type: its rooms, and the last day on which it has a row there; none where unknown."""
    return SimpleNamespace(
        types={
            name: SimpleNamespace(
                rows=1,
                rooms=frozenset(rooms),
                session_ends={room: at(day) for room, day in rooms.items() if day},
            )
            for name, rooms in types.items()
        }
    )


def policy(basis: str, period: str = "P1Y") -> Policy:
    text = f'name = "p"\nversion = "1"\n[retention]\nperiod = "{period}"\nbasis = "{basis}"\n'
    return parse(text, where="p.toml")


SESSIONS: Final = census(
    chat={"r1": "2026-03-01", "r2": "2026-04-01"},
    events={"r1": "2026-05-01", "r3": "2026-06-01"},
    sync={"r4": ""},
)


COUNTED: Final = {
    # r1 ended on 1 May, whichever type says so; nothing tells when r4 ended
    "session-end": (date(2027, 5, 1), date(2027, 6, 1), date(2027, 6, 1)),
    "collection-end": (date(2027, 6, 1), date(2027, 6, 1), date(2027, 6, 1)),
    "archiving": (date(2027, 11, 20), date(2027, 11, 20), date(2027, 11, 20)),
}


@pytest.mark.parametrize("basis", Basis)
def test_the_latest_session_of_a_type_counts(basis: str) -> None:
    chat, events, sync = COUNTED[basis]
    terms = retention_terms(policy(basis), SESSIONS, now=NOW)
    found = {name: term.destroy_after for name, term in terms.items()}
    assert found == {"chat": chat, "events": events, "sync": sync}
    assert {(term.basis, term.action) for term in terms.values()} == {(basis, "destroy")}


def test_where_no_day_is_known_the_day_of_archiving_counts_and_is_named() -> None:
    timeless = census(chat={"r1": ""}, events={"r2": ""})
    for basis in ("session-end", "collection-end"):
        terms = retention_terms(policy(basis), timeless, now=NOW, media=True)
        assert {(t.destroy_after, t.basis) for t in terms.values()} == {
            (date(2027, 11, 20), "archiving")
        }


def test_recordings_without_rows_go_by_the_last_session_of_all() -> None:
    terms = retention_terms(policy("session-end"), SESSIONS, now=NOW, media=True)
    assert terms["media"].destroy_after == date(2027, 6, 1)


def test_a_type_without_rows_has_no_date() -> None:
    empty = census(chat={"r1": "2026-03-01"})
    empty.types["chat"].rows = 0
    assert retention_terms(policy("session-end"), empty, now=NOW) == {}


def test_the_last_day_may_be_today_and_not_yesterday() -> None:
    today = census(chat={"r1": "2025-11-20"})
    assert retention_terms(policy("session-end"), today, now=NOW)["chat"].destroy_after == (
        NOW.date()
    )
    yesterday = census(chat={"r1": "2025-11-19"})
    with pytest.raises(RetentionError) as caught:
        retention_terms(policy("session-end"), yesterday, now=NOW)
    assert str(caught.value) == (
        "chat: the retention period ended on 2026-11-19 "
        "(expected data whose retention date is in the future)"
    )


def before(action: str, *, has_clocks: bool = True, lesser_until: date | None = None) -> Before:
    term = RetentionTerm(
        destroy_after=date(2027, 1, 1),
        basis="session-end",
        action=action,
        lesser_until=lesser_until,
    )
    return Before(terms={"chat": term}, made=date(2026, 7, 1), has_clocks=has_clocks)


SESSION: Final = "session-end"
ARCHIVING: Final = "archiving"


@pytest.mark.parametrize(
    ("earlier", "last", "basis"),
    [
        (before("destroy"), date(2027, 1, 1), SESSION),  # never longer than there
        (before("review"), date(2027, 1, 1), SESSION),
        (before("downgrade"), date(2027, 5, 1), SESSION),  # its own time, from the same session
        (before("destroy", has_clocks=False), date(2027, 1, 1), SESSION),
        # without clocks the day on which the first archive was made counts
        (before("downgrade", has_clocks=False), date(2027, 7, 1), ARCHIVING),
        (
            before("downgrade", has_clocks=False, lesser_until=date(2027, 3, 1)),
            date(2027, 3, 1),
            SESSION,
        ),
        (
            before("downgrade", has_clocks=False, lesser_until=date(2028, 1, 1)),
            date(2027, 7, 1),
            ARCHIVING,
        ),
    ],
)
def test_what_is_made_of_an_archive_keeps_to_its_dates(
    earlier: Before, last: date, basis: str
) -> None:
    terms = retention_terms(policy("session-end"), SESSIONS, now=NOW, before=earlier)
    assert (terms["chat"].destroy_after, terms["chat"].basis) == (last, basis)


def test_a_shorter_period_than_in_the_archive_before_holds() -> None:
    terms = retention_terms(
        policy("session-end", "P240D"), SESSIONS, now=NOW, before=before("destroy")
    )
    assert terms["chat"].destroy_after == date(2026, 12, 27)
