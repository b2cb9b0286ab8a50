"""Signatures, vault and grants, read from docs/format.md alone."""

import base64
import hashlib
import hmac
import json
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BEGIN, END = "-----BEGIN SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----\n"


def hkdf(secret: bytes, salt: str, info: str) -> bytes:
    return HKDF(SHA256(), 32, salt.encode(), info.encode()).derive(secret)


def check(key: bytes) -> str:
    return hkdf(key, "", "archive-tool/check/1")[:8].hex()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(record: Any) -> bytes:
    """One line of JSON, keys sorted, without spaces."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def unsealed(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    """What is sealed: a nonce of 12 bytes, then AES-256-GCM with its tag."""
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], bound_to.encode())


def _fields(data: bytes) -> Iterator[bytes]:
    while data:
        (size,) = struct.unpack_from(">I", data)
        yield data[4 : 4 + size]
        data = data[4 + size :]


def _field(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def signed_by(armour: str, message: bytes, namespace: str) -> str:
    """The OpenSSH line of the key by which `message` was signed."""
    body = armour.removeprefix(BEGIN).removesuffix(END)
    blob = base64.b64decode(body.replace("\n", ""))
    text = base64.b64encode(blob).decode()
    lines = "".join(text[at : at + 70] + "\n" for at in range(0, len(text), 70))
    assert armour == BEGIN + lines + END
    assert blob[:10] == b"SSHSIG" + struct.pack(">I", 1)
    key, space, reserved, algorithm, signature = _fields(blob[10:])
    assert (space.decode(), reserved) == (namespace, b"")
    assert algorithm in (b"sha512", b"sha256")
    kind, public = _fields(key)
    signature_kind, raw = _fields(signature)
    assert kind == signature_kind == b"ssh-ed25519"
    digest = hashlib.new(algorithm.decode(), message).digest()
    told = b"".join(map(_field, (space, reserved, algorithm, digest)))
    Ed25519PublicKey.from_public_bytes(public).verify(raw, b"SSHSIG" + told)
    return f"ssh-ed25519 {base64.b64encode(key).decode()}"


def signed_document(data: bytes, namespace: str, signer: str) -> dict[str, Any]:
    """A signed JSON document, without its signature."""
    document: dict[str, Any] = json.loads(data)
    assert canonical(document) + b"\n" == data
    signature = document.pop("signature")
    assert signed_by(signature, canonical(document), namespace) == signer
    return document


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What a vault or a grant opens."""

    signer: str
    """OpenSSH line of the key that signs the archives."""
    document: dict[str, Any]
    """The vault's or the grant's own JSON."""
    reach: Callable[[str, str, str], bytes | None]
    """Archive id, scope and subject name to the reach; None for what is closed."""


def _opened(sealed: Path, identity: Path, namespace: str) -> tuple[dict[str, Any], str]:
    lines = identity.read_text().splitlines()
    own = [
        pyrage.x25519.Identity.from_str(line)
        for line in lines
        if line.startswith("AGE-SECRET-KEY-")
    ]
    line, armour = pyrage.decrypt(sealed.read_bytes(), own).split(b"\n", 1)
    return json.loads(line), signed_by(armour.decode(), line, namespace)


def open_vault(folder: Path, identity: Path | None = None) -> Keys:
    """The vault in `folder`, signed with the key in it and pinned by its identity file."""
    identity = identity or folder / "identity.txt"
    vault, signer = _opened(folder / "vault.age", identity, "archive-tool-vault")
    assert vault["format"] == "archive-tool/vault/1"
    pins = dict(re.findall(r"^# (vault|signer): (.+)$", identity.read_text(), re.M))
    assert pins == {"vault": vault["vault_id"], "signer": signer}
    seed = Ed25519PrivateKey.from_private_bytes(base64.b64decode(vault["signing_seed"]))
    public = seed.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    assert public.decode() == signer

    def reach(archive: str, scope: str, subject: str) -> bytes | None:
        secret = vault["archives"].get(archive, {}).get(scope)
        person = vault["subjects"].get(subject) if subject else base64.b64encode(bytes(32))
        if secret is None or person is None:
            return None
        return hkdf(
            base64.b64decode(secret) + base64.b64decode(person), archive, "archive-tool/reach/1"
        )

    return Keys(signer=signer, document=vault, reach=reach)


def open_grant(sealed: Path, identity: Path) -> Keys:
    """A grant, for the recipient whose identity this is."""
    grant, signer = _opened(sealed, identity, "archive-tool-grant")
    assert grant["signer"] == signer

    def reach(archive: str, scope: str, subject: str) -> bytes | None:
        found = grant["archives"].get(archive, {}).get(scope, {}).get(subject)
        return base64.b64decode(found) if found else None

    return Keys(signer=signer, document=grant, reach=reach)


def subject_name(keys: Keys, person: str) -> str:
    """Under which name the vault knows the id of a person."""
    bare = person.strip()
    while bare.startswith("prolific_"):
        bare = bare.removeprefix("prolific_").strip()
    lookup = base64.b64decode(keys.document["lookup"])
    return hmac.new(lookup, bare.encode(), "sha256").hexdigest()
