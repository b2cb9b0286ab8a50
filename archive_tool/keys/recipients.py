"""Who can open a vault: age recipients and identities, X25519 and ssh-ed25519."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyrage

from archive_tool.errors import IntegrityError, UsageError, VaultError
from archive_tool.model.files import read_file, read_named
from archive_tool.model.texts import decoded

if TYPE_CHECKING:
    from pathlib import Path

PassphraseProvider = Callable[[], bytes | None]
"""Asked once, and only when an identity file is protected; None means there is no passphrase."""

_AGE_HEADER: Final = b"age-encryption.org/v1\n"
_SSH_HEADER: Final = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_SSH_BLOB: Final = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
"""What stands before the 32 bytes of an Ed25519 public key in the SSH wire form."""
_AGE_ARMOUR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A private key that opens vaults, and what its file says about the vault it belongs to."""

    keys: tuple[Any, ...] = field(repr=False)
    """pyrage identities."""
    vault_id: str = ""
    signer: str = ""
    """OpenSSH line of the vault's signing key, when the identity file pins it."""
    ssh_keys: frozenset[str] = frozenset()
    """Public keys of its ssh keys, as recipients; age keys tell their own."""


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


def new_identity_file(vault_id: str, signer: str, created: str) -> tuple[Identity, str, str]:
    """Make a fresh X25519 key: the identity, its recipient, and the text of its file."""
    secret = pyrage.x25519.Identity.generate()
    public = str(secret.to_public())
    text = (
        f"# created: {created}\n# public key: {public}\n"
        f"# vault: {vault_id}\n# signer: {signer}\n{secret}\n"
    )
    return Identity(keys=(secret,), vault_id=vault_id, signer=signer), public, text


def protect(text: str, passphrase: bytes | None) -> bytes:
    """Encrypt an identity file with a passphrase (scrypt: seconds by design, guessing is slow).

    Without one (None) it stays as it is.
    """
    if passphrase is None:
        return text.encode()
    return bytes(pyrage.passphrase.encrypt(text.encode(), _as_text(passphrase), armored=True))


def read_identity(
    path: Path, passphrase: PassphraseProvider | None, *, named: bool = True
) -> Identity:
    """Read an age or OpenSSH identity file; VaultError when it is missing, locked or neither.

    ``named``: somebody named the file, which may be a pipe of their own then.
    """
    try:
        content = read_named(path) if named else read_file(path)
    except PermissionError:  # it is there: the system says what is wrong with it
        raise
    except OSError:
        content = None
    if content is None:
        raise VaultError(
            "no identity file to open the vault with",
            where=path.name,
            hint="give it with --identity FILE or ARCHIVE_TOOL_IDENTITY",
        )
    if content.startswith((_AGE_HEADER, _AGE_ARMOUR)):
        content = _unprotect(content, path, passphrase)
    return _parse_identity(content, path)


def recipients_of(identity: Identity) -> frozenset[str]:
    """Return the public keys of an identity's age keys; an ssh key does not tell its own."""
    return frozenset(
        str(key.to_public()) for key in identity.keys if isinstance(key, pyrage.x25519.Identity)
    )


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


def _unprotect(content: bytes, path: Path, provider: PassphraseProvider | None) -> bytes:
    passphrase = provider() if provider is not None else None
    if passphrase is None:
        raise VaultError(
            "the identity file is protected and there is no passphrase",
            where=path.name,
            hint="give it with --passphrase-file FILE",
        )
    try:
        return bytes(pyrage.passphrase.decrypt(content, _as_text(passphrase)))
    except pyrage.DecryptError:
        pass
    raise VaultError(
        "the passphrase does not open the identity file, or the file was changed", where=path.name
    )


def _parse_identity(content: bytes, path: Path) -> Identity:
    keys: list[Any] = []
    ssh_keys: frozenset[str] = frozenset()
    notes: dict[str, str] = {}
    try:
        if content.startswith(_SSH_HEADER):
            keys.append(pyrage.ssh.Identity.from_buffer(content))
            ssh_keys = _public_in(content)
        else:
            for line in (decoded(content) or "").splitlines():
                if line.startswith("#"):
                    name, _, value = line[1:].partition(":")
                    notes[name.strip()] = value.strip()
                elif line.strip():
                    keys.append(pyrage.x25519.Identity.from_str(line.strip()))
    except (pyrage.IdentityError, ValueError):
        keys = []
    if not keys:
        raise VaultError(
            "not a usable identity file",
            where=path.name,
            expected="an age identity or an unprotected OpenSSH Ed25519 key",
            hint="key init and key rotate write such a file, identity.txt by default",
        )
    vault_id, signer = notes.get("vault", ""), notes.get("signer", "")
    return Identity(keys=tuple(keys), vault_id=vault_id, signer=signer, ssh_keys=ssh_keys)


def _public_in(content: bytes) -> frozenset[str]:
    """Return the public key in an OpenSSH private key file, where it stands in clear text."""
    lines = content.split(b"\n")
    body = base64.b64decode(b"".join(line for line in lines if not line.startswith(b"-----")))
    start = body.find(_SSH_BLOB)
    blob = body[start : start + len(_SSH_BLOB) + 32]
    return frozenset({f"ssh-ed25519 {base64.b64encode(blob).decode()}"} if start >= 0 else ())


def _as_text(passphrase: bytes) -> str:
    text = None
    with suppress(UnicodeDecodeError):
        text = passphrase.rstrip(b"\r\n").decode()
    if text is None:
        raise UsageError(
            "is no text",
            where="passphrase",
            expected="a text in UTF-8",
            hint="save its file again as UTF-8: an editor of Windows may have written ANSI",
        )
    if not text:
        raise UsageError("is empty", where="passphrase", expected="a text in UTF-8")
    return text
