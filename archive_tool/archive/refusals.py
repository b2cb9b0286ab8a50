"""What is said of one archive that cannot be read: others of its store may be whole."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from archive_tool.errors import FormatError, IntegrityError, VaultError

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSALS: Final = (FormatError, IntegrityError, VaultError)
"""Whatever else goes wrong stops all."""


@contextmanager
def naming(archive_id: str) -> Iterator[None]:
    """Say which of several archives it is that cannot be read."""
    try:
        yield
    except REFUSALS as error:
        if archive_id not in error.where:
            error.where = f"{archive_id}/{error.where}" if error.where else archive_id
        raise
