"""Laws of the SPSS files."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyreadstat
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.archive.extraction import sav
from archive_tool.archive.extraction.columns import Column
from archive_tool.archive.extraction.sav import names as sav_names
from archive_tool.schemas import Kind

TYPES = {
    "text": (Kind.TEXT, pa.string()),
    "textOther": (Kind.TEXT, pa.string()),
    "textOtherMore": (Kind.LABEL, pa.dictionary(pa.int32(), pa.string())),
    "number": (Kind.NUMBER, pa.float64()),
    "flag": (Kind.FLAG, pa.bool_()),
    "time": (Kind.TIME, pa.timestamp("us", "UTC")),
}
COLUMNS = tuple(Column(name=n, kind=kind, type=of) for n, (kind, of) in TYPES.items())
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
LONGER = st.builds("{1}{0}".format, TEXT, st.sampled_from(["", "é" * 130, "x" * 503, "日" * 400]))
TIME = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(
    lambda time: time.replace(tzinfo=UTC)
)
ROW = st.fixed_dictionaries(
    {},
    optional={
        "text": LONGER,
        "textOther": LONGER,
        "textOtherMore": LONGER,
        "number": st.floats(-1e300, 1e300),
        "flag": st.booleans(),
        "time": TIME,
    },
)
EPOCH = datetime(1582, 10, 14, tzinfo=UTC)
SCHEMA = pa.schema([(name, of) for name, (_, of) in TYPES.items()])


def held(name: str, value: Any) -> Any:
    """What SPSS can hold of a value: it fills texts up with spaces, and has no empty one."""
    if name.startswith("text"):
        return (value or "").rstrip(" ")
    return (value - EPOCH).total_seconds() if name == "time" and value else value


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(ROW, max_size=5), cut=st.integers(0, 5))
def test_reading_inverts_writing(rows: list[dict[str, Any]], cut: int) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sav"
        path.touch()
        sav.write(
            path, [table.slice(0, cut), table.slice(cut)], COLUMNS,
            data_type="events", title="x", created=datetime(2026, 3, 1, tzinfo=UTC),
        )  # fmt: skip
        read, meta = pyreadstat.read_sav(path, disable_datetime_conversion=True)
    assert meta.column_names == list(TYPES)
    assert len(read) == len(rows)
    for name in TYPES:
        cells = [None if cell != cell else cell for cell in read[name].astype(object)]
        wanted = [held(name, row.get(name)) for row in rows]
        if name == "time":  # doubles of seconds since 1582 tell about two microseconds apart
            assert [cell is None for cell in cells] == [one is None for one in wanted]
            assert all(
                abs(a - b) < timedelta(microseconds=4).total_seconds()
                for a, b in zip(cells, wanted, strict=True)
                if a is not None
            )
        else:
            assert cells == wanted


@given(names=st.lists(st.text(max_size=80), max_size=8))
def test_names_are_legal_and_apart_whatever_they_were(names: list[str]) -> None:
    given_names = sav_names.legal(names)
    assert len({name.upper() for name in given_names}) == len(names)
    assert all(name[0].isalpha() and not name.endswith(".") for name in given_names)
    assert all(name.isascii() and 1 <= len(name) <= sav_names.LONGEST for name in given_names)
    assert sav_names.legal(given_names) == given_names


@given(names=st.lists(st.text("abAB", min_size=1, max_size=12), max_size=9, unique_by=str.upper))
def test_a_long_text_has_eight_characters_of_its_own(names: list[str]) -> None:
    called = sav_names.standing_in(names, set(names))
    shorts = [called.get(name, name)[: sav_names.SHORT].upper() for name in names]
    assert len(set(shorts)) == len(names)
    assert all(len(other) == len(name) for name, other in called.items())
