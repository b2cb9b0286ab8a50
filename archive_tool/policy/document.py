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
from archive_tool.model.parsed import parse_toml
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
from archive_tool.policy.aggregates import read_aggregate
from archive_tool.policy.published import published
from archive_tool.policy.quasi import read_quasi_identifiers
from archive_tool.policy.reader import Problems, Section, did_you_mean
from archive_tool.policy.retention import parse_period
from archive_tool.policy.rules import read_defaults, read_fields

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    problems = Problems(first=KEYS)
    policy = _policy(Section(values=document, path="", problems=problems), text, folder)
    if problems.lines:
        raise mistakes(where, problems.lines)
    return policy


def parse_applied(text: str, *, where: str) -> Policy:
    """Parse the policy that was applied to an archive, as far as this release understands it.

    Earlier releases took what is refused by now, later ones know more: both can be read, and neither
    is a policy to apply again. What was done by a rule that is not understood counts as dropped.
    :class:`PolicyError` where it is not TOML.
    """
    document = _document(text, where, stored=True)
    return _policy(Section(values=document, path="", problems=Problems(lenient=True)), text, None)


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


def _policy(document: Section, text: str, folder: Path | None) -> Policy:
    document.unknown_keys(KEYS)
    texts = document.section("text")
    names = _names(texts, folder)
    codes = document.word("codes", CODES, "derived")
    if codes == "random" and document.values.get("linkability", "study") == "study":
        what = "random codes are new in every archive, so that they cannot be linked over a study"
        document.problem("codes", what, 'linkability = "release" or "none"')
    return Policy(
        name=document.text("name"),
        version=document.text("version"),
        description=document.text("description", default=""),
        defaults=read_defaults(document.section("defaults")),
        rules=read_fields(document.section("fields")),
        extra=document.word("extra", UNKNOWN),
        unknown_leaves=document.word("unknown-leaves", UNKNOWN),
        time=document.word("time", tuple(CLOCKS)),
        media=document.word("media", MEDIA, "exclude"),
        linkability=document.word("linkability", LINKABILITY, "study"),
        codes=codes,
        consent=document.word("consent", CONSENT, "any"),
        retention=_retention(document),
        names=names,
        ner=texts.text("ner", default=""),
        review=texts.word("review", REVIEW, "none") == "required",
        quasi_identifiers=read_quasi_identifiers(document.section("disclosure")),
        aggregate=read_aggregate(document.section("aggregate")),
        accept=_accept(document),
        folder=folder,
        text=_published(text, texts),
        digest=_digest(document.values, names),
    )


def _published(text: str, texts: Section) -> str:
    shown = published(text)
    if shown is None:
        texts.problem("names", "cannot be left out of the archive's copy", "names_file")
    return shown or ""


def _retention(document: Section) -> Retention:
    section = document.section("retention")
    if "retention" not in document.values:
        section.refuse("missing", 'a table with period = "P10Y" and basis')
        return Retention(period=Period(), basis=Basis.ARCHIVING)
    section.unknown_keys(("period", "basis", "action", "types", "downgrade_to"))
    whole = _retention_of(section, None)
    types = {}
    by_type = section.section("types")
    for data_type, lines in by_type.values.items():
        if data_type not in BY_NAME:
            meant = did_you_mean(data_type, BY_NAME)
            by_type.problem(data_type, f"unknown data type{meant}", ", ".join(BY_NAME))
            continue
        own = by_type.section(data_type)
        if isinstance(lines, dict):
            own.unknown_keys(("period", "basis", "action"))
            types[data_type] = _retention_of(own, whole)
    lesser = section.text("downgrade_to", default="")
    if lesser and Ending.DOWNGRADE not in {whole.action, *(rule.action for rule in types.values())}:
        section.problem("downgrade_to", "nothing is downgraded", 'action = "downgrade"')
    return replace(whole, types=types, downgrade_to=lesser)


def _retention_of(section: Section, default: Retention | None) -> Retention:
    """One period; a data type takes basis and action from the whole unless it says otherwise."""
    text = section.text("period")
    period = parse_period(text)
    if text and period is None:
        expected = "a calendar period like P10Y, P6M, P90D or P1Y6M"
        section.problem("period", "not an ISO 8601 calendar period", expected)
    if default is None and "basis" not in section.values:
        section.problem("basis", "missing", ", ".join(Basis))
    first = default.basis if default else Basis.SESSION_END
    then = default.action if default else Ending.DESTROY
    return Retention(
        period=period or Period(),
        basis=Basis(section.word("basis", tuple(Basis), first)),
        action=Ending(section.word("action", tuple(Ending), then)),
    )


def _accept(document: Section) -> tuple[Accepted, ...]:
    entries = document.values.get("accept", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        document.problem("accept", "not a list of tables", "[[accept]] with code and because")
        return ()
    accepted = []
    for number, entry in enumerate(entries):
        section = document.part(entry, f"accept[{number}]")
        section.unknown_keys(("code", "because"))
        accepted.append(Accepted(code=section.text("code"), because=section.text("because")))
    return tuple(accepted)


def _names(texts: Section, folder: Path | None) -> tuple[str, ...]:
    """Names to look for in texts: in the policy, or one per line in a file beside it."""
    texts.unknown_keys(("names", "names_file", "ner", "review"))
    names = texts.values.get("names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        texts.problem("names", "not a list of texts", '["…"]')
        names = []
    file = texts.text("names_file", default="")
    if file and folder is None:
        texts.problem("names_file", "no folder to find it in", "a policy read from a file")
    elif file and folder is not None:
        lines = _read(folder / file)
        if lines is None:
            texts.problem("names_file", "cannot be read", "a UTF-8 text, one name per line")
        else:
            names = [*names, *(line.strip() for line in lines.splitlines())]
    return tuple(sorted({name for name in names if name.strip()}))


def _read(path: Path) -> str | None:
    try:
        return decoded(read_file(path, most=LARGEST))
    except (OSError, ValueError, IntegrityError):
        return None


def _digest(document: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Digest of what the policy says, whatever its comments, spaces and order of keys.

    TOML dates and infinities cannot occur: every value was checked to be text, number or table,
    and a policy with mistakes is never used.
    """
    canonical = json.dumps(
        {"document": document, "names": names}, sort_keys=True, ensure_ascii=False, default=str
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
