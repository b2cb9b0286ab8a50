"""No value of the data in any message, log, report or traceback, nor on the outside of an archive.

A bundle has a marker of its own in every cell and nested leaf. Every command runs on it, on broken
forms of it and on its archives; then everything that was said and written is searched, also inside
base64, percent-encoding, hex, gzip and ZIP. Only ``extract`` may show the data, in its files.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import traceback
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pytest

import archive_tool
from archive_tool.keys import Vault
from archive_tool.policy import policy_text
from archive_tool.schemas import FIELDS, Kind
from sample_data.forms import TYPES_OF, write_form
from sample_data.study import SEVEN
from tests.support.commands import Ran, command
from tests.support.markers import SEEN, TEXT, Markers, markers_in, names_in, said, study, written
from tests.support.pipelines import Lab, lab

AS_OF: Final = ("--as-of", "2026-11-20")
FORMS: Final = ("api-pages", "gui-csv", "sdk-csv", "r-csv", "gui-zip", "ndjson")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A lab with marked bundles."""

    lab: Lab
    temp: Path

    def bundle(self, form: str, *, sane: bool = True) -> Path:
        made = study(Markers(), sane=sane).only(*TYPES_OF[form])
        return write_form(made, form, self.lab.folder / f"bundle-{form}-{sane}")

    def create(self, bundle: Path, policy: str | Path = "keep", *more: object) -> Ran:
        return command(
            "create", bundle, "--policy", policy, "--store", self.lab.store,
            "--vault", self.lab.vault.folder, *AS_OF, *more,
        )  # fmt: skip

    def nothing_written(self) -> None:
        assert written(self.lab.store, self.lab.vault.folder, self.temp) == {}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setenv("TMPDIR", str(temp))
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    return Place(lab=lab(tmp_path), temp=temp)


def test_the_detector_sees_through_the_usual_encodings() -> None:
    plain = f"a {TEXT}0001 b".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("x", plain)
    for hidden in (
        plain, plain.lower(), base64.b64encode(plain), b"q" + base64.urlsafe_b64encode(plain),
        b"".join(b"%%%02X" % byte for byte in plain), plain.hex().encode(),
        gzip.compress(plain), packed.getvalue(), plain.decode().encode("utf-16"),
    ):  # fmt: skip
        assert markers_in(hidden), hidden
    assert markers_in(b"rows 81570264123 of 9") == {b"81570264123"}
    assert markers_in(b"rows 123 of 9") == set()


def test_every_cell_and_leaf_of_the_bundle_has_a_marker() -> None:
    made = study(Markers())
    for name in SEVEN:
        for row in made.rows[name]:
            unmarked = {key for key, value in row.items() if not SEEN.search(str(value).encode())}
            plain = {f.name for f in FIELDS[name] if f.kind in (Kind.TIME, Kind.FLAG)}
            assert unmarked <= plain | {"scaleMin", "scaleMax"}
    assert len(set(SEEN.findall(json.dumps(made.rows).encode()))) > 300


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sane", [True, False], ids=["sane", "full of errors"])
def test_reading_a_bundle_says_no_value(form: str, sane: bool, place: Place) -> None:
    bundle = place.bundle(form, sane=sane)
    findings = place.lab.folder / "saved" / "findings.jsonl"
    findings.parent.mkdir()
    for arguments in (
        ("inspect", bundle),
        ("inspect", bundle, "--json"),
        ("validate", bundle, *AS_OF),
        ("validate", bundle, *AS_OF, "--json", "--fail-on", "warning"),
        ("validate", bundle, *AS_OF, "--findings", findings),
        ("policy", "check", "keep", bundle),
    ):
        ran = command(*arguments)
        assert ran.code in (0, 12), ran.err
        # on the terminal the owner may read the names of his own files; the label of a video is one
        named = (
            names_in(bundle) if form == "gui-zip" and arguments == ("inspect", bundle) else set()
        )
        assert {name: seen - named for name, seen in said(ran).items() if seen - named} == {}
    assert findings.stat().st_size > 500
    assert written(findings.parent, place.temp) == {}


