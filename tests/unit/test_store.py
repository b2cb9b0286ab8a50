"""A store as scripts and notebooks use it: what the commands do, by the same steps."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pandas as pd
import pytest

import archive_tool
from archive_tool.errors import (
    ArchiveToolError,
    DisclosureError,
    FormatError,
    IntegrityError,
    LockError,
    PlanError,
    RetentionError,
    SubjectError,
    UsageError,
    VaultError,
)
from archive_tool.keys import Vault
from archive_tool.keys import grant as grants
from archive_tool.keys.derive import SCOPES
from archive_tool.lifecycle.applying import rekey
from tests.support.archives import NOW, event
from tests.support.commands import command
from tests.support.lives import DUE, LAST_DAY, Life, begin, custodian, usual
from tests.support.pipelines import Lab, lab
from tests.support.refusing import problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B, C = "20261120-aaa", "20261120-bbb", "20261120-ccc"
LATER = NOW + timedelta(minutes=1)
DAY = DUE.date()
ANN = ["ann"]


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    return lab(tmp_path)


def opened(life: Life) -> archive_tool.Store:
    return archive_tool.open_store(life.store, vault=life.vault)


def twin(life: Life) -> Life:
    """The same store and keys again, for the command to work on; on another :func:`machine`."""
    folder = life.store.parent / "twin"
    shutil.copytree(life.store, folder / "store")
    shutil.copytree(life.vault_folder, folder / "vault")
    return Life(store=folder / "store", vault_folder=folder / "vault")


@pytest.fixture
def other_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From here on what was erased here is known nowhere else."""
    return lambda: monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "memory"))


def places(life: Life) -> list[object]:
    return ["--store", life.store, "--vault", life.vault_folder]


def trail(life: Life) -> dict[str, object]:
    """What a store says of what was done to it, but for times, digests and drawn names."""

    def masked(content: bytes) -> str:
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\b[0-9a-f]{32,}\b", "…", content.decode())
        text = re.sub(r"-----BEGIN SSH SIGNATURE-----.*?-----END", "…", text, flags=re.DOTALL)
        return re.sub(r"\b([HC])-[\w-]+", r"\1-…", text)

    state = sorted((life.store / "state").rglob("*.json"))
    return {
        "archives": life.archives(),
        "log": masked((life.store / "audit" / "log.jsonl").read_bytes()),
        "state": sorted(masked(path.read_bytes()) for path in state if path.stem != "catalogue"),
        "erased": sorted(life.vault._body.erased),
        "epoch": life.vault.epoch,
    }


def test_a_sweep_does_what_the_command_does(
    life: Life, tmp_path: Path, other_machine: Callable[[], None]
) -> None:
    other, when = twin(life), ["--as-of", DAY.isoformat()]
    ahead = command("sweep", *places(other), "--plan", tmp_path / "theirs.json", *when)
    store = opened(life)
    plan = store.plan_sweep(as_of=DAY)
    assert (plan.is_due, life.archives()) == (True, [A, B])
    assert ahead.out.startswith(f"{plan}\nplan ")
    plan.save(str(tmp_path / "ours.json"))
    theirs = json.loads((tmp_path / "theirs.json").read_bytes())
    ours = json.loads((tmp_path / "ours.json").read_bytes())
    assert {n for n in theirs if theirs[n] != ours[n]} <= {"made", "digest"}
    swept = store.sweep(plan, as_of=DAY, operator="Data office")
    office = ["--operator", "Data office"]
    ours_left = trail(life)
    other_machine()
    assert (
        command("sweep", *places(other), "--apply", tmp_path / "theirs.json", *when, *office).code
        == 0
    )
    assert swept.destroyed is not None
    assert [task.archive_id for task in swept.destroyed.work.tasks] == [A]
    assert trail(other) == ours_left
    assert life.archives() == [B]


