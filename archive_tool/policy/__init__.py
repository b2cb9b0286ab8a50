"""TOML in, a decision for every leaf of every field out; what is unknown is refused."""

from archive_tool.policy.decide import decide, explain
from archive_tool.policy.decisions import Coverage, Decisions
from archive_tool.policy.document import parse, parse_applied
from archive_tool.policy.ready import load_lesser, load_policy, policy_text, ready_policies
from archive_tool.policy.retention import destroy_after, parse_period

__all__ = [
    "Coverage",
    "Decisions",
    "decide",
    "destroy_after",
    "explain",
    "load_lesser",
    "load_policy",
    "parse",
    "parse_applied",
    "parse_period",
    "policy_text",
    "ready_policies",
]
