"""What may still be done with values that a policy changed already, field by field."""

import pytest

from archive_tool.errors import PolicyError
from archive_tool.model.policy import Action
from archive_tool.policy import decide, load_policy, parse, policy_text
from archive_tool.policy.lesser import lesser

SUMMARIES = decide(load_policy("aggregate-only"))


def coded(*lines):
    """Decisions under which people have codes, with rules of one's own for chat and events."""
    return decide(parse(policy_text("pseudonymize") + "\n".join(lines), where="coded"))


def test_a_kept_text_beside_codes_lost_ids_and_has_no_length_any_more():
    before = coded('[fields.chat]\ncontent = "keep"')
    assert before.of("chat", "content").action is Action.KEEP
    assert lesser(SUMMARIES, before, ["chat"]).of("chat", "content").action is Action.DROP


def test_a_dropped_answer_is_summarised_no_more():
    kept, dropped = coded(), coded('[fields.events]\n"response.value" = "drop"')
    place = "events", "response", "value"
    assert lesser(SUMMARIES, kept, ["events"]).leaf(*place).action is Action.AGGREGATE
    assert lesser(SUMMARIES, dropped, ["events"]).leaf(*place).action is Action.DROP


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ('"keep"', Action.AGGREGATE),
        ('"pseudonymize"', Action.DROP),
        ('{ action = "generalize", bin = 10 }', Action.DROP),
        ('"drop"', Action.DROP),
        ('"aggregate-only"', Action.DROP),
    ],
)
def test_only_what_is_still_what_it_was_is_summarised(rule, left):
    """A code, a bin or nothing is no value: its mean would be one of something else."""
    column = "deploymentId" if "pseud" in rule else "onset"
    before = coded(f"[fields.events]\n{column} = {rule}")
    assert SUMMARIES.of("events", column).action is Action.AGGREGATE
    assert lesser(SUMMARIES, before, ["events"]).of("events", column).action is left


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ('"scrub"', '"keep"', 'keep (fields.events."response.custom"), it was scrub before'),
        ('"scrub"', "", "keep (unknown-leaves), it was scrub before"),
        (
            '{ action = "generalize", bin = 10 }',
            '{ action = "generalize", bin = 7 }',
            'generalize (fields.events."response.custom"), it was generalize before',
        ),
    ],
)
def test_a_leaf_that_no_schema_lists_is_changed_once_too(first, then, said):
    def keeping(rule):
        line = f'[fields.events]\n"response.custom" = {rule}' if rule else ""
        return decide(parse(policy_text("keep") + line, where="keeping"))

    with pytest.raises(PolicyError) as caught:
        lesser(keeping(then), keeping(first), ["events"])
    assert f"\n  events.response.custom: {said}" in str(caught.value)
    assert lesser(keeping('"drop"'), keeping(first), ["events"])
