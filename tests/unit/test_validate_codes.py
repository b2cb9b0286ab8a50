"""The registry of codes, and that no finding holds a value."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from archive_tool.model.findings import Code
from archive_tool.schemas import FIELDS, Kind
from archive_tool.validation import CODES, codes
from tests.support.checking import findings


def test_every_code_is_in_the_registry_once():
    subjects = [import_module(f"{codes.__name__}.{m.name}") for m in iter_modules(codes.__path__)]
    told = [c.name for s in subjects for c in vars(s).values() if isinstance(c, Code)]
    assert len(told) > 40
    assert sorted(told) == sorted(CODES)


def test_every_code_says_what_it_is_and_what_to_do():
    for code in CODES.values():
        assert code.message[0].islower(), code.name
        assert not code.message.endswith("."), code.name
        assert code.meaning.endswith("."), code.name
        assert code.hint[0].islower(), code.name
        assert not code.hint.endswith("."), code.name


def test_no_finding_holds_a_value():
    marker = "canary-7f3a"
    rows = {}
    for data_type, fields in FIELDS.items():
        row = {
            f.name: marker * 60 for f in fields if f.kind not in (Kind.TIME, Kind.NUMBER, Kind.FLAG)
        }
        row |= {f.name: -987654321 for f in fields if f.kind is Kind.NUMBER}
        row |= {f.name: "1969-07-20T20:17:40Z" for f in fields if f.kind is Kind.TIME}
        rows[data_type] = [row]
    found = findings(rows)
    assert len(found) > 20
    for finding in found:
        text = repr(finding)
        assert "canary" not in text
        assert "987654321" not in text
        assert "1969" not in text
