"""The privacy page of an archive: the same as its record, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.report.html.page import environment
from archive_tool.report.privacy import fields, statements

if TYPE_CHECKING:
    from archive_tool.report.privacy import Privacy


def render_privacy(privacy: Privacy) -> str:
    """One self-contained HTML file; nothing in it is loaded from elsewhere."""
    return (
        environment()
        .get_template("privacy_page.html")
        .render(
            p=privacy,
            policy=privacy.decisions.policy,
            statements=statements(privacy),
            fields=list(fields(privacy)),
        )
    )
