"""From a bundle to its validation: read once, check, look ahead at what a policy would do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive_tool.anonymize.texts.phrases import is_talk, spellings
from archive_tool.anonymize.texts.words import words_of
from archive_tool.model.bundle import TABLE_KINDS, FileKind
from archive_tool.model.datatypes import BY_NAME, ROSTER
from archive_tool.model.validation import InputStamp, Labels, NotChecked, PrivacyRow, Validation
from archive_tool.pipeline.first_pass.gather import gather
from archive_tool.pipeline.first_pass.parking import Parking
from archive_tool.pipeline.sources.from_bundle import FromBundle
from archive_tool.pipeline.verdict import acceptable, has_tables
from archive_tool.policy import decide
from archive_tool.report import notebook as _notebook  # noqa: F401  a result shows itself
from archive_tool.report.text import count
from archive_tool.validation.for_report.privacy import Preview, text_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import pyarrow as pa

    from archive_tool.anonymize.known.identifiers import KnownIdentifiers
    from archive_tool.bundle import Bundle
    from archive_tool.model.policy import Accepted, Policy
    from archive_tool.model.progress import Progress
    from archive_tool.pipeline.first_pass.gathered import Gathered
    from archive_tool.pipeline.processes.worker import Worker
    from archive_tool.pipeline.sources.source import Source


@dataclass(frozen=True, kw_only=True)
class Validated:
    """A validation and what it rests on."""

    validation: Validation
    labels: Labels = field(repr=False)
    """Who is behind the labels: only for those who ask for ids."""
    gathered: Gathered = field(repr=False)
    """For the exit code (:func:`archive_tool.pipeline.verdict.exit_code`)."""


def validate_bundle(
    bundle: Bundle,
    *,
    as_of: datetime,
    policy: Policy | None = None,
    accept: Sequence[Accepted] = (),
    show_name: bool = False,
    progress: Progress | None = None,
    workers: Sequence[Worker] = (),
) -> Validated:
    """Check an open bundle; :func:`~archive_tool.pipeline.validate.validated` says how."""
    actions = {}
    if policy is not None:
        decisions = decide(policy)
        actions = {place: decision.action.value for place, decision in decisions.columns.items()}
        accept = (*policy.accept, *accept)
    with ExitStack() as stack:
        size = sum(file.size for file in bundle.files if file.kind in TABLE_KINDS)
        texts = _TextParking(folder=None, expected_bytes=size)
        stack.callback(texts.close)
        source = FromBundle(bundle)
        digest = stack.enter_context(ThreadPoolExecutor(1)).submit(source.digest)
        gathered = gather(
            source,
            as_of=as_of,
            parking=texts,
            names=policy.names if policy is not None else (),
            progress=progress,
            workers=workers,
        )
        preview = Preview(names=_known(gathered.identifiers), actions=actions)
        for data_type in texts.types():
            for table in texts.take(data_type):
                preview.add(data_type, table)
        validation = validation_of(
            gathered,
            source,
            as_of=as_of,
            accepted=acceptable(accept, source),
            policy=policy.name if policy is not None else "",
            privacy=preview.finish(),
            digest=digest.result(),
            show_name=show_name,
        )
    return Validated(validation=validation, labels=labels_of(gathered, bundle), gathered=gathered)


def validation_of(
    gathered: Gathered,
    source: Source,
    *,
    as_of: datetime,
    accepted: Iterable[Accepted],
    policy: str,
    privacy: tuple[PrivacyRow, ...] = (),
    digest: str,
    show_name: bool = False,
) -> Validation:
    """Put together what a first pass with checks knows; ``digest`` is that of the source."""
    survey = gathered.survey
    if survey is None:
        raise RuntimeError("the bundle was not checked")
    files = [file for file in source.files if file.kind is not FileKind.IGNORED]
    return Validation(
        as_of=as_of,
        input=InputStamp(
            name=source.name if show_name else "bundle",
            digest=digest,
            bytes=sum(file.size for file in files),
            files=len(files),
            ignored=len(source.files) - len(files),
        ),
        tables=len(gathered.parts) if has_tables(gathered) else 0,
        rows=sum(gathered.rows(name) for name in gathered.census.types),
        people=survey.people,
        agents=survey.agents,
        rooms=survey.rooms,
        experiments=survey.experiments,
        overview=survey.overview,
        findings=tuple(gathered.findings),
        not_checked=(*survey.not_checked, *_not_read(gathered), *source.not_seen),
        accepted=tuple(accepted),
        policy=policy,
        privacy=privacy,
        **vars(survey.pictures),
    )


def labels_of(gathered: Gathered, bundle: Bundle) -> Labels:
    """Give the key to all labels, files included. Personal."""
    if gathered.survey is None:
        raise RuntimeError("the bundle was not checked")
    known = gathered.survey.labels
    return Labels(
        people=known.people,
        rooms=known.rooms,
        components=known.components,
        files={file.label: file.path for file in bundle.files},
        name=bundle.name,
    )


class _TextParking(Parking):
    """Keeps only the columns that may hold words, of tables that have any."""

    def add(self, data_type: str, table: pa.Table) -> None:
        columns = text_columns(data_type)
        if any(table[column].null_count < table.num_rows for column in columns):
            super().add(data_type, table.select([BY_NAME[data_type].subject, *columns]))


def _known(identifiers: KnownIdentifiers) -> set[str]:
    """Names whole and in parts as the scrubber looks for them, and ids.

    What people say without meaning anybody (Will, ok) is left out: most of its cells name nobody.
    """
    parts = {
        " ".join(words)
        for name in identifiers.names
        for words in spellings(name)
        if not is_talk(words)
    }
    whole = {name for name in identifiers.names if not is_talk(words_of(name))}
    return parts | whole | identifiers.people | identifiers.agents


def _not_read(gathered: Gathered) -> Iterable[NotChecked]:
    if gathered.unreadable:
        yield NotChecked(
            what=f"{count(len(gathered.unreadable), 'file')} that cannot be read",
            why="they are not what they say; see the findings",
        )
    others = sorted({part.data_type for part in gathered.parts} - BY_NAME.keys() - set(ROSTER))
    if others:
        yield NotChecked(what=", ".join(others), why="types without a schema are only counted")
    if gathered.untyped:
        yield NotChecked(
            what=f"{count(len(gathered.untyped), 'file')} with a table of no type that is archived",
            why="neither content nor name says what they are",
        )