def test_an_erasure_does_what_the_command_does(
    life: Life, tmp_path: Path, other_machine: Callable[[], None]
) -> None:
    other, (ids, file) = twin(life), (tmp_path / "ids", tmp_path / "theirs.json")
    ids.write_text("ann\n")
    whom = ["--id-file", ids]
    planned = command(
        "subject", "erase", *places(other), *whom, "--rewrite-mentions", "--plan", file
    )
    store = opened(life)
    plan = store.plan_erasure(ANN, rewrite_mentions=True)
    assert planned.out.startswith(f"{plan}\nplan ")
    done = store.erase(plan, ids="ann")
    problem(VaultError, lambda: store.find(ANN))
    ours = trail(life)
    other_machine()
    assert command("subject", "erase", *places(other), *whom, "--apply", file).code == 0
    assert done.work.people == 1
    assert trail(other) == ours


def test_holds_do_what_the_command_does(
    life: Life, tmp_path: Path, other_machine: Callable[[], None]
) -> None:
    other, store = twin(life), opened(life)
    said = {"reason": "audit", "owner": "office"}
    words = ["--reason", "audit", "--owner", "office"]
    (tmp_path / "ids").write_text("ann\nanne\n")
    placed = store.hold(archives=A, ids=["ann", "anne"], **said)
    theirs = command(
        "hold", "place", *places(other), "--archive", A, "--id-file", tmp_path / "ids", *words,
        "--json",
    ).json  # fmt: skip
    assert (placed.unknown, theirs["unknown"]) == (1, 1)
    assert trail(life) == trail(other)
    assert store.holds() == (placed.hold,)
    with pytest.raises(RetentionError):
        store.erase(store.plan_erasure(ANN))
    wrong: Any
    for wrong in (None, store.holds(), "H-1"):
        said_of = problem(UsageError, lambda wrong=wrong: store.release(wrong, reason="over"))
        assert said_of == "hold: not the id of a hold (expected H- and 16 characters)"
    for wrong in (None, "", "two\nlines"):
        with pytest.raises(UsageError, match=r"^reason: is missing or unreadable"):
            store.release(placed.hold, reason=wrong)
    released = store.release(placed, reason="over")
    assert (len(released.erased), released.waiting, store.holds()) == (1, 0, ())
    ours = trail(life)
    other_machine()
    file = tmp_path / "theirs.json"
    (tmp_path / "ids").write_text("ann\n")
    whom = [*places(other), "--id-file", tmp_path / "ids"]
    assert command("subject", "erase", *whom, "--plan", file).code == 0
    assert command("subject", "erase", *whom, "--apply", file).code == 14
    ran = command("hold", "release", *places(other), "--hold", theirs["hold"]["id"],
                  "--reason", "over")  # fmt: skip
    assert ran.code == 0
    assert trail(other) == ours


def test_looking_and_handing_out_do_what_the_commands_do(life: Life, tmp_path: Path) -> None:
    other, store = twin(life), opened(life)
    (tmp_path / "ids").write_text("ann\n")
    whom = [*places(other), "--id-file", tmp_path / "ids"]
    found = store.find("ann")
    theirs = command("subject", "find", *whom, "--json").json
    assert [place["rows"] for place in theirs["places"]] == [place.rows for place in found.places]
    handed = store.access("ann", to=str(tmp_path / "ours"))
    assert command("subject", "access", *whom, "--to", tmp_path / "theirs").code == 0
    files = {path.relative_to(tmp_path / "ours") for path in handed.files}
    assert files == {
        path.relative_to(tmp_path / "theirs")
        for path in (tmp_path / "theirs").rglob("*")
        if path.is_file()
    }
    assert all(
        (tmp_path / "ours" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes()
        for name in files
        if name.suffix == ".csv"
    )
    assert trail(life) == trail(other)


def test_the_log_is_what_the_command_shows(life: Life) -> None:
    store = opened(life)
    lines = command("audit", "show", "--store", life.store, "--json").json["lines"]
    assert [line["hash"] for line in lines] == [record.hash for record in store.log()]
    verified = command("audit", "verify", *places(life))
    assert verified.out == f"{store.audit().summary}\n"
    log = life.store / "audit" / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b"create", b"crEate", 1))
    for call in (store.log, store.audit, store.holds, store.archives):
        said = problem(IntegrityError, call)
        assert said == "audit log, line 1: was changed: its hash does not fit"


