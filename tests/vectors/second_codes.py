"""Codes of ids, computed from docs/format.md alone."""

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from tests.vectors.second_keys import Keys, hkdf

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def secret(keys: Keys, purpose: str, linkability: str, archive: str, kind: str) -> bytes:
    """What the codes of one purpose are made with in the tables of one data type."""
    vault = keys.document
    root = hkdf(
        base64.b64decode(vault["pseudonyms"]),
        vault["vault_id"],
        f"archive-tool/pseudonym/1/{purpose}",
    )
    binding = "" if linkability == "study" else f"{linkability}/{archive}"
    bound = _mac(root, f"archive_tool/{purpose}/{binding}")
    return _mac(bound, kind) if linkability == "none" and purpose != "shift" else bound


def person(key: bytes, one: str) -> str:
    while one != (one := one.strip().removeprefix("prolific_")):
        pass
    return "P-" + _spelt(_mac(key, one), 10)


def room(key: bytes, one: str) -> str:
    return "R-" + _spelt(_mac(key, one.strip()), 10)


def record(key: bytes, one: str) -> str:
    cmac = CMAC(AES(hashlib.sha256(b"aes-cmac" + key).digest()))
    cmac.update(one.encode())
    return "E-" + _spelt(cmac.finalize(), 16)


def shift(key: bytes, one: str) -> int:
    """Days by which the clocks of a room were moved."""
    number = int.from_bytes(_mac(key, one.strip())[:8], "big") % 730
    return number - 365 if number < 365 else number - 364


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), "sha256").digest()


def _spelt(bits: bytes, characters: int) -> str:
    number = int.from_bytes(bits, "big") >> (8 * len(bits) - 5 * characters)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(characters)))
