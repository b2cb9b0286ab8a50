"""Recordings on their way into an archive: whose they are, what they will be called, who is out.

Nobody here looks into a recording. It is the person's of its row in ``recordings``; where that is
not exactly one, it may show anybody, so that it stays out as soon as anybody is left out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from archive_tool.bundle.kinds import MEDIA_SUFFIXES
from archive_tool.model.bundle import FileKind
from archive_tool.model.datatypes import RECORDINGS, SHARED_SUBJECT
from archive_tool.model.paths import is_device
from archive_tool.model.policy import Action
from archive_tool.policy.recordings import SEAL
from archive_tool.validation.across_types.media import Recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.anonymize import Context
    from archive_tool.archive.writer import ArchiveWriter
    from archive_tool.bundle import Bundle
    from archive_tool.model.bundle import SourceFile
    from archive_tool.model.policy import Policy

_UNKNOWN: Final = Recorded(people=frozenset(), ids=frozenset())
_FOREIGN: Final = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")
"""Characters that some system does not allow in the name of a file."""
_LONGEST: Final = 200
"""Bytes of a name: systems take 255, and a file on its way has a longer one."""


@dataclass(frozen=True, kw_only=True)
class SealedMedia:
    """What became of the media files of a bundle."""

    sealed: int = 0
    left_out: int = 0
    """Of people who are left out, or of nobody in particular while somebody is left out."""


def to_seal(bundle: Bundle, policy: Policy) -> list[SourceFile]:
    """Return the media files of a bundle if the policy seals them."""
    if policy.media != SEAL:
        return []
    return [file for file in bundle.files if file.kind is FileKind.MEDIA]


def seal(
    bundle: Bundle,
    files: list[SourceFile],
    recorded: Mapping[str, Recorded],
    *,
    context: Context,
    writer: ArchiveWriter,
) -> SealedMedia:
    """Seal media files, each for the person whom it is of.

    ``recorded``: by label, what the rows say. Files come in the order of their digests, so that
    their numbers tell nothing of their names.
    """
    names = _Names(context=context)
    out = 0
    for number, file in enumerate(sorted(files, key=bundle.sha256), start=1):
        known = recorded.get(file.label, _UNKNOWN)
        subject = _subject(known, context)
        if subject is None:
            out += 1
            continue
        with bundle.open(file) as stream:
            writer.write_recording(subject, names.of(file, number, known), stream)
    return SealedMedia(sealed=len(files) - out, left_out=out)


def _subject(known: Recorded, context: Context) -> str | None:
    """Whose a recording is; the empty id when it is nobody's alone, None when it stays out."""
    plan = context.plan(RECORDINGS.name)
    if len(known.people) == 1 and SHARED_SUBJECT not in known.people:
        (person,) = known.people
        return None if plan.is_excluded(person) else person
    return None if context.excluded else SHARED_SUBJECT


@dataclass(kw_only=True)
class _Names:
    """What recordings are called when they are extracted: no two alike on any system."""

    context: Context
    _taken: set[str] = field(default_factory=set)

    def of(self, file: SourceFile, number: int, known: Recorded) -> str:
        """The file's own name where people keep theirs, else number, code and ending."""
        name = _own_name(file.path) if self._keeps_names else self._neutral(file, number, known)
        path, more = PurePosixPath(name), count(number)
        while _folded(name) in self._taken:
            name = f"{path.stem}-{next(more)}{path.suffix}"
        self._taken.add(_folded(name))
        return name

    @property
    def _keeps_people(self) -> bool:
        return not self.context.decisions.hides_people(RECORDINGS.name)

    @property
    def _keeps_names(self) -> bool:
        """Not while somebody is left out, who may stand in the name of any file."""
        kept = self.context.decisions.of(RECORDINGS.name, "fileName").action is Action.KEEP
        return kept and self._keeps_people and not self.context.excluded

    def _neutral(self, file: SourceFile, number: int, known: Recorded) -> str:
        suffix = PurePosixPath(file.path).suffix.lower()
        suffix = suffix if suffix in MEDIA_SUFFIXES else ".bin"
        return "-".join((f"media-{number}", *self._codes(known))) + suffix

    def _codes(self, known: Recorded) -> list[str]:
        """What the rows call the recording; nothing where they do not, or where it is not one."""
        action = self.context.decisions.of(RECORDINGS.name, "recordingId").action
        coded = action is Action.PSEUDONYMIZE
        if len(known.ids) != 1 or not (coded or (action is Action.KEEP and self._keeps_people)):
            return []
        (record,) = known.ids
        if not coded:
            return [_clean(record)]
        return [self.context.plan(RECORDINGS.name).keys.of_record(record)]


def _own_name(path: str) -> str:
    """The last part of a path, as every system takes it."""
    last = PurePosixPath(path.rpartition("!/")[2].replace("\\", "/")).name
    suffix = PurePosixPath(last).suffix.lower()
    suffix = suffix if suffix in MEDIA_SUFFIXES else ""
    name = _clean(last[: len(last) - len(suffix)]) or "media"
    return ("_" if is_device(name) else "") + name + suffix


def _clean(text: str) -> str:
    """A text as every system takes it in the name of a file."""
    plain = _FOREIGN.sub("_", text.encode("utf-8", "replace").decode())
    return plain.encode()[:_LONGEST].decode("utf-8", "ignore").strip(". -")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
