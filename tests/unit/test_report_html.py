"""The HTML report: self-contained, bounded, without ids, and honest about what it leaves out."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from archive_tool.model.datatypes import WITH_SCHEMA
from archive_tool.model.findings import Finding, Severity
from archive_tool.report import notebook
from archive_tool.report.grouping import GroupBy, View
from archive_tool.report.html import render_html
from archive_tool.report.html.words import FILLS, LETTERS
from tests.support import reports

if TYPE_CHECKING:
    from archive_tool.model.validation import Validation

MOST_BYTES = 3_000_000
PAGES = {"good": reports.good, "broken": reports.broken, "nothing": reports.nothing}


class Page(HTMLParser):
    """Elements with their attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(render_html(PAGES[request.param]()))


def test_nothing_is_loaded_and_nothing_runs(page: Page) -> None:
    (policy,) = [m for m in page.all("meta") if "http-equiv" in m]
    assert policy == {
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    }
    forbidden = {"script", "iframe", "object", "embed", "img", "form", "base", "audio", "video"}
    assert forbidden.isdisjoint(tag for tag, _ in page.elements)
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes), tag
        assert not {"src", "srcset", "action", "xlink:href"} & set(attributes), tag
        if "href" in attributes:
            assert re.fullmatch(r"#\w+|data:,", attributes["href"] or ""), tag


def test_style_sheet_loads_nothing() -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", render_html(reports.good()), re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    assert "@font-face" not in style
    for part in ("prefers-color-scheme: dark", "@media print", "max-width: 48rem"):
        assert part in style


def test_every_link_has_its_target(page: Page) -> None:
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = {(link["href"] or "")[1:] for link in page.all("a")}
    assert links
    assert links <= ids


def test_every_section_is_in_the_contents(page: Page) -> None:
    sections = {section["id"] for section in page.all("section") if "id" in section}
    links = {(link["href"] or "")[1:] for link in page.all("a")}
    assert sections - links == set()
    assert len(sections) > 3


def test_every_data_type_has_a_colour_of_its_own() -> None:
    assert [*LETTERS] == [data_type.name for data_type in WITH_SCHEMA]
    assert len(set(LETTERS.values())) == len(LETTERS)
    fills = [FILLS[letter] for letter in LETTERS.values()]
    assert len(set(fills)) == len(fills)
    text = render_html(reports.good())
    for letter, fill in zip(LETTERS.values(), fills, strict=True):
        light, dark = re.findall(rf"--t-{letter}: (#\w+);", text)
        assert light == fill != dark
        assert f".t-{letter} {{ color: var(--t-{letter}); }}" in text


def test_tables_have_captions_and_scoped_headers(page: Page) -> None:
    tags = [tag for tag, _ in page.elements]
    assert tags.count("caption") == tags.count("table") > 0
    assert all(th.get("scope") in {"col", "row", "rowgroup"} for th in page.all("th"))
    assert all(svg.get("aria-hidden") == "true" for svg in page.all("svg"))


def test_first_screen_has_verdict_counts_date_and_digest() -> None:
    text = render_html(reports.broken())
    top = Page(text[text.index("<header") : text.index("</header>")]).text
    for part in (
        "3 errors stand in the way", "Errors, 1 accepted 4", "Warnings 3", "Notes 1",
        "Not checked 2", "Rows 184,213", "People 15", "Rooms 6", "20 November 2026",
        "9f2c41d7" * 8, "1, not counted as people",
    ):  # fmt: skip
        assert part in top


def test_only_what_was_found_has_the_colour_of_an_alarm() -> None:
    good, broken = (render_html(made()) for made in (reports.good, reports.broken))
    tops = [text[: text.index("</header>")] for text in (good, broken)]
    assert [top.count('<div class="error"><dt>Errors') for top in tops] == [0, 1]
    assert tops[0].count("<div><dt>Errors</dt><dd>0</dd></div>") == 1


def test_the_report_inside_an_archive_sends_nobody_to_make_it() -> None:
    asked, archived = (render_html(reports.good(), archived=inside) for inside in (False, True))
    assert '<p class="next">archive-tool create makes the archive.</p>' in asked
    stated = (
        "The archive that holds this report was made of what it describes; privacy.html beside it "
        "counts the rows that are in it."
    )
    assert f'<p class="next">{stated}</p>' in archived


def test_every_state_has_a_word_and_a_symbol() -> None:
    text = render_html(reports.broken())
    badges = re.findall(
        r'<span class="badge (\w+)"><span aria-hidden="true">(.)</span> ([^<]+)', text
    )
    assert {state for state, _, _ in badges} >= {"error", "warning", "note", "accepted", "pass"}
    assert len({symbol for _, symbol, _ in badges}) >= 5


def test_gaps_and_reasons_stand_in_words() -> None:
    words = Page(render_html(reports.broken())).text
    assert "2, up to 2 min 12 s" in words
    assert "Camera refused: no recording, and the event of the refusal is there" in words
    assert "99 % , 40 rows missing" in words or "99 %, 40 rows missing" in words


