"""A certificate of destruction as one page to print: no script, nothing fetched, room to sign.

The signed JSON is what counts; the page says which JSON it shows and how that is checked.
"""

from __future__ import annotations

import hashlib
from html import escape
from typing import TYPE_CHECKING, Any, Final

from archive_tool.keys import sshsig
from archive_tool.lifecycle.applying.work import TAKEN_OUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STYLE: Final = """
@page { size: A4; margin: 14mm 16mm }
* { box-sizing: border-box }
body { font: 9.5pt/1.4 "DejaVu Sans", Verdana, sans-serif; color: #1a1a1a; max-width: 178mm;
  margin: 0 auto; padding: 8mm 0 }
td:first-child { white-space: nowrap }
h1 { font-size: 17pt; font-weight: 600; margin: 0 0 1mm }
h2 { font-size: 10.5pt; margin: 5mm 0 1mm; border-bottom: .3mm solid #1a1a1a; padding-bottom: 1mm;
  break-after: avoid }
p { margin: 0 0 2mm }
.lead { color: #555 }
table { border-collapse: collapse; width: 100%; font-size: 8.5pt }
tr { break-inside: avoid }
th, td { text-align: left; vertical-align: top; padding: .8mm 3mm .8mm 0;
  border-bottom: .1mm solid #ccc }
th { font-weight: normal; color: #555; width: 46mm }
thead th { width: auto; border-bottom: .2mm solid #555 }
@media print { body { padding: 0 } }
.digest { font-family: "DejaVu Sans Mono", monospace; font-size: 7.5pt; overflow-wrap: anywhere }
.sign { display: grid; grid-template-columns: 1fr 1fr; gap: 4mm 10mm; break-inside: avoid }
.sign div { border-bottom: .2mm solid #1a1a1a; min-height: 11mm; color: #555; font-size: 8pt }
"""

_KINDS: Final = {
    "erase": "one or more people were erased at their request",
    "sweep": "what a sweep of the store found was destroyed, for the reasons below",
    "given-up": "archives that exist nowhere any more were given up with their keys",
}


def page(body: Mapping[str, Any], content: bytes) -> bytes:
    """Render a certificate; ``content`` are the signed bytes that ``body`` was read from."""
    media, how, keys = body["media"], body["sanitization"], body["cryptographic_erase"]
    parts = [
        f"<h1>Certificate of destruction</h1><p class=lead>{_text(body['id'])} · "
        f"{_text(_kind(body))} · form of {_text(body['standard'])}</p>",
        _section("Media", _rows(media, _MEDIA)),
        _section("Sanitization", _rows(how, _HOW)),
        _section("Cryptographic erase", _rows(keys, _KEYS)),
        _section("What was destroyed", _archives(body)),
        _section("Attempts to read afterwards", _reads(body["failed_reads"])),
        _section("Not reached by this destruction", _unreached(body["not_reached"])),
        _section("Performed and verified", _people(body)),
        _section("Check this page", _proof(body, content)),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{_text(body['id'])}</title><style>{_STYLE}</style></head><body>"
        + "".join(parts)
        + "</body></html>\n"
    ).encode()


def _kind(body: Mapping[str, Any]) -> str:
    if body["kind"] == "erase" and not body["people"]:
        return "files of people who withdrew were removed; a hold keeps their keys"
    return _KINDS.get(body["kind"], str(body["kind"]))


