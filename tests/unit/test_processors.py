"""A machine with many processors does not get as many threads: each holds rows in memory."""

import pytest

from archive_tool.model import processors


@pytest.mark.parametrize(
    ("usable", "least", "threads"), [(1, 1, 1), (1, 2, 2), (3, 1, 3), (4, 2, 4), (128, 2, 4)]
)
def test_threads_follow_the_processors_up_to_four(monkeypatch, usable, least, threads):
    monkeypatch.setattr(processors, "processors", lambda: usable)
    assert processors.threads_worth(least) == threads


def test_only_those_that_this_process_may_use_count(monkeypatch):
    monkeypatch.setattr(processors.sys, "platform", "linux")
    monkeypatch.setattr(processors.os, "sched_getaffinity", lambda pid: {7, 9}, raising=False)
    monkeypatch.setattr(processors.os, "cpu_count", lambda: 64)
    assert processors.threads_worth() == 2
    monkeypatch.setattr(processors.sys, "platform", "darwin")
    assert processors.processors() == 64
