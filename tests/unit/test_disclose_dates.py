"""Sessions and their dates: at the precision of the policy, and only where enough people are."""

import re
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from archive_tool.disclose.defaults import specs_for
from archive_tool.disclose.releases.ledger import Ledger
from archive_tool.errors import DisclosureError, PolicyError
from archive_tool.report.aggregates import SummaryRelease, SummaryTable, dates, sessions
from archive_tool.report.html.aggregates import render_aggregates
from tests.support.disclosing import POLICY, cells, declared, tables_of
from tests.support.pipelines import NOW, lab

BY_DATE = 'name = "when"\ntype = "events"\ndimensions = [{column = "timestamp", as = "date"}]\n'
FINER = 'because = "the board asked for it"\n'


def on(day, people):
    """One event of every person; two people share a room."""
    moment = datetime.fromisoformat(day).replace(hour=23, tzinfo=UTC)
    return [{"participantId": f"u{n}", "roomId": f"r{n // 2}", "timestamp": moment} for n in people]


def when(rows, dates="", ledger=None, name=""):
    precision = f'{FINER}dates = "{dates}"\n' if dates else ""
    decisions = declared(BY_DATE, aggregate=precision)
    return tables_of(rows, decisions, data_type="events", ledger=ledger, name=name)["when"]


def shown(table):
    tables = (SummaryTable(name=table.name, table=table.table, spec=table.spec),)
    return SummaryRelease(archive_id="A", created=NOW, policy=POLICY, tables=tables)


@pytest.mark.parametrize(
    ("precision", "level"), [("", "2026"), ("month", "2026-11"), ("day", "2026-11-30")]
)
def test_a_date_is_as_fine_as_the_policy_says(precision, level):
    table = when(on("2026-11-30", range(24)), precision)
    assert cells(table, "date")[level,]["rooms"] == 12
    assert pa.compute.unique(table.table["date"]).to_pylist() == [level, "(all)"]


def test_a_period_of_few_people_has_no_name():
    table = when(on("2024-05-01", range(9)) + on("2025-05-01", range(9, 30)))
    assert table.table["date"].to_pylist() == ["2025", "(other)", "(all)"]
    assert cells(table, "date")["(other)",]["status"] == "suppressed"
    found = dates(shown(table))
    assert (found.first, found.last, found.others) == ("2025", "2025", True)


def test_rows_of_nobody_who_counts_have_no_date():
    rows = on("2026-11-30", range(24))
    said = "aggregate table when: no row of anybody belongs to it (expected rows of people)"
    with pytest.raises(DisclosureError, match=f"^{re.escape(said)}\nhint: "):
        tables_of(
            rows, declared(BY_DATE), data_type="events", leave_out={f"u{n}" for n in range(24)}
        )


def test_the_page_shows_first_and_last_period_from_the_table_only():
    table = when(on("2024-05-01", range(12)) + on("2026-05-01", range(12, 30)))
    page = render_aggregates(shown(table))
    assert sessions(shown(table)) == 15
    assert "<dt>Sessions</dt><dd>15 (rooms in the events)</dd>" in page
    assert "<dt>Dates of sessions</dt><dd>2024 to 2026, by year</dd>" in page
    without = tables_of(
        on("2024-05-01", range(12)), declared('name = "t"\ntype = "events"\n'), data_type="events"
    )["t"]
    assert "<dt>Dates of sessions</dt><dd>not published</dd>" in render_aggregates(shown(without))


def test_the_default_table_goes_with_the_dates():
    def names(aggregate="", fields=""):
        decisions = declared(aggregate=aggregate, fields=fields)
        return [spec.name for spec in specs_for("events", decisions)]

    assert "sessions_by_date" in names()
    assert "sessions_by_date" not in names('dates = "none"\n')
    assert "sessions_by_date" not in names(fields='[fields.events]\ntimestamp = "drop"\n')


def test_a_month_is_looser_than_a_year_and_needs_a_reason():
    with pytest.raises(PolicyError) as caught:
        declared(aggregate='dates = "month"\n')
    assert str(caught.value) == (
        "test.toml: aggregate.because: missing: thresholds are looser than the default "
        "(expected a reason, which is printed in the release)"
    )


@pytest.mark.parametrize(
    ("table", "aggregate", "message"),
    [
        (BY_DATE, 'dates = "none"\n',
         "aggregate.dates: a table is by date, and no date is published "
         "(expected year, month, day)"),
        (BY_DATE.replace("}", ", bin = 7}"), "",
         "aggregate table when.dimensions[0]: bin and edges are for numbers "
         "(expected the precision of aggregate.dates)"),
        (BY_DATE.replace("timestamp", "duration"), "",
         "aggregate table when.dimensions[0]: has no date (expected a time column)"),
        (BY_DATE.replace(', as = "date"', ""), "",
         "aggregate table when.dimensions[0]: time columns make no cells "
         "(expected a column about many people)"),
        ('name = "t"\ntype = "events"\nmeasure = {column = "timestamp", as = "date"}\n', "",
         "aggregate table t.measure: not numeric "
         "(expected a number, a flag, or a JSON column with numbers)"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(table, aggregate, message):
    with pytest.raises(PolicyError) as caught:
        declared(table, aggregate=aggregate)
    assert str(caught.value) == f"test.toml: {message}"


def test_months_do_not_follow_years(tmp_path):
    ledger = Ledger.open(lab(tmp_path).vault)
    rows = on("2026-05-01", range(30))
    when(rows, ledger=ledger, name="R1")
    assert when(rows, ledger=ledger).hidden == 0
    with pytest.raises(DisclosureError) as caught:
        when(rows, "month", ledger=ledger)
    assert str(caught.value) == (
        "aggregate table when: its dates are of another precision than those of release R1 "
        '(expected dates = "year" in the policy, as before)'
    )
