"""Objects through a pipe between two processes of ours; Arrow tables as they lie in memory."""

from __future__ import annotations

import io
import pickle
import queue
import struct
import sys
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

_HEAD: Final = struct.Struct("<QI")
"""Bytes of the object, and how many buffers follow it."""
_SIZE: Final = struct.Struct("<Q")

PIPE_BYTES: Final = 2**20
"""How much may wait in a pipe, where the system lets us say so."""


class _Pickler(pickle.Pickler):
    """Tables travel as IPC streams: only their own rows, only once, and no column without a value.

    A third of what lies in memory is columns of this form that have no value in this bundle.
    """

    def reducer_override(self, item: object) -> Any:  # noqa: ANN401
        pa = sys.modules.get("pyarrow")  # nobody has a table who has not loaded it
        if pa is None or not isinstance(item, pa.Table):
            return NotImplemented
        empty = [n for n, column in enumerate(item.columns) if column.null_count == item.num_rows]
        filled = item.select([n for n in range(item.num_columns) if n not in empty])
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, filled.schema) as writer:
            writer.write_table(filled)
        fields = [(n, item.schema.field(n)) for n in empty]
        return _table, (pickle.PickleBuffer(sink.getvalue()), item.num_rows, fields)


def _table(stream: object, rows: int, empty: list[tuple[int, pa.Field[Any]]]) -> pa.Table:
    import pyarrow as pa

    from archive_tool.ingest.arrow import shared_nulls

    with pa.ipc.open_stream(pa.py_buffer(stream)) as reader:
        filled = reader.read_all()
    columns: list[Any] = filled.columns
    fields = list(filled.schema)
    for place, field in empty:
        columns.insert(place, shared_nulls(field.type, rows))
        fields.insert(place, field)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, filled.schema.metadata))


Packed = list["bytes | memoryview"]
"""One object as bytes, to be written one after the other."""


def pack(item: object) -> Packed:
    """Give an object as bytes; raises what pickle says of one that cannot travel."""
    buffers: list[pickle.PickleBuffer] = []
    body = io.BytesIO()
    _Pickler(body, protocol=5, buffer_callback=buffers.append).dump(item)
    raws = [buffer.raw() for buffer in buffers]
    sizes = b"".join(_SIZE.pack(raw.nbytes) for raw in raws)
    content = body.getvalue()  # tables, which are large, are not in it
    return [_HEAD.pack(len(content), len(raws)), sizes, content, *raws]


def send(to: IO[bytes], packed: Packed) -> None:
    """Write an object; OSError (:func:`is_unread`) when nobody reads any more."""
    for piece in packed:
        to.write(piece)
    to.flush()


def receive(source: IO[bytes]) -> Any:  # noqa: ANN401
    """Read one object; None at the end."""
    frame = _frame(source)
    return None if frame is None else _opened(frame)


class Incoming:
    """Objects that are read by a thread of its own while the last one is worked on."""

    def __init__(self, source: IO[bytes], *, at_end: Callable[[], object]) -> None:
        """``at_end`` is called as soon as nobody can send any more."""
        self._frames: queue.SimpleQueue[tuple[bytes, list[Any]]] = queue.SimpleQueue()
        self._source, self._at_end = source, at_end
        threading.Thread(target=self._read, name="incoming", daemon=True).start()

    def next(self) -> Any:  # noqa: ANN401
        """Wait for the next object."""
        return _opened(self._frames.get())

    def _read(self) -> None:
        while (frame := _frame(self._source)) is not None:
            self._frames.put(frame)
        self._at_end()


def widen(*pipes: IO[bytes]) -> None:
    """Let more wait in pipes, where that can be said: Linux."""
    if sys.platform == "linux":
        import fcntl

        for pipe in pipes:
            with suppress(OSError):  # a user may have no more of it
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _frame(source: IO[bytes]) -> tuple[bytes, list[Any]] | None:
    head = source.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    size, count = _HEAD.unpack(head)
    sizes = source.read(_SIZE.size * count)
    body = source.read(size)
    if len(sizes) < _SIZE.size * count or len(body) < size:
        return None
    buffers = []
    for (length,) in _SIZE.iter_unpack(sizes):
        buffer = _filled(source, length)
        if buffer is None:
            return None
        buffers.append(buffer)
    return body, buffers


def _filled(source: IO[bytes], length: int) -> Any:  # noqa: ANN401
    import pyarrow as pa

    buffer = pa.allocate_buffer(length)
    rest = memoryview(buffer)
    while rest:
        got = source.readinto(rest)  # type: ignore[attr-defined]
        if not got:
            return None
        rest = rest[got:]
    return buffer


def _opened(frame: tuple[bytes, list[Any]]) -> Any:  # noqa: ANN401
    body, buffers = frame
    return pickle.loads(body, buffers=buffers)  # noqa: S301  (from our own process)