_MEDIA: Final = {
    "manufacturer": "Manufacturer, model, serial number",
    "property_number": "Property number",
    "type": "Media type",
    "source": "Source (archives)",
    "classification": "Confidentiality before",
    "classification_after": "Confidentiality after",
    "destination": "Destination",
    "backed_up": "Data backed up",
}
_HOW: Final = {
    "method": "Method",
    "technique": "Technique",
    "tool": "Tool and version",
    "verification": "Verification",
}
_KEYS: Final = {
    "cipher": "Encryption",
    "key_derivation": "Key derivation",
    "key_generation": "Key generation",
    "key_bits": "Key length (bits)",
    "key_wrapping": "Key wrapping",
    "data_areas": "Areas that were encrypted",
    "key_sanitization": "How the keys were destroyed",
    "key_escrow": "Copies of the keys",
    "vault": "Vault",
    "epoch_before": "Epoch before",
    "epoch_after": "Epoch after",
    "destroyed_keys": "Keys destroyed",
    "destroyed_key_ids": "Check values of the destroyed keys",
}


def _rows(values: Mapping[str, Any], names: Mapping[str, str]) -> str:
    lines = []
    for key, title in names.items():
        value = values[key]
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        style = " class=digest" if key in ("vault", "destroyed_key_ids") else ""
        lines.append(f"<tr><th>{title}</th><td{style}>{_text(shown or 'none')}</td></tr>")
    return f"<table>{''.join(lines)}</table>"


def _archives(body: Mapping[str, Any]) -> str:
    archives: list[Mapping[str, Any]] = body["archives"]
    rows = [
        (
            one["id"],
            "the whole archive" if one["whole"] else ", ".join(one["types"]) or "files of people",
            "; ".join([one["why"], *(f"see archive {name}" for name in one["successors"])]),
            "not told" if one["files"] is None else one["files"],
            one["digest_before"],
        )
        for one in archives
    ]
    named = {one["id"]: one["files_written_without_names"] for one in archives}
    without = sum({**named, **body.get(TAKEN_OUT, {})}.values())
    counted = f"<p>People whose keys were destroyed: {body['people']}</p>"
    if without:
        counted += f"<p>Files of others that were written without their names: {without}</p>"
    return counted + _table(("archive", "what", "why", "files", "digest before"), rows)


def _reads(attempts: Iterable[Mapping[str, Any]]) -> str:
    rows = [(a["keys"], a["answer"], a["epoch"], a["time"]) for a in attempts]
    if not rows:
        return "<p>No key was destroyed; files were removed.</p>"
    return _table(("times asked", "answer", "epoch", "time (UTC)"), rows)


def _unreached(items: Iterable[Mapping[str, Any]]) -> str:
    rows = [(one["kind"], one["what"], one["notice"]) for one in items]
    return _table(("kind", "copy", "what to do"), rows)


def _people(body: Mapping[str, Any]) -> str:
    names = {
        "performed_by": "Performed by",
        "as_of": "Retention dates judged as of",
        "started": "Started (UTC)",
        "completed": "Completed (UTC)",
    }
    stated = _rows(body, {key: title for key, title in names.items() if key in body})
    fields = ("Name", "Position", "Location and contact", "Date and signature")
    blanks = "".join(
        f"<div>{role}: {name}</div>" for name in fields for role in ("Performed", "Verified")
    )
    return f"{stated}<p></p><div class=sign>{blanks}</div>"


def _proof(body: Mapping[str, Any], content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    signer = sshsig.fingerprint(sshsig.parse_openssh_line(body["signer"]))
    name = f"{body['id']}.json"
    return (
        f"<p>This page shows {_text(name)}, which is signed by {_text(signer)}.</p>"
        f"<p class=digest>sha256 {digest}</p>"
        f"<p class=digest>ssh-keygen -Y verify -f allowed_signers -I NAME -n "
        f"archive-tool-certificate -s {_text(name)}.sig &lt; {_text(name)}</p>"
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    titles = "".join(f"<th>{title}</th>" for title in head)
    lines = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(value: object) -> str:
    style = " class=digest" if isinstance(value, str) and len(value) == 64 else ""
    return f"<td{style}>{_text(value)}</td>"


def _section(title: str, inner: str) -> str:
    return f"<section><h2>{title}</h2>{inner}</section>"


def _text(value: object) -> str:
    return escape(str(value))
