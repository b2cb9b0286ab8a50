"""What ``inspect``, ``validate`` and ``info`` say."""

from __future__ import annotations

import errno
import json
import os
import shutil
from typing import TYPE_CHECKING, NoReturn

import pytest

from archive_tool.lifecycle.audit_log import audit, log_file
from archive_tool.policy import load_policy, parse, policy_text
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.defects import DEFECTS, validated
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from pathlib import Path

OVERLAP = DEFECTS / "overlap-equal" / "bundle"


def test_inspect_names_files_in_json_only_when_asked() -> None:
    plain = command("inspect", OVERLAP, "--json").json
    asked = command("inspect", OVERLAP, "--json", "--show-ids").json
    assert plain["input"]["name"] == "bundle"
    assert {file["path"] for file in plain["files"]} == {None}
    assert [file["label"] for file in plain["files"]] == [file["label"] for file in asked["files"]]
    assert "bundle/again/chat.json" in {file["path"] for file in asked["files"]}


def test_inspect_names_files_on_the_terminal() -> None:
    ran = command("inspect", DEFECTS / "html-as-csv" / "bundle")
    assert (ran.code, "  bundle/chat.csv: an HTML or XML page" in ran.out) == (11, True)


def test_inspect_lists_types_in_the_order_of_create(tmp_path: Path) -> None:
    """Whatever order the files lie in."""
    for folder, name in (("1", "events"), ("2", "chat")):
        (tmp_path / folder).mkdir()
        shutil.copy(OVERLAP / f"{name}.json", tmp_path / folder)
    ran = command("inspect", tmp_path)
    types = ("chat", "events")
    assert [line.split()[0] for line in ran.out.splitlines() if line.strip().startswith(types)] == [
        *types
    ]
    assert list(command("inspect", tmp_path, "--json").json["types"]) == [*types]


def test_inspect_names_tables_of_no_known_type_and_files_before_a_gap() -> None:
    ran = command("inspect", DEFECTS / "type-undecided" / "bundle")
    assert "\nof no known type, left out:\n  bundle/table.csv: 2 rows" in ran.out
    assert "unknown" not in ran.out
    ran = command("inspect", DEFECTS / "page-missing" / "bundle")
    (said,) = [line for line in ran.out.splitlines() if ", after " in line]
    assert said.split(", after ")[1].startswith("bundle/")


def test_rows_by_type_are_counted_once_and_add_up() -> None:
    ran = validated(OVERLAP)
    by_type = {entry["data_type"]: entry for entry in ran.json["overview"]}
    assert (by_type["chat"]["rows"], by_type["chat"]["copies"]) == (6, 6)
    assert sum(entry["rows"] for entry in by_type.values()) == ran.json["summary"]["rows"]


def test_validate_names_the_bundle_on_the_terminal_and_not_in_json(tmp_path: Path) -> None:
    named = tmp_path / "session-of-ada"
    named.symlink_to(OVERLAP)
    ran = command("validate", named, "--as-of", "2026-11-20")
    assert ran.out.splitlines()[1].startswith("session-of-ada, 8 files, ")
    assert "session-of-ada" not in validated(named).out


def test_info_says_until_when_summaries_are_kept(tmp_path: Path) -> None:
    made = lab(tmp_path).create(OVERLAP, policy=load_policy("aggregate-only"))
    last = made.retention["chat"].destroy_after.isoformat()
    said = [line.split() for line in command("info", made.path).out.splitlines()]
    assert ["chat", "-", last, "session-end", "destroy"] in said


def test_extract_says_so_when_no_row_is_in_a_scope(tmp_path: Path) -> None:
    own = lab(tmp_path)
    made = own.create(OVERLAP, policy=load_policy("pseudonymize"))
    asked = ("extract", made.path, "--vault", own.vault.folder, "--to", tmp_path / "out")
    room = ("--scope", "room", "--scope-id", "room_nobody_entered")
    ran = command(*asked, *room)
    assert (ran.code, ran.out.splitlines()[-1]) == (
        0,
        "no row is in this room: where the policy made codes of its ids, --scope-id takes the code "
        "that stands in the rows",
    )
    whole = command(*asked, "--replace")
    assert "no row is in" not in whole.out


