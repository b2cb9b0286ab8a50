"""What the tests let a worker process do."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING
from unittest.mock import patch

import pyarrow as pa

from archive_tool.anonymize.texts.text import Scrubber
from archive_tool.errors import IntegrityError
from archive_tool.pipeline.second_pass.bench import BenchElsewhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive_tool.pipeline.second_pass.bench import Outcome, ShardRun


class Desk:
    """Remembers a sum."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sum = 0

    def add(self, number: int) -> str:
        self._sum += number
        return f"{self._name}{self._sum}"

    def process(self) -> int:
        return os.getpid()

    def doubled(self, table: pa.Table) -> tuple[pa.Table, int]:
        return pa.concat_tables([table, table]), table.nbytes

    def fail(self, failure: Exception) -> None:
        raise failure

    def cannot_travel(self) -> Callable[[], None]:
        return lambda: None

    def shout(self) -> str:
        print("loud", flush=True)
        return "quiet"

    def sleep(self) -> None:
        time.sleep(60)


class Broken:
    """Cannot be made."""

    def __init__(self) -> None:
        raise IntegrityError("cannot be made")


class Blind(BenchElsewhere):
    """Leaves every text as it is."""

    def write(self, run: ShardRun) -> Outcome:
        with patch.object(Scrubber, "column", lambda _, texts, room="": (texts, 0)):
            return super().write(run)


class Dies(BenchElsewhere):
    """Is killed at its first work, as by a machine without memory."""

    says = "worker process ended"

    def write(self, run: ShardRun) -> Outcome:
        os._exit(9)


class Full(BenchElsewhere):
    """Finds no room on the disk."""

    says = "No space left on device"

    def write(self, run: ShardRun) -> Outcome:
        raise OSError(28, "No space left on device")
