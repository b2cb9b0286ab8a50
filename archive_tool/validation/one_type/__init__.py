"""Checks that the rows of one data type decide by themselves.

schema   column types, then by pandera what the cells must be
filled   fields that the documented examples fill in every row
ids      ids that a program took for numbers and rounded
timing   plausible dates and onsets, clock correction
zeros    where each room's clock starts
order    whether onset and timestamp run the same way
samples  continuous ratings as series: interval, gaps, received against expected
ratings  ratings against their own scale
records  what is particular to recordings and to chat
repeats  bursts: rows that say the same within a second under different ids
states   states that are entered and left
"""
