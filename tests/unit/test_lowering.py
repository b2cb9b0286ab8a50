"""The last days of what tells less, held against those of what tells more."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from archive_tool.errors import PolicyError
from archive_tool.model.archive import RetentionTerm
from archive_tool.model.policy import Ending
from archive_tool.pipeline.downgrade import _over
from archive_tool.pipeline.lowering import with_lesser

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
