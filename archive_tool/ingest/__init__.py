"""Bytes → Arrow tables with the canonical columns; no opinion on content.

the way through      reader, tables, coalesce, canonical
files of one form    csv_files/, json_files/
what a table is      classify, envelope, remarks
columns              columns, sources, kinds, assemble, arrow, fingerprint
cells                cells/
people               no_ids, told
places of rows       inherit, pages
the whole bundle     census, roster, overlaps/
"""

from archive_tool.ingest.reader import Ingest

__all__ = ["Ingest"]