@pytest.mark.parametrize("policy", ["keep", "pseudonymize", "aggregate-only"])
@pytest.mark.parametrize("form", ["api-pages", "sdk-csv"])
def test_an_archive_shows_no_value_outside(form: str, policy: str, place: Place) -> None:
    bundle = place.bundle(form)
    ran = place.create(bundle, policy, "--accept", "TIME-REVERSED", "--because", "a test")
    assert ran.code == 0, ran.err
    again = place.create(bundle, policy, "--json")
    for arguments in (
        ("info", place.lab.store),
        ("info", place.lab.store, "--json"),
        ("verify", place.lab.store),
        ("verify", place.lab.store, "--vault", place.lab.vault.folder, "--json"),
        ("key", "show", "--vault", place.lab.vault.folder),
    ):
        one = command(*arguments)
        assert one.code == 0, one.err
        assert said(one) == {}, arguments
    assert said(ran) == said(again) == {}
    place.nothing_written()


def test_what_extract_says_holds_no_value(place: Place) -> None:
    assert place.create(place.bundle("ndjson")).code == 0
    (archive,) = (place.lab.store / "archives").iterdir()
    keys, to = ("--vault", place.lab.vault.folder), place.lab.folder / "out"
    for arguments, code in (
        (("--format", "json"), 0),
        (("--format", "json"), 2),  # exists already
        (("--format", "csv", "--json"), 0),
        (("--format", "sav", "--json"), 0),
        (("--format", "parquet", "--scope", "participant", "--scope-id", f"{TEXT}9999"), 20),
        (("--format", "ndjson", "--scope", "room", "--scope-id", f"{TEXT}9999"), 0),
        (("--format", "ndjson", "--sort", f"{TEXT}9999", "--replace"), 2),
        (("--format", "ndjson", "--type", f"{TEXT}9999", "--json"), 2),
    ):
        ran = command("extract", archive, "--to", to, *keys, *arguments)
        assert (ran.code, said(ran)) == (code, {}), arguments
    assert written(to)
    place.nothing_written()


def test_refusals_say_no_value(place: Place) -> None:
    bundle = place.bundle("api-pages")
    wrong = place.lab.folder / "wrong"
    assert command("key", "init", "--vault", wrong).code == 0
    bad = place.lab.folder / "bad.toml"
    bad.write_text(policy_text("keep") + '\n[fields.events]\ncontnet = "keep"\n')
    inside = place.lab.store / "vault"
    for arguments, code in (
        ((bundle, bad), 13),
        ((bundle, "keep", "--vault", inside), 17),
        ((bundle, "keep", "--identity", wrong / "identity.txt"), 17),
        ((place.bundle("api-pages", sane=False), "keep"), 12),
        ((place.bundle("api-pages", sane=False), "keep", "--json"), 12),
        ((bundle, "keep", "--as-of", "2099-01-01"), 14),
    ):
        ran = place.create(*arguments)  # type: ignore[arg-type]
        assert ran.code == code, ran.err
        assert said(ran) == {}, arguments
    place.nothing_written()


