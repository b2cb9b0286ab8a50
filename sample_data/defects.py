"""All defects; importing the catalogues registers what they hold."""

from __future__ import annotations

from sample_data import (
    broken_files,
    broken_pages,
    broken_rows,
    broken_sessions,
    broken_values,
    broken_zips,
)
from sample_data.broken import DEFECTS, write_all

CATALOGUES = (
    broken_zips,
    broken_files,
    broken_pages,
    broken_rows,
    broken_values,
    broken_sessions,
)

__all__ = ["CATALOGUES", "DEFECTS", "write_all"]
