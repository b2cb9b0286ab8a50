"""The report as one HTML file: no script, no web font, nothing fetched."""

from archive_tool.report.html.page import render_html

__all__ = ["render_html"]
