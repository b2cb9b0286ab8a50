"""One archive in the plan of a sweep."""

from __future__ import annotations

import msgspec

from archive_tool.lifecycle.dates.due import Due  # noqa: TC001  (msgspec reads the annotations)
from archive_tool.model.archive import PolicyStamp  # noqa: TC001


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What would happen to one archive."""

    archive: str
    seal: str
    """SHA-256 of its tag manifest: another one makes the plan stale."""
    why: str
    whole: bool
    due: list[Due]
    types: list[str]
    """Everything that the archive holds."""
    lesser: PolicyStamp | None
    """The policy under which an archive that tells less is made first; None for nothing."""
    successors: list[str]
    """Archives that tell less and stand in its place."""
    named: int
    """Files of others that name erased people again: they are written without them."""
    revision: int
    """Number of the revision that it becomes; 0 for the next."""
    files: int | None
    bytes: int
    holds: list[str]
    """Holds that keep it; then nothing happens."""

    def __repr__(self) -> str:
        """One line for each archive of a plan."""
        held = f", held by {', '.join(self.holds)}" if self.holds else ""
        return f"<Item {self.archive}: {self.what}, {self.why}{held}>"

    @property
    def what(self) -> str:
        """What of the archive goes."""
        return "all" if self.whole else ", ".join(due.data_type for due in self.due) or "people"