def test_a_store_in_a_notebook_says_no_value(place: Place) -> None:
    assert place.create(place.bundle("api-pages")).code == 0
    vault = Vault.open(place.lab.vault.folder)
    store = archive_tool.open_store(place.lab.store, vault=vault)
    (archive,) = (place.lab.store / "archives").iterdir()
    rows = archive_tool.open_archive(archive, vault=vault).read("chat").to_pylist()
    who, other = sorted({row["senderId"] for row in rows})
    name = next(row["senderName"] for row in rows if row["senderId"] == who)
    assert markers_in(who.encode())
    copy = place.lab.folder / who
    plan = store.plan_sweep(as_of=date(2999, 1, 1))
    erasure = store.plan_erasure([who], rewrite_mentions=True)
    held = store.hold(ids=[other, f"{TEXT}9999"], reason="a test", owner="office")
    shown = [
        store, *store.archives(), *store.dates(), store.find([who, other]), held, *store.holds(),
        store.ids_of([name, f"{TEXT}9999"]),
        store.access(who, to=copy), plan, erasure, store.erase(store.plan_erasure([who])),
        store.release(held.hold.id, reason="over"), *store.log(), store.audit(),
        store.sweep(store.plan_sweep(as_of=date(2999, 1, 1)), as_of=date(2999, 1, 1)),
    ]  # fmt: skip
    said = [text for thing in shown for text in (repr(thing), str(thing))]
    for wrong in (
        lambda: store.find(f"{TEXT}9999"),
        lambda: store.find([who]),
        lambda: store.find([who, 7]),
        lambda: store.ids_of(f"{TEXT}9999"),
        lambda: store.ids_of([name, 7]),
        lambda: store.plan_erasure([f"{TEXT}9999"]),
        lambda: store.erase(erasure, ids=[other]),
        lambda: store.access([who, other], to=copy),
        lambda: store.access(other, to=store.path / "copy"),
        lambda: store.release(f"{TEXT}9999", reason="over"),
        lambda: store.hold(ids=[who], reason=f"{TEXT}9999\n", owner="\n"),
        lambda: store.hold(archives=[f"{TEXT}9999"], reason="r", owner="o"),
        lambda: store.sweep(plan),
        lambda: store.plan_sweep(as_of=f"{TEXT}9999"),
    ):
        with pytest.raises(archive_tool.ArchiveToolError) as caught:
            wrong()
        said += [str(caught.value), "".join(traceback.format_exception(caught.value))]
    assert len(said) > 50
    assert markers_in("\n".join(said).encode()) == set()
    place.nothing_written()


