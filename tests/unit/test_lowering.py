"""The policy that an archive will be lowered to, held against the archive while somebody can mend it."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from archive_tool.errors import PolicyError
from archive_tool.model.archive import RetentionTerm
from archive_tool.model.policy import Ending
from archive_tool.pipeline.downgrade import _over
from archive_tool.pipeline.lowering import with_lesser
from archive_tool.policy import load_policy, parse, policy_text
from tests.support.lowering import (
    bundle,
    coding,
    policy,
    stored,
    text,
)
from tests.support.pipelines import lab
from tests.support.refusing import problem

LAST = date(2030, 1, 31)
ONE_DAY = timedelta(days=1)
LOWERED = RetentionTerm(destroy_after=LAST, basis="session-end", action=Ending.DOWNGRADE)


def ending(last):
    return RetentionTerm(destroy_after=last, basis="session-end")


def test_what_tells_less_lasts_a_day_longer_at_least():
    dated = with_lesser({"chat": LOWERED}, {"chat": ending(LAST + ONE_DAY)})
    assert dated == {"chat": replace(LOWERED, lesser_until=LAST + ONE_DAY)}
    with pytest.raises(PolicyError) as caught:
        with_lesser({"chat": LOWERED}, {"chat": ending(LAST)})
    assert str(caught.value) == (
        "retention.downgrade_to: keeps chat no longer than this policy does "
        "(expected a day after 2030-01-31)"
    )


@pytest.mark.parametrize(
    ("term", "last"),
    [
        (ending(LAST), LAST),
        (replace(LOWERED, lesser_until=LAST + ONE_DAY), LAST + ONE_DAY),
        (LOWERED, LAST),
    ],
    ids=["destroyed", "lowered", "lowered by hand"],
)
def test_a_type_is_over_on_the_day_after_the_last(term, last):
    archive = SimpleNamespace(manifest=SimpleNamespace(retention={"chat": term}))
    assert [_over(archive, day) for day in (last, last + ONE_DAY)] == [[], ["chat"]]


@pytest.fixture
def own(tmp_path):
    return lab(tmp_path)


@pytest.mark.parametrize(
    ("less", "expected"),
    [
        (
            policy_text("aggregate-only").replace("P10Y", "P2Y"),
            "retention.downgrade_to: keeps chat no longer than this policy does "
            "(expected a day after 2029-",
        ),
        (
            policy_text("aggregate-only") + '\n[text]\nnames = ["Ann"]\n',
            "retention.downgrade_to: lists names of people, which no archive can keep readable "
            "(expected no names in it)",
        ),
        (
            policy_text("pseudonymize") + '\n[text]\nreview = "required"\n',
            "retention.downgrade_to: asks for a review of the texts, and nobody reads them then "
            "(expected no review)",
        ),
        (
            policy_text("pseudonymize").replace('media = "exclude"', 'media = "seal"'),
            "retention.downgrade_to: seals recordings, which stay where they are "
            '(expected media = "exclude")',
        ),
        (
            text(),
            "retention.downgrade_to: names a further policy (expected a policy that names none)",
        ),
    ],
)
def test_a_policy_nobody_could_apply_then_is_refused_now(own, less, expected):
    (own.folder / "less.toml").write_text(less)
    (own.folder / "board.toml").write_text(text("less.toml"))
    board = load_policy(own.folder / "board.toml")
    assert problem(PolicyError, lambda: own.create(bundle(), policy=board)).startswith(expected)
    assert not (own.store / "archives").exists() or stored(own) == []


def test_codes_are_not_lowered_to_codes(own):
    refused = problem(PolicyError, lambda: own.create(bundle(), policy=coding("pseudonymize")))
    assert "\n  chat.senderId: an id is needed, it was pseudonymize before" in refused


def test_the_name_of_a_policy_is_read_strictly():
    lines = policy_text("keep").replace('"destroy"', '"destroy"\ndowngrade_to = "aggregate-only"')
    assert problem(PolicyError, lambda: parse(lines, where="test")) == (
        'test: retention.downgrade_to: nothing is downgraded (expected action = "downgrade")'
    )


def test_a_file_needs_a_folder(own):
    refused = problem(PolicyError, lambda: own.create(bundle(), policy=policy("less.toml")))
    assert refused == (
        "retention.downgrade_to: no folder to find it in (expected a policy read from a file, or "
        "one of keep, pseudonymize, aggregate-only)"
    )
