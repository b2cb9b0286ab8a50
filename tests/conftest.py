"""No test leaves anything behind in the user's own folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="session")
def _machine_without_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The record of erasures that a machine keeps goes to a folder of the test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path_factory.mktemp("memory")))
        yield
