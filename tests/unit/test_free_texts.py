"""Which rows hold words of somebody, to be read before a copy is handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.lifecycle.subjects.free_texts import rows_with_words
from archive_tool.policy import load_policy
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from pathlib import Path


def test_only_columns_in_which_somebody_said_something_are_to_be_read(tmp_path: Path) -> None:
    """Typed answers name others as well as messages do; a column without a value tells nothing."""
    study = small_study()
    own = lab(tmp_path)
    row = study.rows["events"][0]
    said = [
        {"value": "my friend Tom was there", "responseTime": 1200},
        {"value": 7, "questionType": "likert", "questionId": "q_1"},
        [{"label": "Tom"}],
        "Tom",
        5,
    ]
    study.rows.clear()
    study.rows["events"] = [
        row | {"id": f"e{number}", "response": response, "content": ""}
        for number, response in enumerate(said)
    ]
    made = own.create(
        write_form(study, "api-pages", tmp_path / "bundle"), policy=load_policy("keep")
    )
    archive = own.open(made)
    assert rows_with_words(archive, archive.entries("events")) == {("events", "response"): 3}
