"""Tables that are counted at the same time: the same results, in the same order."""

import threading

import pytest

from archive_tool.disclose.threads import each


def test_results_come_in_the_order_of_the_items():
    first_may_end = threading.Event()

    def work(item):
        if item == 0:
            assert first_may_end.wait(10)
        else:
            first_may_end.set()
        return -item

    assert each(work, range(2)) == [0, -1]
    assert each(work, []) == []


def test_the_first_failure_is_the_failure():
    def work(item):
        if item:
            raise ValueError(item)

    with pytest.raises(ValueError, match="1"):
        each(work, range(4))
