"""Recordings of video chat (seed-data-types.md, 2). The media files themselves are apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from archive_tool.schemas.common import DEPLOYMENT, EXPERIMENT, PARTICIPANT, ROOM, STATE
from archive_tool.schemas.fields import Field, Kind, Leaf, Sensitivity

FIELDS: Final = (
    Field(name="recordingId", kind=Kind.RECORD, sensitivity=Sensitivity.RECORD, required=True,
          length=200, description="Recording id; also part of the media file's name", source="S2"),
    Field(name="egressId", kind=Kind.RECORD, sensitivity=Sensitivity.RECORD, length=200,
          description="Id of the recording process", source="FX"),
    replace(PARTICIPANT, required=False),
    Field(name="participantName", kind=Kind.TEXT, sensitivity=Sensitivity.NAME,
          description="Name the person gave", source="S2, FX"),
    EXPERIMENT,
    ROOM,
    DEPLOYMENT,
    STATE,
    Field(name="startTime", kind=Kind.TIME, sensitivity=Sensitivity.TIME, unit="UTC, ISO 8601",
          description="Start of the recording", source="S2"),
    Field(name="endTime", kind=Kind.TIME, sensitivity=Sensitivity.TIME, unit="UTC, ISO 8601",
          description="End of the recording; absent while it runs", source="S2"),
    Field(name="duration", kind=Kind.NUMBER, sensitivity=Sensitivity.HARMLESS, unit="ms", low=0,
          description="Length", source="S2"),
    Field(name="videoOffset", kind=Kind.NUMBER, sensitivity=Sensitivity.HARMLESS, unit="ms",
          description="Start of the recording from the start of the experiment", source="S1, S2"),
    Field(name="downloadUrl", kind=Kind.TEXT, sensitivity=Sensitivity.LOCATOR,
          description="Signed address of the media file; whoever has it may read it until it expires",
          source="S1, S2"),
    Field(name="url", kind=Kind.TEXT, sensitivity=Sensitivity.LOCATOR,
          description="Storage address", source="FX"),
    Field(name="downloadPath", kind=Kind.TEXT, sensitivity=Sensitivity.LOCATOR,
          description="Path on the platform; holds room and recording", source="SDK"),
    Field(name="storageUrl", kind=Kind.TEXT, sensitivity=Sensitivity.LOCATOR,
          description="Storage address", source="AR"),
    Field(name="fileName", kind=Kind.TEXT, sensitivity=Sensitivity.LOCATOR,
          description="Name of the media file; may hold a person's name", source="SDK",
          aliases=("filename",)),
    Field(name="fileSize", kind=Kind.NUMBER, sensitivity=Sensitivity.HARMLESS, unit="bytes", low=0,
          description="Size of the media file", source="S2"),
    Field(name="status", kind=Kind.LABEL, sensitivity=Sensitivity.HARMLESS, length=100,
          description="State of the recording", source="S2, FX",
          enum=("completed", "complete", "active", "starting", "interrupted", "failed")),
    Field(name="format", kind=Kind.LABEL, sensitivity=Sensitivity.HARMLESS, length=100,
          description="Media format", source="S2", enum=("mp4", "webm", "mp3", "wav", "ogg", "m4a")),
    Field(name="resolution", kind=Kind.LABEL, sensitivity=Sensitivity.HARMLESS, length=100,
          description="Width x height in pixels", source="S2"),
    Field(name="metadata", kind=Kind.JSON, sensitivity=Sensitivity.HARMLESS,
          leaves=(Leaf(path="type", sensitivity=Sensitivity.HARMLESS, description="video or audio"),
                  Leaf(path="recordingType", sensitivity=Sensitivity.HARMLESS, description="individual, audio, composite"),
                  Leaf(path="roomName", sensitivity=Sensitivity.ROOM, description="Room"),
                  Leaf(path="experimentId", sensitivity=Sensitivity.HARMLESS, description="Experiment")),
          description="Kind of recording", source="FX"),
    Field(name="deviceInfo", kind=Kind.JSON, sensitivity=Sensitivity.NAME,
          leaves=(Leaf(path="microphoneLabel", sensitivity=Sensitivity.NAME, description="Often a person's name"),
                  Leaf(path="sampleRate", sensitivity=Sensitivity.HARMLESS, description="Hz")),
          description="Recording device", source="AR"),
)
