"""The policy that an archive will be downgraded to, held against it before it is made.

It lies in the archive, so that what the board decided is still there years later; and nobody is
there then who could mend it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from archive_tool.archive import layout
from archive_tool.errors import PolicyError
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.policy import Ending
from archive_tool.policy import decide, load_lesser
from archive_tool.policy.lesser import lesser
from archive_tool.policy.recordings import SEAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.archive.writer import ArchiveWriter
    from archive_tool.model.archive import RetentionTerm
    from archive_tool.model.policy import Policy
    from archive_tool.policy import Decisions

WHERE: Final = "retention.downgrade_to"


def named(policy: Policy, decisions: Decisions) -> Policy | None:
    """Load the policy that another downgrades to; None when it names none.

    Raises PolicyError (13) when nobody could apply it to the archive by itself later on.
    """
    less = load_lesser(policy)
    if less is None:
        return None
    for is_bad, what, expected in (
        (less.retention.downgrade_to, "names a further policy", "a policy that names none"),
        (less.names, "lists names of people, which no archive can keep readable", "no names in it"),
        (less.review, "asks for a review of the texts, and nobody reads them then", "no review"),
        (less.media == SEAL, "seals recordings, which stay where they are", 'media = "exclude"'),
        (
            any(decisions.aggregates(name) for name in BY_NAME),
            "is for an archive that holds summary tables too",
            "an archive of single rows",
        ),
    ):
        if is_bad:
            raise PolicyError(what, where=WHERE, expected=expected)
    lesser(decide(less), decisions, _left(decisions))
    return less


def _left(decisions: Decisions) -> list[str]:
    """Data types of which rows leave."""
    return [name for name in BY_NAME if decisions.leaves_to_someone(name)]


def with_lesser(
    terms: Mapping[str, RetentionTerm], then: Mapping[str, RetentionTerm]
) -> dict[str, RetentionTerm]:
    """Say in the dates of an archive until when what tells less is kept (``then``).

    Raises PolicyError (13) where that is no longer than what tells more.
    """
    dated = dict(terms)
    for data_type, term in terms.items():
        if term.action != Ending.DOWNGRADE or data_type not in then:
            continue
        dated[data_type] = replace(term, lesser_until=then[data_type].destroy_after)
        if then[data_type].destroy_after <= term.destroy_after:
            raise PolicyError(
                f"keeps {data_type} no longer than this policy does",
                where=WHERE,
                expected=f"a day after {term.destroy_after.isoformat()}",
                hint='give it a longer period, or this one the action "destroy"',
            )
    return dated


def add(writer: ArchiveWriter, less: Policy | None) -> None:
    """Put the policy into the archive."""
    if less is not None:
        writer.add_file(layout.DOWNGRADE.removeprefix("data/"), less.text.encode())
