"""The PDF: tagged, the same words, nothing fetched, no id in any stream."""

from __future__ import annotations

import re
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest

from archive_tool.errors import UsageError
from archive_tool.report.html import render_html
from archive_tool.report.pdf import render_pdf
from tests.support import reports

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    path.write_bytes(render_pdf(render_html(reports.broken())))
    return path


def test_is_tagged_and_has_no_script(pdf: Path) -> None:
    said = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    facts = dict(re.findall(r"^([^:]+):\s+(.*)$", said, re.MULTILINE))
    assert facts["Tagged"] == "yes"
    assert facts["JavaScript"] == "no"
    assert facts["Title"] == "Validation report, 2026-11-20: 3 errors stand in the way"
    meta = subprocess.run(
        ["pdfinfo", "-meta", str(pdf)], capture_output=True, text=True, check=True
    ).stdout
    assert 'pdfuaid:part="1"' in meta or "<pdfuaid:part>1<" in meta


def test_has_the_words_folded_ones_too(pdf: Path) -> None:
    done = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    )
    for part in ("3 errors stand in the way", "Room R06", "What to do:", "9f2c41d7" * 8):
        assert part in done.stdout


def test_no_id_in_any_stream(pdf: Path) -> None:
    held = reports.broken()
    assert not _holds(pdf.read_bytes(), b"canary")
    shown = render_pdf(render_html(held, labels=reports.labels(held)))
    assert _holds(shown, b"canary"), "the search finds what is there"


def test_asks_for_nothing() -> None:
    page = render_html(reports.good()).replace(
        "</main>", '<img src="http://x.invalid/a.png"></main>'
    )
    assert render_pdf(page).startswith(b"%PDF-")


def test_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(UsageError) as caught:
        render_pdf("<p>x</p>")
    assert str(caught.value) == "--pdf: PDF needs WeasyPrint, which is not installed"
    assert caught.value.hint == (
        "pip install 'archive-tool[pdf]' (and Pango), or print the HTML from a browser"
    )


def _holds(pdf: bytes, word: bytes) -> bool:
    """Look for a word in the file and in its inflated streams, through the fonts' own codes."""
    streams = [pdf]
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            streams.append(zlib.decompress(raw))
        except zlib.error:
            streams.append(raw)
    if any(word in stream for stream in streams):
        return True
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return word in done.stdout
