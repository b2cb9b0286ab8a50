"""Primitives, key derivation, vault, signature, pseudonym keys."""

from archive_tool.keys.derive import ArchiveSecrets
from archive_tool.keys.given import refuse_grant, refuse_nested, refuse_read_only, require_open
from archive_tool.keys.keyring import SubjectState
from archive_tool.keys.recipients import PassphraseProvider
from archive_tool.keys.vault import Vault

__all__ = [
    "ArchiveSecrets",
    "PassphraseProvider",
    "SubjectState",
    "Vault",
    "refuse_grant",
    "refuse_nested",
    "refuse_read_only",
    "require_open",
]
