"""CSV → parts and loose tables.

read          a file
dialect       how it is written: delimiter, encoding, header, who saved it
rows          batches of columns, streamed
noise         lines that are no rows
return_marks  cells with a carriage return
ending        a last cell without its end
spreadsheet   what a spreadsheet cuts off
"""
