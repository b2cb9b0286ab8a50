"""Who works on runs of shards: threads of this process, and worker processes where it pays."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from archive_tool.model.processors import threads_worth
from archive_tool.pipeline.second_pass.bench import Bench, BenchElsewhere

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import ExitStack

    from archive_tool.anonymize import Context
    from archive_tool.archive.writer import ArchiveWriter
    from archive_tool.disclose.gate.documents import Window
    from archive_tool.disclose.gate.gate import Seen
    from archive_tool.pipeline.processes.worker import Hired, Worker
    from archive_tool.pipeline.second_pass.bench import Outcome, ShardRun


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


Then = Callable[["Outcome"], object]
"""What is done with what became of a run, in the thread that hands runs out."""


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """What is left to do for those elsewhere when all runs were written."""

    seen: Sequence[Future[Seen]]
    """What their gates saw."""
    settled: Sequence[Future[None]]
    """Done when their files are on the disk."""


@dataclass(frozen=True, kw_only=True)
class Crew:
    """Hands runs to whoever has room."""

    hands: Sequence[Hand]
    benches: Sequence[Hired]
    """Those of the hands that are elsewhere."""
    _waiting: deque[tuple[Future[Outcome], Then]] = field(default_factory=deque)

    def give(self, run: ShardRun, then: Then) -> None:
        """Hand a run over as soon as somebody has room; raises the first failure of earlier ones.

        ``then`` is called with what became of it, in the order of the runs, by a later call.
        """
        self._waiting.append((self._free().give(run), then))
        while self._waiting[0][0].done():
            self._pop()
            if not self._waiting:
                return

    def drain(self) -> None:
        """Wait for all runs."""
        while self._waiting:
            self._pop()

    def finish(self) -> Elsewhere:
        """Ask those elsewhere for what is left to do; nobody waits for it here."""
        return Elsewhere(
            seen=[bench.submit("seen") for bench in self.benches],
            settled=[bench.submit("settle") for bench in self.benches],
        )

    def _pop(self) -> None:
        future, then = self._waiting.popleft()
        then(future.result())

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
    window: Window | None,
    workers: Sequence[Worker],
) -> Crew:
    """Set up a bench here and one with each worker, where the context can travel there."""
    benches = [
        worker.hire(BenchElsewhere, context, writer.secrets, writer.folder, window)
        for worker in (workers if context.travels else ())
    ]
    stack.push(partial(_stop_after_failure, workers))
    threads = 1 if benches else threads_worth(2)
    pool = stack.enter_context(ThreadPoolExecutor(threads, "bench"))
    here = Bench(context=context, tables=writer.tables)
    return Crew(
        hands=[
            Hand(take=lambda run: pool.submit(here.write, run), most=threads + 1),
            *(Hand(take=partial(bench.submit, "write"), most=2) for bench in benches),
        ],
        benches=benches,
    )


def _stop_after_failure(workers: Sequence[Worker], kind: object, *_: object) -> None:
    """Nobody writes any more when what was written is removed."""
    if kind is not None:
        for worker in workers:
            worker.stop()
