"""A bundle on disk becomes a validation: whole, without ids, the same for every form."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from archive_tool.bundle import open_bundle
from archive_tool.errors import BundleError, UsageError
from archive_tool.model.findings import Rows, Severity
from archive_tool.model.policy import Accepted
from archive_tool.model.validation import Validation
from archive_tool.pipeline.validate import validate
from archive_tool.pipeline.validating import validate_bundle
from archive_tool.policy import load_policy

SAMPLES = Path(__file__).parents[2] / "sample_data"
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def study() -> Validation:
    """The whole sample study under the policy that takes identifiers out."""
    return validate(SAMPLES / "study_pages", as_of=AS_OF, policy=load_policy("pseudonymize"))


def test_the_good_study_has_neither_errors_nor_warnings(study):
    assert [f for f in study.findings if f.severity is not Severity.NOTE] == []
    assert (study.people, study.agents, study.rooms, study.experiments) == (29, 1, 13, 1)
    assert study.rows == sum(one.rows for one in study.overview)
    assert study.consent.accepted == 28
    assert (study.consent.declined, study.consent.declined_with_data) == (1, 0)
    assert len(study.timelines) == 13
    assert len(study.availability.rows) == 30
    assert study.policy == "pseudonymize"


def test_every_absence_in_the_good_study_is_explained(study):
    whys = {cell.why for line in study.availability.rows for cell in line.cells if not cell.rows}
    assert whys == {
        "by design",
        "declined consent",
        "an agent",
        "the host: the others are compared with it",
    }


def test_the_preview_counts_what_was_planted(study):
    (chat,) = [r for r in study.privacy if (r.data_type, r.column) == ("chat", "content")]
    assert chat.action == "scrub"
    assert min(chat.email, chat.phone, chat.ip, chat.url, chat.name) > 10
    (url,) = [r for r in study.privacy if r.column == "downloadUrl"]
    assert (url.action, url.url, url.cells) == ("drop", 28, 28)


@pytest.mark.parametrize("broken", [[2], [2, 5]])
def test_rows_looked_at_are_those_of_the_file_whatever_pages_are_in_it(tmp_path, broken):
    rows = [
        {
            "messageId": f"m{number}",
            "roomId": "room1",
            "senderId": "p1",
            "timestamp": "2026-04-01T10:00:00Z",
            "onset": number,
            **({} if number in broken else {"content": f"hello {number}"}),
        }
        for number in range(6)
    ]
    pages = [
        {
            "status": "success",
            "metadata": {
                "dataType": "chat",
                "query": {"limit": 3, "offset": first},
                "pagination": {"total": 6, "returned": 3, "limit": 3, "offset": first},
            },
            "data": rows[first : first + 3],
        }
        for first in (0, 3)
    ]
    (tmp_path / "chat.json").write_text("\n".join(map(json.dumps, pages)), encoding="utf-8")
    (told,) = [f.rows for f in validate(tmp_path, as_of=AS_OF).findings if f.column == "content"]
    assert told == Rows(count=len(broken), of=6, first=tuple(number + 1 for number in broken))


def test_a_validation_survives_json(study):
    text = msgspec.json.encode(study)
    assert msgspec.json.decode(text, type=Validation) == study


def test_no_id_and_no_name_is_in_a_validation():
    with open_bundle([SAMPLES / "study_gui.zip"]) as bundle:
        found = validate_bundle(bundle, as_of=AS_OF)
    text = msgspec.json.encode(found.validation).decode()
    secrets = [*found.labels.people.values(), *found.labels.rooms.values(), "Brandstetter"]
    assert len(secrets) > 5
    assert [secret for secret in secrets if secret in text] == []
    assert found.labels.files["F001"].endswith(".json")


def test_two_forms_of_one_study_give_the_same_pictures(study):
    other = validate(SAMPLES / "study_sdk", as_of=AS_OF)
    types = {"ratings/sparse"}
    three = {c.data_type: sum(c.counts) for c in other.coverage if c.data_type in types}
    whole = {c.data_type: sum(c.counts) for c in study.coverage if c.data_type in types}
    assert three.keys() == whole.keys()
    assert three["ratings/sparse"] < whole["ratings/sparse"]


def test_acceptances_come_from_policy_and_call():
    given = Accepted(code="FIELDS-RENAMED", because="the platform renamed it")
    found = validate(SAMPLES / "study_pages", as_of=AS_OF, accept=[given])
    assert found.accepted == (given,)
    assert found.count(Severity.NOTE) > found.count(Severity.NOTE, accepted=False)


def test_a_bundle_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BundleError):
        validate(tmp_path / "nothing", as_of=AS_OF)


def test_a_date_without_a_zone_is_refused():
    with pytest.raises(UsageError) as raised:
        validate(SAMPLES / "study_pages", as_of=AS_OF.replace(tzinfo=None))
    assert str(raised.value) == "as_of: the date has no time zone (expected UTC)"
