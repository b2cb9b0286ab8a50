"""The committed page of summary tables is what this release makes of the sample study."""

from archive_tool.report.html.aggregates import render_aggregates
from tests.vectors.reports.aggregates import PAGE, sample_release


def test_the_sample_study_renders_as_committed() -> None:
    assert render_aggregates(sample_release()) == PAGE.read_text(encoding="utf-8")
