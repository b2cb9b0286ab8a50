"""The first pass for ``inspect`` and ``policy check``: what is in a bundle; nothing is checked."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from archive_tool.pipeline.first_pass.gather import gather
from archive_tool.pipeline.first_pass.reading import has_many_pages
from archive_tool.pipeline.processes.interpreter import many_threads
from archive_tool.pipeline.processes.workers import start_workers, workers_worth
from archive_tool.pipeline.sources.from_bundle import FromBundle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from archive_tool.bundle import Bundle
    from archive_tool.model.paths import AnyPath
    from archive_tool.model.progress import Progress
    from archive_tool.pipeline.first_pass.gathered import Gathered


def inventory(
    bundle: Bundle,
    given: Sequence[AnyPath],
    *,
    as_of: datetime,
    progress: Progress | None,
    workers: int | None,
) -> Gathered:
    """Read a bundle once and check nothing; ``given`` is what it was opened from.

    ``workers``: processes that decode many pages beside this one; for tables none are started.
    """
    with ExitStack() as stack:
        stack.enter_context(many_threads())
        worth = workers_worth(given, workers) if has_many_pages(bundle) else 0
        at_hand = start_workers(stack, worth, to_read=True)
        return gather(
            FromBundle(bundle),
            as_of=as_of,
            check=False,
            progress=progress,
            workers=[worker for worker in at_hand if worker.is_up()],
        )
