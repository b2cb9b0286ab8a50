"""What somebody gets told who took a wrong turn: the sentence names the way back."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from archive_tool.cli import keys as cli_keys
from archive_tool.keys import grant as grants
from archive_tool.lifecycle.applying import rekey
from archive_tool.lifecycle.dates import terms
from archive_tool.lifecycle.planning import erase_plan, sweep_plan
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.lives import Life, custodian, usual

if TYPE_CHECKING:
    from pathlib import Path

A = "20261120-aaa"
YEARS = NOW.replace(year=2900)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


@pytest.mark.parametrize(
    ("words", "called"),
    [
        (["inspect"], "archive-tool inspect"),
        (["key", "show"], "archive-tool key show"),
        (["hold", "place", "--store", "s"], "archive-tool hold place"),
        (["key", "nothing"], "archive-tool key"),
        (["nothing"], "archive-tool"),
        (["extract", "a", "--to", "t", "--limit", "x"], "archive-tool extract"),
    ],
)
def test_a_hint_names_the_command_that_was_called(words: list[str], called: str) -> None:
    ran = command(*words)
    assert ran.code == 2
    assert ran.err.splitlines()[-1] == f"hint: see {called} --help"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00"])
def test_a_moment_that_is_no_date_in_utc_is_no_bug(moment: str) -> None:
    ran = command("inspect", "a", "--as-of", moment)
    said = "invalid value for '--as-of': a time that is before year 1 or after year 9999 in UTC"
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: {said}")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["extract", "a", "b", "--to", "t"], "archive-tool extract takes one ARCHIVE"),
        (["verify", "a", "b", "c"], "archive-tool verify takes one ARCHIVE|STORE"),
        (["policy", "check", "keep", "b", "c"], "archive-tool policy check takes one BUNDLE"),
    ],
)
def test_who_names_all_archives_of_a_store_is_asked_for_one(words: list[str], hint: str) -> None:
    """The pages write ``archives/archives/*``, which the shell makes several paths of."""
    ran = command(*words)
    said = f"hint: {hint}: name it where * stands for several"
    assert (ran.code, ran.err.splitlines()[-1]) == (2, said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["sweep", "--store", "s"],
            "missing option '--vault': Folder of the keys",
        ),
        (
            ["subject", "find", "--store", "s", "--vault", "k"],
            "missing option '--id-file': File with one participant id per line; - for stdin",
        ),
        (
            ["retention", "extend", "--store", "s", "--vault", "k", "--archive", "a"],
            "missing option '--until': Last day on which it may be kept",
        ),
        (
            ["extract", "a", "--to", "t", "--limit", "many"],
            "invalid value for '--limit': 'many' is not a valid whole number",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_plain_words(words: list[str], said: str) -> None:
    ran = command(*words)
    assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: {said}")


def test_a_plan_is_not_written_and_applied_at_once(life: Life, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    asked = ["--store", life.store, "--vault", life.vault_folder]
    ran = command("sweep", *asked, "--plan", plan, "--apply", plan)
    assert (ran.code, ran.err) == (
        2,
        "error: sweep: --apply stands alone\n"
        "hint: write the plan with --plan, read it, then apply it in a command of its own\n",
    )


def test_another_file_is_no_signed_review(life: Life, tmp_path: Path) -> None:
    (tmp_path / "words.csv").write_text("word,decision\n")
    asked = ["--policy", "keep", "--store", life.store, "--vault", life.vault_folder]
    ran = command("create", "bundle", *asked, "--review", tmp_path / "words.csv")
    assert (ran.code, ran.err) == (
        16,
        "error: review: is not what was signed: it was changed, or is another file\n",
    )


def test_a_list_without_an_id_is_named_by_its_option(life: Life, tmp_path: Path) -> None:
    (tmp_path / "nobody").write_text("\n")
    asked = ["--policy", "keep", "--store", life.store, "--vault", life.vault_folder]
    ran = command("create", "bundle", *asked, "--withdrawn", tmp_path / "nobody")
    assert (ran.code, ran.err) == (
        2,
        "error: withdrawn: holds no id (expected one participant id per line)\n",
    )


def test_a_file_or_folder_of_another_kind_is_called_what_it_is(life: Life, tmp_path: Path) -> None:
    key = tmp_path / "key.txt"
    key.write_text("of some other program\n")
    ran = command("key", "show", "--vault", key)
    assert (ran.code, ran.err) == (
        17,
        "error: key.txt: is a file: no vault, and a grant is opened with its recipient's key\n"
        "hint: name the folder of the vault; with a grant, add --identity FILE\n",
    )
    ran = command("policy", "check", tmp_path)
    assert (ran.code, ran.err.split(" (")[0]) == (13, f"error: {tmp_path}: is a folder")


def test_the_module_runs_as_the_command_does() -> None:
    """It would end with 0 otherwise, and a script would take that for whole."""
    words = [sys.executable, "-m", "archive_tool.cli.main", "verify", "nowhere"]
    ran = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ran.returncode == 15
    assert ran.stderr.startswith("error: nowhere: ")


def test_a_grant_is_no_vault_to_write_with(life: Life, tmp_path: Path) -> None:
    """Without this a grant signs, sweeps nothing and calls every archive a stranger's."""
    public, identity = custodian(tmp_path, "partner")
    grants.make(
        life.vault, to=public, scopes=["read:chat"], expires=YEARS, out=tmp_path / "g", now=NOW
    )
    key = ["--vault", tmp_path / "g", "--identity", identity]
    for words in (
        ["sweep", "--store", life.store, *key],
        ["audit", "verify", "--store", life.store, *key],
        ["key", "rotate", *key],
        ["create", tmp_path, "--policy", "keep", "--store", life.store, *key],
    ):
        ran = command(*words)
        assert ran.code == 17
        assert ran.err.splitlines() == [
            "error: g: is a grant, which only reads (expected the folder of a vault)",
            "hint: archive-tool extract and archive-tool verify take a grant",
        ]
    reading = ["extract", life.folder(A), "--type", "chat", "--to", tmp_path / "out", *key]
    assert command(*reading).code == 0


@pytest.mark.parametrize("where", [".", "keys", "archives/keys"])
def test_no_vault_is_made_in_a_store(life: Life, where: str) -> None:
    """Every command would refuse it later on, when archives may hang on it."""
    ran = command("key", "init", "--vault", life.store / where)
    assert ran.code == 17
    assert ran.err.splitlines() == [
        "error: vault: the vault lies inside the store (expected a folder outside the store)",
        "hint: whoever copies the store must not get the keys with it",
    ]
    assert not list(life.store.rglob("vault.age"))


@pytest.mark.parametrize("where", ["archives", "archives/new", f"archives/{A}"])
def test_no_store_is_made_among_the_archives_of_another(life: Life, where: str) -> None:
    """``archives/archives`` is easily given for ``archives``, and no sweep would ever look there."""
    bundle = DEFECTS / "overlap-equal" / "bundle"
    store, before = life.store / where, sorted(life.store.rglob("*"))
    ran = command(
        "create", bundle, "--policy", "keep", "--store", store, "--vault", life.vault_folder
    )
    assert (ran.code, ran.err.splitlines()) == (
        2,
        [
            f"error: {store.name}: lies among the archives of another store "
            "(expected the folder of a store)",
            f"hint: that store is --store {life.store}",
        ],
    )
    assert sorted(life.store.rglob("*")) == before


def test_the_archive_that_is_told_of_was_made_under_the_same_policy(tmp_path: Path) -> None:
    """Where there is one: then the bundle was archived twice by mistake."""
    bundle, made = DEFECTS / "overlap-equal" / "bundle", []
    where = ["--store", tmp_path / "store", "--vault", tmp_path / "keys"]
    assert command("key", "init", *where[2:]).code == 0
    for policy in ("keep", "pseudonymize", "keep"):
        made.append(command("create", bundle, "--policy", policy, *where))
    first, second = (ran.out.split()[1] for ran in made[:2])
    said = "note      the same bundle is in the store already"
    assert f"{said}: {first}" in made[1].out.splitlines()
    assert f"{said} under this policy: {first}" in made[2].out.splitlines()
    ran = command("create", bundle, "--policy", "keep", *where, "--json")
    assert (len(ran.json["earlier"]), len(ran.json["repeated"])) == (3, 2)
    assert second in ran.json["earlier"]


def test_an_identity_can_be_made_where_it_belongs(life: Life, tmp_path: Path) -> None:
    """Then nobody has to think of moving it out of the vault; and it goes over nothing."""
    keys, out = tmp_path / "new", tmp_path / "mine.txt"
    made = command("key", "init", "--vault", keys, "--out", out)
    assert (made.code, [path.name for path in keys.iterdir()]) == (0, ["vault.age"])
    assert "Move the identity" not in made.out
    assert command("key", "show", "--vault", keys, "--identity", out).code == 0
    beside = command("key", "init", "--vault", tmp_path / "k2", "--out", tmp_path / "k2" / "i.txt")
    assert (beside.code, "Move the identity" in beside.out) == (0, True)
    for wrong, code, said in (
        (tmp_path / "no" / "mine.txt", 2, "no such folder"),
        (out, 17, "exists already and is never overwritten"),
        (life.store / "mine.txt", 2, "lies inside a store"),
    ):
        ran = command("key", "init", "--vault", tmp_path / "k3", "--out", wrong)
        assert (ran.code, said in ran.err) == (code, True), ran.err
        assert not (tmp_path / "k3").exists()


@pytest.mark.parametrize(
    ("schema", "taken"),
    [
        (sweep_plan.SCHEMA, "sweep"),
        (erase_plan.SCHEMA, "subject erase"),
        (terms.SCHEMA, "retention shorten"),
    ],
)
def test_a_plan_given_to_another_command_names_its_own(
    life: Life, tmp_path: Path, schema: str, taken: str
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"schema": schema}))
    key = ["--store", life.store, "--vault", life.vault_folder, "--apply", plan]
    others = [["sweep"], ["subject", "erase"], ["retention", "shorten"]]
    others.remove(taken.split())
    for words in others:
        ran = command(*words, *key)
        hint = f"hint: archive-tool {taken} --apply takes it"
        assert (ran.code, ran.err.splitlines()[-1]) == (19, hint), words


def test_a_hold_on_somebody_unknown_says_so(life: Life, tmp_path: Path) -> None:
    """It is placed, as their data may be to come; a mistyped id would keep nothing."""
    (tmp_path / "ids").write_text("ann\nanne\n")
    hold = ["hold", "place", "--store", life.store, "--reason", "r", "--json"]
    people = ["--vault", life.vault_folder, "--id-file", tmp_path / "ids"]
    assert command(*hold, *people).json["unknown"] == 1
    said = command(*hold[:-1], *people).out.splitlines()[-1]
    assert said == "warning: nothing is kept of 1 of these ids: they are in no archive"
    ran = command(*hold[:-1], "--archive", A)
    assert ran.out.splitlines()[-1] == A


def test_ids_that_nobody_has_are_told_by_their_place(life: Life, tmp_path: Path) -> None:
    """A person on the list would be passed over, and the count alone does not say who."""
    (tmp_path / "ids").write_text("id\nann\nanne\n")
    where = ["--store", life.store, "--vault", life.vault_folder, "--id-file", tmp_path / "ids"]
    said = "nobody has ids 1, 3 of the file: mistyped, a heading, or of another study"
    plan = tmp_path / "plan.json"
    for words in (["find"], ["erase", "--plan", plan]):
        assert said in command("subject", *words, *where).out.splitlines()
    assert command("subject", "find", *where, "--json").json["ids"]["unknown"] == [1, 3]


def test_a_file_without_rows_is_not_passed_over(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "settings.json").write_text(json.dumps({"a": 1}))
    (bundle / "chat.json").write_text(json.dumps([{"messageId": "m", "senderId": "ann"}]))
    (bundle / "events.csv").touch()  # where a folder is synchronised, not yet downloaded
    assert (
        "\nwithout a table:\n  bundle/events.csv: the file is empty\n"
        "  bundle/settings.json: no rows were found in it"
    ) in command("inspect", bundle).out


@pytest.mark.parametrize("words", [("verify",), ("extract", "--to", "out")])
def test_keys_that_are_renewed_meanwhile_make_no_stranger_of_an_archive(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """A reader that began before sees archives under new keys, which is nobody's forgery (16)."""
    done: list[bool] = []

    def renewed(*_: Path, **__: bool) -> None:
        if not done:
            done.append(True)
            rekey.rekey(life.store, life.vault, identity_out=tmp_path / "new.txt", now=NOW)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli_keys, "warn_of_readers", renewed)
    key = ["--vault", life.vault_folder]
    ran = command(words[0], life.folder(A), *words[1:], *key)
    assert ran.code == 21
    assert ran.err.splitlines() == [
        "error: vault.age: the keys that open it were changed while this ran",
        "hint: run the command again, with the identity that opens the vault now",
    ]
    again = command(words[0], life.folder(A), *words[1:], *key, "--identity", tmp_path / "new.txt")
    assert again.code == 0


def test_what_is_wrong_stays_wrong_when_nobody_wrote_the_vault(life: Life, tmp_path: Path) -> None:
    (life.folder(A) / "bagit.txt").write_text("changed")
    assert command("verify", life.folder(A), "--vault", life.vault_folder).code == 16
    public, identity = custodian(tmp_path, "partner")
    grants.make(
        life.vault, to=public, scopes=["read:chat"], expires=YEARS, out=tmp_path / "g", now=NOW
    )
    key = ["--vault", tmp_path / "g", "--identity", identity]
    assert command("verify", life.folder(A), *key).code == 16


def test_a_plan_that_is_not_there_is_named(life: Life, tmp_path: Path) -> None:
    ran = command(
        "sweep", "--store", life.store, "--vault", life.vault_folder, "--apply", tmp_path / "p.json"
    )
    assert ran.code == 19
    assert ran.err == "error: p.json: there is no such file (expected the file that --plan wrote)\n"


def test_a_passphrase_file_that_is_not_there_is_wrong_where_none_is_needed_too(
    life: Life, tmp_path: Path
) -> None:
    gone = tmp_path / "word.txt"
    keys = ["--vault", life.vault_folder, "--passphrase-file", gone]
    said = f"error: {gone}: no such file (expected a file with the passphrase)\n"
    for arguments in (["verify", life.store], ["key", "show"], ["sweep", "--store", life.store]):
        ran = command(*arguments, *keys, *(["--check"] if arguments[0] == "sweep" else []))
        assert (ran.code, ran.err) == (2, said)
    gone.write_text("a word that nobody needs")
    gone.chmod(0o600)
    assert command("verify", life.store, *keys).code == 0
