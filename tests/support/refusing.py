"""What a refusal says, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive_tool.errors import ArchiveToolError


def problem(kind: type[ArchiveToolError], call: Callable[[], object]) -> str:
    """The message of the failure of a call; no other failure, which may quote data, hangs on it."""
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.__context__ is None
    return str(caught.value)
