"""Bytes → Arrow tables with the canonical columns; no opinion on content."""

from archive_tool.ingest.reader import Ingest

__all__ = ["Ingest"]
