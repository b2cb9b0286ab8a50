"""No test leaves anything behind in the user's own folders, and none depends on luck."""

from __future__ import annotations

import os
import tempfile
from itertools import count
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NUMBERS: Final = count(1)

# The same examples in every run: a change is tested, not luck. To look for more:
# ``--hypothesis-profile=explore``, with ``--hypothesis-seed=N`` for a run that can be repeated.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """What tests and their programs put among the temporary files goes with the run.

    But for ``tmp_path``: of a test that failed one wants to see it.
    """
    folder = tempfile.TemporaryDirectory(prefix="archive-tool-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    os.environ["TMPDIR"] = tempfile.tempdir = folder.name


@pytest.fixture(autouse=True, scope="session")
def _machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The record of erasures that a machine keeps goes to a folder of the test run."""
    folder = tmp_path_factory.mktemp("memory")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_TOOL_MEMORY", str(folder))
        yield folder


@pytest.fixture(autouse=True, scope="session")
def _disk_without_waiting() -> Iterator[None]:
    """No power fails while a test runs: what a file system holds need not reach the disk.

    Where it must have been sent there is the matter of ``tests/faults``; processes of their own
    do send it.
    """

    def fsync(descriptor: int) -> None:
        os.fstat(descriptor)  # an error, as before, of what is not open

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield


@pytest.fixture(autouse=True)
def _machine_without_memory(_machines: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test knows of no erasure of another."""
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(_machines / f"{next(_NUMBERS)}"))
