"""What stands in one cell, whatever program wrote it.

values         one canonical JSON text for every JSON value
value_remarks  values that are not of their kind, or may not be what they look like
times          points in time, in the forms that exports write them
decimal_comma  numbers of a spreadsheet whose locale writes 1,5
json_texts     objects and lists of names, put together by columns
unparsed       nested values that are kept as text
program_texts  texts that no person wrote
"""
