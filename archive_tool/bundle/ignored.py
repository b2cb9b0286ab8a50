"""What lies beside data and is no data: told by its name, listed with a reason, never opened."""

from __future__ import annotations

from posixpath import splitext
from typing import Final

NESTED: Final = "nested archive: unpack it first"
OURS: Final = "written by archive-tool"
LINK: Final = "a link: links are not followed"
_PARTIAL: Final = "a partial download"
_CLOUD: Final = "still in iCloud: download it in Finder first"
SPREADSHEET: Final = "a spreadsheet: export it as CSV or JSON"
_FOREIGN: Final = "a file of another program"
_BACKUP: Final = "a backup copy"
_OF_TABLE: Final = "a backup copy of a table"
MAY_HOLD_ROWS: Final = frozenset({NESTED, LINK, _PARTIAL, _CLOUD, SPREADSHEET, _FOREIGN, _OF_TABLE})
"""Reasons that leave out what somebody may have meant to archive: a finding says so."""

_TABLES: Final = (".csv", ".tsv", ".json", ".ndjson", ".jsonl", ".zip")

_FOLDERS: Final = {
    "processed_data": "results of an analysis, not raw data",
    "analysis_scripts": "scripts, not data",
    "__macosx": "desktop litter",
    "__pycache__": "software, not data",
    "node_modules": "software, not data",
    "site-packages": "software, not data",
    "venv": "software, not data",
    "renv": "software, not data",
}

_NAMES: Final = {
    "thumbs.db": "desktop litter",
    "desktop.ini": "desktop litter",
    ".ds_store": "desktop litter",
    ".localized": "desktop litter",
    "makefile": "scripts, not data",
    "dockerfile": "scripts, not data",
    "readme": "a document, not data",
    "license": "a document, not data",
    "id_rsa": "may hold a secret",
    "id_ed25519": "may hold a secret",
}


def _by_suffix(reasons: dict[str, str]) -> dict[str, str]:
    return {suffix: reason for words, reason in reasons.items() for suffix in words.split()}


_SUFFIXES: Final = _by_suffix(
    {
        ".part .partial .crdownload .download .opdownload .tmp .temp .swp": _PARTIAL,
        ".icloud": _CLOUD,
        ".bak .orig .old": _BACKUP,
        ".ipynb .rmd .qmd": "a notebook, not data",
        ".py .r .js .mjs .ts .m .sh .bash .zsh .ps1 .bat .cmd .jl .do .sps .sas .pl .rb .java "
        ".sql .php .css .c .cpp .exe .dll .so .dylib .jar .pyc": "scripts, not data",
        ".md .rst .pdf .doc .docx .odt .rtf .ppt .pptx .odp .tex .bib .log .htm .html .url .lnk "
        ".webloc": "a document, not data",
        ".xls .xlsx .xlsm .xlsb .ods .numbers": SPREADSHEET,
        ".rds .rda .rdata .sav .dta .mat .pkl .pickle .npy .npz .h5 .hdf5 .feather .arrow "
        ".parquet .sqlite .sqlite3 .db .duckdb .jasp .omv": _FOREIGN,
        ".yaml .yml .toml .ini .cfg .conf .xml .rproj .lock .code-workspace": "settings, not data",
        ".env .pem .key .p12 .pfx .age .gpg .pgp .asc .kdbx": "may hold a secret",
        ".gz .bz2 .xz .zst .tar .tgz .7z .rar .lz4": NESTED,
    }
)


def why_ignored_folder(name: str) -> str | None:
    """Why a folder of this name is left alone with all that is in it, else None."""
    if name.startswith("."):
        return "a hidden folder"
    return _FOLDERS.get(name.lower())


def why_ignored_file(name: str) -> str | None:
    """Why a file of this name is never opened, else None."""
    lower = name.lower()
    if lower == ".env" or lower.startswith((".env.", ".renviron", ".netrc")):
        return "may hold a secret"
    reason = _NAMES.get(lower)
    if reason is not None:
        return reason
    if lower.startswith(("~$", "._", ".~lock.")):
        return "desktop litter"
    inner, suffix = (lower[:-1], "~") if lower.endswith("~") else splitext(lower)
    reason = _BACKUP if suffix == "~" else _SUFFIXES.get(suffix)
    if reason == _BACKUP:
        return _OF_TABLE if inner.endswith(_TABLES) else reason
    if reason is not None:
        return reason
    if lower.startswith("."):
        return "a hidden file"
    return None
