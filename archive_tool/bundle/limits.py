"""Every bound on what arrives, with its unit, in one table.

They lie far above what the platform exports and far below what hurts the machine. A bundle
over a limit is a :class:`~archive_tool.errors.BundleError` (exit 10), a table over one of the
JSON limits an :class:`~archive_tool.errors.IngestError` (exit 11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KIB: Final = 1 << 10
MIB: Final = 1 << 20
GIB: Final = 1 << 30


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a bundle may ask of us."""

    files: int = 250_000
    """Files in all folders and ZIPs of a bundle together; entries of one ZIP."""
    folder_depth: int = 64
    """Folders inside folders."""
    path_bytes: int = 4 * KIB
    """Longest name of a ZIP entry, folders included, in UTF-8 bytes."""
    file_bytes: int = 64 * GIB
    """One plain file; such files are streamed or mapped, never loaded."""
    member_bytes: int = 8 * GIB
    """One file inside a ZIP, unpacked."""
    unpacked_bytes: int = 256 * GIB
    """All files of all ZIPs of a bundle together, unpacked."""
    ratio: int = 200
    """Unpacked bytes per packed byte; repetitive CSV reaches 20 to 60, JSON 30 to 80."""
    ratio_from_bytes: int = 10 * MIB
    """The ratio counts from this unpacked size on: a small file is no bomb."""
    buffer_bytes: int = 16 * GIB
    """One plain JSON document, which is mapped into memory and not copied."""
    member_buffer_bytes: int = 2 * GIB
    """One JSON document inside a ZIP, which is unpacked into memory."""
    json_documents: int = 100_000
    """JSON documents one after the other in one file."""
    line_bytes: int = 64 * MIB
    """One line of NDJSON."""
    cell_bytes: int = 16 * MIB
    """One cell of a CSV, or one value of a JSON row."""
    columns: int = 10_000
    """Columns of a CSV."""
