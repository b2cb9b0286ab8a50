"""The committed page of summary tables is what this release makes of the sample study."""

from archive_tool.report.html.aggregates import render_aggregates
from tests.support.committed import require_same
from tests.vectors.reports.aggregates import PAGE, sample_release


def test_the_sample_study_renders_as_committed() -> None:
    made = render_aggregates(sample_release())
    require_same(PAGE.read_text("utf-8"), made, "tests.vectors.reports.aggregates")
