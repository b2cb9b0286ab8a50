"""CSV → parts and loose tables.

read          a file
dialect       how it is written: delimiter, encoding, header, who saved it
rows          batches of columns, streamed
noise         lines that are no rows
return_marks  cells with a carriage return
spreadsheet   what a spreadsheet cuts off
"""
