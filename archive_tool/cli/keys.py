"""How the commands open a vault: identity file, passphrase file, or a prompt on a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from archive_tool.cli.private_file import warn_of_readers
from archive_tool.cli.streams import say
from archive_tool.errors import IntegrityError, LockError, UsageError, VaultError
from archive_tool.model.files import read_file
from archive_tool.model.texts import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from archive_tool.errors import ArchiveToolError
    from archive_tool.keys import Vault
    from archive_tool.keys.identities import Identity


@dataclass(frozen=True, kw_only=True)
class GivenVault:
    """What ``--vault``, ``--identity`` and ``--passphrase-file`` say together."""

    folder: Path | None
    identity: Path | None
    passphrase_file: Path | None
    or_grant: bool
    """A grant will do in its place."""

    def open(self) -> Vault:
        """Open the vault of a study; VaultError (17) with what to do when there is none."""
        from archive_tool.keys import Vault, refuse_grant
        from archive_tool.keys.vault import IDENTITY_FILE
        from archive_tool.model.archive import VAULT_FILE

        if self.folder is None:
            raise VaultError(
                "no vault was given",
                hint="add --vault DIR; a new study makes one with: archive-tool key init --vault DIR",
            )
        vault = Vault.open(
            self.folder,
            identity=self.identity,
            passphrase_provider=_passphrase_provider(self.passphrase_file),
            now=datetime.now(UTC),
        )
        if not self.or_grant:
            refuse_grant(vault, self.folder.name)
        warn_of_readers(vault.folder / VAULT_FILE, shared=True)
        warn_of_readers(self.identity or vault.folder / IDENTITY_FILE)
        shred_again(vault)
        return vault

    def open_if_named(self) -> Vault | None:
        """Open the vault; None where ``--vault`` was not given."""
        return None if self.folder is None else self.open()

    def refuse_nested(self, store: Path) -> None:
        """VaultError (17) when vault and store lie in each other, before any key is asked for."""
        from archive_tool.keys import refuse_nested

        if self.folder is not None:
            refuse_nested(store, self.folder)

    def loses_protection(self, passphrase: bytes | None) -> bool:
        """Whether the identity is protected, and the one that takes its place is not."""
        from archive_tool.keys.identities import is_protected
        from archive_tool.keys.vault import IDENTITY_FILE

        if passphrase is not None or self.folder is None:
            return False
        return is_protected(self.identity or self.folder / IDENTITY_FILE)

    def identities_of(self, present: Sequence[Path]) -> list[Identity]:
        """Read the identities of further custodians who are present."""
        from archive_tool.keys.identities import read_identity

        warn_of_readers(*present)
        provider = _passphrase_provider(self.passphrase_file)
        return [read_identity(path, provider) for path in present]


@contextmanager
def unchanged(vault: Vault | None) -> Iterator[None]:
    """Say of what went wrong because the vault was written meanwhile that it was (LockError, 21).

    Under new keys every archive looks as if a stranger had signed it.
    """
    problem: ArchiveToolError | None = None
    try:
        yield
    except (IntegrityError, VaultError) as error:
        problem = error
    if problem is not None:
        with suppress(OSError):
            if vault is not None:
                vault.refuse_changed()
        raise problem


def shred_again(vault: Vault) -> None:
    """An older copy of the vault forgets again what was erased since; says so on stderr."""
    if not vault.behind:
        return
    said = "what was erased since was taken out of it again"
    try:
        vault.shred_again(datetime.now(UTC))
    except (OSError, LockError):
        said = "what was erased since is not used, but could not be taken out of the file"
    say(f"note: this copy of the vault is older than an erasure; {said}")


def _passphrase_provider(path: Path | None) -> Callable[[], bytes | None]:
    """Where a passphrase comes from when one is needed: the file, else the terminal.

    A file that is named is there, or the name is wrong: UsageError (2), needed or not.
    """
    if path is not None:
        _require_passphrase_file(path)

    def provide() -> bytes | None:
        if path is not None:
            return read_passphrase(path)
        if not sys.stdin.isatty():
            raise UsageError(
                "the identity is protected by a passphrase",
                expected="--passphrase-file",
                hint="give the file with the passphrase; there is no terminal to ask for it",
            )
        text: str = click.prompt("Passphrase of the identity", hide_input=True, err=True)
        return text.encode()

    return provide


def new_identity_path(vault: Vault) -> Path:
    """Where a new identity goes by default: ``identity-EPOCH.txt``, and never over another file."""
    name = f"identity-{vault.epoch + 1}"
    free = (vault.folder / f"{name}{again}.txt" for again in ("", *(f"-{n}" for n in range(2, 99))))
    return next(path for path in free if not path.exists())


def written_identity(path: Path, passphrase: bytes | None) -> str:
    """Say of a new identity where it is, and whether it is protected."""
    how = "readable by whoever copies it" if passphrase is None else "protected by the passphrase"
    return f"{path} ({how})"


UNPROTECTED: Final = (
    "warning: the old identity was protected by a passphrase, this one is not; to protect it, run\n"
    "archive-tool key rotate with --new-passphrase-file FILE"
)
"""What is said when :meth:`GivenVault.loses_protection`."""


def read_passphrase(path: Path) -> bytes:
    """The first line of a file, without its line break."""
    _require_passphrase_file(path)
    warn_of_readers(path)
    content = read_file(path)
    text = decoded(content)
    line = (content if text is None else text.encode()).split(b"\n", 1)[0].rstrip(b"\r")
    if not line:
        raise UsageError("is empty", where=str(path), expected="a passphrase on the first line")
    return line


def _require_passphrase_file(path: Path) -> None:
    if not path.is_file():
        raise UsageError("no such file", where=str(path), expected="a file with the passphrase")
