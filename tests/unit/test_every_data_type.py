"""Every place that has to know a data type knows all of them; what fails names the place.

``docs/extending.md`` says what each place needs. Where a type may be left out, it is left out here too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from archive_tool.bundle.names import data_type_from_name
from archive_tool.disclose.defaults import DEFAULT
from archive_tool.disclose.gate.traces import TRACES
from archive_tool.ingest.classify import RATINGS, classify
from archive_tool.model.datatypes import WITH_SCHEMA, WITHOUT_SCHEMA
from archive_tool.report.html.words import LETTERS
from archive_tool.schemas import FIELDS
from archive_tool.validation.across_types import twins
from archive_tool.validation.missing.expected import EXPECTED
from archive_tool.validation.one_type import repeats
from tests.support.checking import ROW
from tests.vectors.second_reader import SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEEDS: Final = Path(__file__).parents[1] / "vectors" / "seeds"
EXAMPLES: Final = {
    one.name: json.loads(path.read_text("utf-8"))
    for one in WITH_SCHEMA
    if (path := SEEDS / f"{one.stem}.json").is_file()
}
TYPES: Final = [one.name for one in WITH_SCHEMA]


def told_by_keys() -> Iterable[str]:
    """Types whose example says by its keys what it is; of ratings, the rows tell the kind."""
    for name, example in EXAMPLES.items():
        if classify(example) in {name, RATINGS if name.startswith(RATINGS) else name}:
            yield name


PLACES: Final[Mapping[str, tuple[Iterable[str], set[str]]]] = {
    "archive_tool/schemas/registry.py (FIELDS)": (FIELDS, set()),
    "tests/vectors/seeds (an example row)": (EXAMPLES, set()),
    "tests/support/checking.py (ROW)": (ROW, set()),
    "tests/vectors/second_reader.py (SCOPES)": (SCOPES, set()),
    "archive_tool/bundle/names.py (_SPELLINGS)": (
        [one.name for one in WITH_SCHEMA if data_type_from_name(f"{one.stem}.csv") == one.name],
        set(),
    ),
    "archive_tool/ingest/classify.py (_SIGNATURES)": ([*told_by_keys()], set()),
    "archive_tool/report/html/words.py (_COLOURS)": (LETTERS, set()),
    # events say what was shown, and components define it: nobody leaves rows of these
    "archive_tool/validation/missing/expected.py (EXPECTED)": (EXPECTED, {"events", "components"}),
    # of continuous ratings the instant is enough
    "archive_tool/validation/one_type/repeats.py (_SAME)": (
        repeats._SAME,
        {"recordings", "ratings/continuous", "components"},
    ),
    # of few and wordy rows
    "archive_tool/validation/across_types/twins.py (_SAYS)": (
        twins._SAYS,
        {"recordings", "ratings/continuous", "sync", "components"},
    ),
    "archive_tool/disclose/defaults.py (DEFAULT)": ([one.data_type for one in DEFAULT], set()),
    "archive_tool/disclose/gate/traces.py (TRACES)": (
        [one.data_type for one in TRACES],
        {"recordings", "sync", "components"},
    ),
}
"""Place → the types that it knows, and those that are left out there because nothing is asked of them."""


@pytest.mark.parametrize("place", PLACES)
def test_a_place_knows_every_type_that_is_not_left_out(place: str) -> None:
    known, left_out = PLACES[place]
    lacking = [name for name in TYPES if name not in {*known, *left_out}]
    assert lacking == [], f"{place} lacks {lacking}: see docs/extending.md, or leave it out here"
    assert left_out <= set(TYPES) - set(known), f"{place} knows what is left out here"


def test_schemas_letters_and_expectations_stand_in_the_order_of_the_types() -> None:
    assert [*FIELDS] == [*LETTERS] == TYPES
    assert [*EXPECTED] == [name for name in TYPES if name in EXPECTED]


def test_no_type_is_archived_and_left_out() -> None:
    assert set(TYPES).isdisjoint(WITHOUT_SCHEMA)
