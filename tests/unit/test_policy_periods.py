"""How long a policy keeps things: periods, by the calendar."""

from datetime import date

import pytest

from archive_tool.errors import PolicyError
from archive_tool.model.policy import Basis, Ending, Period, Retention
from archive_tool.policy import destroy_after, parse, parse_period, policy_text


def test_retention_per_type_takes_the_rest_from_the_whole():
    more = '\n[retention.types."recordings"]\nperiod = "P90D"\n'
    retention = parse(policy_text("keep") + more, where="p").retention
    assert retention.of("recordings").period == Period(days=90)
    assert retention.of("recordings").basis is Basis.SESSION_END
    assert retention.of("chat").period == Period(years=10)
    text = (
        policy_text("keep").replace('"session-end"', '"archiving"').replace('"destroy"', '"review"')
    )
    assert parse(text + more, where="p").retention.of("recordings") == Retention(
        period=Period(days=90), basis=Basis.ARCHIVING, action=Ending.REVIEW
    )


def test_a_policy_to_downgrade_to_is_one_of_a_single_type_too():
    more = '\n[retention.types.chat]\nperiod = "P1Y"\naction = "downgrade"\n'
    text = policy_text("keep").replace("[retention]", '[retention]\ndowngrade_to = "pseudonymize"')
    assert parse(text + more, where="p").retention.downgrade_to == "pseudonymize"


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("P10Y", date(2026, 3, 1), date(2036, 3, 1)),
        ("P1M", date(2026, 1, 31), date(2026, 2, 28)),
        ("P1M", date(2028, 1, 31), date(2028, 2, 29)),
        ("P1Y", date(2028, 2, 29), date(2029, 2, 28)),
        ("P1Y6M", date(2026, 8, 31), date(2028, 2, 29)),
        ("P90D", date(2026, 1, 1), date(2026, 4, 1)),
        ("P1M1D", date(2026, 1, 31), date(2026, 3, 1)),
        ("P1Y", date(9998, 1, 31), date(9999, 1, 31)),
        ("P9999Y", date(2026, 1, 31), date.max),
        ("P999999D", date(9999, 1, 31), date.max),
    ],
)
def test_retention_is_exact_by_the_calendar(period, start, end):
    parsed = parse_period(period)
    assert parsed is not None
    assert destroy_after(Retention(period=parsed, basis=Basis.ARCHIVING), start) == end


@pytest.mark.parametrize("text", ["", "P", "10Y", "P1W", "PT5M", "P1YT1H", "P-1Y", "P1.5Y", "p1y"])
def test_other_periods_are_refused(text):
    assert parse_period(text) is None


def test_a_period_is_written_in_ascii():
    with pytest.raises(PolicyError, match="not an ISO 8601 calendar period"):
        parse(policy_text("keep").replace("P10Y", "P١٠Y"), where="p")
