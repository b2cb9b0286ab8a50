"""Kinds of findings about recordings and their media files."""

from __future__ import annotations

from typing import Final

from archive_tool.model.findings import Code, Severity

RECORDING_ORPHAN: Final = Code(
    name="RECORDINGS-WITHOUT-PERSON",
    severity=Severity.WARNING,
    message="a recording belongs to nobody",
    meaning="Recordings without a participantId hold a face or a voice all the same.",
    hint="find out who it is before anything is shared; erasing a person cannot find it",
)

RECORDING_COMPOSITE: Final = Code(
    name="RECORDINGS-COMPOSITE",
    severity=Severity.WARNING,
    message="a recording shows several people",
    meaning="Composite recordings, made before v0.5.14, hold several people in one file.",
    hint="one person's withdrawal concerns the whole file",
)

RECORDING_UNFINISHED: Final = Code(
    name="RECORDINGS-UNFINISHED",
    severity=Severity.WARNING,
    message="a recording failed, or was not finished when its row was downloaded",
    meaning="The status of every recording is `completed` or `complete`, or is not given. No media file is "
    "expected of others.",
    hint="download the recordings again if the session is over; what failed is missing for good",
)

RECORDING_ELSEWHEN: Final = Code(
    name="RECORDINGS-OUTSIDE-SESSION",
    severity=Severity.WARNING,
    message="a recording does not overlap with the session of its room",
    meaning="A recording overlaps with the events of its room, with a minute of leeway.",
    hint="check which session the recording belongs to: rooms can be used again",
)

TIME_REVERSED: Final = Code(
    name="TIME-REVERSED",
    severity=Severity.ERROR,
    message="the end lies before the start",
    meaning="endTime is not before startTime.",
    hint="ask the platform for the recording again; older releases repaired such times later",
)

DURATION_MISMATCH: Final = Code(
    name="DURATION-MISMATCH",
    severity=Severity.WARNING,
    message="the duration is not the time between start and end",
    meaning="duration is endTime - startTime within a second or one percent. Releases before "
    "v0.6.34 wrote 0 for audio, seconds instead of milliseconds, or too much.",
    hint="trust start and end, and the length of the media file",
)

MEDIA_MISSING: Final = Code(
    name="MEDIA-MISSING",
    severity=Severity.WARNING,
    message="a recording has no media file although the bundle has media",
    meaning="Media files are matched by the id at the end of their name, or by fileName. Not "
    "checked in bundles without any media file.",
    hint="download the recording again, if the design still allows it",
)

MEDIA_SIZE: Final = Code(
    name="MEDIA-SIZE",
    severity=Severity.WARNING,
    message="a media file does not have the size of its row",
    meaning="Browsers and older SDK versions cut downloads short. A missing fileSize is normal.",
    hint="download the recording again and compare the length",
)

MEDIA_ORPHAN: Final = Code(
    name="MEDIA-WITHOUT-ROW",
    severity=Severity.WARNING,
    message="media files belong to no recording",
    meaning="A media file without a row holds a face or a voice that no erasure can find.",
    hint="find out who it is, or delete it",
)

URL_EXPIRED: Final = Code(
    name="RECORDINGS-URL-EXPIRED",
    severity=Severity.NOTE,
    message="signed addresses of recordings have expired",
    meaning="Signed addresses work for days. Then the media can only be fetched through the "
    "platform.",
    hint="nothing, if the media files are here; else ask the platform for them",
)

URL_LIVE: Final = Code(
    name="RECORDINGS-URL-LIVE",
    severity=Severity.WARNING,
    message="signed addresses of recordings still work",
    meaning="Whoever has such an address can watch the recording until it expires.",
    hint="keep the bundle where nobody else can read it; no ready policy lets addresses out",
)
