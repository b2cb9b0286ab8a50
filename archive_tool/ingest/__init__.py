"""Bytes → Arrow tables with the canonical columns; no opinion on content.

the way through      reader, tables, coalesce, canonical
what a table is      classify, envelope, remarks
JSON                 json_file, json_cut, json_pieces, json_rows, json_runs, json_structs, json_texts, json_keys, documents, ndjson
CSV                  csv_file, csv_dialect, csv_rows, csv_noise, return_marks, spreadsheet
columns and cells    columns, sources, kinds, assemble, values, value_remarks, times, arrow, decimal_comma, unparsed
texts                program_texts
people               no_ids, told
places of rows       inherit, pages
the whole bundle     census, roster
overlapping copies   fingerprint, duplicates, copies, ages, fold, fold_findings
"""

from archive_tool.ingest.reader import Ingest

__all__ = ["Ingest"]