def test_rows_are_frames(life: Life) -> None:
    store = opened(life)
    store.hold(archives=[B], reason="audit", owner="office")
    held = store.hold(ids=["bob"], reason="audit", owner="office").hold.id
    (life.folder(B) / "data" / "archive.json").write_bytes(b"{}")
    frame = pd.DataFrame(store.archives()).set_index("archive_id")
    assert frame.loc[A, ["policy", "people", "keep_until", "holds", "problem"]].tolist() == [
        "keep", 2, LAST_DAY, (held,), ""
    ]  # fmt: skip
    assert frame.loc[B, "problem"].startswith("data/archive.json: ")
    assert pd.isna(frame.loc[B, "keep_until"])
    dates = pd.DataFrame(store.dates())
    assert dates[["archive_id", "data_type", "keep_until", "action"]].values.tolist() == [
        [A, "chat", LAST_DAY, "destroy"],
        [A, "events", LAST_DAY, "destroy"],
    ]
    assert pd.DataFrame(store.holds())["owner"].tolist() == ["office", "office"]
    assert pd.DataFrame(store.log())["event"].value_counts().to_dict() == {"create": 4, "hold": 4}
    without = archive_tool.open_store(life.store).archives()[0]
    assert (without.people, without.holds) == (None, ())


def test_an_archive_that_is_gone_is_a_row_with_its_problem(life: Life) -> None:
    store = opened(life)
    store.sweep(store.plan_sweep(as_of=DAY), as_of=DAY)
    assert [row.problem for row in store.archives()] == [""]
    shutil.rmtree(life.folder(B))
    (row,) = store.archives()
    lost = "is missing: the audit log says that it was made, and nothing that it was destroyed"
    assert repr(row) == f"<StoredArchive {B}: {lost}>"
    assert [(one.archive, one.why) for one in store.plan_sweep().unreadable] == [(B, lost)]
    assert archive_tool.open_store(life.store).archives() == (row,)


def test_what_cannot_be_read_holds_up_nothing_else_and_is_named(life: Life) -> None:
    (life.folder(B) / "data" / "archive.json").write_bytes(b"{}")
    store = opened(life)
    plan = store.plan_sweep(as_of=DAY)
    assert [one.archive for one in plan.unreadable] == [B]
    assert "not looked at: 20261120-bbb: data/archive.json: " in str(plan)
    assert repr(plan).endswith(", 1 archive not looked at>")
    swept = store.sweep(plan, as_of=DAY)
    assert [one.archive for one in swept.unreadable] == [B]
    assert life.archives() == [B]


