"""Opens what is archived: a bundle, or one archive of ours in its place."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from archive_tool.archive import layout
from archive_tool.errors import UsageError
from archive_tool.model.paths import same_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.bundle import Limits
    from archive_tool.keys import Vault
    from archive_tool.pipeline.sources.source import Source


def refuse_bundle(store: Path, paths: Sequence[str | os.PathLike[str]]) -> None:
    """Raise UsageError for a store that is the bundle: it could not be read as one any more."""
    if any(same_place(path, store) for path in paths):
        raise UsageError(
            "the store is the folder of the bundle",
            where="store",
            expected="a folder of its own",
            hint=f"for example --store {os.path.join(os.fspath(store), 'archives')}",
        )


@contextmanager
def open_source(
    paths: Sequence[str | os.PathLike[str]],
    *,
    vault: Vault,
    limits: Limits,
    withdrawn: Sequence[str],
    leave_out_types: Sequence[str],
) -> Iterator[Source]:
    """Open a bundle, or one archive as the source of another.

    Raises what :func:`open_bundle`, :func:`open_archive` and :meth:`FromArchive.of` raise, and
    UsageError (2) for an archive among other inputs.
    """
    folders = [Path(path) for path in paths]
    if not any(layout.is_archive(folder) for folder in folders):
        from archive_tool.bundle import open_bundle
        from archive_tool.pipeline.sources.from_bundle import FromBundle

        with open_bundle(paths, limits=limits) as bundle:
            yield FromBundle(bundle)
        return
    if len(folders) > 1:
        raise UsageError(
            "an archive is made of one archive alone, or of bundles",
            where="bundle",
            expected="one of both",
        )
    from archive_tool.archive.opening import open_archive
    from archive_tool.pipeline.sources.from_archive import FromArchive
    from archive_tool.pipeline.sources.from_codes import FromCodes, is_coded

    archive = open_archive(folders[0], vault=vault)
    source = FromCodes if is_coded(archive) else FromArchive
    yield source.of(archive, vault, withdrawn, leave_out_types)
