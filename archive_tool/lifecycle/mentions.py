"""Where ids and codes of people stand in rows that are not theirs: recipients, partners, texts."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import PseudonymKeys
from archive_tool.anonymize.random_codes import PERSON
from archive_tool.archive import layout
from archive_tool.lifecycle import documents, linkage
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.people import spellings
from archive_tool.schemas import field_of
from archive_tool.schemas.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pyarrow as pa

    from archive_tool.archive import Archive
    from archive_tool.keys import Vault

ERASED: Final = "[erased]"
OTHER: Final = "[other person]"
_SEARCHED: Final = frozenset({Kind.ID, Kind.LABEL, Kind.TEXT, Kind.JSON})
_EXTRA: Final = "extra"
_BEFORE: Final = r"(^|[^0-9A-Za-z_])"
_AFTER: Final = r"($|[^0-9A-Za-z_])"
_AT_ONCE: Final = 500
"""Terms in one expression: RE2 refuses very large ones."""


def terms(vault: Vault, archive: Archive, data_type: str, ids: Iterable[str]) -> list[str]:
    """Return what people may be called in a table: their ids, and their codes in this archive."""
    call = names_in(vault, archive, data_type)
    return list(dict.fromkeys(word for person_id in ids for word in call(person_id)))


def names_in(vault: Vault, archive: Archive, data_type: str) -> Callable[[str], list[str]]:
    """Return what gives the names of one person in a table."""
    if linkage.has_linkage(archive):
        codes: dict[str, list[str]] = {}
        for link in linkage.links_of(archive, vault)[0]:
            if link.kind == PERSON:
                codes.setdefault(link.id, []).append(link.code)
        return lambda one: [*spellings(one), *(c for s in spellings(one) for c in codes.get(s, ()))]
    keys = PseudonymKeys.derive(
        vault.pseudonym_key, linkability=_linkability(archive), archive_id=archive.archive_id
    ).within(data_type)
    return lambda one: [*spellings(one), keys.of_person(one)]


def random_codes(vault: Vault, archive: Archive, ids: Iterable[str]) -> list[str]:
    """Return what people are called in an archive with random codes; the erased are not found."""
    if not linkage.has_linkage(archive):
        return []
    wanted = {spelt for person_id in ids for spelt in spellings(person_id)}
    links, _ = linkage.links_of(archive, vault)
    return sorted({link.code for link in links if link.kind == PERSON and link.id in wanted})


def patterns(words: Sequence[str]) -> list[str]:
    """Return expressions that find whole words; two groups hold what stands around them."""
    parts = [words[start : start + _AT_ONCE] for start in range(0, len(words), _AT_ONCE)]
    return [f"{_BEFORE}(?:{'|'.join(re.escape(w) for w in part)}){_AFTER}" for part in parts]


def searched(archive: Archive, data_type: str) -> list[str]:
    """Return the columns of a table in which somebody may be named; recordings have none."""
    if data_type not in BY_NAME:
        return []
    own = BY_NAME[data_type].subject
    return [
        name
        for name in archive.manifest.columns[data_type]
        if name == _EXTRA or (name not in (own, "nulls") and _kind(data_type, name) in _SEARCHED)
    ]


def count(table: pa.Table, column: str, expressions: Sequence[str]) -> int:
    """Count the rows in which a column names one of the people."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = table.column(column)
    if column in documents.COLUMNS:
        texts = array.filter(_any(array, expressions)).to_pylist()
        change = _changing(expressions, ERASED)
        return sum(documents.without(text, change) != text for text in texts)
    if pa.types.is_dictionary(array.type):
        hits = 0
        for chunk in array.chunks:
            named = _any(chunk.dictionary, expressions)
            hits += int(pc.sum(named.take(chunk.indices)).as_py() or 0)
        return hits
    return int(pc.sum(_any(array, expressions)).as_py() or 0)


def replace(
    table: pa.Table, columns: Sequence[str], expressions: Sequence[str], by: str
) -> pa.Table:
    """Put a word in the place of every mention; the rest of the rows stays as it is."""
    for column in columns:
        array = table.column(column)
        if column in documents.COLUMNS:
            changed = _in_documents(array, expressions, by)
        else:
            changed = _replaced(array, expressions, by)
        position = table.column_names.index(column)
        table = table.set_column(position, table.schema.field(column), changed.cast(array.type))
    return table


def _replaced(array: pa.ChunkedArray, expressions: Sequence[str], by: str) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        chunks = [
            pa.DictionaryArray.from_arrays(
                chunk.indices, _replaced(pa.chunked_array([chunk.dictionary]), expressions, by)
                .combine_chunks()
            )
            for chunk in array.chunks
        ]  # fmt: skip
        plain = pa.chunked_array(chunks, array.type).cast(pa.string())
        return plain.combine_chunks().dictionary_encode()  # two people may have become one word
    for expression in expressions:
        for _ in range(2):  # two mentions may share the character between them
            array = pc.replace_substring_regex(array, expression, rf"\1{by}\2")
    return array


def _in_documents(array: pa.ChunkedArray, expressions: Sequence[str], by: str) -> pa.StringArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = array.combine_chunks()
    hits, change = _any(texts, expressions), _changing(expressions, by)
    new = [documents.without(text, change) for text in texts.filter(hits).to_pylist()]
    return pc.replace_with_mask(texts, hits, pa.array(new, pa.string()))


def _changing(expressions: Sequence[str], by: str) -> Callable[[str], str]:
    """Give what puts a word in the place of every mention in one text."""
    compiled = [re.compile(expression) for expression in expressions]

    def change(text: str) -> str:
        for expression in compiled:
            for _ in range(2):  # two mentions may share the character between them
                text = expression.sub(lambda found: f"{found[1]}{by}{found[2]}", text)
        return text

    return change


def _any(array: pa.Array, expressions: Sequence[str]) -> pa.Array:
    import pyarrow.compute as pc

    found = pc.match_substring_regex(array, expressions[0])
    for expression in expressions[1:]:
        found = pc.or_(found, pc.match_substring_regex(array, expression))
    return pc.fill_null(found, False)


def _linkability(archive: Archive) -> str:
    try:
        policy = tomllib.loads((archive.path / layout.POLICY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "study"
    return str(policy.get("linkability", "study"))


def _kind(data_type: str, name: str) -> Kind:
    return field_of(data_type, name).kind
