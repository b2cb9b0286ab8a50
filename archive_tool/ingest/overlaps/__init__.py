"""The same record in several downloads: one is kept, the others are told.

duplicates  which rows may be there more than once
copies      the rows of one record, side by side
exactness   the same number or moment with fewer digits
documents   the same nested value with fewer digits
beside      what each copy says beside the one that stays
ages        which download is the newer one
fold        the rows that a copy stands for
findings    what is told of them
"""
