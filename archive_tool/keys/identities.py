"""Private keys that open vaults, and the files they lie in: those of age and of OpenSSH."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import pyrage

from archive_tool.errors import UsageError, VaultError
from archive_tool.model.files import read_file, read_named
from archive_tool.model.texts import decoded

if TYPE_CHECKING:
    from pathlib import Path

PassphraseProvider = Callable[[], bytes | None]
"""Asked once, and only when an identity file is protected; None means there is no passphrase."""

_AGE_HEADER: Final = b"age-encryption.org/v1\n"
_AGE_ARMOUR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_SSH_HEADER: Final = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_SSH_OPEN: Final = b"openssh-key-v1\x00\x00\x00\x00\x04none"
"""How an OpenSSH private key begins that no passphrase protects."""
_SSH_PUBLIC: Final = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
"""What stands before the 32 bytes of an Ed25519 public key in the SSH wire form."""


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
            where=str(path),
            hint="give it with --identity FILE or ARCHIVE_TOOL_IDENTITY",
        )
    if content.startswith(_SSH_HEADER):
        identity = _of_ssh(content, path, passphrase)
    else:
        if content.startswith((_AGE_HEADER, _AGE_ARMOUR)):
            content = _unprotected_age(content, path, passphrase)
        identity = _of_age(content)
    if identity is None:
        raise VaultError(
            "not a usable identity file",
            where=path.name,
            expected="an age identity or an OpenSSH Ed25519 key",
            hint="key init and key rotate write such a file, identity.txt by default",
        )
    return identity


def is_protected(path: Path) -> bool:
    """Whether an identity file that can be read again is closed by a passphrase."""
    return path.is_file() and read_file(path).startswith((_AGE_HEADER, _AGE_ARMOUR))


def recipients_of(identity: Identity) -> frozenset[str]:
    """Return the public keys of an identity's age keys; an ssh key does not tell its own."""
    return frozenset(
        str(key.to_public()) for key in identity.keys if isinstance(key, pyrage.x25519.Identity)
    )


def _of_age(content: bytes) -> Identity | None:
    """Read lines of secret keys, and the comments by which the tool pins a vault."""
    keys: list[Any] = []
    notes: dict[str, str] = {}
    try:
        for line in (decoded(content) or "").splitlines():
            if line.startswith("#"):
                name, _, value = line[1:].partition(":")
                notes[name.strip()] = value.strip()
            elif line.strip():
                keys.append(pyrage.x25519.Identity.from_str(line.strip()))
    except (pyrage.IdentityError, ValueError):
        return None
    if not keys:
        return None
    return Identity(
        keys=tuple(keys), vault_id=notes.get("vault", ""), signer=notes.get("signer", "")
    )


def _of_ssh(content: bytes, path: Path, provider: PassphraseProvider | None) -> Identity | None:
    """Read an OpenSSH private key; its public key stands in clear text before it."""
    lines = content.split(b"\n")
    try:
        body = base64.b64decode(b"".join(line for line in lines if not line.startswith(b"-----")))
        if not body.startswith(_SSH_OPEN):
            content = _unprotected_ssh(content, path, provider)
        key = pyrage.ssh.Identity.from_buffer(content)
    except (pyrage.IdentityError, binascii.Error):
        return None
    start = body.find(_SSH_PUBLIC)
    public = body[start : start + len(_SSH_PUBLIC) + 32]
    line = f"ssh-ed25519 {base64.b64encode(public).decode()}"
    return Identity(keys=(key,), ssh_keys=frozenset({line} if start >= 0 else ()))


def _unprotected_age(content: bytes, path: Path, provider: PassphraseProvider | None) -> bytes:
    passphrase = _passphrase(path, provider)
    try:
        return bytes(pyrage.passphrase.decrypt(content, _as_text(passphrase)))
    except pyrage.DecryptError:
        pass
    raise _does_not_open(path)


def _unprotected_ssh(content: bytes, path: Path, provider: PassphraseProvider | None) -> bytes:
    """Take the passphrase off an ssh key, in memory: age wants it without."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    if find_spec("bcrypt") is None:  # cryptography would say so late, and in words for programmers
        raise VaultError(
            "the ssh key is protected by a passphrase, which bcrypt reads; it is not installed",
            where=path.name,
            expected="the extra archive-tool[ssh]",
            hint="pip install 'archive-tool[ssh]', or open the vault with another identity",
        )
    passphrase = _passphrase(path, provider)
    try:
        key = serialization.load_ssh_private_key(content, _as_text(passphrase).encode())
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )
    except (ValueError, UnsupportedAlgorithm):
        pass
    raise _does_not_open(path)


def _passphrase(path: Path, provider: PassphraseProvider | None) -> bytes:
    passphrase = provider() if provider is not None else None
    if passphrase is None:
        raise VaultError(
            "the identity file is protected and there is no passphrase",
            where=path.name,
            hint="give it with --passphrase-file FILE",
        )
    return passphrase


def _does_not_open(path: Path) -> VaultError:
    return VaultError(
        "the passphrase does not open the identity file, or the file was changed", where=path.name
    )


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
