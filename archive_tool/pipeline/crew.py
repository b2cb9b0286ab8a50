"""Who works on runs of shards: threads of this process, and worker processes where it pays."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from archive_tool.pipeline.bench import Bench, BenchElsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import ExitStack

    from archive_tool.anonymize import Context
    from archive_tool.archive.writer import ArchiveWriter
    from archive_tool.disclose.gate import Gate
    from archive_tool.pipeline.bench import Outcome, ShardRun
    from archive_tool.pipeline.worker import Hired, Worker


@dataclass(frozen=True, kw_only=True)
class Hand:
    """One who takes runs."""

    take: Callable[[ShardRun], Future[Outcome]]
    most: int
    """Runs that may lie with them: bounds the memory."""
    mine: set[Future[Outcome]] = field(default_factory=set)
    """What they were given and have not done."""

    def has_room(self) -> bool:
        """Whether they can take one more."""
        self.mine.difference_update([run for run in self.mine if run.done()])
        return len(self.mine) < self.most

    def give(self, run: ShardRun) -> Future[Outcome]:
        """Hand a run over."""
        future = self.take(run)
        self.mine.add(future)
        return future


@dataclass(frozen=True, kw_only=True)
class Crew:
    """Hands runs to whoever has room."""

    hands: Sequence[Hand]
    benches: Sequence[Hired]
    """Those of the hands that are elsewhere."""
    gate: Gate

    def work(self, runs: Iterable[ShardRun]) -> Iterator[Outcome]:
        """Give what became of the runs, in their order; raises the first failure."""
        waiting: deque[Future[Outcome]] = deque()
        for run in runs:
            waiting.append(self._free().give(run))
            while waiting and waiting[0].done():
                yield waiting.popleft().result()
        for future in waiting:
            yield future.result()

    def finish(self) -> None:
        """Wait until all files are on the disk; the gate takes over what was seen elsewhere."""
        for seen in [bench.submit("finish") for bench in self.benches]:
            self.gate.merge(seen.result())

    def _free(self) -> Hand:
        """Wait for one with room; the one with the least to do."""
        while not (free := [hand for hand in self.hands if hand.has_room()]):
            wait([run for hand in self.hands for run in hand.mine], return_when=FIRST_COMPLETED)
        return min(free, key=lambda hand: len(hand.mine))


def assemble(
    stack: ExitStack,
    *,
    context: Context,
    writer: ArchiveWriter,
    gate: Gate,
    workers: Sequence[Worker],
) -> Crew:
    """Set up a bench here and one with each worker, where the context can travel there."""
    benches = [
        worker.hire(BenchElsewhere, context, writer.secrets, writer.folder, gate.window)
        for worker in (workers if context.travels else ())
    ]
    threads = 1 if benches else max(2, os.cpu_count() or 2)
    pool = stack.enter_context(ThreadPoolExecutor(threads, "bench"))
    here = Bench(context=context, tables=writer.tables)
    return Crew(
        hands=[
            Hand(take=lambda run: pool.submit(here.write, run), most=threads + 1),
            *(Hand(take=partial(bench.submit, "write"), most=2) for bench in benches),
        ],
        benches=benches,
        gate=gate,
    )
