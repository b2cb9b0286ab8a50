"""What years later costs: erasing one of 1,000, rotating, verifying, sweeping 10,000 archives.

    python -m benchmarks.lifecycle [--quick] [--work DIR] [--only NAME]... [--write]

Seconds of processor time, all threads, and of the clock; ``--write`` puts the table into
``lifecycle.md``. ``--quick`` runs a tenth of the size: it shows that it works, not how fast.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from archive_tool.archive import bag, layout, manifest
from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.archive.writer import ArchiveWriter
from archive_tool.keys import Vault
from archive_tool.lifecycle import catalogue
from archive_tool.lifecycle.applying import erase
from archive_tool.lifecycle.planning import erase_plan, plans, sweep_plan
from archive_tool.model.archive import ArchiveDescription, PolicyStamp, RetentionTerm
from archive_tool.schemas import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE: Final = Path(__file__).parent / "lifecycle.md"
NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Costs of named steps."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    last: tuple[float, float] = (0.0, 0.0)
    """Seconds of the clock and of the processor that the last step took."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        before, began = os.times(), time.perf_counter()
        yield
        wall, after = time.perf_counter() - began, os.times()
        cpu = max(0.0, after.user + after.system - before.user - before.system)
        self.last = (wall, cpu)
        self.note(name, f"{cpu:.2f} s processor, {wall:.2f} s clock")

    def note(self, name: str, found: str, aim: str = "") -> None:
        self.rows.append((name, found, aim))
        print(f"{name}: {found}  {aim}", flush=True)

    def aim(self, aim: str) -> None:
        name, found, _ = self.rows[-1]
        self.rows[-1] = (name, found, aim)


def terms(types: tuple[str, ...], last: date) -> dict[str, RetentionTerm]:
    return {name: RetentionTerm(destroy_after=last, basis="session-end") for name in types}


