"""Certificates of destruction and tombstones: what went, when, with which keys; never who.

A certificate has the fields of NIST SP 800-88 Rev. 1, appendix G, and what appendix D asks for
where the technique is cryptographic erase. Beside it lie ``<id>.html``, the same as a page to print,
and ``<id>.json.sig``, an SSHSIG over its bytes: ``ssh-keygen -Y verify -n archive-tool-certificate``
checks it without us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.keys import sshsig
from archive_tool.lifecycle import certificate_page, places
from archive_tool.lifecycle.applying.work import SWEEP, TAKEN_OUT, UNDER_HOLD, Task, Work
from archive_tool.model.files import read_file
from archive_tool.model.parsed import parsed
from archive_tool.model.version import NAME, VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault

SCHEMA: Final = "archive-tool/certificate/1"
TOMBSTONE_SCHEMA: Final = "archive-tool/tombstone/1"
NAMESPACE: Final = "archive-tool-certificate"


def certificate_id(work: Work) -> str:
    """Name a certificate after its plan: finishing an interrupted destruction makes no second."""
    return f"C-{work.started:%Y%m%d}-{work.plan[:12]}"


def write(
    store: Path, vault: Vault, work: Work, *, attempts: Sequence[dict[str, Any]], now: datetime
) -> Path:
    """Sign and write the certificate of a destruction, and the tombstones of its archives."""
    name = certificate_id(work)
    body = msgspec.to_builtins(_certificate(vault, work, attempts, now))
    content = places.pretty(body)
    path = store / places.STATE / places.CERTIFICATES / f"{name}.json"
    signature = sshsig.sign(vault.signing_key, content, namespace=NAMESPACE)
    places.write(path.with_name(f"{name}.json.sig"), signature.encode())
    places.write(path.with_suffix(".html"), certificate_page.page(body, content))
    places.write(path, content)
    for task in work.tasks:
        stone = store / places.STATE / places.TOMBSTONES / _stone(work, task)
        places.write(stone, places.pretty(_tombstone(work, task, now)))
    return path


def read(path: Path, *, signer: str) -> dict[str, Any]:
    """Read a certificate; IntegrityError (16) when it was changed or ``signer`` did not sign it."""
    content = read_file(path)
    signature = places.read(path.with_name(path.name + ".sig")) or b""
    public = sshsig.verify(signature, content, namespace=NAMESPACE, where=path.name)
    if sshsig.openssh_line(public) != signer:
        raise IntegrityError("is signed by another key", where=path.name)
    body = parsed(content, dict[str, Any])
    if body is None or body.get("schema") != SCHEMA:
        raise IntegrityError("is not a certificate of a known version", where=path.name)
    return body


def _certificate(
    vault: Vault, work: Work, attempts: Sequence[dict[str, Any]], now: datetime
) -> dict[str, Any]:
    held = bool(work.extra.get(UNDER_HOLD))
    return {
        "schema": SCHEMA,
        "id": certificate_id(work),
        "kind": work.kind,
        "plan": work.plan,
        "standard": "NIST SP 800-88 Rev. 1, appendices D and G",
        "performed_by": work.operator or "not stated",
        "started": work.started,
        "completed": now,
        "media": {
            "manufacturer": "not applicable: files, on whatever media they lie",
            "property_number": "not stated",
            "type": "files of an encrypted archive store",
            "source": [task.archive_id for task in work.tasks],
            "classification": "personal data",
            "classification_after": "of what was destroyed: none, no key opens it"
            + ("; of people under hold: personal data, their keys stay" if held else ""),
            "destination": "live files removed; copies elsewhere stay where they are, unreadable"
            + (" except for people under hold" if held else ""),
            "backed_up": "unknown: copies of the archives are reached by the destroyed keys"
            + (", except for people under hold" if held else ""),
        },
        "sanitization": _sanitization(work),
        "cryptographic_erase": {
            "cipher": "AES-256-GCM, Parquet modular encryption, a key per file",
            "key_derivation": "HKDF-SHA256 (RFC 5869)",
            "key_generation": "random numbers of the operating system",
            "key_bits": 256,
            "key_wrapping": "secrets lie in the vault only, an age file for its custodians",
            "data_areas": "all tables and the index; manifest, policy and reports hold no row",
            "key_sanitization": "a new epoch of the vault without them, read back, then swapped in"
            if work.key_ids
            else "none: no key was destroyed",
            "key_escrow": "copies of the vault and grants: see what was not reached",
            "vault": vault.vault_id,
            "epoch_before": work.epoch,
            "epoch_after": vault.epoch,
            "destroyed_key_ids": work.key_ids,
            "destroyed_keys": len(work.key_ids),
        },
        "archives": [_archive(work, task) for task in work.tasks],
        "people": work.people,
        "failed_reads": list(attempts),
        "not_reached": msgspec.to_builtins(work.not_reached),
        "signer": vault.public_key,
        **work.extra,
    }


def _sanitization(work: Work) -> dict[str, Any]:
    """Say how: where a hold keeps every key, files went and no more."""
    how = {
        "method": "purge",
        "technique": "cryptographic erase, then removal of the files",
        "tool": f"{NAME} {VERSION}",
        "verification": "full: every destroyed key, or its whole archive, was asked for again and was not there",
    }
    if work.key_ids:
        return how
    none = "no key was destroyed, so none was asked for"
    if work.kind == SWEEP:  # of people who were erased before, or of names of theirs
        return how | {
            "technique": "removal of the files, whose keys were destroyed before",
            "verification": none,
        }
    kept = "removal of the files: a hold keeps the keys"
    return how | {"method": "removal of files only", "technique": kept, "verification": none}


def _archive(work: Work, task: Task) -> dict[str, Any]:
    """``files_written_without_names``: by a sweep in this task, by an erasure before it."""
    taken_out = work.extra.get(TAKEN_OUT, {}).get(task.archive_id, 0)
    return {
        "id": task.archive_id,
        "digest_before": task.seal,
        "why": task.why,
        "whole": task.whole,
        "successors": task.successors,
        "types": task.types,
        "people": len(task.subjects),
        "files_written_without_names": task.named + taken_out,
        "files": task.files,
        "bytes": task.bytes or None,
    }


def _stone(work: Work, task: Task) -> str:
    return f"{task.archive_id}.{work.plan[:12]}.json"


def _tombstone(work: Work, task: Task, now: datetime) -> dict[str, Any]:
    return {
        "schema": TOMBSTONE_SCHEMA,
        "archive": _archive(work, task),
        "kind": work.kind,
        "certificate": certificate_id(work),
        "time": now,
    }
