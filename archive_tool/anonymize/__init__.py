"""The policy applied: pseudonyms, text, time, consent.

the way through      plan, context, apply, columns, bins
who is known         identifiers, namings, consent, common_words
codes                codes, random_codes, linkage
what is looked for   phrases, words, unspaced, pieces, misspelt, detectors, encodings
free text            text, lookup, clues, labels
JSON                 documents, leaves, leaf_changes
time                 clocks
what is left         residual, review, recognize
"""

from archive_tool.anonymize.apply import Applied, apply
from archive_tool.anonymize.codes import PseudonymKeys
from archive_tool.anonymize.consent import Consent, ConsentRecord
from archive_tool.anonymize.context import Context
from archive_tool.anonymize.identifiers import Identifiers, KnownIdentifiers

__all__ = [
    "Applied",
    "Consent",
    "ConsentRecord",
    "Context",
    "Identifiers",
    "KnownIdentifiers",
    "PseudonymKeys",
    "apply",
]
