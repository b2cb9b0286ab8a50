"""The copy of a policy in an archive lists no names of people."""

from __future__ import annotations

import pytest

from archive_tool.errors import PolicyError
from archive_tool.policy import parse, policy_text
from archive_tool.policy.published import published

LISTS = (
    '["Ann", "Bob"]',
    "['Ann', 'Bob']",
    '[\n  "Ann",  # the confederate ]\n  "Bob]",\n]',
    '["A\\"nn"]',
)


@pytest.mark.parametrize("names", LISTS)
def test_names_are_emptied_and_all_else_stays(names: str) -> None:
    before = policy_text("keep") + "\n# ours\n[text]\n"
    assert published(f"{before}names = {names}\n") == f"{before}names = []\n"
    assert published(f'{before}"names" = {names}\n') == f'{before}"names" = []\n'


def test_names_in_an_inline_table_are_emptied_too() -> None:
    before = f'text = {{names = ["Ann"]}}\n{policy_text("keep")}'
    assert published(before) == before.replace('["Ann"]', "[]")


def test_a_policy_without_names_is_shown_as_it_is() -> None:
    for name in ("keep", "pseudonymize", "aggregate-only"):
        assert published(policy_text(name)) == policy_text(name)


def test_names_are_used_though_not_shown() -> None:
    policy = parse(policy_text("keep") + '\n[text]\nnames = ["Ann"]\n', where="p.toml")
    assert policy.names == ("Ann",)
    assert "Ann" not in policy.text


def test_names_that_cannot_be_emptied_are_refused() -> None:
    text = policy_text("keep") + '\n[text]\nnames = ["""Ann "x\n"""]\n'
    with pytest.raises(PolicyError) as caught:
        parse(text, where="p.toml")
    assert str(caught.value) == (
        "p.toml: text.names: cannot be left out of the archive's copy (expected names_file)"
    )
