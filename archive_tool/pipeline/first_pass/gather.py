"""The first pass: every row is seen once, and what needs the whole bundle is gathered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.anonymize.known.consent import Consent
from archive_tool.anonymize.known.identifiers import Identifiers
from archive_tool.ingest.census import Census
from archive_tool.model.bundle import FileKind
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.findings import FindingLog
from archive_tool.pipeline.first_pass.checking import ChecksElsewhere, ChecksHere, Whole
from archive_tool.pipeline.first_pass.gathered import Gathered
from archive_tool.pipeline.first_pass.stages import Beside, ahead
from archive_tool.validation import check_namesakes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pyarrow as pa

    from archive_tool.model.progress import Progress
    from archive_tool.model.tables import Batch
    from archive_tool.pipeline.first_pass.parking import Parking
    from archive_tool.pipeline.processes.worker import Worker
    from archive_tool.pipeline.sources.source import Source


def gather(
    source: Source,
    *,
    as_of: datetime,
    parking: Parking | None = None,
    names: Sequence[str] = (),
    check: bool = True,
    progress: Progress | None = None,
    workers: Sequence[Worker] = (),
    soon: Sequence[str] = (),
) -> Gathered:
    """Read a bundle, or an archive in its place, once.

    ``check=False`` only takes inventory. ``names`` are further names that the researcher knows.
    With ``parking`` the rows wait there for the second pass; ``workers`` check, and read with us.
    ``soon``: modules that the one who checks will need after that.
    """
    log = FindingLog()
    reader = source.reader(log, progress, workers)
    listings: list[pa.Table] = []
    census = Census()
    identifiers = Identifiers(names=names)
    consent = Consent()
    checks = _checks(log, as_of, workers, soon) if check else None
    with Beside(_unchecked if checks is None else checks.add) as checked:
        for batch in ahead(reader.batches()):
            checked.give(batch)
            identifiers.add(batch)
            consent.add(batch)
            if batch.data_type not in BY_NAME:
                listings.append(batch.table)
                continue  # the roster says who is who; it is never archived
            census.add(batch)
            if parking is not None:
                parking.add(batch.data_type, batch.table)
    identifiers.add_told(reader.told)
    gaps = reader.gaps()
    evidence = consent.freeze()
    media = [file for file in source.files if file.kind is FileKind.MEDIA]
    closing = None
    if checks is not None:
        closing = checks.closing(
            Whole(census=census, gaps=gaps, parts=reader.parts, consent=evidence, media=media)
        )
    known = identifiers.freeze()
    if check:
        log.extend(check_namesakes(known))
    dropped = source.folded(census, log)
    copies = {name: len(rows) for name, rows in dropped.items()}
    survey = None if closing is None else closing(copies)
    return Gathered(
        parts=reader.parts,
        gaps=gaps,
        unreadable=reader.unreadable,
        untyped=reader.untyped,
        census=census,
        findings=log,
        identifiers=known,
        consent=evidence,
        survey=survey,
        roster=listings,
        dropped=dropped,
    )


def _checks(
    log: FindingLog, as_of: datetime, workers: Sequence[Worker], soon: Sequence[str]
) -> ChecksHere | ChecksElsewhere:
    if workers:
        return ChecksElsewhere(log, as_of=as_of, worker=workers[0], soon=soon)
    return ChecksHere(log, as_of=as_of)


def _unchecked(_: Batch) -> None:
    """Take inventory only."""
