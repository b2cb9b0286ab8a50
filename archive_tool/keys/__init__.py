"""Primitives, key derivation, vault, signature, pseudonym keys; and files and locks, which need them.

primitives  every cryptographic primitive, and why it is safe here
derive      how the key of a file comes about
sshsig      signatures that ``ssh-keygen`` checks
signed      JSON documents with their signature inside
recipients  who can open a vault: age and ssh keys
identities  the private halves, and the files they lie in
vault       the vault: opened, saved, changed for others
ledger      of the vault: notes of what was erased, seen and granted
keyring     of the vault: secrets of people, archives and codes
custody     of the vault: recipients, and the renewal of its keys
heeding     of the vault: records of erasures, read and left behind
erasure     what such a record holds, and where it lies
vault_file  ``vault.age``, its bytes
founding    a new vault on the disk, over nothing
grant       what a collaborator may open
by_person   a sealed file with each person's lines under their own key
refusals    what is refused of a vault and a store that were named
disk        files that are whole or not there
shared      file modes where a group shares a folder
lock        one writer at a time
"""

from archive_tool.keys.derive import ArchiveSecrets
from archive_tool.keys.identities import PassphraseProvider
from archive_tool.keys.keyring import SubjectState
from archive_tool.keys.refusals import refuse_grant, refuse_nested, refuse_read_only, require_open
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
