"""The second process: what it is asked, what it says of failures, how it ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from pickle import PicklingError

import pyarrow as pa
import pytest

from archive_tool.errors import IntegrityError
from archive_tool.pipeline.processes import workers
from archive_tool.pipeline.processes.worker import WorkerLostError
from archive_tool.pipeline.processes.workers import start_workers
from tests.support.elsewhere import Broken, Desk

ROOT = Path(__file__).parents[2]


@contextmanager
def started():
    with ExitStack() as stack:
        (worker,) = start_workers(stack, 1)
        yield worker


@pytest.fixture(scope="module")
def worker():
    with started() as worker:
        yield worker


@pytest.mark.parametrize("module", sorted({*workers.FIRST_PASS, *workers.SECOND_PASS}))
def test_what_workers_load_ahead_is_there(module):
    """A wrong name would only make them slow."""
    assert find_spec(module) is not None


def test_it_is_another_process_that_remembers(worker):
    desk = worker.hire(Desk, "a")
    other = worker.hire(Desk, "b")
    asked = [desk.submit("add", 2), other.submit("add", 40), desk.submit("add", 3)]
    assert [answer.result() for answer in asked] == ["a2", "b40", "a5"]
    assert desk.submit("process").result() != os.getpid()


def test_tables_travel_and_only_their_own_rows(worker):
    words = pa.array([f"word {number % 50}" for number in range(10_000)])
    table = pa.table({"n": pa.array(range(10_000)), "w": words.dictionary_encode(), "x": words})
    desk = worker.hire(Desk, "")
    back, size = desk.submit("doubled", table.slice(5_000, 10)).result()
    assert back.equals(pa.concat_tables([table.slice(5_000, 10)] * 2))
    assert size < 10_000


@pytest.mark.parametrize("rows", [0, 1, 700])
def test_columns_without_a_value_come_back_in_their_places(worker, rows):
    nothing, words = pa.nulls(rows, pa.string()), pa.array(["w"] * rows, pa.string())
    schema = pa.schema(
        [("a", pa.string()), ("b", pa.int64()), ("c", pa.string()), ("d", pa.null())]
    )
    columns = [nothing, pa.array(range(rows)), words, pa.nulls(rows)]
    table = pa.Table.from_arrays(columns, schema=schema.with_metadata({"k": "v"}))
    for sent in (table, table.select(["a", "d"]), pa.concat_tables([table, table])):
        back, _ = worker.hire(Desk, "").submit("doubled", sent).result()
        assert back.equals(pa.concat_tables([sent, sent]), check_metadata=True)
        assert back.num_rows == 2 * sent.num_rows


def test_our_own_failures_come_through_and_others_without_their_words(worker):
    desk = worker.hire(Desk, "")
    with pytest.raises(IntegrityError, match="was changed") as failed:
        desk.submit("fail", IntegrityError("was changed", where="data/x", hint="h")).result()
    assert (failed.value.where, failed.value.hint) == ("data/x", "h")
    with pytest.raises(OSError, match="No space left on device") as full:
        desk.submit("fail", OSError(28, "No space", "Anna Mueller.csv")).result()
    assert full.value.filename is None
    with pytest.raises(RuntimeError, match=r"^ValueError in fail:\d+$"):
        desk.submit("fail", ValueError("Anna Mueller")).result()
    with pytest.raises(MemoryError, match=r"^$"):
        desk.submit("fail", MemoryError("Anna Mueller")).result()
    with pytest.raises(RuntimeError, match="in"):
        desk.submit("cannot_travel").result()
    assert desk.submit("add", 1).result() == "1"


def test_what_cannot_be_made_fails_whenever_it_is_called(worker):
    broken = worker.hire(Broken)
    for _ in range(2):
        with pytest.raises(IntegrityError, match="cannot be made"):
            broken.submit("add", 1).result()


def test_what_cannot_be_sent_is_said_at_once(worker):
    desk = worker.hire(Desk, "")
    with pytest.raises((PicklingError, AttributeError)):
        desk.submit("add", lambda: None)
    assert desk.submit("add", 1).result() == "1"


def test_what_is_printed_there_is_no_answer(worker, capfd):
    desk = worker.hire(Desk, "")
    assert desk.submit("shout").result() == "quiet"
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_dies_is_missed():
    with started() as worker:
        desk = worker.hire(Desk, "")
        process = desk.submit("process").result()
        asked = desk.submit("sleep")
        os.kill(process, signal.SIGTERM)
        with pytest.raises(WorkerLostError, match="--workers 0"):
            asked.result(timeout=30)
        with pytest.raises(WorkerLostError):
            desk.submit("add", 1).result(timeout=30)


def test_it_ends_with_the_process_that_started_it():
    code = (
        "import os; from contextlib import ExitStack; "
        "from archive_tool.pipeline.processes.workers import start_workers; "
        "from tests.support.elsewhere import Desk; "
        "both = start_workers(ExitStack(), 2); "
        "desks = [worker.hire(Desk, '') for worker in both]; "
        "print(*[desk.submit('process').result() for desk in desks], flush=True); "
        "[desk.submit('sleep') for desk in desks]; os.kill(os.getpid(), 9)"
    )
    died = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    processes = {int(word) for word in died.stdout.split()}
    assert len(processes) == 2
    deadline = time.monotonic() + 20
    while processes and time.monotonic() < deadline:
        processes = {process for process in processes if lives(process)}
        time.sleep(0.02)
    assert not processes


def lives(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_is_no_python_is_not_up(worker, monkeypatch):
    assert worker.is_up()
    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    with ExitStack() as stack:
        others = start_workers(stack, 2)
        assert not any(other.is_up() for other in others)


def test_who_is_dismissed_ends_by_itself_and_is_asked_no_more():
    with started() as worker:
        desk = worker.hire(Desk, "")
        process = Path(f"/proc/{desk.submit('process').result()}/stat")
        worker.dismiss()
        deadline = time.monotonic() + 20
        while process.read_text().split()[2] != "Z" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.read_text().split()[2] == "Z"  # ended; its place goes with the last one
        with pytest.raises(WorkerLostError):
            desk.submit("process")


def test_small_bundles_and_machines_that_cannot_start_one_have_none(tmp_path, monkeypatch):
    def worth(most=None):
        return workers.workers_worth([tmp_path, tmp_path / "missing"], most)

    monkeypatch.setattr(workers, "WORTH_A_WORKER", 1000)
    (tmp_path / "film.mp4").write_bytes(bytes(5000))
    (tmp_path / "events.csv").write_bytes(bytes(999))
    assert worth(most=2) == 0
    (tmp_path / "more.json").write_bytes(bytes(1))
    assert worth(most=2) == 2
    assert worth(most=0) == 0
    monkeypatch.setattr(workers, "processors", lambda: 1)
    assert worth() == 0
    monkeypatch.setattr(workers, "processors", lambda: 64)
    assert worth() == workers.MOST_WORKERS
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with ExitStack() as stack:
        assert start_workers(stack, 1) == []


def test_no_file_of_the_working_folder_is_run(tmp_path, monkeypatch):
    """A bundle that somebody unpacked there may hold anything, a pickle.py too."""
    for name in ("pickle", "io", "struct"):
        (tmp_path / f"{name}.py").write_bytes(b"open('was-run', 'w')\nraise SystemExit\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    with started() as other:
        assert other.is_up()
    assert not (tmp_path / "was-run").exists()