def test_objects_say_what_they_are_in_a_line(life: Life, tmp_path: Path) -> None:
    store = opened(life)
    said: dict[str, object] = {
        "store": store,
        "closed": archive_tool.open_store(life.store),
        "archive": store.archives()[0],
        "date": store.dates()[0],
        "placed": store.hold(archives=A, ids=["bob", "bo"], reason="x", owner="y", now=NOW),
        "plan": store.plan_sweep(as_of=DAY),
        "found": store.find(["ann", "cy"]),
        "copy": store.access("ann", to=tmp_path / "ann"),
        "erasure": store.plan_erasure(["ann"]),
        "log": store.log()[0],
        "audit": store.audit(),
    }
    said["hold"] = store.holds()
    said["item"] = store.plan_sweep(as_of=DAY).items
    said["their item"] = store.plan_erasure("bob").items
    (hold,) = store.holds()
    said["released"] = store.release(hold.id, reason="over")
    said["swept"] = store.sweep(store.plan_sweep(as_of=DAY), as_of=DAY)
    said["erased"] = store.erase(store.plan_erasure(["ann"]))
    said["nothing"] = store.sweep(store.plan_sweep())
    texts = {name: repr(thing).replace(str(life.store), "…") for name, thing in said.items()}
    assert all(len(text) < 450 for text in texts.values())
    drawn = r"[HC]-[\w-]+|(?<=Plan )[0-9a-f]{12}"
    today = datetime.now(UTC).date().isoformat()
    texts = {name: re.sub(drawn, "…", text).replace(today, "today") for name, text in texts.items()}
    assert texts == {
        "store": "<Store …: 1 archive>",
        "closed": "<Store …: 1 archive, without its vault>",
        "archive": f"<StoredArchive {A}: keep, 2 people, until 2030-01-31>",
        "date": f"<Kept {A} chat: until 2030-01-31, then destroy>",
        "placed": f"<Placed …: {A} and 2 people; 1 id unknown>",
        "hold": f"(<Hold …: {A} and 2 people, since 2026-11-20>,)",
        "plan": "<SweepPlan …: 2030-02-01: 2 archives, 0 to destroy, 1 under hold, "
        "1 due in the next 90 days>",
        "item": f"[<Item {A}: all, past its retention date, held by …>]",
        "their item": f"[<Item {A}: 1 subject, 2 rows, held by …>]",
        "found": "<Found: 1 of 2 ids known, 0 erased; 3 rows in 2 archives>",
        "copy": "<Handed: 3 rows; 0 items to look at first>",
        "erasure": "<ErasePlan …: 0 people to erase, 1 under hold, 1 of 1 id known>",
        "log": "<Record 1: create intent, 2026-11-20 12:00 UTC>",
        "audit": "<AuditReport: whole: 7 lines, compared with 3 checkpoints>",
        "released": "<Released …: 0 erasures run, 0 waiting>",
        "swept": f"<Swept: <Destroyed …: 1 archive, {len(SCOPES)} keys>>",
        "erased": "<Destroyed …: 1 person, 1 archive, 1 key>",
        "nothing": "<Swept: nothing destroyed>",
    }


def test_a_plan_is_applied_once_in_its_store_and_as_it_was_made(life: Life, tmp_path: Path) -> None:
    store = opened(life)
    plan = store.plan_sweep(as_of=DAY)
    empty = begin(tmp_path / "other")
    elsewhere = archive_tool.open_store(empty.store, vault=life.vault)
    said = problem(PlanError, lambda: elsewhere.sweep(plan, as_of=DAY))
    assert said == "plan: an archive has changed since, or is gone"
    stranger = archive_tool.open_store(life.store, vault=empty.vault)
    said = problem(PlanError, lambda: stranger.sweep(plan, as_of=DAY))
    assert said == "plan: was made with another vault"
    changed = store.plan_sweep(as_of=DAY)
    changed.items.clear()
    for call in (lambda: store.sweep(changed), lambda: changed.save(tmp_path / "x.json")):
        assert problem(PlanError, call) == "plan: was edited: its digest does not fit"
    assert life.archives() == [A, B]
    store.sweep(plan, as_of=DAY)
    said = problem(PlanError, lambda: store.sweep(plan, as_of=DAY))
    assert said.startswith("plan: was applied already: line ")


def test_a_hold_that_came_after_the_plan_makes_it_stale(life: Life) -> None:
    store = opened(life)
    plan = store.plan_sweep(as_of=DAY)
    store.hold(archives=A, reason="audit", owner="office")
    said = problem(PlanError, lambda: store.sweep(plan, as_of=DAY))
    assert said == "plan: holds have changed since"
    held = store.plan_sweep(as_of=DAY)
    with pytest.raises(RetentionError, match="everything that is due is under hold"):
        store.sweep(held, as_of=DAY)
    assert life.archives() == [A, B]


