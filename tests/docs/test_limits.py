"""The page of limits is what the code says."""

from __future__ import annotations

from archive_tool.archive import parquet
from archive_tool.bundle.__main__ import TARGET, markdown
from archive_tool.lifecycle.audit_log import log_file
from archive_tool.model.files import LARGEST_PAPER
from archive_tool.model.parsed import MOST_PARTS
from tests.support.committed import require_same


def test_the_page_of_limits_is_up_to_date() -> None:
    require_same(TARGET.read_text("utf-8"), markdown(), "archive_tool.bundle")
    assert "| `files` | 250,000 | Files in all folders" in markdown()


def test_the_page_says_how_large_what_is_read_of_a_store_may_be() -> None:
    text = " ".join(markdown().split())
    assert f"tables of up to {parquet.LARGEST // 2**30} GiB each" in text
    assert f"an audit log of up to {log_file.LARGEST // 2**30} GiB" in text
    assert f"plans and grants too, of up to {LARGEST_PAPER // 2**20} MiB" in text
    assert f"In TOML a key has fewer than {MOST_PARTS + 1} parts" in text
