"""Every cryptographic primitive the tool uses, and why each one is safe as it is used here.

Nothing else in the package imports ``cryptography``, ``hmac`` or ``secrets`` for protection.
"""

from __future__ import annotations

import hmac
import os
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from archive_tool.errors import IntegrityError

if TYPE_CHECKING:
    from typing_extensions import Buffer

KEY_BYTES: Final = 32
"""256 bits for every symmetric key and every secret."""

NONCE_BYTES: Final = 12
"""96 bits: the size GCM is specified for."""


def random_bytes(count: int = KEY_BYTES) -> bytes:
    """Fresh bytes of the operating system's generator: the only source of keys and nonces."""
    return os.urandom(count)


def hkdf(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869), 32 bytes. ``info`` names the purpose, so that no key has two uses."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt, info).derive(secret)


def mac(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA256, 32 bytes: a keyed name that nobody without the key can guess ids against."""
    return hmac.digest(key, data, "sha256")


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time, so that timing tells nothing about the expected value."""
    return hmac.compare_digest(left, right)


def seal(key: bytes, plain: bytes, *, bound_to: bytes) -> bytes:
    """AES-256-GCM with a random nonce in front: for keys that seal far fewer than 2**32 things."""
    nonce = random_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def open_sealed(key: bytes, sealed: bytes, *, bound_to: bytes) -> bytes:
    """Undo :func:`seal`; IntegrityError when a bit, the key or the context differs."""
    return _decrypt(key, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)


def seal_numbered(key: bytes, number: int, plain: Buffer) -> bytes:
    """AES-256-GCM with a counter as nonce: never repeats as long as a number is used once per key.

    ``plain`` is anything with the buffer protocol; the nonce is not stored.
    """
    # Arrow's buffers hold signed bytes, which cryptography refuses
    return AESGCM(key).encrypt(_counter(number), memoryview(plain).cast("B"), None)


def open_numbered(key: bytes, number: int, sealed: bytes) -> bytes:
    """Undo :func:`seal_numbered`; IntegrityError when a bit, the key or the number differs."""
    return _decrypt(key, _counter(number), sealed, None)


def seal_segment(key: bytes, number: int, plain: bytes, *, is_last: bool, bound_to: bytes) -> bytes:
    """AES-256-GCM of one segment of a stream (STREAM, as age seals its payload).

    The nonce holds the segment's number and whether it is the last, so that no segment can be
    moved, left out or added and no end be cut off unseen. A key may seal one stream only.
    """
    return AESGCM(key).encrypt(_place(number, is_last=is_last), plain, bound_to)


def open_segment(
    key: bytes, number: int, sealed: bytes, *, is_last: bool, bound_to: bytes
) -> bytes:
    """Undo :func:`seal_segment`; IntegrityError when a bit, the key, place or end differs."""
    return _decrypt(key, _place(number, is_last=is_last), sealed, bound_to)


def new_signing_seed() -> bytes:
    """Seed of a new Ed25519 key (RFC 8032), 32 bytes."""
    return random_bytes(KEY_BYTES)


def public_of(seed: bytes) -> bytes:
    """Return the Ed25519 public key of a seed, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    """Ed25519 signature, 64 bytes; deterministic, so no bad random number can leak the key."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is right."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _counter(number: int) -> bytes:
    return number.to_bytes(NONCE_BYTES, "big")


def _place(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([is_last])


def _decrypt(key: bytes, nonce: bytes, sealed: bytes, bound_to: bytes | None) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, sealed, bound_to)
    except (InvalidTag, ValueError):
        pass
    raise IntegrityError("cannot be decrypted: it was changed, or sealed under another key")