def test_a_day_to_come_destroys_only_when_it_is_given_again(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHIVE_TOOL_AS_OF", DAY.isoformat())  # a variable is the commands' alone
    store = opened(life)
    assert store.plan_sweep(now=NOW).as_of == NOW.date()
    plan = store.plan_sweep(as_of=DAY, now=NOW)
    said = problem(RetentionError, lambda: store.sweep(plan, now=LATER))
    assert said.startswith(f"{A}: is not due on 2026-11-20 (expected 2030-02-01 or later")
    assert store.sweep(plan, as_of=DUE, now=LATER).destroyed is not None


def test_plans_go_from_the_command_to_the_library_and_back(life: Life, tmp_path: Path) -> None:
    file, when = tmp_path / "plan.json", ["--as-of", DAY.isoformat()]
    assert command("sweep", *places(life), "--plan", file, *when).code == 0
    store = opened(life)
    kinds: list[tuple[type[ArchiveToolError], Callable[[], object], str]] = [
        (PlanError, lambda: store.erase(file), "plan: is not a plan for this (expected archive-tool/erase-plan/1)"),
        (PlanError, lambda: store.erase(store.plan_sweep()), "plan: is not a plan for this (expected archive-tool/erase-plan/1)"),  # type: ignore[arg-type]
        (PlanError, lambda: store.sweep(tmp_path / "none.json"), "none.json: there is no such file (expected the file that --plan wrote)"),
        (UsageError, lambda: store.sweep(None), "plan: is no path (expected a text or a Path)"),  # type: ignore[arg-type]
    ]  # fmt: skip
    for kind, call, message in kinds:
        assert problem(kind, call) == message
    assert store.sweep(str(file), as_of=DAY).destroyed is not None
    store.plan_erasure(ANN).save(file.with_name("erase.json"))
    assert command("subject", "erase", *places(life), "--apply", tmp_path / "erase.json").code == 0
    (tmp_path / "data.csv").write_text("x")
    plan = store.plan_sweep()
    for path in (tmp_path / "data.csv", life.store / "plan.json", life.vault_folder / "plan.json"):
        with pytest.raises(UsageError):
            plan.save(path)
    assert (tmp_path / "data.csv").read_text() == "x"


def test_what_is_no_store_or_no_vault_is_said(life: Life, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.txt").write_text("x")
    public, partner = custodian(tmp_path, "partner")
    ends = NOW + timedelta(days=9)
    grants.make(
        life.vault, to=public, scopes=["read:chat"], expires=ends, out=tmp_path / "g", now=NOW
    )
    grant = Vault.open(tmp_path / "g", identity=partner, now=NOW)
    nested = life.store / "vault"
    shutil.copytree(life.vault_folder, nested)
    wrong: Any = str(life.vault_folder)
    ways: list[tuple[type[ArchiveToolError], Callable[[], object], str]] = [
        (UsageError, lambda: archive_tool.open_store(""), "store: an empty path (expected a text or a Path)"),
        (UsageError, lambda: archive_tool.open_store(None), "store: is no path (expected a text or a Path)"),  # type: ignore[arg-type]
        (FormatError, lambda: archive_tool.open_store(tmp_path / "folder"), "folder: not a store (expected the folder of a store)"),
        (FormatError, lambda: archive_tool.open_store(tmp_path / "none"), "none: not a store (expected the folder of a store)"),
        (FormatError, lambda: archive_tool.open_store(life.folder(A)), f"{A}: not a store (expected the folder of a store)"),
        (UsageError, lambda: archive_tool.open_store(life.store, vault=wrong), "vault: is no open vault (expected Vault.open(folder))"),
        (VaultError, lambda: archive_tool.open_store(life.store, vault=grant), "vault: is a grant, which only reads (expected the folder of a vault)"),
        (VaultError, lambda: archive_tool.open_store(life.store, vault=Vault.open(nested)), "vault: the vault lies inside the store (expected a folder outside the store)"),
    ]  # fmt: skip
    for kind, call, message in ways:
        assert problem(kind, call) == message


def test_what_needs_the_vault_says_so(life: Life, tmp_path: Path) -> None:
    store = archive_tool.open_store(life.store)
    plan = opened(life).plan_sweep(as_of=DAY)
    for call in (
        store.plan_sweep,
        lambda: store.sweep(plan, as_of=DAY),
        lambda: store.find(ANN),
        lambda: store.access("ann", to=tmp_path / "copy"),
        lambda: store.plan_erasure(ANN),
        lambda: store.hold(ids=ANN, reason="r", owner="o"),
    ):
        with pytest.raises(VaultError, match=r"^vault: this needs the vault") as caught:
            call()
        assert caught.value.hint == "give --vault DIR, in Python open_store(path, vault=vault)"
    held = store.hold(archives=A, reason="r", owner="o").hold.id
    assert store.release(held, reason="r").waiting == 0
    assert (len(store.dates()), store.audit().lines) == (3, 8)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([7], "ids: is no list of ids (expected texts, as the platform writes them)"),
        ([float("nan"), "ann"], "ids: is no list of ids (expected texts, as the platform writes them)"),
        (None, "ids: is no list of ids (expected texts, as the platform writes them)"),
        (7, "ids: is no list of ids (expected texts, as the platform writes them)"),
        ([], "ids: holds no id (expected participant ids)"),
        (" ", "ids: holds no id (expected participant ids)"),
    ],
)  # fmt: skip
def test_what_are_no_ids_is_said(life: Life, wrong: Any, message: str, tmp_path: Path) -> None:
    store = opened(life)
    for call in (
        lambda: store.find(wrong),
        lambda: store.plan_erasure(wrong),
        lambda: store.access(wrong, to=tmp_path / "copy"),
    ):
        assert problem(UsageError, call) == message
    two = problem(UsageError, lambda: store.access(["ann", "bob"], to=tmp_path / "copy"))
    assert two == "ids: a copy is for one person (expected one id)"
    assert problem(SubjectError, lambda: store.find("nobody")).startswith("id-file: in none")


