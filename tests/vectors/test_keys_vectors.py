"""Published vectors of the primitives, and our derivation written a second time."""

from __future__ import annotations

import hashlib
import hmac

from archive_tool.keys import derive, primitives
from archive_tool.keys.derive import ArchiveSecrets


def test_hkdf_is_rfc_5869_case_1() -> None:
    found = primitives.hkdf(
        bytes.fromhex("0b" * 22),
        salt=bytes.fromhex("000102030405060708090a0b0c"),
        info=bytes.fromhex("f0f1f2f3f4f5f6f7f8f9"),
    )
    expected = (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )
    assert found.hex() == expected[:64]


def test_signatures_are_rfc_8032_test_1() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
        "cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert primitives.public_of(seed).hex() == public
    assert primitives.sign(seed, b"").hex() == signature


def hkdf_by_hand(secret: bytes, salt: bytes, info: bytes) -> bytes:
    extracted = hmac.digest(salt or bytes(32), secret, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)


def test_a_file_key_is_derived_as_the_format_says() -> None:
    secrets = ArchiveSecrets(
        archive_id="20261120-a", scopes={"read:chat": b"s" * 32}, lookup=b"l" * 32
    )
    reach = hkdf_by_hand(b"s" * 32 + b"p" * 32, b"20261120-a", b"archive-tool/reach/1")
    key = hkdf_by_hand(reach, b"f" * 32, b"archive-tool/file/1")
    assert secrets.reach("read:chat", b"p" * 32) == reach
    assert secrets.file_key("read:chat", b"p" * 32, "f" * 32) == key
    assert derive.key_check(key) == hkdf_by_hand(key, b"", b"archive-tool/check/1")[:8].hex()


def test_golden_key() -> None:
    """Changing any constant makes every archive unreadable: this value never changes."""
    secrets = ArchiveSecrets(archive_id="a", scopes={"index": bytes(32)}, lookup=bytes(32))
    key = secrets.file_key("index", bytes(32), "index")
    assert key.hex() == "dc0153fb8e764799d5dacb610254f16078d6f622395ef75ebf90132a113eed9b"
    assert (
        secrets.subject_key("ann")
        == "78352bae17eb6789b087bccad1370630a54d2ac28874e5be281538683767823c"
    )
