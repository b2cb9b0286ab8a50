"""A validation shows itself in a notebook.

The noun stands on the ground floor and knows nothing of reports, so its picture is attached from
here: importing this module is enough.
"""

from __future__ import annotations

from archive_tool.model.validation import Validation


def fragment(validation: Validation) -> str:
    """Verdict, counts, table by type and kinds of findings; no id, no script, no style sheet."""
    from archive_tool.report.html.page import render_fragment

    return render_fragment(validation)


Validation._repr_html_ = fragment  # type: ignore[attr-defined]
