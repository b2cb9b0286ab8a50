"""The HTML report in Chromium, under axe-core and under the Nu checker."""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from archive_tool.report.html import render_html
from tests.support import browser, reports

VIEWS = ((1280, "light"), (390, "light"), (1280, "dark"), (390, "dark"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def page(folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(render_html(reports.broken()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def seen(page: Path, folder: Path) -> list[browser.Seen]:
    return browser.look(page, folder, *VIEWS, pdf=folder / "printed.pdf")


def test_opens_without_a_word_a_request_or_a_script(seen: list[browser.Seen]) -> None:
    assert len(seen) == len(VIEWS)
    for view in seen:
        assert (view.console, view.requests, view.errors, view.scripts) == ([], [], [], 0)
        assert view.mode == "CSS1Compat"


def test_fits_a_phone_and_a_desk(seen: list[browser.Seen]) -> None:
    for view in seen:
        assert view.overflow == 0
        assert view.first < 844, "verdict, counts, date and digest stand on the first screen"


def test_matrix_and_timeline_are_visible(seen: list[browser.Seen]) -> None:
    for view in seen:
        matrix, timeline = view.places
        for place in (matrix, timeline):
            assert place["found"], place
            assert place["height"] > 100
            assert 0 <= place["left"] < view.width
            assert place["width"] > view.width / 3
        assert timeline["drawn"] == 18, "three people with six types each"


def test_no_screenshot_is_blank(seen: list[browser.Seen]) -> None:
    for view in seen:
        assert browser.colours(view.shot) > 50, view.shot
    light, _, dark, _ = (view.shot.read_bytes() for view in seen)
    assert light != dark


def test_axe_finds_nothing(seen: list[browser.Seen]) -> None:
    for view in seen:
        assert view.axe == [], (view.width, view.scheme)


def test_nu_checker_finds_nothing(page: Path, folder: Path) -> None:
    more = {
        "good.html": render_html(reports.good()),
        "ids.html": render_html(reports.broken(), labels=reports.labels(reports.broken())),
        "empty.html": render_html(reports.nothing()),
    }
    for name, text in more.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert browser.nu_messages(page, *(folder / name for name in more)) == []


def test_nu_checker_would_find_something(folder: Path) -> None:
    bad = folder / "bad.html"
    bad.write_text("<!DOCTYPE html><html lang=en><title>x</title><p id=a><p id=a>")
    assert [m["type"] for m in browser.nu_messages(bad)] != []


def test_paper_shows_what_is_folded(page: Path, folder: Path, seen: list[browser.Seen]) -> None:
    """Closed details are printed: paper cannot be unfolded."""
    assert seen
    text = subprocess.run(
        ["pdftotext", "-layout", str(folder / "printed.pdf"), "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "What to do: Look at the scale of the component" in text
    assert "Room R06" in text


def test_the_checks_see_what_is_wrong(folder: Path) -> None:
    bad = folder / "wrong.html"
    bad.write_text(
        "<!DOCTYPE html><html><title>x</title><header class=top>x</header><img src='gone.png'>"
        "<p style='color:#eee;background:#fff;width:2000px'>faint</p><script>1</script></html>"
    )
    (view,) = browser.look(bad, folder, (390, "light"))
    assert {found["id"] for found in view.axe} >= {"color-contrast", "html-has-lang", "image-alt"}
    assert [Path(url).name for url in view.requests] == ["gone.png"]
    assert view.console != []
    assert view.scripts == 1
    assert view.overflow > 1000
    assert not any(place["found"] for place in view.places)


def of_chromium(folder: Path) -> set[int]:
    """The processes of a browser whose profile lies in a folder."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has just ended
            if str(folder).encode() in path.read_bytes():
                found.add(int(path.parent.name))
    return found


def test_a_browser_that_takes_too_long_is_ended_whole(tmp_path: Path) -> None:
    page = tmp_path / "waits.html"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        page.write_text(f"<img src='http://127.0.0.1:{silent.getsockname()[1]}/never.png'>")
        for seconds in (5, 25):  # a slow machine has not started Chromium yet
            with pytest.raises(subprocess.TimeoutExpired):
                browser.look(page, tmp_path, (390, "light"), seconds=seconds)
            with suppress(BlockingIOError):
                silent.accept()[0].close()
                break
        else:
            pytest.fail("Chromium asked for nothing")
    for _ in range(100):
        if not of_chromium(tmp_path):
            return
        time.sleep(0.1)  # what is killed takes a moment to go
    pytest.fail("Chromium is still there")
