"""The policy applied: pseudonyms, text, time, consent."""

from archive_tool.anonymize.apply import Applied, apply
from archive_tool.anonymize.codes import PseudonymKeys, canonical_person
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
    "canonical_person",
]
