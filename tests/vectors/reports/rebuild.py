"""Write the golden reports again: ``python -m tests.vectors.reports.rebuild``.

A good and a broken bundle of ``sample_data``, with a fixed date. Look at the pages before you
commit them. The page of summary tables has a script of its own, ``tests.vectors.reports.aggregates``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive_tool.bundle import open_bundle
from archive_tool.model.policy import Accepted
from archive_tool.pipeline.validating import validate_bundle
from archive_tool.policy import load_policy
from archive_tool.report.html import render_html
from archive_tool.report.record import write_record
from archive_tool.report.terminal import screen

if TYPE_CHECKING:
    from archive_tool.model.validation import Validation

HERE: Final = Path(__file__).parent
SAMPLES: Final = Path(__file__).parents[3] / "sample_data"
AS_OF: Final = datetime(2026, 11, 20, tzinfo=UTC)

DEFECTS: Final = (
    "consent-declined-with-data",
    "dates-future",
    "html-as-csv",
    "out-of-scale",
    "page-missing",
    "person-missing",
    "sync-quality-percent",
    "total-drift",
)
BUNDLES: Final = {
    "good": (SAMPLES / "study_pages",),
    "broken": (
        SAMPLES / "study_gui.zip",
        *(SAMPLES / "defects" / name / "bundle" for name in DEFECTS),
    ),
}
ACCEPT: Final = {
    "broken": (Accepted(code="TIME-IMPLAUSIBLE", because="the clock of that machine was wrong"),)
}


def validation(name: str) -> Validation:
    """Validate one of the bundles."""
    with open_bundle(BUNDLES[name]) as bundle:
        policy = load_policy("pseudonymize")
        return validate_bundle(
            bundle, as_of=AS_OF, policy=policy, accept=ACCEPT.get(name, ())
        ).validation


def renderings(held: Validation) -> dict[str, str]:
    """All forms of one report, by suffix."""
    return {
        "jsonl": "".join(write_record(held)),
        "html": render_html(held),
        "txt": screen(held) + "\n",
    }


def main() -> None:
    """Rewrite all files."""
    for name in BUNDLES:
        for suffix, text in renderings(validation(name)).items():
            (HERE / f"{name}.{suffix}").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
