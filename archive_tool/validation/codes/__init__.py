"""Every kind of finding that validation makes: a file for each subject."""

from __future__ import annotations

from typing import Final

from archive_tool.model.findings import Code
from archive_tool.validation.codes import fields, people, ratings, recordings, sessions, times

__all__ = ["CODES"]

CODES: Final = {
    code.name: code
    for subject in (fields, times, ratings, recordings, people, sessions)
    for code in vars(subject).values()
    if isinstance(code, Code)
}
"""Name → kind of finding."""
