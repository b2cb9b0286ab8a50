"""People in rows that are not theirs: recipients, partners, texts.

mentions      where they stand, by id, code or name
called        what they are called by name
whole_words   what is a word of its own in a text
documents     people taken out of JSON documents
erased_words  people who are gone, found by their keyed names alone
together      rows of many files in fewer tables
of_others     mentions in the rows of many files
rewriting     people taken out of the rows of others, a new revision per archive
"""