def test_extract_by_time_says_that_the_policy_moved_the_times(tmp_path: Path) -> None:
    """Whoever gives the day of a session gets other rows, or none, and cannot see that."""
    own, text = lab(tmp_path), load_policy("pseudonymize").text
    keys = ("--vault", own.vault.folder, "--type", "chat", "--end-time", "2026-03-02")
    moved = text.replace('time = "relative"', 'time = "shift"')
    for number, policy in enumerate((parse(moved, where="t"), load_policy("keep"))):
        made = own.create(OVERLAP, policy=policy)
        ran = command("extract", made.path, "--to", tmp_path / f"{number}", *keys)
        said = "moved the times of every room by a secret number of days" in ran.out
        assert (ran.code, said) == (0, number == 0)


def test_extract_takes_no_time_without_rows_for_a_wrong_id(tmp_path: Path) -> None:
    own = lab(tmp_path)
    made = own.create(OVERLAP, policy=load_policy("keep"))
    row = json.loads((OVERLAP / "chat.json").read_text())["data"][0]
    asked = ("extract", made.path, "--vault", own.vault.folder, "--to", tmp_path / "out")
    late = ("--start-time", "2099-01-01", "--replace")
    ran = command(*asked, "--scope", "room", "--scope-id", row["roomId"], *late)
    assert "\n\nno row is in this room at that time: where the policy made codes" in ran.out
    ran = command(*asked, "--scope", "participant", "--scope-id", row["senderId"], *late)
    assert (ran.code, "no row is in" in ran.out) == (0, False)


@pytest.mark.parametrize(
    ("number", "code"), [(errno.EROFS, 0), (errno.EACCES, 0), (errno.ENOSPC, 1)]
)
def test_extract_reads_a_store_that_it_cannot_write_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    own = lab(tmp_path)
    archive = own.create(OVERLAP).path
    keys = ("--vault", tmp_path / "vault")
    noted = command("extract", archive, "--to", tmp_path / "a", *keys, "--json")
    assert noted.json["noted"] is True

    def locked(_: Path) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(log_file, "alone", locked)
    ran = command("extract", archive, "--to", tmp_path / "b", *keys)
    assert (ran.code, "\nnot noted: the store cannot be written" in ran.out) == (code, code == 0)
    left = {path.name for path in tmp_path.glob("b/*")}
    assert left == ({path.name for path in (tmp_path / "a").iterdir()} if code == 0 else set())
    copy = shutil.copytree(archive, tmp_path / archive.name)
    outside = command("extract", copy, "--to", tmp_path / "c", *keys, "--json")
    assert (outside.code, outside.json["noted"]) == (0, None)


def test_sessions_whose_days_nobody_knows_are_kept_from_today_and_that_is_said(
    tmp_path: Path,
) -> None:
    (tmp_path / "chat.csv").write_text(
        "messageId,experimentId,roomId,senderId,content\nm1,x,r1,ann,hello\n", encoding="utf-8"
    )
    own = lab(tmp_path)
    places = ("--store", own.store, "--vault", own.vault.folder, "--as-of", "2026-11-20")
    accepted = ("--accept", "FIELD-MISSING", "--because", "an old export")
    made = ("create", tmp_path / "chat.csv", "--policy", "keep", *places, *accepted)
    told = [line for line in command(*made).out.splitlines() if line.startswith("kept")]
    assert told == ["kept      from today on, as no time of a session is known: chat"]
    answer = command(*made, "--json").json
    assert answer["retention"]["basis"] == {"chat": "archiving"}
    (last,) = answer["retention"]["destroy_after"].values()
    said = [line.split() for line in command("info", answer["archive"]["path"]).out.splitlines()]
    assert ["chat", "1", last, "archiving", "destroy"] in said


