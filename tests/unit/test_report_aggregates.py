"""The page of summary tables: nothing on it that is not in a protected table."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pyarrow as pa
import pytest

from archive_tool.errors import UsageError
from archive_tool.policy import load_policy, parse
from archive_tool.report.aggregates import SummaryRelease, SummaryTable, summary_release, wholes
from archive_tool.report.html.aggregates import render_aggregates, write_page
from archive_tool.report.html.summaries import HEIGHT, intervals, pictures
from tests.support.browser import colours, look, nu_messages
from tests.support.commands import command
from tests.support.pipelines import NOW, keep_all, temporary_lab
from tests.vectors.reports.aggregates import PAGE, SAMPLES, sample_release

READY = load_policy("aggregate-only")
_NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")


class Words(HTMLParser):
    """What somebody reads on a page; scale marks and what a screen reader skips apart."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.marks, self._open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "link", "path", "br"):
            self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag != "path":
            assert self._open.pop()[0] == tag

    def handle_data(self, data):
        if any(tag in ("style", "title", "code", "time") for tag, _ in self._open):
            return
        ticks = any(a.get("class") == "ticks" for _, a in self._open)
        (self.marks if ticks else self.texts).append(data)


@pytest.fixture(scope="module")
def release():
    return sample_release()


@pytest.fixture(scope="module")
def page(release):
    return render_aggregates(release)


def made(rows, name="one", policy=READY, spec=None):
    table = SummaryTable(name=name, table=pa.Table.from_pylist(rows), spec=spec)
    return SummaryRelease(archive_id="A", created=NOW, policy=policy, tables=(table,))


def cell(level, rows, **figures):
    nothing = dict.fromkeys(("people", "rooms", *figures))
    if rows is None:
        return {"level": level, "rows": None, **nothing, "status": "suppressed"}
    return {"level": level, "rows": rows, "people": 20, "rooms": 10, **figures, "status": "ok"}


def numbers(text):
    return {float(one.replace(",", "").replace("−", "-")) for one in _NUMBER.findall(text)}


def test_every_number_of_the_page_is_in_a_protected_table(release, page):
    known = {19.0, 57.0}  # tables, hidden cells
    for table in release.tables:
        known |= {float(table.table.num_rows), float(table.hidden)}
        for value in (value for row in table.table.to_pylist() for value in row.values()):
            known |= numbers(value) if isinstance(value, str) else {value}
    rules = {10.0, 5.0, 0.9, 0.1, 1000.0}  # the last is a width of bins
    tool = numbers(page[page.index("Made by") : page.index("without a network")])
    seen = {one for text in Words(page).texts for one in numbers(text)}
    assert len(seen) > 200
    assert seen - known - rules - tool - numbers(release.policy.version) == set()


def test_marks_of_a_scale_are_round_numbers(page):
    marks = [float(text) for text in Words(page).marks if text.strip()]
    assert len(marks) > 10
    for mark in marks:
        assert float(f"{mark:.2g}") == mark


def test_nothing_is_loaded_and_nothing_runs(page):
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "anonym" not in page.lower()


def test_the_page_is_sound_in_a_browser_wide_and_narrow_light_and_dark(tmp_path):
    for seen in look(PAGE, tmp_path, (1280, "light"), (390, "dark")):
        assert (seen.console, seen.requests, seen.errors, seen.axe) == ([], [], [], [])
        assert (seen.overflow, seen.scripts, seen.mode) == (0, 0, "CSS1Compat")
        assert colours(seen.shot) > 20
    assert nu_messages(PAGE) == []


def test_a_hidden_cell_is_marked_and_has_no_figure(page):
    hidden = re.findall(r'<tr class="hidden">.*?</tr>', page)
    assert len(hidden) == 57
    for row in hidden:
        assert '<span aria-hidden="true">▨</span> suppressed' in row
        assert set(re.findall(r'<td class="n">(.*?)</td>', row)) == {"–"}
        assert "<path" not in row


def test_the_whole_of_a_type_is_a_published_total(release):
    found = {one.data_type: (one.rows, one.people, one.rooms) for one in wholes(release)}
    assert found["chat"] == (252, 28, 13)
    assert found["events"] == (560, 28, 13)
    assert found["ratings/continuous"] == (None, None, None)  # every such total is hidden


def test_a_total_of_some_rows_is_not_the_whole(release):
    filtered = tuple(
        replace(table, spec=replace(table.spec, cap=3)) for table in release.tables if table.spec
    )
    assert {one.rows for one in wholes(replace(release, tables=filtered))} == {None}


