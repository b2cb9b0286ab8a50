"""Encrypted Parquet in a signed bag: writer, reader, verify, extract."""

from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.manifest import info
from archive_tool.archive.opening import open_archive
from archive_tool.archive.reader import Archive
from archive_tool.archive.verify import verify
from archive_tool.archive.writer import ArchiveWriter

__all__ = ["Archive", "ArchiveWriter", "extract", "info", "open_archive", "verify"]
