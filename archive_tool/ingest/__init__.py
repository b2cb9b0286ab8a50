"""Bytes → Arrow tables with the canonical columns; no opinion on content.

the way through      reader, tables, coalesce, canonical
files of one form    csv_files/, json_files/
what a table is      classify, envelope, remarks
columns              columns, sources, kinds, assemble, arrow, fingerprint
cells                values, value_remarks, times, decimal_comma, unparsed, json_texts
texts                program_texts
people               no_ids, told
places of rows       inherit, pages
the whole bundle     census, roster, overlaps/
"""

from archive_tool.ingest.reader import Ingest

__all__ = ["Ingest"]