def test_people_whose_lines_are_left_out_are_counted_at_the_head_of_their_room() -> None:
    held = reports.huge(0)
    room = next(room for room in held.timelines if room.lanes_omitted)
    people = sum(not lane.is_agent for lane in room.lanes)
    head = rf"{room.room} {people} people(, 1 agent)? and {room.lanes_omitted} more, "
    assert re.search(head, Page(render_html(held)).text)


def test_a_drift_without_borders_has_a_table_and_no_picture() -> None:
    drift = reports.broken().drift
    assert drift is not None
    text = render_html(replace(reports.broken(), drift=replace(drift, edges_ms=(), counts=(3,))))
    assert "Sync rows by drift" not in text
    assert "Sync drift by room" in text
    assert "Sync rows by drift" in render_html(reports.broken())


def test_text_is_never_markup() -> None:
    odd = "<script>alert(1)</script>\"'&"
    bad = Finding(code=odd, severity=Severity.ERROR, message=odd, hint=odd, check=odd, column=odd)
    text = render_html(replace(reports.broken(), findings=(bad,), policy=odd))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_ids_only_when_asked_and_then_on_the_first_line() -> None:
    held = reports.broken()
    without, shown = render_html(held), render_html(held, labels=reports.labels(held))
    assert without.startswith("<!DOCTYPE html>\n")
    assert "canary" not in _decoded(without)
    first = shown.split("\n", 1)[0]
    assert first == (
        "<!-- THIS FILE SHOWS IDS: it names people, rooms and files. "
        "Handle it like the data itself. -->"
    )
    for part in (
        "canary-person-P01", "canary-room-R01", "canary-component-1", "study/canary-file-17.csv",
        "canary-study.zip", "This file shows ids.",
    ):  # fmt: skip
        assert part in shown


def test_word_that_is_never_used() -> None:
    held = reports.broken()
    for text in (render_html(held), render_html(held, labels=reports.labels(held))):
        assert "anonym" not in text.lower()


def test_same_bytes_every_time() -> None:
    assert render_html(reports.broken()) == render_html(reports.broken())


@pytest.mark.parametrize("group", GroupBy)
def test_hundred_thousand_findings_stay_small(group: GroupBy) -> None:
    held = reports.huge()
    text = render_html(held, view=View(group=group, cap=1000))
    assert len(text.encode()) < MOST_BYTES
    words = Page(text).text
    assert "Errors 33,334" in words
    assert "100,000 findings:" in words
    assert "left out of this list" in words


def test_caps_say_so() -> None:
    words = Page(render_html(reports.huge(1000), view=View(cap=2))).text
    assert "At most 2 places of one kind are listed; totals count everything." in words
    assert "the first 2 of" in words
    assert "… and 1,400 lines more, counted in every total and left out of this list." in words
    assert "… and 1,700 columns more, counted in every total and left out of this list." in words


def test_groups_that_are_left_out_are_counted() -> None:
    words = Page(render_html(reports.huge(1000), view=View(group=GroupBy.FILE))).text
    assert "… and 940 more groups with 940 findings, counted in every total" in words


def test_lighter_findings_are_counted() -> None:
    words = Page(render_html(reports.broken(), view=View(min_severity=Severity.ERROR))).text
    assert "The list below leaves out 4 findings below error." in words
    assert "Warnings 3" in words


def test_groups() -> None:
    def titles(group: GroupBy) -> list[str]:
        text = render_html(reports.broken(), view=View(group=group))
        return [re.sub(r"\s+", " ", t).strip() for t in re.findall(r"<h3>([^<]*)<small>", text)]

    assert titles(GroupBy.TYPE) == [
        "whole bundle", "events", "ratings/continuous", "sync", "components",
    ]  # fmt: skip
    assert titles(GroupBy.SEVERITY) == ["error", "warning", "note"]
    assert titles(GroupBy.FILE)[:3] == ["whole bundle", "F003", "F017"]
    assert "CONSENT-DECLINED" in titles(GroupBy.CODE)


def test_result_shows_itself_in_a_notebook() -> None:
    held: Validation = reports.broken()
    shown = held._repr_html_()  # type: ignore[attr-defined]
    assert shown == notebook.fragment(held)
    fragment = Page(shown)
    assert "3 errors stand in the way" in fragment.text
    assert "RATINGS-OUT-OF-SCALE : Ratings lie outside their own scale (147 rows)" in fragment.text
    assert {"html", "style", "script", "body"}.isdisjoint(tag for tag, _ in fragment.elements)
    assert len(shown) < 8000


def _decoded(text: str) -> str:
    """The text, and whatever looks like base64 in it, decoded."""
    found = [text]
    for blob in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        found.append(base64.b64decode(blob + "=" * (-len(blob) % 4)).decode("latin-1"))
    return "\n".join(found)
