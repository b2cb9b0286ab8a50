"""One policy file: TOML in, a frozen :class:`Policy` out, or every mistake at once."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from archive_tool.errors import IntegrityError, PolicyError
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.files import read_file
from archive_tool.model.policy import (
    CLOCKS,
    CONSENT,
    Accepted,
    Basis,
    Ending,
    Period,
    Policy,
    Retention,
)
from archive_tool.model.texts import decoded
from archive_tool.model.toml_text import parse_toml
from archive_tool.policy.aggregates import read_aggregate
from archive_tool.policy.published import published
from archive_tool.policy.quasi import read_quasi_identifiers
from archive_tool.policy.reader import Reader, did_you_mean, key_path
from archive_tool.policy.retention import parse_period
from archive_tool.policy.rules import read_defaults, read_fields

if TYPE_CHECKING:
    from pathlib import Path

KEYS: Final = (
    "name", "version", "description", "time", "media", "linkability", "codes", "consent", "extra",
    "unknown-leaves", "defaults", "fields", "retention", "text", "disclosure", "aggregate",
    "accept",
)  # fmt: skip
UNKNOWN: Final = ("drop", "scrub", "keep")
MEDIA: Final = ("exclude", "seal")
LINKABILITY: Final = ("study", "release", "none")
CODES: Final = ("derived", "random")
REVIEW: Final = ("none", "required")
LARGEST: Final = 1_000_000
"""Bytes of a policy or of a list of names."""


def parse(text: str, *, where: str, folder: Path | None = None, stored: bool = False) -> Policy:
    """Parse a policy; :class:`PolicyError` lists every mistake with its path.

    ``folder`` is where a relative ``names_file`` lies; without it such a file is refused, unless
    the text is ``stored``, the copy that lies in an archive: nothing that it named lies beside it.
    """
    document = _document(text, where, stored=stored)
    reader = Reader(first=KEYS)
    reader.unknown_keys(document, KEYS)
    policy = _policy(document, reader, text, folder)
    if reader.problems:
        raise mistakes(where, reader.problems)
    return policy


def parse_applied(text: str, *, where: str) -> Policy:
    """Parse the policy that was applied to an archive, as far as this release understands it.

    Earlier releases took what is refused by now, later ones know more: both can be read, and neither
    is a policy to apply again. What was done by a rule that is not understood counts as dropped.
    :class:`PolicyError` where it is not TOML.
    """
    return _policy(_document(text, where, stored=True), Reader(lenient=True), text, None)


def _document(text: str, where: str, *, stored: bool) -> dict[str, Any]:
    try:
        document = parse_toml(text)
        syntax = ""
    except tomllib.TOMLDecodeError as error:
        document, syntax = {}, str(error)
    if syntax:
        raise PolicyError(
            f"not TOML: {syntax[:1].lower()}{syntax[1:]}",
            where=where,
            hint='words stand in quotes (key = "word"), and every key and every [table] stands once',
        )
    if stored and isinstance(document.get("text"), dict):
        document["text"].pop("names_file", None)
    return document


def mistakes(where: str, problems: list[str]) -> PolicyError:
    """One error for all mistakes of a policy."""
    if len(problems) == 1:
        return PolicyError(problems[0], where=where)
    lines = "".join(f"\n  {problem}" for problem in problems)
    return PolicyError(f"{len(problems)} mistakes{lines}", where=where)


def _policy(document: dict[str, Any], reader: Reader, text: str, folder: Path | None) -> Policy:
    texts = reader.table(document, "text", "text")
    names = _names(texts, reader, folder)
    codes = reader.word(document, "codes", "codes", CODES, "derived")
    if codes == "random" and document.get("linkability", "study") == "study":
        what = "random codes are new in every archive, so that they cannot be linked over a study"
        reader.problem("codes", what, 'linkability = "release" or "none"')
    return Policy(
        name=reader.text(document, "name", "name"),
        version=reader.text(document, "version", "version"),
        description=reader.text(document, "description", "description", default=""),
        defaults=read_defaults(reader.table(document, "defaults", "defaults"), reader),
        rules=read_fields(reader.table(document, "fields", "fields"), reader),
        extra=reader.word(document, "extra", "extra", UNKNOWN),
        unknown_leaves=reader.word(document, "unknown-leaves", "unknown-leaves", UNKNOWN),
        time=reader.word(document, "time", "time", tuple(CLOCKS)),
        media=reader.word(document, "media", "media", MEDIA, "exclude") or "exclude",
        linkability=reader.word(document, "linkability", "linkability", LINKABILITY, "study")
        or "study",
        codes=codes or "derived",
        consent=reader.word(document, "consent", "consent", CONSENT, "any") or "any",
        retention=_retention(document, reader),
        names=names,
        ner=reader.text(texts, "ner", "text.ner", default=""),
        review=reader.word(texts, "review", "text.review", REVIEW, "none") == "required",
        quasi_identifiers=read_quasi_identifiers(
            reader.table(document, "disclosure", "disclosure"), reader
        ),
        aggregate=read_aggregate(reader.table(document, "aggregate", "aggregate"), reader),
        accept=_accept(document.get("accept", []), reader),
        folder=folder,
        text=_published(text, reader),
        digest=_digest(document, names),
    )


def _published(text: str, reader: Reader) -> str:
    shown = published(text)
    if shown is None:
        reader.problem("text.names", "cannot be left out of the archive's copy", "names_file")
    return shown or ""


def _retention(document: dict[str, Any], reader: Reader) -> Retention:
    table = reader.table(document, "retention", "retention")
    if "retention" not in document:
        reader.problem("retention", "missing", 'a table with period = "P10Y" and basis')
        return Retention(period=Period(), basis=Basis.ARCHIVING)
    reader.unknown_keys(table, ("period", "basis", "action", "types", "downgrade_to"), "retention")
    whole = _retention_of(table, "retention", reader, None)
    types = {}
    for data_type, lines in reader.table(table, "types", "retention.types").items():
        path = key_path("retention", "types", data_type)
        if data_type not in BY_NAME:
            meant = did_you_mean(data_type, BY_NAME)
            reader.problem(path, f"unknown data type{meant}", ", ".join(BY_NAME))
        elif not isinstance(lines, dict):
            reader.problem(path, "not a table", f"[{path}]")
        else:
            reader.unknown_keys(lines, ("period", "basis", "action"), path)
            types[data_type] = _retention_of(lines, path, reader, whole)
    lesser = reader.text(table, "downgrade_to", "retention.downgrade_to", default="")
    if lesser and Ending.DOWNGRADE not in {whole.action, *(rule.action for rule in types.values())}:
        reader.problem("retention.downgrade_to", "nothing is downgraded", 'action = "downgrade"')
    return replace(whole, types=types, downgrade_to=lesser)


def _retention_of(
    table: dict[str, Any], path: str, reader: Reader, default: Retention | None
) -> Retention:
    """One period; a data type takes basis and action from the whole unless it says otherwise."""
    text = reader.text(table, "period", f"{path}.period")
    period = parse_period(text)
    if text and period is None:
        expected = "a calendar period like P10Y, P6M, P90D or P1Y6M"
        reader.problem(f"{path}.period", "not an ISO 8601 calendar period", expected)
    if default is None and "basis" not in table:
        reader.problem(f"{path}.basis", "missing", ", ".join(Basis))
    first = default.basis if default else Basis.SESSION_END
    basis = reader.word(table, "basis", f"{path}.basis", tuple(Basis), first)
    then = default.action if default else Ending.DESTROY
    action = reader.word(table, "action", f"{path}.action", tuple(Ending), then)
    return Retention(
        period=period or Period(), basis=Basis(basis or first), action=Ending(action or then)
    )


def _accept(entries: object, reader: Reader) -> tuple[Accepted, ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        reader.problem("accept", "not a list of tables", "[[accept]] with code and because")
        return ()
    accepted = []
    for number, entry in enumerate(entries):
        path = f"accept[{number}]"
        reader.unknown_keys(entry, ("code", "because"), path)
        code = reader.text(entry, "code", f"{path}.code")
        because = reader.text(entry, "because", f"{path}.because")
        accepted.append(Accepted(code=code, because=because))
    return tuple(accepted)


def _names(table: dict[str, Any], reader: Reader, folder: Path | None) -> tuple[str, ...]:
    """Names to look for in texts: in the policy, or one per line in a file beside it."""
    reader.unknown_keys(table, ("names", "names_file", "ner", "review"), "text")
    names = table.get("names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        reader.problem("text.names", "not a list of texts", '["…"]')
        names = []
    file = reader.text(table, "names_file", "text.names_file", default="")
    if file and folder is None:
        reader.problem("text.names_file", "no folder to find it in", "a policy read from a file")
    elif file and folder is not None:
        lines = _read(folder / file)
        if lines is None:
            reader.problem("text.names_file", "cannot be read", "a UTF-8 text, one name per line")
        else:
            names = [*names, *(line.strip() for line in lines.splitlines())]
    return tuple(sorted({name for name in names if name.strip()}))


def _read(path: Path) -> str | None:
    try:
        return decoded(read_file(path, most=LARGEST))
    except (OSError, ValueError, IntegrityError):
        return None


def _digest(document: dict[str, Any], names: tuple[str, ...]) -> str:
    """Digest of what the policy says, whatever its comments, spaces and order of keys.

    TOML dates and infinities cannot occur: every value was checked to be text, number or table,
    and a policy with mistakes is never used.
    """
    canonical = json.dumps(
        {"document": document, "names": names}, sort_keys=True, ensure_ascii=False, default=str
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
