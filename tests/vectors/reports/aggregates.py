"""Write the golden page of summary tables again: ``python -m tests.vectors.reports.aggregates``.

The sample study under the ready policy. Look at the page before you commit it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from archive_tool.policy import load_policy
from archive_tool.report.aggregates import summary_release
from archive_tool.report.html.aggregates import render_aggregates
from tests.support.pipelines import temporary_lab
from tests.vectors.reports.rebuild import AS_OF, HERE, SAMPLES

if TYPE_CHECKING:
    from archive_tool.report.aggregates import SummaryRelease

PAGE: Final = HERE / "aggregates.html"


def sample_release() -> SummaryRelease:
    """Archive the sample study, and take what is random or of today from its release."""
    with temporary_lab() as place:
        policy = load_policy("aggregate-only")
        created = place.create(SAMPLES / "study_pages", policy=policy)
        made = summary_release(place.open(created))
    return replace(made, archive_id="20261120-sample", created=AS_OF)


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(render_aggregates(sample_release()), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
