"""Pages of one listing: what is missing between them, and what looks cut off (traps A1 to A6)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from archive_tool.model.bundle import Gap, Part
from archive_tool.model.findings import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive_tool.ingest.envelope import Envelope
    from archive_tool.ingest.remarks import Remarks

ROUND: Final = 1_000
"""The platform's default limit."""

GAP: Final = Code(
    name="PAGES-GAP",
    severity=Severity.WARNING,
    message="rows of a listing are in no page",
    meaning="Pages of a listing follow each other: a page with `hasMore` has a successor.",
    hint="fetch the missing pages and put them beside the others",
)
DRIFT: Final = Code(
    name="PAGES-TOTAL-DRIFT",
    severity=Severity.WARNING,
    message="pages of one listing do not agree on its total number of rows",
    meaning="All pages of one listing announce the same `total`, or those with the "
    "highest have all its rows: the others are then of an earlier day.",
    hint="data may still have been arriving; download again to be sure of having all rows",
)
COUNT: Final = Code(
    name="PAGE-COUNT-MISMATCH",
    severity=Severity.WARNING,
    message="a page holds another number of rows than it says",
    meaning="`returned` of a page is the number of its rows. That rows are missing from a page whose "
    "counts were made to agree cannot be known from the page.",
    advice="download the page again; it may have been edited or cut off",
)
WARNED: Final = Code(
    name="PAGE-WARNINGS",
    severity=Severity.WARNING,
    message="the platform warned that this answer may be incomplete",
    meaning="The envelope has `_warnings`, as when an index of the platform is missing, or an error "
    "stands beside its rows.",
    hint="an empty page with a warning is unknown, not empty; download it again later",
)
TRUNCATED: Final = Code(
    name="TRUNCATED",
    severity=Severity.WARNING,
    message="the platform says that it cut this listing",
    meaning="`truncated` in the envelope says that the platform stopped at its limit.",
    advice="download in smaller pieces, by room or by time",
)
ROUND_THOUSAND: Final = Code(
    name="ROWS-ROUND-THOUSAND",
    severity=Severity.WARNING,
    message="a multiple of 1,000 rows without page information: the download may have been cut at "
    "the platform's limit",
    meaning="CSV and bare arrays do not say how many rows there are, and the "
    "platform cuts at 1,000 unless asked otherwise.",
    hint="download again with offset, or as JSON, which says how many rows there are",
)
NAIVE_QUERY: Final = Code(
    name="QUERY-TIME-NAIVE",
    severity=Severity.WARNING,
    message="the request was limited by a time without a zone: the window may be shifted by hours",
    meaning="The documented recipe sends local times that the server takes for UTC.",
    hint="give startTime and endTime in UTC, with a Z",
)
FILTERED: Final = Code(
    name="QUERY-FILTERED",
    severity=Severity.WARNING,
    message="the request asked for a part of the listing; the rest is in no page",
    meaning="A listing is whole when its request named no time, category, component or "
    "state, and no window to average over. The page says which it named.",
    hint="download again without the filter, unless the part is what you want to keep",
)
_FILTERS: Final = (
    "startTime", "endTime", "category", "componentType", "stateId", "completed", "completionCode",
    "aggregationWindow",
)  # fmt: skip
"""Parameters of a request that leave rows out, or make averages of them."""
_OWN_LISTINGS: Final = frozenset(
    {"questionnaire", "post_experiment", "pre_experiment", "consent", "instructions"}
)
"""Categories of events that have an endpoint of their own, which asks for nothing else."""


