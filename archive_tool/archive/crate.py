"""``data/ro-crate-metadata.json``: provenance as RO-Crate 1.1 with Process Run Crate 0.5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive_tool.model.archive import ArchiveManifest

_CONTEXT: Final = "https://w3id.org/ro/crate/1.1/context"
_CRATE: Final = "https://w3id.org/ro/crate/1.1"
_PROFILE: Final = "https://w3id.org/ro/wfrun/process/0.5"

_MEDIA_TYPES: Final = {
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "toml": "application/toml",
    "md": "text/markdown",
    "html": "text/html",
    "jsonl": "application/jsonl",
    "csv": "text/csv",
}


_OF_PEOPLE: Final = ("tables/", "media/")

_FOLDERS: Final = {
    "media/": "Recordings, each sealed in segments",
    "tables/aggregates/": "Encrypted Parquet, a file per summary table",
}
"""What lies in folders that have no file per person."""


def crate(manifest: ArchiveManifest, paths: Iterable[str]) -> bytes:
    """Describe an archive; ``paths`` are payload files, without ``data/``.

    Table files and recordings are described by their folder: no entity stands for a person.
    """
    files = sorted(path for path in paths if not path.startswith(_OF_PEOPLE))
    folders = sorted(
        {path.rsplit("/", 1)[0] + "/" for path in paths if path.startswith(_OF_PEOPLE)}
    )
    graph = [
        _descriptor(),
        _root(manifest, [*files, *folders]),
        *(_file(path) for path in files),
        *(_folder(path) for path in folders),
        *_run(manifest),
    ]
    line = msgspec.json.encode({"@context": _CONTEXT, "@graph": graph}, order="sorted")
    return msgspec.json.format(line, indent=2) + b"\n"


def _descriptor() -> dict[str, Any]:
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _CRATE},
    }


def _root(manifest: ArchiveManifest, parts: list[str]) -> dict[str, Any]:
    return {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": _PROFILE},
        "name": f"Archive {manifest.archive_id}",
        "description": "Encrypted archive of the data of a HyperStudy experiment. Tables and index "
        "are readable with the keys of the study only.",
        "datePublished": manifest.created.isoformat(),
        "identifier": manifest.archive_id,
        "license": {"@id": "#access"},
        "hasPart": [{"@id": part} for part in parts],
        "mentions": [{"@id": "#create"}],
    }


def _run(manifest: ArchiveManifest) -> list[dict[str, Any]]:
    made_of = "#bundle" if manifest.source is None else "#source"
    return [
        {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": "#access",
            "@type": "CreativeWork",
            "name": "Restricted access",
            "description": "Personal or restricted data: use is governed by the approved protocol.",
        },
        {
            "@id": "#create",
            "@type": "CreateAction",
            "name": "Make the archive",
            "description": "Validate what it is made of, apply the policy, encrypt and sign.",
            "endTime": manifest.created.isoformat(),
            "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
            "instrument": {"@id": "#archive-tool"},
            "agent": {"@id": "#custodian"},
            "object": [{"@id": made_of}, {"@id": "policy.toml"}],
            "result": {"@id": "./"},
        },
        {
            "@id": "#archive-tool",
            "@type": "SoftwareApplication",
            "name": "archive-tool",
            "version": manifest.tool_version,
        },
        {"@id": "#custodian", "@type": "Organization", "name": "Custodian of the study's vault"},
        {
            "@id": "#bundle",
            "@type": "CreativeWork",
            "name": "Bundle of exports that was archived",
            "identifier": f"sha256:{manifest.bundle_digest}",
        },
        *_source(manifest),
    ]


def _source(manifest: ArchiveManifest) -> list[dict[str, Any]]:
    """Name the archive that this one was made of, by the digest of its tag manifest then."""
    if manifest.source is None:
        return []
    return [
        {
            "@id": "#source",
            "@type": "CreativeWork",
            "name": f"Archive {manifest.source.archive_id}, made under policy "
            f"{manifest.source.policy.name}",
            "identifier": f"sha256:{manifest.source.seal}",
            "isBasedOn": {"@id": "#bundle"},
        }
    ]


def _file(path: str) -> dict[str, Any]:
    name = path.rsplit("/", 1)[-1]
    media_type = _MEDIA_TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")
    return {"@id": path, "@type": "File", "name": name, "encodingFormat": media_type}


def _folder(path: str) -> dict[str, Any]:
    return {
        "@id": path,
        "@type": "Dataset",
        "name": path.rstrip("/").rsplit("/", 1)[-1],
        "description": _FOLDERS.get(path, "Encrypted Parquet, a file per person"),
    }
