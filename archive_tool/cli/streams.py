"""The standard streams of a process that was started by anything: a shell, a scheduler, a service."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TextIO

import click

from archive_tool.model.texts import unsteered


def prepare_streams() -> None:
    """Open what was left closed, and let every sign be written.

    Under a closed number the next file that is opened would receive what is printed.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = _whole(sys.stdout or _nowhere())
    sys.stderr = _whole(sys.stderr or _nowhere())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a pipe on Windows has no sign for every name of a file: better an escape than no answer
            stream.reconfigure(errors="backslashreplace")


def _whole(stream: TextIO) -> TextIO:
    """Give a stream that writes all of a text or fails.

    Under PYTHONUNBUFFERED, which containers set, what a full disk takes of a text is taken for all.
    """
    raw = stream.buffer if isinstance(stream, io.TextIOWrapper) else None
    if not isinstance(raw, io.RawIOBase):
        return stream
    encoding = stream.encoding
    stream.detach()  # type: ignore[attr-defined]
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding=encoding, line_buffering=True)


def say(line: str) -> None:
    """Say something on stderr; a terminal that went away ends nothing."""
    with suppress(OSError):
        click.echo(unsteered(line), err=True)


def _nowhere() -> io.TextIOWrapper:
    return io.TextIOWrapper(open(os.devnull, "wb"), encoding="utf-8")
