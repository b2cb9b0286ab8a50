"""Who can open a vault: age recipients, X25519 and ssh-ed25519, and the files made for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyrage

from archive_tool.errors import IntegrityError, VaultError

if TYPE_CHECKING:
    from archive_tool.keys.identities import Identity


def parse_recipient(text: str) -> Any:  # noqa: ANN401  (pyrage has no types)
    """Read an ``age1…`` or ``ssh-ed25519 …`` recipient; VaultError when it is neither."""
    recipient = None
    try:
        if text.startswith("age1"):
            recipient = pyrage.x25519.Recipient.from_str(text.strip())
        elif text.startswith("ssh-ed25519 "):
            recipient = pyrage.ssh.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        recipient = None
    if recipient is None:
        raise VaultError(
            "not a recipient",
            where="vault",
            expected="age1… or ssh-ed25519 AAAA…",
            hint="give a public key whole, in quotes: that of age, or the line of an ssh-ed25519 .pub file",
        )
    return recipient


def bare(recipient: str) -> str:
    """Return the key alone, without the comment behind an ssh key."""
    return " ".join(recipient.split()[:2])


def encrypt(plain: bytes, recipients: list[str]) -> bytes:
    """Make an age file that every one of the recipients can open."""
    if not recipients:
        raise VaultError("there is no recipient", where="vault", expected="at least one")
    return bytes(pyrage.encrypt(plain, [parse_recipient(text) for text in recipients]))


def slots(sealed: bytes) -> int:
    """Count the recipients of an age file by its header, which anybody can read."""
    header = sealed.partition(b"\n---")[0].split(b"\n")
    return sum(line.startswith((b"-> X25519 ", b"-> ssh-ed25519 ")) for line in header)


def decrypt(sealed: bytes, identity: Identity, *, where: str) -> bytes:
    """Open an age file: VaultError (17) for a wrong key, IntegrityError (16) for a changed file."""
    problem = ""
    try:
        return bytes(pyrage.decrypt(sealed, list(identity.keys)))
    except pyrage.DecryptError as error:
        problem = str(error)
    if problem == "No matching keys found":
        raise VaultError(
            "this key does not open the vault",
            where=where,
            hint="use the identity of one of its recipients; after key rotate or key rekey the new one",
        )
    raise IntegrityError(
        "changed or truncated",
        where=where,
        expected="an age file",
        hint="restore the vault from a copy",
    )
