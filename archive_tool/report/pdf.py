"""The HTML report as a tagged PDF (PDF/UA-1): an optional extra, ``archive-tool[pdf]``."""

from __future__ import annotations

from typing import Any

from archive_tool.errors import UsageError


def render_pdf(page: str) -> bytes:
    """Lay out a page of :func:`archive_tool.report.html.render_html`; nothing is fetched.

    Raises UsageError (2) when the extra is not installed.
    """
    weasyprint = _weasyprint()
    if weasyprint is None:
        raise UsageError(
            "PDF needs WeasyPrint, which is not installed",
            where="--pdf",
            hint="pip install 'archive-tool[pdf]' (and Pango), or print the HTML from a browser",
        )
    # a report names nothing outside itself: no protocol is allowed, so a mistake fetches nothing
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    document = weasyprint.HTML(string=page, url_fetcher=nothing)
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def _weasyprint() -> Any:  # noqa: ANN401  untyped
    try:
        import weasyprint
    except (ImportError, OSError):  # OSError: the package is there, Pango is not
        return None
    return weasyprint
