"""Every named failure has its own exit code, its place in the README, and survives a pickle."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Final

import pytest

from archive_tool import errors
from archive_tool.errors import ArchiveToolError

CLASSES: Final = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, ArchiveToolError)
    and kind is not ArchiveToolError
]

CONTRACT: Final = {
    "UsageError": 2,
    "BundleError": 10,
    "IngestError": 11,
    "ValidationError": 12,
    "PolicyError": 13,
    "RetentionError": 14,
    "FormatError": 15,
    "IntegrityError": 16,
    "VaultError": 17,
    "DisclosureError": 18,
    "PlanError": 19,
    "SubjectError": 20,
    "LockError": 21,
}
"""Other people's scripts rely on these."""

README: Final = Path(__file__).parents[2] / "README.md"


def test_the_exit_codes_are_the_contract() -> None:
    assert {kind.__name__: kind.exit_code for kind in CLASSES} == CONTRACT
    assert ArchiveToolError.exit_code == 1


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [kind.exit_code for kind in CLASSES]
    assert len(codes) == len(set(codes)) == 13
    assert 0 not in codes
    assert 1 not in codes


def test_every_code_stands_in_the_readme() -> None:
    rows = re.findall(r"^\|(.+)\|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    listed = {int(word) for row in rows for word in re.findall(r"(?<!\d)\d{1,2}(?!\d)", row)}
    assert {0, 1, *CONTRACT.values()} <= listed


@pytest.mark.parametrize(
    ("where", "expected", "text"),
    [
        ("", "", "is empty"),
        ("F001", "", "F001: is empty"),
        ("", "a table", "is empty (expected a table)"),
        ("F001", "a table", "F001: is empty (expected a table)"),
    ],
)
def test_the_wording_follows_one_rule(where: str, expected: str, text: str) -> None:
    error = ArchiveToolError("is empty", where=where, expected=expected, hint="look again")
    assert str(error) == text
    assert error.hint == "look again"
    assert error.detail == {}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_failure_survives_a_pickle(kind: type[ArchiveToolError]) -> None:
    error = kind("what", where="where", expected="else", hint="do", detail={"count": 3})
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert (str(back), back.hint, back.detail) == (str(error), "do", {"count": 3})
    assert back.exit_code == kind.exit_code


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_class_says_what_it_is_for(kind: type[ArchiveToolError]) -> None:
    assert kind.__doc__
    assert kind.__doc__.endswith(".")
