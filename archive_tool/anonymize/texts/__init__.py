"""Identifiers out of free text; the talk stays.

text       the scrubber: what is found is replaced
labels     what stands there afterwards
phrases    known identifiers as phrases to look for
lookup     phrases made ready, once for many scrubbers
words      texts as words: how they are compared
unspaced   names in scripts that put no spaces between words
pieces     names spelt out, parted by signs, or glued to other words
misspelt   names with a typo, a genitive, or drawn out
detector   one such pattern as the scrubber uses it
detectors  patterns that identify whoever they belong to
phones     telephone numbers, and what only looks like them
dates      days, with a year or a birthday
streets    streets with a number
encodings  texts inside texts: base64, percent, escapes
clues      what a whole column may hold, before any text is taken apart
"""
