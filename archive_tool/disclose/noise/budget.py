"""The privacy budget of a study: what its noisy tables may give away of one person, added up.

Epsilons of releases add up (sequential composition; Dwork and Roth 2014, theorem 3.16). What was
spent lies in the release ledger; nothing gives it back.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from archive_tool.errors import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.model.aggregates import Aggregate


class Spend(msgspec.Struct, frozen=True, kw_only=True):
    """What one noisy table has spent."""

    release: str
    """Archive id."""
    table: str
    epsilon: float
    budget: float
    """Of the study, as the policy of that release declared it."""
    made: datetime


def refuse(asked: Aggregate, spent: Sequence[Spend]) -> None:
    """DisclosureError (18) when the tables of a policy ask for more than is left.

    The smallest budget that any release declared holds: a later policy cannot raise it.
    """
    if asked.budget is None:
        return
    whole = min(map(_exact, (asked.budget, *(one.budget for one in spent))))
    gone = sum((_exact(one.epsilon) for one in spent), Fraction(0))
    for spec in asked.noisy:
        wanted = _exact(spec.epsilon)
        if gone + wanted > whole:
            raise DisclosureError(
                f"epsilon {_say(wanted)} is asked for, and {_say(gone)} of the study's "
                f"{_say(whole)} are spent",
                where=f"aggregate table {spec.table.name}",
                expected=f"at most {_say(max(whole - gone, Fraction(0)))}",
                hint="the budget is that of all releases together; neither deleting an archive nor "
                "a larger budget in the policy gives anything back",
            )
        gone += wanted


def spends(asked: Aggregate, *, release: str, made: datetime) -> list[Spend]:
    """Give what a release spends, table by table."""
    return [
        Spend(
            release=release,
            table=spec.table.name,
            epsilon=spec.epsilon,
            budget=asked.budget or 0.0,
            made=made,
        )
        for spec in asked.noisy
    ]


def _exact(number: float) -> Fraction:
    """Take a decimal number as it is written: ten times 0.1 is 1."""
    return Fraction(repr(number))


def _say(number: Fraction) -> str:
    return f"{float(number):.6g}"