def check_part(part: Part, envelope: Envelope | None, remarks: Remarks) -> None:
    """Tell what one part says about its own completeness."""
    page, add = part.page, partial(remarks.add, data_type=part.data_type, file=part.file.label)
    if envelope is not None:
        if envelope.warned:
            add(WARNED, check="MISSING_INDEX" if envelope.missing_index else "")
        if envelope.truncated:
            add(TRUNCATED)
        if _naive(envelope):
            add(NAIVE_QUERY)
        if filters := _filters(envelope):
            add(FILTERED, message=f"{FILTERED.message}: {', '.join(filters)}")
    if page is not None and page.returned is not None and page.returned != part.rows:
        add(COUNT, message=f"{COUNT.message}: {part.rows:,} of {page.returned:,}")
    if page is None and part.rows and part.rows % ROUND == 0 and part.form != "object":
        add(ROUND_THOUSAND)


def _naive(envelope: Envelope) -> bool:
    times = [envelope.query.get(key) for key in ("startTime", "endTime")]
    return any(
        isinstance(time, str)
        and "T" in time
        and not time.endswith("Z")
        and "+" not in time
        and "-" not in time.partition("T")[2]
        for time in times
    )


def _filters(envelope: Envelope) -> list[str]:
    """Name the filters that were active; their values may be anybody's."""
    query = envelope.query
    if query.get("category") in _OWN_LISTINGS:
        query = {**query, "category": None}
    return [name for name in _FILTERS if query.get(name) not in (None, "")]


def find_gaps(parts: Iterable[Part], remarks: Remarks) -> list[Gap]:
    """Gaps of all listings, each with a finding that names its range."""
    listings: dict[str, list[Part]] = {}
    for part in parts:
        if part.page is not None and part.query_key is not None:
            listings.setdefault(f"{part.data_type} {part.query_key}", []).append(part)
    gaps = []
    for pages in listings.values():
        pages.sort(key=_first_row)
        _check_totals(pages, remarks)
        for gap in _gaps(pages):
            gaps.append(gap)
            until = "the end, which is not known" if gap.end is None else f"row {gap.end:,}"
            remarks.add(
                GAP,
                data_type=gap.data_type,
                file=gap.file,
                check=f"{gap.first}-{gap.end}",
                message=f"{GAP.message}: row {gap.first + 1:,} to {until}",
            )
    return gaps


def _first_row(part: Part) -> int:
    return (part.page.offset or 0) if part.page else 0


def _check_totals(pages: Sequence[Part], remarks: Remarks) -> None:
    """Tell of a listing that grew while its pages were fetched.

    One that was downloaded week by week grew too, and is whole where the pages with the highest total
    are: what they say is later than the others.
    """
    totals = {part.page.total for part in pages if part.page and part.page.total is not None}
    if len(totals) > 1 and _gaps([p for p in pages if p.page and p.page.total == max(totals)]):
        remarks.add(
            DRIFT,
            data_type=pages[0].data_type,
            file=pages[-1].file.label,
            message=f"{DRIFT.message}: {min(totals):,} to {max(totals):,}",
        )


def _gaps(pages: Sequence[Part]) -> list[Gap]:
    """Rows between, before and after the pages of one listing, sorted by their first row."""
    gaps = []
    reached, last, more = 0, pages[0], False
    total: int | None = None
    for part in pages:
        page = part.page
        if page is None:
            continue
        first = _first_row(part)
        end = first + max(part.rows, page.returned or 0)
        if first > reached:
            gaps.append(_gap(last, reached, first))
        if end >= reached:
            says_more = _says_more(part, end)
            # an empty page behind the last one ends the listing; a copy of the last one does not
            goes_on = end > reached or first == reached
            more = says_more if goes_on else more or says_more
            last, reached = part, end
        total = page.total if total is None else max(total, page.total or 0)
    if total is not None and reached < total:
        gaps.append(_gap(last, reached, total))
    elif more:
        gaps.append(_gap(last, reached, None))
    return gaps


def _says_more(part: Part, end: int) -> bool:
    page = part.page
    if page is None:
        return False
    if page.has_more is not None:
        return page.has_more
    return page.next_offset is not None and page.next_offset >= end


def _gap(part: Part, first: int, end: int | None) -> Gap:
    return Gap(data_type=part.data_type, file=part.file.label, first=first, end=end)
