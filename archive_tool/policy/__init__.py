"""TOML in, a decision for every leaf of every field out; what is unknown is refused.

ready       the ready policies, and where a policy is found
document    one policy file, whole
reader      strict reading of a table: every mistake with its path
rules       ``[defaults]`` and ``[fields.<type>]``
paths       paths and patterns inside JSON columns
aggregates  ``[aggregate]``: thresholds
tables      ``[[aggregate.table]]``: summary tables
noisy       ``[[aggregate.noisy]]``: tables under differential privacy
sources     columns and leaves that summary tables are made of
dates       how fine the dates in summary tables are
quasi       ``[disclosure]``: the quasi-identifiers
retention   periods, and the last day of one
published   the text as an archive shows it, without names of people
decide      a decision for every field, or a refusal
winning     which line of a policy decides a place
listed      places inside JSON columns that the schema lists
decisions   the decisions, to be asked
telling     refused: one place that tells what another hides
recordings  refused: recordings beside nothing but summaries
lesser      a policy for rows that another one went over already
"""

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