def test_a_column_of_ids_is_taken_as_it_is(life: Life) -> None:
    column = pd.Series(["ann", " ann ", "bob", ""])
    assert opened(life).find(column).asked == 2


def test_moments_have_a_zone_and_days_begin_at_midnight(life: Life) -> None:
    store = opened(life)
    naive = datetime(2030, 2, 1)
    said = problem(UsageError, lambda: store.plan_sweep(as_of=naive))
    assert said == "as_of: the date has no time zone (expected UTC)"
    said = problem(UsageError, lambda: store.plan_sweep(now=naive))
    assert said == "now: the date has no time zone (expected UTC)"
    wrong: Any = "2030-02-01"
    assert problem(UsageError, lambda: store.sweep("x", as_of=wrong)).startswith("as_of: is no ")
    for day in (date(2030, 2, 1), DUE, pd.Timestamp("2030-02-01T03:00", tz="Europe/Berlin")):
        assert store.plan_sweep(as_of=day).as_of == date(2030, 2, 1)


def test_what_another_process_did_since_is_seen(life: Life) -> None:
    """A notebook has its vault open for hours."""
    store = opened(life)
    assert store.plan_sweep().archives == 2
    life.add(C, {("events", "ann"): [event(7, "ann")]})
    assert (store.plan_sweep().archives, store.plan_sweep().unreadable) == (3, [])
    assert [archive.people for archive in store.archives()] == [2, 1, 1]
    other = opened(life)
    other.erase(other.plan_erasure(["ann"]))
    assert [archive.people for archive in store.archives()] == [1, 0, 0]
    problem(VaultError, lambda: store.find(ANN))


def test_renewed_keys_are_said_and_make_no_empty_store(life: Life, tmp_path: Path) -> None:
    store = opened(life)
    out = tmp_path / "new.txt"
    rekey.rekey(life.store, life.vault, identity_out=out, passphrase=None, now=NOW)
    for call in (store.plan_sweep, store.archives, lambda: store.find(ANN), store.audit):
        with pytest.raises((LockError, IntegrityError)):
            call()
    assert life.archives() == [A, B]


