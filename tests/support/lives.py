"""A store with a life: archives with dates, a vault, a log; for the tests of the lifecycle."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pyrage

from archive_tool.archive.writer import ArchiveWriter
from archive_tool.keys import Vault
from archive_tool.lifecycle.audit_log import checkpoints, recording
from archive_tool.model.archive import RetentionTerm
from archive_tool.model.datatypes import MEDIA
from archive_tool.model.policy import Ending
from tests.support.archives import NOW, Rows, description, event, table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LAST_DAY = date(2030, 1, 31)
DUE = NOW.replace(year=2030, month=2, day=1)
"""The first moment at which a usual archive is due."""


@dataclass
class Life:
    """A store and its vault."""

    store: Path
    vault_folder: Path

    @property
    def vault(self) -> Vault:
        """Opened anew each time, as every command does."""
        return Vault.open(self.vault_folder)

    def folder(self, archive_id: str) -> Path:
        return self.store / "archives" / archive_id

    def archives(self) -> list[str]:
        return sorted(path.name for path in (self.store / "archives").iterdir())

    def add(
        self,
        archive_id: str,
        rows: Rows,
        *,
        last: date = LAST_DAY,
        per_type: dict[str, date] | None = None,
        now: datetime = NOW,
        policy: str = 'name = "keep"\n',
        action: Ending = Ending.DESTROY,
        bundle: str = "",
        identity: Path | None = None,
        recordings: Mapping[tuple[str, str], bytes] | None = None,
    ) -> None:
        """Archive rows, and recordings by subject and name, with the log lines of ``create``."""
        vault = Vault.open(self.vault_folder, identity=identity)
        films = recordings or {}
        types = {data_type for data_type, _ in rows} | ({MEDIA} if films else set())
        terms = {
            name: RetentionTerm(
                destroy_after=(per_type or {}).get(name, last), basis="session-end", action=action
            )
            for name in types
        }
        with ArchiveWriter(
            store=self.store,
            archive_id=archive_id,
            secrets=vault.new_archive(archive_id),
            subject_secret=lambda subject: vault.subject_secret(subject, create=True),
        ) as writer:
            for (data_type, subject), content in rows.items():
                writer.write_table(data_type, subject, table(data_type, content))
            for (subject, name), film in films.items():
                writer.write_recording(subject, name, BytesIO(film))
            checkpoint = recording.before_create(self.store, vault, archive_id, now=now)
            writer.add_file(checkpoints.CHECKPOINT, checkpoint)
            about = replace(
                description(),
                created=now,
                retention=terms,
                policy_text=policy,
                bundle_digest=bundle or archive_id.encode().hex().ljust(64, "0"),
            )
            writer.publish(about, vault.signing_key, commit=lambda: vault.save(now))
        recording.after_create(self.store, archive_id, now=now)


def begin(folder: Path) -> Life:
    """An empty store and a new vault."""
    Vault.create(folder / "vault", study="s", passphrase=None, now=NOW)
    life = Life(store=folder / "store", vault_folder=folder / "vault")
    life.store.mkdir()
    return life


def usual(folder: Path) -> Life:
    """Two archives: ann and bob in the first, ann and a row of nobody in the second.

    A copy of one that was made once for this process; two of them have the same keys.
    """
    shutil.copytree(_template(), folder, dirs_exist_ok=True)
    return Life(store=folder / "store", vault_folder=folder / "vault")


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="life-template-"))
    life = begin(folder)
    life.add(
        "20261120-aaa",
        {
            ("events", "ann"): [event(1, "ann"), event(2, "ann")],
            ("events", "bob"): [event(3, "bob", response='{"partner":"ann"}')],
            ("chat", "bob"): [
                {"messageId": "m1", "senderId": "bob", "content": "hello ann, annotate it",
                 "recipientIds": '["ann","cy"]'},
            ],
        },
    )  # fmt: skip
    life.add(
        "20261120-bbb",
        {
            ("events", "ann"): [event(5, "ann")],
            ("events", ""): [event(6, None, participantId=None)],
        },
        last=LAST_DAY + timedelta(days=30),
    )
    return folder


def custodian(folder: Path, name: str) -> tuple[str, Path]:
    """A new recipient: the public key, and the file of the identity."""
    secret = pyrage.x25519.Identity.generate()
    path = folder / f"{name}.txt"
    path.write_text(f"{secret}\n")
    return str(secret.to_public()), path
