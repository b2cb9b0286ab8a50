"""The same record in several downloads: one is kept, the others are told.

duplicates  which rows may be there more than once
copies      the rows of one record, compared
ages        which download is the newer one
fold        the rows that a copy stands for
findings    what is told of them
"""
