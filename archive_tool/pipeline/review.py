"""The words that scrubbing would leave in a bundle's texts, for somebody to read."""

from __future__ import annotations

import re
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import Context, apply
from archive_tool.anonymize.random_codes import RandomCodes
from archive_tool.anonymize.recognize import presidio
from archive_tool.anonymize.residual import Residue
from archive_tool.anonymize.review import Subject
from archive_tool.anonymize.texts.labels import CODE
from archive_tool.bundle import Limits, open_bundle
from archive_tool.keys.primitives import random_bytes
from archive_tool.model.policy import INDIVIDUAL, Action
from archive_tool.model.tables import EXTRA
from archive_tool.pipeline.first_pass.gather import gather
from archive_tool.pipeline.first_pass.parking import Parking
from archive_tool.pipeline.sources.from_bundle import FromBundle
from archive_tool.policy import decide
from archive_tool.schemas import FIELDS, Kind

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pyarrow as pa

    from archive_tool.anonymize.residual import ResidualWord
    from archive_tool.model.policy import Policy


_CODE: Final = re.compile(f"[PARLE]{CODE}")


def residual_words(
    bundles: Sequence[str | os.PathLike[str]], *, policy: Policy, now: datetime
) -> tuple[list[ResidualWord], Subject]:
    """Apply the policy to the bundle, keep nothing of it but the words that stick out.

    Raises what reading a bundle raises: BundleError (10), IngestError (11).
    """
    decisions = decide(policy)
    residue = Residue()
    with ExitStack() as stack:
        bundle = stack.enter_context(open_bundle(bundles, limits=Limits()))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        parking = Parking(folder=folder, expected_bytes=sum(file.size for file in bundle.files))
        stack.callback(parking.close)
        gathered = gather(
            FromBundle(bundle), as_of=now, parking=parking, names=policy.names, check=False
        )
        context = Context(
            decisions=decisions,
            keys=RandomCodes.new(random_bytes, linkability="release"),
            known=gathered.identifiers,
            excluded=gathered.consent.excluded(policy.consent, gathered.identifiers),
            recognize=presidio(policy.ner) if policy.ner else None,
        )
        for data_type in parking.types():
            if decisions.leaves_to_someone(data_type):
                for bucket in parking.take(data_type):
                    applied = apply(data_type, bucket, context)
                    residue.add(_texts(applied.table, data_type, context))
        about = Subject(bundle=bundle.digest(), policy=policy.digest)
    return residue.words(), about


def _texts(table: pa.Table, data_type: str, context: Context) -> Iterator[tuple[str, int]]:
    """Distinct texts of the columns that are scrubbed, and of the leaves of JSON and unknown columns."""
    import pyarrow as pa

    from archive_tool.disclose.gate.strings import cut, unescaped

    kinds = {field.name: field.kind for field in FIELDS[data_type]} | {EXTRA: Kind.JSON}
    for name, kind in kinds.items():
        action = context.decisions.of(data_type, name).action
        if name not in table.column_names or action not in INDIVIDUAL:
            continue
        column = table.column(name)
        if kind is not Kind.JSON and action is Action.SCRUB:
            yield from _counted(column.cast(pa.string()))
        elif kind is Kind.JSON:
            pieces = cut(column.drop_null().combine_chunks())
            for text, times in _counted(pieces.texts.filter(pieces.inside)):
                if not _CODE.fullmatch(text):  # of an id in a list, say; in a text it has brackets
                    yield unescaped(text) or text, times


def _counted(texts: pa.Array | pa.ChunkedArray) -> Iterator[tuple[str, int]]:
    import pyarrow.compute as pc

    for pair in pc.value_counts(texts).to_pylist():
        if pair["values"]:
            yield pair["values"], pair["counts"]
