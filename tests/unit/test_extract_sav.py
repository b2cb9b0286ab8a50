"""What ``extract --format sav`` writes, read back by pyreadstat and by PSPP."""

from __future__ import annotations

import re
import stat
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyreadstat
import pytest

from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.extraction.sav import names as sav_names
from archive_tool.archive.extraction.sav import rows as sav_rows
from archive_tool.errors import UsageError
from archive_tool.schemas import FIELDS
from tests.support.archives import NOW, Made, event, make, small

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = datetime(2026, 3, 1, 10, 0, 2, 250_000)


class Read(NamedTuple):
    """A file as it is read back; missing numbers are None."""

    columns: dict[str, list[Any]]
    meta: Any


def read(path: Path) -> Read:
    frame, meta = pyreadstat.read_sav(path)
    columns = {name: list(frame[name].astype(object)) for name in frame}
    plain = {
        name: [None if cell != cell else cell for cell in cells] for name, cells in columns.items()
    }
    return Read(plain, meta)


def run(made: Made, to: Path, **options: Any) -> None:
    extract(made.open(), to=to, format="sav", now=NOW, **options)


def spss(folder: Path, syntax: str) -> str:
    done = subprocess.run(
        ["pspp", "-"], cwd=folder, input=syntax, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stdout, done.stdout
    return done.stdout


def refused(made: Made, to: Path, **options: Any) -> tuple[str, str]:
    with pytest.raises(UsageError) as caught:
        run(made, to, **options)
    assert caught.value.__context__ is None
    return str(caught.value), caught.value.hint


ROWS = [
    event(1, "ann", response='"=1+1"', content="two\r\nlines", value="7"),
    event(2, "ann", onset=None, content="", response='{"value":7}', extra='{"new":1}'),
    event(3, "ann", onset=0.125, content="Żółć 日本 😀", eventType="  leading"),
]


@pytest.fixture
def events(tmp_path: Path) -> Read:
    run(make(tmp_path, {("events", "ann"): ROWS}), tmp_path / "out")
    return read(tmp_path / "out" / "events.sav")


def test_values_are_those_of_the_rows(events: Read) -> None:
    columns = events.columns
    assert columns["id"] == ["e1", "e2", "e3"]
    assert columns["timestamp"][1] == MOMENT
    assert columns["onset"] == [1000, None, 0.125]
    assert columns["content"] == ["two\r\nlines", "", "Żółć 日本 😀"]
    assert columns["eventType"] == ["", "", "  leading"]
    assert columns["response"] == ["=1+1", '{"value":7}', ""]
    assert columns["value"] == ["7", "", ""]
    assert columns["extra"] == ["", '{"new":1}', ""]


def test_columns_and_their_order_are_those_of_csv(tmp_path: Path) -> None:
    made = small(tmp_path)
    run(made, tmp_path / "out")
    extract(made.open(), to=tmp_path / "out")
    for name in ("events", "chat"):
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8") as file:
            header = file.readline().rstrip("\n").split(",")
        assert list(read(tmp_path / "out" / f"{name}.sav").columns) == header


def test_declarations_come_from_the_dictionary(events: Read) -> None:
    meta = events.meta
    labels = meta.column_names_to_labels
    assert labels["timestamp"] == "When it happened (UTC)"
    assert labels["onset"] == (
        "Time from the start of the experiment; negative before the start (ms)"
    )
    assert labels["extra"].startswith("Fields that no declaration names, as one JSON object")
    formats = meta.original_variable_types
    assert (formats["timestamp"], formats["onset"], formats["id"]) == (
        "DATETIME24.3",
        "F16.3",
        "A2",
    )
    assert meta.variable_measure["onset"] == meta.variable_measure["timestamp"] == "scale"
    assert {meta.variable_measure[name] for name in ("id", "content", "response")} == {"nominal"}
    assert meta.file_label == "events, archive 20261120-test"
    assert meta.creation_time == NOW.replace(tzinfo=None)


def test_flags_are_numbers_with_words(tmp_path: Path) -> None:
    rows = [{"ratingId": f"r{n}", "interacted": flag} for n, flag in enumerate((True, False, None))]
    run(make(tmp_path, {("ratings/sparse", "ann"): rows}), tmp_path / "out")
    columns, meta = read(tmp_path / "out" / "ratings_sparse.sav")
    assert columns["interacted"] == [1, 0, None]
    assert meta.variable_value_labels == {"interacted": {0: "false", 1: "true"}}
    assert meta.variable_measure["interacted"] == "nominal"


def test_whole_numbers_are_shown_without_a_fraction(tmp_path: Path) -> None:
    run(make(tmp_path, {("events", "ann"): [event(1, "ann")]}), tmp_path / "out")
    assert read(tmp_path / "out" / "events.sav").meta.original_variable_types["onset"] == "F16.0"


def test_what_is_no_number_is_missing(tmp_path: Path) -> None:
    rows = [event(n, "ann", onset=x) for n, x in enumerate((float("nan"), float("inf"), -0.0))]
    run(make(tmp_path, {("events", "ann"): rows}), tmp_path / "out")
    assert read(tmp_path / "out" / "events.sav").columns["onset"] == [None, None, 0]


@pytest.mark.parametrize("year", [1583, 2026, 9999])
def test_a_time_far_from_today_is_the_same_time(tmp_path: Path, year: int) -> None:
    """Beyond 285 years from 1970 not every microsecond is a number."""
    time = datetime(year, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    run(make(tmp_path, {("events", "ann"): [event(1, "ann", timestamp=time)]}), tmp_path / "out")
    (found,) = read(tmp_path / "out" / "events.sav").columns["timestamp"]
    assert abs(found - time.replace(tzinfo=None)) < timedelta(milliseconds=1)


def test_a_selection_without_rows_declares_its_columns(tmp_path: Path) -> None:
    run(make(tmp_path, {("events", "ann"): ROWS}), tmp_path / "out", limit=0)
    columns, meta = read(tmp_path / "out" / "events.sav")
    assert set(map(len, columns.values())) == {0}
    assert meta.original_variable_types["timestamp"] == "DATETIME24.3"
    assert meta.original_variable_types["content"] == "A1"


def test_rows_in_several_parts_are_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["archive_tool.archive.extraction.extract"], "CHUNK", 2)
    run(small(tmp_path), tmp_path / "out")
    assert read(tmp_path / "out" / "events.sav").columns["id"] == ["e1", "e2", "e3", "e4"]


def test_progress_counts_the_rows(tmp_path: Path) -> None:
    told: list[int] = []
    run(small(tmp_path), tmp_path / "out", progress=lambda rows, _: told.append(rows))
    assert (told[-1], told) == (6, sorted(told))


def test_the_same_rows_are_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = small(tmp_path)
    run(made, tmp_path / "a")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    run(made, tmp_path / "b")
    assert (tmp_path / "a" / "chat.sav").read_bytes() == (tmp_path / "b" / "chat.sav").read_bytes()
    extract(made.open(), to=tmp_path / "c", format="sav")
    assert read(tmp_path / "c" / "chat.sav").meta.creation_time == NOW.replace(tzinfo=None)


def test_only_the_owner_may_read_it_and_nothing_else_is_left(tmp_path: Path) -> None:
    run(small(tmp_path), tmp_path / "out")
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == ["chat.sav", "events.sav"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_folder_named_like_a_home_is_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(small(tmp_path), tmp_path.__class__("~"), types=["chat"])
    assert read(tmp_path / "~" / "chat.sav").columns["messageId"] == ["m1", "m2"]


LONGEST = "é" * 16_383 + "x"


def test_the_longest_text_is_whole(tmp_path: Path) -> None:
    assert len(LONGEST.encode()) == sav_rows.LONGEST_TEXT
    rows = [event(1, "ann", content=LONGEST), event(2, "ann", content="short")]
    run(make(tmp_path, {("events", "ann"): rows}), tmp_path / "out")
    assert read(tmp_path / "out" / "events.sav").columns["content"] == [LONGEST, "short"]


def test_a_text_too_long_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    rows = {
        ("chat", "ann"): [{"messageId": "m", "senderId": "ann", "content": "x"}],
        ("events", "ann"): [event(1, "ann", content=f"{LONGEST}x")],
    }
    assert refused(make(tmp_path, rows), tmp_path / "out") == (
        "events.content: holds a text that is too long for SPSS (expected at most 32,767 bytes)",
        "take another --format, or leave this type out with --type",
    )
    assert not (tmp_path / "out").exists()


def test_a_text_with_a_nul_is_refused(tmp_path: Path) -> None:
    made = make(tmp_path, {("events", "ann"): [event(1, "ann", content="a\0b")]})
    assert refused(made, tmp_path / "out") == (
        "events.content: holds a text with a NUL character, which ends a text in SPSS",
        "take another --format, or leave this type out with --type",
    )
    assert not (tmp_path / "out").exists()


def test_without_the_library_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    assert refused(small(tmp_path), tmp_path / "out") == (
        "format sav: SPSS files need pyreadstat, which is not installed",
        "pip install 'archive-tool[spss]', or take --format csv",
    )
    assert not (tmp_path / "out").exists()


def test_a_disk_that_does_not_take_it_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, path: Path, **__: object) -> None:
        path.write_bytes(b"half")
        raise pyreadstat.ReadstatError("Unable to write data")

    monkeypatch.setattr(pyreadstat, "write_sav", full)
    with pytest.raises(OSError, match="the file cannot be written") as caught:
        run(small(tmp_path), tmp_path / "out")
    assert caught.value.__context__ is None
    assert not (tmp_path / "out").exists()


def test_summary_tables_have_missing_for_what_is_hidden(tmp_path: Path) -> None:
    cells = pa.table(
        {
            "componentType": ["(all)", "rating"],
            "labels.größe *": ["a", "b"],
            "rows": pa.array([10, None], pa.int64()),
            "mean": [0.5, None],
            "status": ["published", "hidden"],
        }
    )
    run(make(tmp_path, {}, aggregates={"events_by_component": cells}), tmp_path / "out")
    columns, meta = read(tmp_path / "out" / "events_by_component.sav")
    assert columns == {
        "componentType": ["(all)", "rating"], "labels.gr__e__": ["a", "b"], "rows": [10, None],
        "mean": [0.5, None], "status": ["published", "hidden"],
    }  # fmt: skip
    assert meta.column_names_to_labels["labels.gr__e__"] == "labels.größe *"
    assert (meta.original_variable_types["rows"], meta.variable_measure["rows"]) == (
        "F16.0",
        "scale",
    )


def test_recordings_come_as_they_are(tmp_path: Path) -> None:
    made = make(tmp_path, {}, recordings={("ann", "film.webm"): b"film"})
    run(made, tmp_path / "out", types=["media"])
    assert (tmp_path / "out" / "media" / "film.webm").read_bytes() == b"film"


def test_spss_syntax_reads_it(tmp_path: Path) -> None:
    rows = [event(n, "ann", content=LONGEST[: 300 * n], value=f"{n}.5") for n in range(4)]
    run(make(tmp_path, {("events", "ann"): rows}), tmp_path / "out")
    said = spss(
        tmp_path / "out",
        """GET FILE='events.sav'.
DISPLAY DICTIONARY.
DESCRIPTIVES /VARIABLES=onset /STATISTICS=MEAN.
COMPUTE bytes = LENGTH(RTRIM(content)).
SET DECIMAL=DOT.
COMPUTE rating = NUMBER(value, F16).
LIST /VARIABLES=id timestamp onset bytes rating.
""",
    )
    assert re.search(r"\|Time from the start [^|]*\|4\|1500.00\|", said)
    assert re.search(r"\|timestamp *\| *\d+\|When it *\|Scale ", said)
    assert re.search(r"\|content *\|A1800 *\|", said)
    assert re.search(r"\|e2\|01-MAR-2026 10:00:02.250\| 2000\| *1200\.00\| *2\.50\|", said)


def short_names(path: Path) -> dict[str, list[str]]:
    """Names that the file itself gives the pieces, by the first piece of each variable."""
    content, at, found, width = path.read_bytes(), 176, {}, 0
    listed = content[content.index(struct.pack("<iii", 7, 14, 1)) + 16 :].split(b"\0\t")
    long = {name.decode(): int(size) for name, size in (p.split(b"=") for p in listed if b"=" in p)}
    while content[at : at + 4] == struct.pack("<i", 2):
        kind, label = struct.unpack_from("<ii", content, at + 4)
        name = content[at + 24 : at + 32].decode().strip()
        at += 32
        if label:
            (size,) = struct.unpack_from("<i", content, at)
            at += 4 + (size + 3) // 4 * 4
        if kind < 0:
            continue
        if width <= 0:
            width, pieces = long.get(name, 0), found.setdefault(name, [])
        pieces.append(name)
        width -= 252
    return found


def test_the_pieces_of_a_long_text_begin_as_the_first_does(tmp_path: Path) -> None:
    """Or SPSS shows them one by one; two columns before have the same eight characters."""
    texts = {"stimulusUrl": "u" * 700, "stimulusCaption": "c" * 900, "content": "t" * 300}
    rows = [event(1, "ann", stimulusId="s", context=f'"{"x" * 400}"', **texts)]
    run(make(tmp_path, {("events", "ann"): rows}), tmp_path / "out")
    named = short_names(tmp_path / "out" / "events.sav")
    pieces = [names for names in named.values() if len(names) > 1]
    assert sorted(map(len, pieces)) == [2, 2, 3, 4]
    assert all(len({name[:5] for name in names}) == 1 for names in pieces)
    every = [name for names in named.values() for name in names]
    assert len(every) == len(set(every))
    columns = read(tmp_path / "out" / "events.sav").columns
    assert {name: columns[name][0] for name in texts} == texts
    said = spss(tmp_path / "out", "GET FILE='events.sav'.\nDISPLAY VARIABLES.\n")
    assert all(re.search(rf"\|{name} *\|", said) for name in texts)


def test_every_column_of_the_dictionary_has_a_name_that_spss_takes() -> None:
    for fields in FIELDS.values():
        names = [field.name for field in fields]
        assert sav_names.legal([*names, "extra"]) == [*names, "extra"]


def test_other_names_become_such_and_stay_apart() -> None:
    given = ["all", "Mean", "mean", "1st", "a b", "a-b", "_x", "end.", "x" * 70, "x" * 71, "", "日"]
    assert sav_names.legal(given) == [
        "all_2", "Mean", "mean_2", "v1st", "a_b", "a_b_2", "v_x", "end", "x" * 64, "x" * 62 + "_2",
        "v", "v_",
    ]  # fmt: skip


def test_labels_are_cut_at_a_word_and_keep_their_unit() -> None:
    label = sav_rows._label("Größe " * 60, "ms")
    assert label == "Größe " * 31 + "(ms)"
    assert len(label.encode()) <= sav_rows.LONGEST_LABEL < len(f"Größe {label}".encode())


def test_a_moment_is_written_in_english_and_utc(tmp_path: Path) -> None:
    late = datetime(2026, 12, 31, 23, 59, 58, tzinfo=UTC)
    extract(small(tmp_path).open(), to=tmp_path / "out", format="sav", now=late, types=["chat"])
    assert (tmp_path / "out" / "chat.sav").read_bytes()[92:109] == b"31 Dec 2623:59:58"
