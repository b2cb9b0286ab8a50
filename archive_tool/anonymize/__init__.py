"""The policy applied: pseudonyms, text, time, consent.

the way through      plan, context, apply, columns, bins
who is known         known/
codes                codes, random_codes, linkage
free text            texts/
JSON                 nested/
time                 clocks
what is left         residual, review, recognize
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