def broken(good: Path) -> dict[str, bytes]:
    """Files that are not what they say, all of them full of markers."""
    events = (good / "events_page_001.json").read_bytes()
    marked = TEXT.encode() + b"0777"
    return {
        "truncated.json": events[: len(events) // 2],
        "two-ends.json": events + b'}{"' + marked,
        "array.json": b"[1, 2, " + events,
        "error.csv": b'{"status":"error","error":{"message":"' + marked + b'"}}',
        "page.csv": b"<!DOCTYPE html><html><body>" + marked + b"</body></html>",
        "ragged_events.csv": b"id,participantId,onset\n"
        + marked
        + b",\n"
        + marked
        + b"," * 9
        + b"\n",
        "quote_events.csv": b'id,participantId,onset\n"' + marked + b",1,2\n",
        "bytes_events.csv": b"id,participantId,onset\n" + marked + b"\xff\xfe\x00,a,b\n",
        "half.ndjson": events[40:400],
        "numbers.json": b'{"data":[{"eventType":"' + marked + b'","onset":1e999,"id":1}]}',
        "deep.json": b'{"data":' + b"[" * 5000 + b'"' + marked + b'"' + b"]" * 5000 + b"}",
        "scalar.json": b'"' + marked + b'"',
        "keys.json": b'{"' + marked + b'": [{"' + marked + b'": 1}]}',
        "export.zip": b"PK\x03\x04" + marked * 20,
    }


NAMES: Final = (
    "truncated.json", "two-ends.json", "array.json", "error.csv", "page.csv", "ragged_events.csv",
    "quote_events.csv", "bytes_events.csv", "half.ndjson", "numbers.json", "deep.json",
    "scalar.json", "keys.json", "export.zip",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_broken_files_say_no_value(name: str, place: Place) -> None:
    good = place.bundle("api-pages")
    files = broken(good)
    assert sorted(files) == sorted(NAMES)
    bundle = place.lab.folder / "bundle"
    shutil.copytree(good, bundle)
    (bundle / name).write_bytes(files[name])
    runs = [
        command("inspect", bundle),
        command("inspect", bundle, "--json"),
        command("validate", bundle, *AS_OF),
        command("validate", bundle, *AS_OF, "--json"),
        place.create(bundle),
        place.create(bundle, "keep", "--json", "--skip-unreadable"),
    ]
    assert [said(ran) for ran in runs] == [{}] * len(runs)
    assert {ran.code for ran in runs} <= {0, 10, 11, 12}
    place.nothing_written()


def test_an_archive_that_was_changed_says_no_value(place: Place) -> None:
    assert place.create(place.bundle("api-pages")).code == 0
    (archive,) = (place.lab.store / "archives").iterdir()
    keys = ("--vault", place.lab.vault.folder)
    tables = sorted(archive.rglob("tables/*/*.parquet"))
    original = tables[0].read_bytes()
    changes = (
        original[:-20],
        original[:100] + bytes([original[100] ^ 1]) + original[101:],
        tables[1].read_bytes(),
        b"PAR1" + original[4:],
    )
    for content in changes:
        tables[0].write_bytes(content)
        for arguments in (("verify", archive), ("verify", archive, *keys, "--json")):
            ran = command(*arguments)
            assert (ran.code, said(ran)) == (16, {})
        ran = command("extract", archive, "--to", place.temp / "out", *keys)
        assert (ran.code, said(ran)) in ((16, {}), (17, {}))
    place.nothing_written()


BUG: Final = """
import sys
from unittest.mock import patch
from archive_tool.cli.main import run

def fail(self, data_type, table, *more):
    values = table.column("id").to_pylist()
    raise KeyError(f"no such value {values}")

with patch("archive_tool.pipeline.second_pass.shards.ShardPass.settle", fail):
    sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["text", "json"])
def test_the_traceback_of_a_bug_says_no_value(as_json: tuple[str, ...], place: Place) -> None:
    bundle = place.bundle("api-pages")
    done = subprocess.run(
        [sys.executable, "-c", BUG, "create", str(bundle), "--policy", "keep", "--store",
         str(place.lab.store), "--vault", str(place.lab.vault.folder), *AS_OF, *as_json],
        capture_output=True, text=True, check=False, env=os.environ,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 1
    assert "error: bug: KeyError\n" in done.stderr
    assert "create.py:" in done.stderr
    assert said(Ran(code=1, out=done.stdout, err=done.stderr)) == {}
    place.nothing_written()


@pytest.mark.parametrize(
    "target",
    [
        "archive_tool.validation.Checks.add",
        "archive_tool.anonymize.known.identifiers.Identifiers.add",
        "archive_tool.ingest.census.Census.add",
        "archive_tool.anonymize.known.consent.Consent.add",
    ],
)
def test_a_bug_in_any_observer_says_no_value(target: str, place: Place) -> None:
    def fail(_: object, batch: Any, *__: object) -> None:
        raise RuntimeError(str(batch.table.to_pylist()))

    bundle = place.bundle("api-pages")
    with patch(target, fail):
        runs = [place.create(bundle), command("validate", bundle, "--json")]
    assert [ran.code for ran in runs] == [1, 1]
    assert [said(ran) for ran in runs] == [{}, {}]
    place.nothing_written()


@pytest.mark.parametrize("how", ["names", "names_file"])
def test_names_that_a_policy_lists_stay_inside(how: str, place: Place) -> None:
    (place.lab.folder / "names.txt").write_text(f"{TEXT}0815\n{TEXT}0816\n")
    line = f'names = ["{TEXT}0815", "{TEXT}0816"]' if how == "names" else 'names_file = "names.txt"'
    policy = place.lab.folder / "policy.toml"
    policy.write_text(policy_text("pseudonymize") + f"\n[text]\n{line}\n")
    ran = place.create(place.bundle("api-pages"), policy)
    assert (ran.code, said(ran)) == (0, {}), ran.err
    assert said(command("policy", "check", policy)) == {}
    assert said(command("policy", "explain", policy, "--json")) == {}
    place.nothing_written()


def test_file_names_are_in_no_saved_file(place: Place) -> None:
    named = place.lab.folder / f"{TEXT}0001_bundle"
    shutil.copytree(place.bundle("api-pages"), named / f"data_{TEXT}0002_20261020_143000")
    (named / f"{TEXT}0003.csv").write_text('{"status":"error"}')
    findings = place.lab.folder / "saved" / "findings.jsonl"
    findings.parent.mkdir()
    command("validate", named, *AS_OF, "--findings", findings)
    assert place.create(named, "keep", "--skip-unreadable").code == 0
    assert findings.stat().st_size > 500
    assert written(findings.parent) == {}
    place.nothing_written()
