"""Small signed JSON documents: the signature lies inside, as one more key."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.keys import sshsig
from archive_tool.model.parsed import parsed

SIGNATURE: Final = "signature"


def seal(body: dict[str, Any], seed: bytes, *, namespace: str) -> bytes:
    """Sign the canonical form (sorted keys, no spaces) and add the SSHSIG under ``signature``."""
    signature = sshsig.sign(seed, _canonical(body), namespace=namespace)
    return _canonical({**body, SIGNATURE: signature}) + b"\n"


def unseal(content: bytes, *, namespace: str, where: str) -> tuple[dict[str, Any], bytes]:
    """Return the body and the public key of whoever signed; IntegrityError when it was changed."""
    document = parsed(content, dict[str, Any])
    if document is None or not isinstance(document.get(SIGNATURE), str):
        raise IntegrityError(
            "is not what was signed: it was changed, or is another file", where=where
        )
    signature = document.pop(SIGNATURE)
    message = _canonical(document)
    return document, sshsig.verify(signature, message, namespace=namespace, where=where)


def _canonical(body: dict[str, Any]) -> bytes:
    return msgspec.json.encode(body, order="sorted")
