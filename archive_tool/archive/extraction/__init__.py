"""Rows out of an archive, in formats that other tools read.

extract     all files or none: which types, which rows, where to
selection   scope, times, order and pages, as of the platform's download
columns     what a format is told of a column
formats     CSV, JSON, NDJSON, Parquet and SPSS, each a file on its way
rows_csv    rows as RFC 4180 has them
rows_json   rows as the platform's envelope has them
recordings  sealed recordings, opened whole
sav/        files of SPSS
unseen      a file without a name until all of it is there
"""