def test_a_store_that_was_taken_away_still_says_what_it_is(life: Life) -> None:
    store = opened(life)
    life.store.rename(life.store.with_name("elsewhere"))
    assert repr(store) == f"<Store {life.store}: not there>"
    assert problem(FormatError, store.archives).startswith("store: not a store")


def test_a_hold_by_the_other_spelling_keeps_somebody(life: Life) -> None:
    placed = opened(life).hold(ids=["prolific_ann", "prolific_anne"], reason="r", owner="o")
    assert placed.unknown == 1
    assert opened(life).archives()[0].holds == (placed.hold.id,)


def test_a_script_waits_for_another_that_writes(life: Life) -> None:
    store = opened(life)
    other = life.vault
    told: list[str] = []
    with other.lock():
        with pytest.raises(LockError):
            store.sweep(store.plan_sweep())
        with archive_tool.waiting(0.05, told.append), pytest.raises(LockError):
            store.sweep(store.plan_sweep())
    assert told == ["vault.age"]
    assert store.sweep(store.plan_sweep()).destroyed is None


def test_what_failed_leaves_nothing_in_a_vault_that_stays_open(own: Lab, tmp_path: Path) -> None:
    """The next change would save keys of an archive that never came to be, or a half erasure."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    row = {"messageId": "m", "senderId": "ann", "roomId": "r", "content": "x", "onset": 1}
    (bundle / "chat.json").write_text(json.dumps([row]))
    made = own.create(bundle)
    refusal = DisclosureError("refused", where="gate")
    with patch("archive_tool.archive.writer.ArchiveWriter.publish", side_effect=refusal):
        assert problem(DisclosureError, lambda: own.create(bundle)) == "gate: refused"
    assert own.vault.archives == (made.archive_id,)
    store = archive_tool.open_store(own.store, vault=own.vault)
    plan = store.plan_erasure("ann")
    assert "elsewhere" not in {one.kind for one in plan.not_reached}
    full = OSError("no space left on device")
    with (
        patch("archive_tool.keys.vault_file.write", side_effect=full),
        pytest.raises(OSError, match="no space left"),
    ):
        store.erase(plan)
    assert store.find("ann").known == 1
    assert [record.phase for record in store.log()[-1:]] == ["intent"]
    assert store.erase(plan).work.people == 1
    assert [record.phase for record in store.log()[-3:]] == ["undone", "intent", "done"]


def test_an_old_copy_of_the_vault_knows_what_the_store_says_was_erased(
    life: Life, tmp_path: Path, other_machine: Callable[[], None]
) -> None:
    shutil.copytree(life.vault_folder, tmp_path / "drawer")
    store = opened(life)
    store.erase(store.plan_erasure(ANN))
    other_machine()
    drawer = archive_tool.open_store(life.store, vault=Vault.open(tmp_path / "drawer"))
    for call in (lambda: drawer.find(ANN), lambda: drawer.plan_erasure(ANN)):
        assert problem(VaultError, call) == "vault: the subject was erased"
    assert drawer.hold(ids=ANN, reason="r", owner="o").unknown == 1


def test_a_raw_bundle_that_was_archived_is_due_to_go(own: Lab, tmp_path: Path) -> None:
    page = tmp_path / "chat.json"
    row = {"messageId": "m", "senderId": "ann", "roomId": "r", "content": "x", "onset": 1}
    page.write_text(json.dumps([row]))
    made = own.create(page)
    store = archive_tool.open_store(own.store, vault=own.vault)
    plan = store.plan_sweep(bundles=str(page))
    assert (plan.is_due, plan.items) == (True, [])
    assert f"raw bundle 1: due: archived as {made.archive_id}\n" in str(plan)
    assert page.exists()
    with pytest.raises(ArchiveToolError, match="no input"):
        store.plan_sweep(bundles=[])