def archive(
    store: Path, vault: Vault, name: str, people: int, rows: int, *, mentions: int = 0
) -> None:
    """One archive of ratings; the first ``mentions`` people also wrote a chat that names one."""
    with ArchiveWriter(
        store=store,
        archive_id=name,
        secrets=vault.new_archive(name),
        subject_secret=lambda subject: vault.subject_secret(subject, create=True),
    ) as writer:
        for number in range(people):
            writer.write_table("ratings/continuous", f"person-{number:05}", ratings(number, rows))
        for number in range(mentions):
            writer.write_table("chat", f"person-{number:05}", chat(number, people // 2))
        types = ("ratings/continuous", *(("chat",) if mentions else ()))
        writer.publish(
            ArchiveDescription(
                created=NOW,
                tool_version="0",
                policy=PolicyStamp(name="keep", version="1", digest="0" * 64),
                policy_text='name = "keep"\n',
                bundle_digest="1" * 64,
                retention=terms(types, date(2036, 1, 1)),
            ),
            vault.signing_key,
            commit=lambda: vault.save(NOW),
        )


def ratings(person: int, rows: int) -> pa.Table:
    random = np.random.default_rng(person)
    schema = arrow_schema("ratings/continuous")
    columns = {
        "ratingId": [f"r{person}-{row}" for row in range(rows)],
        "participantId": [f"person-{person:05}"] * rows,
        "roomId": [f"room-{person // 2}"] * rows,
        "onset": np.arange(rows) * 250.0,
        "value": random.random(rows),
    }
    arrays = [
        pa.array(columns[item.name]).cast(item.type)
        if item.name in columns
        else pa.nulls(rows, item.type)
        for item in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def chat(person: int, names: int) -> pa.Table:
    row = {
        "messageId": f"m{person}",
        "senderId": f"person-{person:05}",
        "content": f"hello person-{names:05}, how was it",
    }
    return pa.Table.from_pylist([row], schema=arrow_schema("chat"))


def erasing(work: Path, clock: Clock, scale: int) -> None:
    """One of 1,000: the plan, then its application, without and with mentions in others' rows."""
    people = 1000 // scale
    store, vault = work / "store", Vault.create(work / "vault", study="b", passphrase=None, now=NOW)
    archive(store, vault, "20261120-many", people, 100, mentions=min(100, people))
    for who, rewriting in ((people // 4, False), (people // 2, True)):
        ids = [f"person-{who:05}"]
        folder = store / layout.ARCHIVES / "20261120-many" / "data" / "tables"
        before = {path: path.stat().st_ino for path in folder.rglob("*.parquet")}
        said = "mentions rewritten" if rewriting else "mentions stay"
        with clock.step(f"erase one of {people:,}: plan ({said})"):
            decided = erase_plan.plan(store, vault, ids, rewrite_mentions=rewriting, now=NOW)
            plans.save(decided, work / "plan.json")
        with clock.step(f"erase one of {people:,}: apply ({said})"):
            erase.apply(store, vault, work / "plan.json", ids=ids, now=NOW)
        clock.aim("under 2 s, plus the rewrite of mentions")
        after = {path: path.stat().st_ino for path in folder.rglob("*.parquet")}
        gone, new = len(before.keys() - after.keys()), len(after.keys() - before.keys())
        same = sum(after.get(path) == inode for path, inode in before.items())
        clock.note(
            "table files touched",
            f"{gone} gone, {new} new, {same:,} the same inode",
            "only that subject's, and those with mentions",
        )


def rotating(work: Path, clock: Clock, scale: int) -> None:
    """Rotation never rewrites data."""
    store, vault = work / "store", Vault.create(work / "vault", study="b", passphrase=None, now=NOW)
    archive(store, vault, "20261120-many", 1000 // scale, 100)
    stamps = {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()}
    with clock.step("rotate"):
        vault.rotate(work / "vault" / "identity-2.txt", passphrase=None, now=NOW)
    changed = sum(path.stat().st_mtime_ns != stamp for path, stamp in stamps.items())
    clock.note("files of the store that changed", f"{changed} of {len(stamps):,}", "0")


def verifying(work: Path, clock: Clock, scale: int) -> None:
    """``verify`` beside pyarrow reading the same tables and hashing the same bytes."""
    vault = Vault.create(work / "vault", study="b", passphrase=None, now=NOW)
    for name, people, rows in (("small files", 1000, 100), ("large files", 40, 25_000)):
        store = work / name.replace(" ", "-")
        archive(store, vault, f"20261120-{name[:5]}", people // scale, rows)
        (folder,) = (store / layout.ARCHIVES).iterdir()
        ratios = []
        for _ in range(3):
            with clock.step(f"pyarrow, {name}"):
                peer(folder, vault)
            beside = clock.last
            with clock.step(f"verify, {name}"):
                verify(store, vault=vault)
            ratios.append([ours / theirs for ours, theirs in zip(clock.last, beside, strict=True)])
        wall, cpu = (sorted(ratio)[1] for ratio in zip(*ratios, strict=True))
        found = f"{wall:.2f} of the clock, {cpu:.2f} of the processor"
        clock.note(f"verify / pyarrow, {name}", found, "at most 1.3")


def peer(folder: Path, vault: Vault) -> int:
    """Decrypt and read every table with pyarrow alone, and hash its bytes."""
    from pyarrow.parquet.encryption import create_decryption_properties

    opened = open_archive(folder, vault=vault)
    keys = [(layout.table_path(e.data_type, e.file_id), opened.key_of(e)) for e in opened.index]
    rows = 0
    for path, key in keys:
        content = (folder / path).read_bytes()
        hashlib.sha256(content).hexdigest()
        properties = create_decryption_properties(footer_key=key)
        table = pq.ParquetFile(pa.BufferReader(content), decryption_properties=properties).read()
        rows += table.num_rows
    return rows


def sweeping(work: Path, clock: Clock, scale: int) -> None:
    """A plan over 10,000 archives, without and with a catalogue."""
    count = 10_000 // scale
    store, vault = work / "store", Vault.create(work / "vault", study="b", passphrase=None, now=NOW)
    archive(store, vault, "20261120-00000", 1, 10)
    multiply(store, vault, count)
    as_of = datetime(2036, 2, 1, tzinfo=UTC)
    for state in ("no catalogue", "with catalogue"):
        with clock.step(f"sweep plan over {count:,} archives, {state}"):
            decided = sweep_plan.plan(store, vault, as_of=as_of, now=NOW)
        clock.aim("seconds")
    clock.note("of these due", f"{len(decided.items):,}")
    with clock.step("reading the catalogue alone"):
        catalogue.load(store, vault)


def multiply(store: Path, vault: Vault, count: int) -> None:
    """Copies of the first archive under other names and dates, each signed as its own."""
    source = store / layout.ARCHIVES / "20261120-00000"
    stated = manifest.decode((source / layout.ARCHIVE_JSON).read_bytes())
    digests = dict(bag.read_seal(source).digests)
    for number in range(1, count):
        folder = store / layout.ARCHIVES / f"20261120-{number:05}"
        last = date(2036, 1, 1) + timedelta(days=number)
        other = replace(
            stated, archive_id=folder.name, retention=terms(tuple(stated.retention), last)
        )
        content = manifest.encode(other)
        listed = digests | {layout.ARCHIVE_JSON: hashlib.sha256(content).hexdigest()}
        for path in listed:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            if path != layout.ARCHIVE_JSON:
                os.link(source / path, folder / path)
        tags = bag.tag_files(
            listed, archive_id=folder.name, created=NOW, payload_bytes=1000, software="benchmark",
            signing_key=vault.signing_key,
        )  # fmt: skip
        for name, tag in {**tags, layout.ARCHIVE_JSON: content}.items():
            (folder / name).write_bytes(tag)
        vault.new_archive(folder.name)
    vault.save(NOW)


STEPS: Final = {
    "erase": erasing,
    "rotate": rotating,
    "verify": verifying,
    "sweep": sweeping,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--only", action="append", choices=list(STEPS))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    clock = Clock()
    for name in options.only or STEPS:
        folder = Path(tempfile.mkdtemp(dir=options.work))
        os.environ["ARCHIVE_TOOL_MEMORY"] = str(folder / "memory")
        try:
            STEPS[name](folder, clock, 10 if options.quick else 1)
        finally:
            shutil.rmtree(folder)
    if options.write:
        lines = [f"| {name} | {found} | {aim} |" for name, found, aim in clock.rows]
        head = "# Years later\n\nMade by `python -m benchmarks.lifecycle --write`.\n\n"
        table = "\n".join(["| step | measured | aim |", "|---|---|---|", *lines])
        TABLE.write_text(head + table + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
