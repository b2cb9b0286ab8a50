"""Compiled templates, kept beside Python's own compiled modules if it keeps any."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from typing import TYPE_CHECKING

from jinja2 import FileSystemBytecodeCache

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket


class Compiled(FileSystemBytecodeCache):
    """Where nothing can be kept, templates are compiled each time."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Name one template by its own name: the folder's may have letters a system cannot write.

        Under ``LC_ALL=POSIX`` an ``Ü`` in it is no text that can be hashed.
        """
        return super().get_cache_key(name)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find one template, if it was kept."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template, if there is room and leave to do so."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def compiled(templates: Path) -> Compiled | None:
    """Give the place for the templates of a folder; None where Python keeps nothing either."""
    if sys.dont_write_bytecode:
        return None
    folder = os.path.dirname(cache_from_source(str(templates / "page.py")))
    with suppress(OSError):
        os.makedirs(folder, exist_ok=True)
    return Compiled(folder)
