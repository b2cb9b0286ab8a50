"""Raw bundles that lie about after they were archived: a plan can list them for deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archive_tool.bundle import open_bundle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.lifecycle.catalogue import Overview


class RawBundle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One bundle on the disk. Its name is not kept: names of bundles may name people."""

    number: int
    """Its place among the bundles that were given, from 1."""
    digest: str
    """Of its content, as archives note it."""
    archives: list[str]
    """Archives of the store that were made of exactly this content."""

    @property
    def is_due(self) -> bool:
        """Archived: the raw copy has no reason to stay."""
        return bool(self.archives)


def look(bundles: Sequence[Path], overview: Overview) -> list[RawBundle]:
    """Compare bundles with the archives of a store; BundleError (10) for one that cannot be read.

    Nothing is deleted: whose originals they are the tool cannot know.
    """
    found = []
    for number, path in enumerate(bundles, start=1):
        with open_bundle([path]) as bundle:
            digest = bundle.digest()
        made = [entry.archive_id for entry in overview.entries if entry.bundle == digest]
        found.append(RawBundle(number=number, digest=digest, archives=made))
    return found