def test_a_course_is_broken_where_a_bin_is_hidden():
    rows = [cell(str(at * 1000), 30, mean=1.0 + at, sd=0.5) for at in (0, 1, 3, 4)]
    rows.insert(2, cell("2000", None, mean=None, sd=None))
    (drawn,) = pictures(made(rows).tables[0]).figures
    assert (drawn.kind, drawn.hidden) == ("course", 1)
    # means 1, 2 and 4, 5 between 0.5 and 5.5, at the middles of bins 200 units wide
    assert drawn.line == "M100 180L300 140M700 60L900 20"
    assert drawn.holes == f"M400 {HEIGHT - 10}h200v10h-200z"


def test_a_histogram_starts_at_zero_and_keeps_a_hole():
    rows = [cell("[0, 1)", 30, share=0.25), cell("[1, 2)", None, share=None)]
    rows += [cell("[2, 3]", 60, share=0.5), cell("(all)", 120, share=None)]
    (drawn,) = pictures(made(rows).tables[0]).figures
    assert drawn.band == "M0 200v-100h329v100zM667 200v-200h329v200z"
    assert drawn.hidden == 1


def test_means_have_whiskers_of_one_sd_and_counts_have_bars():
    two = [cell("a", 30, mean=1.0, sd=1.0), cell("b", 30, mean=3.0, sd=1.0)]
    assert pictures(made(two).tables[0]).rows == (
        ("M0 9h500v2h-500z", "M242 3h16v14h-16z"),
        ("M500 9h500v2h-500z", "M742 3h16v14h-16z"),
    )
    counts = [cell("a", 30), cell("b", 60), cell("(all)", 90)]
    drawn = pictures(made(counts).tables[0])
    assert drawn.kind == "rows"
    assert drawn.rows == (("M0 4h500v12h-500z", ""), ("M0 4h1000v12h-1000z", ""), ("", ""))


def test_large_figures_are_written_in_full():
    shown = render_aggregates(made([cell("mp4", 30, mean=1_800_000.0, sd=-12_345.6)]))
    assert '<td class="n">1,800,000</td><td class="n">−12,345.6</td>' in shown


def test_figures_with_noise_that_all_lie_at_one_bound_are_drawn():
    one = {"mean": 10.0, "low": 10.0, "high": 10.0}
    assert intervals([one, one], "mean") == (("M0 9h0v2h-0z", "M0 3h16v14h-16z"),) * 2


def test_looser_thresholds_are_printed_with_their_reason():
    text = READY.text.replace("people = 10", 'people = 6\nbecause = "the board agreed"')
    text = text.replace("[aggregate]", "[aggregate]\nstudy-people = 1234")
    shown = render_aggregates(made([cell("a", 30)], policy=parse(text, where="test")))
    assert "<strong>Looser than the default, because:</strong> the board agreed" in shown
    assert '<td class="n"><strong>6</strong></td><td class="n">10</td>' in shown
    assert "<dd>1,234</dd>" in shown


def test_a_level_is_text_not_html():
    shown = render_aggregates(made([cell("<b>a</b>", 30)]))
    assert "&lt;b&gt;a&lt;/b&gt;" in shown


def test_the_command_writes_one_page():
    with temporary_lab() as place:
        created = place.create(SAMPLES / "study_pages", policy=READY)
        words = ("extract", created.path, "--vault", place.vault.folder, "--format", "html")
        done = command(*words, "--to", place.folder / "page", "--json")
        assert done.code == 0, done.err
        files = done.json["files"]
        assert len(files) == 19
        assert done.json["noted"] is True
        page = (place.folder / "page" / "summary-tables.html").read_text(encoding="utf-8")
        assert created.archive_id in page
        again = command(*words, "--to", place.folder / "page")
        assert (again.code, "exists already" in again.err) == (2, True)
        limited = command(*words, "--to", place.folder / "two", "--limit", "0")
        assert limited.code == 2
        assert "format html: takes whole tables (expected --type and --replace)" in limited.err
        one = summary_release(place.open(created), ["chat_overall"])
        assert [table.name for table in one.tables] == ["chat_overall"]


def test_rows_make_no_page(tmp_path):
    with temporary_lab() as place:
        created = place.create(SAMPLES / "study_pages", policy=keep_all())
        archive = place.open(created)
        with pytest.raises(UsageError) as caught:
            write_page(archive, to=tmp_path / "page")
        assert str(caught.value) == (
            "format: the archive holds no summary tables (expected an archive with summary tables)"
        )
        with pytest.raises(UsageError, match="type: is no summary table"):
            write_page(archive, to=tmp_path / "page", names=["chat"])
        assert not (tmp_path / "page").exists()


def test_a_caption_says_bins_and_units(release, page):
    assert (
        "chat by role and minute: chat; onset in bins of 60,000 ms, named by their lower edge; "
        "measure length of content in characters"
    ) in page
    assert "sync overall: sync; measure timeDrift in ms" in page
