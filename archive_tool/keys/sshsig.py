"""Signatures that ``ssh-keygen -Y verify`` checks: SSHSIG with Ed25519.

The format is OpenSSH's PROTOCOL.sshsig.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from contextlib import suppress
from typing import Final

from archive_tool.errors import IntegrityError, UsageError
from archive_tool.keys import primitives

NAMESPACE: Final = "archive-tool"
"""Signatures made for another purpose with the same key do not pass for ours."""

_KEY_TYPE: Final = b"ssh-ed25519"
_MAGIC: Final = b"SSHSIG"
_HASHES: Final = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----"
_END: Final = "-----END SSH SIGNATURE-----"
_LINE: Final = 70


def sign(seed: bytes, message: bytes, *, namespace: str = NAMESPACE) -> str:
    """Sign a message with an Ed25519 seed; returns the armoured signature."""
    signature = primitives.sign(seed, _signed_data(message, namespace, b"sha512"))
    blob = (
        _MAGIC
        + struct.pack(">I", 1)
        + _string(public_blob(primitives.public_of(seed)))
        + _string(namespace.encode())
        + _string(b"")
        + _string(b"sha512")
        + _string(_string(_KEY_TYPE) + _string(signature))
    )
    return _armour(blob)


def verify(
    armoured: str | bytes, message: bytes, *, namespace: str = NAMESPACE, where: str = ""
) -> bytes:
    """Check a signature, as text or as it lies in a file; returns the signer's 32-byte public key.

    Raises IntegrityError, which names ``where``, when the signature is malformed, made for
    something else, or wrong. The caller decides whether the signer is the right one.
    """
    text = armoured if isinstance(armoured, str) else armoured.decode("ascii", "replace")
    try:
        public, signature, hash_name = _parse(text, namespace)
    except IntegrityError as error:
        error.where = where
        raise
    if not primitives.signed_by(public, _signed_data(message, namespace, hash_name), signature):
        raise IntegrityError("the signature does not fit what it signs", where=where)
    return public


def public_blob(public: bytes) -> bytes:
    """Return the SSH wire form of an Ed25519 public key."""
    return _string(_KEY_TYPE) + _string(public)


def openssh_line(public: bytes) -> str:
    """Return a public key as a line for ``allowed_signers`` or ``authorized_keys``."""
    return f"{_KEY_TYPE.decode()} {base64.b64encode(public_blob(public)).decode()}"


def parse_openssh_line(line: str) -> bytes:
    """Read the 32 bytes of an ``ssh-ed25519 AAAA… [comment]`` line; UsageError when it is none."""
    parts = line.split()
    public = b""
    if len(parts) >= 2 and parts[0] == _KEY_TYPE.decode():
        try:
            blob = base64.b64decode(parts[1], validate=True)
        except ValueError:
            blob = b""
        prefix = _string(_KEY_TYPE) + struct.pack(">I", primitives.KEY_BYTES)
        if blob.startswith(prefix):
            public = blob[len(prefix) :]
    if len(public) != primitives.KEY_BYTES:
        raise UsageError("not a public key", where="signer", expected="ssh-ed25519 AAAA…")
    return public


def fingerprint(public: bytes) -> str:
    """``SHA256:…`` as ssh-keygen prints it."""
    digest = hashlib.sha256(public_blob(public)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _signed_data(message: bytes, namespace: str, hash_name: bytes) -> bytes:
    digest = _HASHES[hash_name](message).digest()
    return (
        _MAGIC + _string(namespace.encode()) + _string(b"") + _string(hash_name) + _string(digest)
    )


def _parse(armoured: str, namespace: str) -> tuple[bytes, bytes, bytes]:
    blob = _dearmour(armoured)
    fields = _Fields(blob)
    if fields.raw(6) != _MAGIC or fields.raw(4) != struct.pack(">I", 1):
        raise IntegrityError("not a signature of a known version", expected="SSHSIG version 1")
    key = _Fields(fields.string())
    found_namespace, _reserved, hash_name = fields.string(), fields.string(), fields.string()
    signature = _Fields(fields.string())
    if key.string() != _KEY_TYPE or signature.string() != _KEY_TYPE:
        raise IntegrityError("the signature is of another kind", expected="ssh-ed25519")
    if found_namespace != namespace.encode():
        raise IntegrityError("the signature was made for something else", expected=namespace)
    if hash_name not in _HASHES:
        raise IntegrityError("the signature uses an unknown hash", expected="sha512 or sha256")
    public, raw_signature = key.string(), signature.string()
    key.end()
    signature.end()
    fields.end()
    return public, raw_signature, hash_name


class _Fields:
    """Reads length-prefixed strings; whatever is left over or missing is an error."""

    def __init__(self, blob: bytes) -> None:
        self._rest = blob

    def raw(self, count: int) -> bytes:
        if len(self._rest) < count:
            raise IntegrityError("the signature is cut off")
        head, self._rest = self._rest[:count], self._rest[count:]
        return head

    def string(self) -> bytes:
        (length,) = struct.unpack(">I", self.raw(4))
        return self.raw(length)

    def end(self) -> None:
        if self._rest:
            raise IntegrityError("the signature has something appended")


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _armour(blob: bytes) -> str:
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join((_BEGIN, *lines, _END, ""))


def _dearmour(armoured: str) -> bytes:
    """Return the bytes inside. Only the one form that ssh-keygen writes passes."""
    blob = b""
    with suppress(ValueError):
        blob = base64.b64decode("".join(armoured.split("\n")[1:-2]), validate=True)
    if not blob or _armour(blob) != armoured:
        raise IntegrityError("not an armoured SSH signature")
    return blob
