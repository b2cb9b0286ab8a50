"""Compiled templates are kept where Python keeps modules; a full disk there stops nothing."""

import sys
import tempfile

from jinja2 import DictLoader, Environment

from archive_tool.report.html.compiled import compiled


def rendered(folder):
    environment = Environment(
        loader=DictLoader({"page.html": "{{ 1 + 1 }}"}), bytecode_cache=compiled(folder)
    )
    return environment.get_template("page.html").render()


def test_they_are_kept_and_used_again(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    assert rendered(tmp_path) == "2"
    (kept,) = (tmp_path / "__pycache__").iterdir()
    before = kept.stat().st_mtime_ns
    assert rendered(tmp_path) == "2"
    assert kept.stat().st_mtime_ns == before
    kept.write_bytes(b"damaged")
    assert rendered(tmp_path) == "2"


def test_a_full_disk_stops_nothing(tmp_path, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    assert rendered(tmp_path) == "2"
    (tmp_path / "__pycache__").rmdir()
    (tmp_path / "__pycache__").write_text("no folder")
    assert rendered(tmp_path) == "2"


def test_where_python_keeps_nothing_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(tmp_path) == "2"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_any_name_will_do(tmp_path, monkeypatch):
    """As an installation in ``Übung`` is called where the system writes ASCII only."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    kept = compiled(tmp_path)
    called = "/\udcc3\udc9cbung/page.html"
    assert kept.get_cache_key("page.html", called) != kept.get_cache_key("other.html", called)
