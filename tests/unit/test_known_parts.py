"""A known total of known totals says nothing new: the audit's systems of equations stay small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
import pytest

from archive_tool.disclose.protection.solving import audit
from archive_tool.policy import decide
from tests.support.disclosing import POLICY, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT = decide(POLICY)
Sums = dict[audit.Spot, list[int]]
Rows = list[tuple[list[int], tuple[audit.Spot, ...]]]


def told(rows: list[dict[str, Any]], data_type: str) -> list[tuple[Sums, Rows]]:
    """Known sums of all systems that were made on the way, and what was written down of them."""
    seen: list[tuple[Sums, Rows]] = []
    shorter = audit._without_known_parts

    def noted(sums: Sums) -> Iterator[tuple[list[int], tuple[audit.Spot, ...]]]:
        found = list(shorter(sums))
        seen.append((dict(sums), found))
        return iter(found)

    with patch.object(audit, "_without_known_parts", noted):
        tables_of(rows, DEFAULT, data_type=data_type)
    return [(sums, found) for sums, found in seen if sums]


def answered(components: int) -> list[dict[str, Any]]:
    """Each component rated by 12 people, from 1 to 5, in bins of a tenth: all of them are too small."""
    return [
        {"participantId": f"u{who}", "roomId": f"r{who // 2}", "componentId": f"c{number}",
         "value": str(1 + (who + number) % 5), "scaleMin": 1.0, "scaleMax": 5.0}
        for number in range(components)
        for who in range(12)
    ]  # fmt: skip


def happened(seed: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    return [
        {"participantId": f"u{who}", "roomId": f"r{who // 2}", "onset": float(row),
         "eventType": f"e{random.integers(5)}", "componentType": f"k{random.integers(4)}",
         "stateName": f"s{random.integers(6)}", "participantRole": f"p{who % 3}"}
        for who in range(40)
        for row in range(int(random.integers(1, 9)))
    ]  # fmt: skip


def matrix(rows: list[list[int]], width: int) -> np.ndarray:
    found = np.zeros((len(rows), width))
    for number, row in enumerate(rows):
        found[number, row] = 1.0
    return found


def test_bins_of_one_component_do_not_hang_together_with_those_of_others() -> None:
    systems = told(answered(9), "ratings/sparse")
    assert max(len(inside) for sums, _ in systems for inside in sums.values()) == 90
    assert max(len(rest) for _, rows in systems for rest, _ in rows) == 10


@pytest.mark.parametrize("seed", range(6))
def test_what_is_left_says_what_all_of_them_said(seed: int) -> None:
    systems = told(happened(seed), "events")
    shorter = 0
    for sums, rows in systems:
        width = 1 + max(variable for inside in sums.values() for variable in inside)
        before = matrix(list(sums.values()), width)
        after = matrix([rest for rest, _ in rows], width)
        rank = np.linalg.matrix_rank(before)
        assert np.linalg.matrix_rank(after) == rank
        assert np.linalg.matrix_rank(np.concatenate([before, after])) == rank
        shorter += after.sum() < before.sum()
    assert systems
    assert shorter, "in some of them a total had known parts"
