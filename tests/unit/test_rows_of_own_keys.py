"""JSON rows that have keys of their own each: no table of all keys for all rows is made of them."""

import json
from unittest.mock import patch

import pytest

from archive_tool.ingest.json_files import rows as json_rows
from tests.support.ingesting import page, read

OWN = 4


def sparse(number):
    """Rows with few keys each, and more the more rows there are."""
    return [
        {
            "id": f"e{row}",
            "participantId": f"person{row % 7}",
            "onset": row,
            **{f"answer_{OWN * row + key}": key for key in range(OWN)},
        }
        for row in range(number)
    ]


def alike(number):
    return [{"id": f"e{row}", **{f"answer_{n}": n for n in range(300)}} for row in range(number)]


def places(tmp_path, given):
    """Read the rows; how many places the tables had that were made of them, one by one."""
    made = []

    def noted(plan, sources, rows, assemble=json_rows.assemble):
        made.append(len(sources) * len(rows.at))
        return assemble(plan, sources, rows)

    with patch.object(json_rows, "assemble", noted):
        got = read(tmp_path, {"events.json": page(given, dataType="events")})
    return got.table("events").to_pylist(), made


def test_rows_of_own_keys_are_read_a_few_at_a_time(tmp_path):
    given = sparse(1500)
    got, made = places(tmp_path, given)
    values = sum(map(len, given))
    assert sum(made) <= max(values * json_rows.SPARSE, len(given) * json_rows.MOST_KEYS)
    assert [json.loads(row["extra"]) for row in got] == [
        {key: value for key, value in row.items() if key.startswith("answer_")} for row in given
    ]
    assert [(row["id"], row["onset"]) for row in got] == [(r["id"], r["onset"]) for r in given]


@pytest.mark.parametrize("number", [1, 2, 50])
def test_rows_with_the_same_keys_stay_together(tmp_path, number):
    given = alike(number)
    got, made = places(tmp_path, given)
    assert made == [301 * number]
    assert [len(json.loads(row["extra"])) for row in got] == [300] * number


def test_keys_that_no_fast_way_is_made_for_are_not_learnt(tmp_path):
    learnt = []
    decoded = json_rows.decoded

    def noted(data_type, keys, texts):
        learnt.append(len(keys))
        return decoded(data_type, keys, texts)

    with patch.object(json_rows, "decoded", noted):
        read(tmp_path, {"events.json": page(sparse(6000), dataType="events")})
    assert len(learnt) > 1
    assert max(learnt) < 6000 * OWN / 2
