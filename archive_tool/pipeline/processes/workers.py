"""How many processes a bundle is worth, decided before anything is read of it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive_tool.model.processors import processors
from archive_tool.pipeline.processes.process import spawn
from archive_tool.pipeline.processes.serve import load
from archive_tool.pipeline.processes.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import ExitStack

WORTH_A_WORKER: Final = 24 * 2**20
"""Bytes of tables from which another process saves more than its start costs."""

MOST_WORKERS: Final = 3
"""Each takes about 200 MB: the libraries once more, and the rows it works on."""

READING: Final = ("archive_tool.pipeline.first_pass.reading",)
"""Modules that a worker will need that only helps to read."""

FIRST_PASS: Final = (
    "archive_tool.pipeline.first_pass.checking",
    *READING,
)
"""Modules that a worker will need soon."""

SECOND_PASS: Final = ("archive_tool.pipeline.second_pass.bench",)
"""Modules that it will need later: the first one loads them when it waits for rows to check."""

UNPACKED: Final = {".csv": 1, ".json": 1, ".ndjson": 1, ".jsonl": 1, ".zip": 4, ".parquet": 4}
"""How many bytes of tables a byte of a file is at least likely to be, by its name."""


def workers_worth(bundles: Sequence[str | os.PathLike[str]], most: int | None = None) -> int:
    """Say how many workers the files are worth; ``most`` instead of what the machine has."""
    if most is None:
        most = min(MOST_WORKERS, processors() - 1)
    return most if most and _is_large(bundles) else 0


def start_workers(stack: ExitStack, count: int, *, to_read: bool = False) -> list[Worker]:
    """Start workers; fewer, or none, where no process can be started.

    They load what they need while this process loads the same, and reads; ``to_read``: they do
    nothing else.
    """
    first, later = (READING, ()) if to_read else (FIRST_PASS, SECOND_PASS)
    found: list[Worker] = []
    with suppress(OSError):
        for _ in range(count if sys.executable else 0):
            found.append(stack.enter_context(Worker(spawn())))
            found[-1].hire(load, *first, *(later if found[1:] else ()))
    return found


def _is_large(bundles: Sequence[str | os.PathLike[str]]) -> bool:
    size = 0
    for file in _files(bundles):
        with suppress(OSError):  # the bundle says so when it is opened
            size += UNPACKED.get(file.suffix.lower(), 0) * file.stat().st_size
        if size >= WORTH_A_WORKER:
            return True
    return False


def _files(bundles: Sequence[str | os.PathLike[str]]) -> Iterator[Path]:
    for bundle in map(Path, bundles):
        if bundle.is_dir():
            for folder, _, names in os.walk(bundle):
                yield from (Path(folder, name) for name in names)
        else:
            yield bundle
