"""Policies that lie in archives: what is refused in a new one by now never keeps an old archive shut."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.archive import layout
from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.manifest import info
from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import PolicyError
from archive_tool.lifecycle.stored_policy import decisions_of
from archive_tool.model.policy import Action
from archive_tool.policy import decide, parse, parse_applied, policy_text
from archive_tool.report.html.aggregates import PAGE, write_page
from tests.support.pipelines import NOW, Lab, lab
from tests.support.refusing import problem
from tests.support.resigning import resign
from tests.vectors.reports.aggregates import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.pipeline.created import Created

OLDER = {
    "no leaf": '[fields."ratings/sparse"]\n"sparseRatingData.componentData" = "scrub"\n',
    "more digits than a number has": '[fields.events]\nonset = {action = "generalize", digits = 40}\n',
    "empty words": '[[aggregate.table]]\nname = "by_role"\ntype = "events"\ndimensions = ["participantRole"]\n'
    'where = {eventType = []}\nprefer = ""\n',
    "looser than allowed": "[aggregate]\npeople = 1\nrooms = 0\n",
    "a clock by default": '[defaults]\n"time" = "keep"\n',
}
"""What earlier releases took, or may have taken."""
NEWER = {
    "a key": 'grain = "fine"\n',
    "a table": "[weights]\nby = 3\n",
    "an action": '[fields.events]\nparticipantId = "hash"\n',
    "a parameter": '[fields.events]\nonset = {action = "generalize", bin = 10, shift = 3}\n',
    "a column": '[fields.events]\ngaze = "keep"\n',
    "a data type": '[fields.eyetracking]\ngaze = "keep"\n',
    "a sensitivity": '[defaults]\n"biometric" = "drop"\n',
    "a word": 'consent = "signed"\n',
    "another shape": 'media = {video = "seal"}\nretention = "P10Y"\n',
}
"""What a later release may take."""


def with_lines(text: str, lines: str) -> str:
    """Put lines into a policy, where TOML has a place for them."""
    head, *rest = lines.split("[", maxsplit=1)
    key = head.partition(" = ")[0]
    kept = [line for line in text.splitlines() if not key or not line.startswith(f"{key} = ")]
    if "retention = " in head:
        kept = kept[: kept.index("[retention]")]
    text = head + "\n".join(kept) + "\n"
    table = rest[0].partition("]")[0] if rest else ""
    if f"\n[{table}]\n" not in text:
        return text + "".join(f"[{part}" for part in rest)
    place = text.index(f"\n[{table}]\n") + len(table) + 4
    names = {line.partition(" = ")[0] for line in rest[0].partition("]\n")[2].splitlines()}
    below = [line for line in text[place:].split("\n") if line.partition(" = ")[0] not in names]
    return text[:place] + rest[0].partition("]\n")[2] + "\n".join(below)


@pytest.mark.parametrize("lines", (OLDER | NEWER).values(), ids=OLDER | NEWER)
@pytest.mark.parametrize("base", ["pseudonymize", "aggregate-only"])
def test_what_a_new_policy_may_not_say_is_passed_over_in_a_stored_one(
    base: str, lines: str
) -> None:
    text = with_lines(policy_text(base), lines)
    with pytest.raises(PolicyError):
        decide(parse(text, where="new"))
    policy = parse_applied(text, where="stored")
    assert policy.name == base
    decisions = decide(policy, stored=True)
    assert len(list(decisions.coverage())) >= len(
        list(decide(parse(policy_text(base), where="t")).coverage())
    )


def test_what_was_done_by_a_rule_that_is_not_understood_counts_as_dropped() -> None:
    text = with_lines(policy_text("keep"), NEWER["an action"])
    decisions = decide(parse_applied(text, where="t"), stored=True)
    assert decisions.of("events", "participantId").action is Action.DROP
    assert decisions.of("chat", "senderId").action is Action.KEEP
    parameter = with_lines(policy_text("keep"), NEWER["a parameter"])
    decision = decide(parse_applied(parameter, where="t"), stored=True).of("events", "onset")
    assert (decision.action, decision.bin) == (Action.GENERALIZE, 10)


def test_what_is_no_toml_is_named() -> None:
    refused = problem(PolicyError, lambda: parse_applied("name =", where="data/policy.toml"))
    assert refused.startswith("data/policy.toml: not TOML: ")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Created]:
    own = lab(tmp_path_factory.mktemp("applied"))
    policy = parse(policy_text("aggregate-only"), where="t")
    return own, own.create(SAMPLES / "study_pages", policy=policy)


@pytest.mark.parametrize("lines", (OLDER | NEWER).values(), ids=OLDER | NEWER)
def test_an_archive_opens_whatever_its_policy_says(
    made: tuple[Lab, Created], tmp_path: Path, lines: str
) -> None:
    own, created = made
    stored: Any = SimpleNamespace(path=created.path, vault=own.vault)
    (created.path / layout.POLICY).write_text(
        with_lines(policy_text("aggregate-only"), lines), encoding="utf-8"
    )
    resign(stored, own.vault.signing_key)
    archive = open_archive(created.path, vault=own.vault)
    assert len(write_page(archive, to=tmp_path)) == len(archive.types())
    assert created.archive_id in (tmp_path / PAGE).read_text(encoding="utf-8")
    assert len(extract(archive, to=tmp_path, now=NOW)) == len(archive.types())
    verify(created.path, vault=own.vault)
    assert info(created.path)
    assert decisions_of(created.path).hides_people("chat") or lines == NEWER["an action"]
