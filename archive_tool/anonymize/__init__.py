"""The policy applied: pseudonyms, text, time, consent.

apply         a table under its policy, column by column: begin here
context       what a run needs beside the rows
plan          what is prepared once per data type
columns       whole columns: codes, coarser values, withdrawn messages
bins          bins of equal width
clocks        points in time, moved by whole days
nested/       JSON, leaf by leaf
texts/        free text: identifiers out, the talk stays
known/        what the bundle itself says of who is in it
codes         pseudonyms that the vault can compute again
random_codes  pseudonyms drawn at random
linkage       the sealed table of random codes
recognize     names that nobody listed, guessed by a model
residual      words that scrubbing left and that may be names
review        their sheet, and the signature of who read it
"""

from archive_tool.anonymize.apply import Applied, apply
from archive_tool.anonymize.codes import PseudonymKeys
from archive_tool.anonymize.context import Context
from archive_tool.anonymize.known.consent import Consent, ConsentRecord
from archive_tool.anonymize.known.identifiers import Identifiers, KnownIdentifiers

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
