"""Primitives, key derivation, vault, signature, pseudonym keys."""

from archive_tool.keys.derive import ArchiveSecrets
from archive_tool.keys.keyring import SubjectState
from archive_tool.keys.recipients import PassphraseProvider
from archive_tool.keys.vault import Vault, refuse_inside, require_open

__all__ = [
    "ArchiveSecrets",
    "PassphraseProvider",
    "SubjectState",
    "Vault",
    "refuse_inside",
    "require_open",
]