def test_an_accepted_error_is_told_as_accepted(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(DEFECTS / "out-of-scale" / "bundle", bundle)
    (bundle / "page.csv").write_text("<!DOCTYPE html><html>503</html>")
    own = lab(tmp_path)
    places = ("--store", own.store, "--vault", own.vault.folder, "--as-of", "2026-11-20")
    code = "RATINGS-OUT-OF-SCALE"
    accepted = ("--accept", code, "--because", "the scale was changed", "--skip-unreadable")
    made = ("create", bundle, "--policy", "keep", *places, *accepted)
    told = command(*made).out.splitlines()
    (line,) = [line for line in told if line.startswith("findings")]
    assert line.startswith("findings  2 errors (accepted), 0 warnings, "), line
    assert f"accepted  FILE-UNREADABLE, {code}" in told
    answer = command(*made, "--json").json
    assert (answer["findings"]["errors"], answer["accepted"]) == (2, ["FILE-UNREADABLE", code])
    record = f"{answer['archive']['path']}/data/reports/validation.jsonl"
    verdict = command("report", record, "--line")
    assert verdict.out.startswith("pass "), verdict.out
    (bundle / "page.csv").unlink()
    assert "findings  1 error (accepted), 0 warnings, " in command(*made).out
    assert "\n\n1 error (accepted), 0 warnings, " in command("validate", bundle, *accepted[:4]).out


def test_create_names_the_kinds_of_findings_that_nobody_accepted(tmp_path: Path) -> None:
    """Of a table that is of no known type nothing is in the archive."""
    own = lab(tmp_path)
    places = ("--store", own.store, "--vault", own.vault.folder, "--as-of", "2026-11-20")
    made = ("create", DEFECTS / "type-undecided" / "bundle", "--policy", "keep", *places)
    told = command(*made).out.splitlines()
    at = next(at for at, line in enumerate(told) if line.startswith("findings"))
    assert told[at + 1].startswith(
        "          TYPE-UNDECIDED (2 rows): the table is of no known type"
    )
    assert told[at + 2] == "          archive-tool validate says where"
    accepted = command(*made, "--accept", "TYPE-UNDECIDED", "--because", "a list of rooms").out
    assert "TYPE-UNDECIDED (" not in accepted
    assert "says where" not in accepted


def test_a_policy_that_was_changed_under_its_name_is_told(tmp_path: Path) -> None:
    own = lab(tmp_path)
    policy = tmp_path / "board.toml"
    made = (
        "create",
        DEFECTS / "overlap-equal" / "bundle",
        "--policy",
        policy,
        "--store",
        own.store,
    )
    made = (*made, "--vault", own.vault.folder)
    policy.write_text(policy_text("pseudonymize"))
    first = command(*made, "--json").json
    assert first["other_policy"] == []
    assert "policies are called" not in command("info", own.store).out
    policy.write_text(policy_text("pseudonymize").replace('period = "P10Y"', 'period = "P9Y"'))
    said = command(*made).out
    name = first["archive"]["id"]
    assert f"note      1 archive of the store, such as {name}, made under another text of\n" in said
    told = command("info", own.store).out.splitlines()[-1]
    assert told == "note: 2 policies are called pseudonymize 1; info --json tells which"


def test_create_tells_of_a_clock_that_runs_behind_the_log(tmp_path: Path) -> None:
    """Days may be counted from it: what is archived would be due too early."""
    own = lab(tmp_path)
    own.store.mkdir(exist_ok=True)
    audit.append(own.store, "access", now=NOW.replace(year=9000))
    keys = ("--store", own.store, "--vault", own.vault.folder)
    made = command("create", OVERLAP, "--policy", "keep", *keys, "--quiet")
    assert made.code == 0, made.err
    assert made.err.startswith("note: the clock of this machine says 20")
    assert made.err.endswith("the newest line of the audit log is of 9000-11-20: is it right?\n")
