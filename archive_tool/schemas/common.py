"""Fields that several data types share."""

from __future__ import annotations

from typing import Final

from archive_tool.schemas.fields import Field, Kind, Leaf, Sensitivity

EXPERIMENT: Final = Field(
    name="experimentId",
    kind=Kind.ID,
    sensitivity=Sensitivity.HARMLESS,
    length=200,
    description="Experiment design the row belongs to",
    source="S2",
)
ROOM: Final = Field(
    name="roomId",
    kind=Kind.ID,
    sensitivity=Sensitivity.ROOM,
    required=True,
    length=200,
    description="Room, which is one session of the people in it",
    source="S2",
    inherited=True,
)
DEPLOYMENT: Final = Field(
    name="deploymentId",
    kind=Kind.ID,
    sensitivity=Sensitivity.HARMLESS,
    length=200,
    description="Run of the experiment",
    source="RN",
    since="v0.6.53",
)
PARTICIPANT: Final = Field(
    name="participantId",
    kind=Kind.ID,
    sensitivity=Sensitivity.PERSON,
    required=True,
    length=200,
    description="Person (or AI agent) the row is about",
    source="S2",
)
COMPONENT_TYPES: Final = (
    "showtext",
    "showimage",
    "showvideo",
    "vasrating",
    "textinput",
    "multiplechoice",
    "waiting",
    "code",
    "continuousrating",
    "videochat",
    "textchat",
    "rapidrate",
    "audiorecording",
    "sparserating",
    "trigger",
    "ranking",
    "scannerpulserecorder",
    "likertscale",
    "gazeoverlay",
    "rating",
    "questionnaire",
    "instructions",
    "consent",
    "unknown",
)
"""The platform's component types, and ``unknown``, which stands for a missing one."""

COMPONENT: Final = Field(
    name="componentId",
    kind=Kind.ID,
    sensitivity=Sensitivity.HARMLESS,
    length=200,
    description="Component of the experiment design",
    source="S2",
)
STATE: Final = Field(
    name="stateId",
    kind=Kind.ID,
    sensitivity=Sensitivity.HARMLESS,
    length=200,
    description="State of the experiment design",
    source="FX",
)
STIMULUS: Final = Field(
    name="stimulusId",
    kind=Kind.ID,
    sensitivity=Sensitivity.HARMLESS,
    length=200,
    description="Stimulus that was on while the row was recorded",
    source="FX",
    aliases=("videoId",),
)
STIMULUS_URL: Final = Field(
    name="stimulusUrl",
    kind=Kind.TEXT,
    sensitivity=Sensitivity.LOCATOR,
    description="Address of the stimulus",
    source="STIM",
    since="v0.6.29",
)
STIMULUS_CAPTION: Final = Field(
    name="stimulusCaption",
    kind=Kind.TEXT,
    sensitivity=Sensitivity.TEXT,
    description="Caption of the stimulus",
    source="STIM",
    since="v0.6.29",
)
RATING: Final = Field(
    name="ratingId",
    kind=Kind.RECORD,
    sensitivity=Sensitivity.RECORD,
    required=True,
    length=200,
    description="Rating id",
    source="S2",
)
VARIABLE: Final = Leaf(
    path="*",
    sensitivity=Sensitivity.NAME,
    description="Variable by name; may hold names and partners' answers",
)
TIMESTAMP: Final = Field(
    name="timestamp",
    kind=Kind.TIME,
    sensitivity=Sensitivity.TIME,
    required=True,
    unit="UTC, ISO 8601",
    description="When it happened",
    source="S1, S2",
)
ONSET: Final = Field(
    name="onset",
    kind=Kind.NUMBER,
    sensitivity=Sensitivity.HARMLESS,
    usual=True,
    unit="ms",
    description="Time from the start of the experiment; negative before the start",
    source="S1, S2",
)
RAW_ONSET: Final = Field(
    name="rawOnset",
    kind=Kind.NUMBER,
    sensitivity=Sensitivity.HARMLESS,
    unit="ms",
    description="Onset before clock correction",
    source="FX",
    since="v0.6.43",
)
CLOCK_OFFSET: Final = Field(
    name="clockOffsetApplied",
    kind=Kind.NUMBER,
    sensitivity=Sensitivity.HARMLESS,
    unit="ms",
    description="Clock correction: onset = rawOnset - clockOffsetApplied",
    source="FX",
    since="v0.6.43",
)
SCALE_MIN: Final = Field(
    name="scaleMin",
    kind=Kind.NUMBER,
    sensitivity=Sensitivity.HARMLESS,
    unit="scale units",
    description="Lower end of the rating scale; may be negative",
    source="S2",
)
SCALE_MAX: Final = Field(
    name="scaleMax",
    kind=Kind.NUMBER,
    sensitivity=Sensitivity.HARMLESS,
    unit="scale units",
    description="Upper end of the rating scale",
    source="S2",
)


def _given(at: str, description: str) -> tuple[Leaf, ...]:
    """Give the shapes of an answer at one place: itself, ``{value, label}``, a list of either."""
    words = ((at, description), (f"{at}[]", "One of several answers"))
    chosen = (
        *(((f"{at}.value", "The chosen option"), (f"{at}.label", "Its label")) if at else ()),
        (f"{at}[].value", "One of several answers"),
        (f"{at}[].label", "Its label"),
    )
    return tuple(
        Leaf(path=path, sensitivity=Sensitivity.ANSWER, description=said)
        for path, said in (*words, *chosen)
    )


ANSWER_LEAVES: Final = (
    *_given("", "The answer itself, where it is not an object"),
    *_given("value", "The answer"),
    Leaf(path="label", sensitivity=Sensitivity.ANSWER, description="Label of the chosen option"),
    *_given("answer", "The answer (questionnaires)"),
    Leaf(path="answer[].text", sensitivity=Sensitivity.ANSWER, description="Ranked option"),
    Leaf(path="answer[].position", sensitivity=Sensitivity.MEASURE, description="Its rank"),
    *_given("answers.*", "Answer by question id"),
    Leaf(
        path="ratings.*", sensitivity=Sensitivity.MEASURE, description="Rapid rate: rating by label"
    ),
    Leaf(path="ranking[].text", sensitivity=Sensitivity.ANSWER, description="Ranked option"),
    Leaf(path="ranking[].position", sensitivity=Sensitivity.MEASURE, description="Its rank"),
    Leaf(path="responseTime", sensitivity=Sensitivity.HARMLESS, description="Response time in ms"),
    Leaf(path="continued", sensitivity=Sensitivity.HARMLESS, description="Went on"),
    Leaf(path="timestamps.displayed", sensitivity=Sensitivity.TIME, description="Epoch ms"),
    Leaf(path="timestamps.firstInteraction", sensitivity=Sensitivity.TIME, description="Epoch ms"),
    Leaf(path="timestamps.firstKeypress", sensitivity=Sensitivity.TIME, description="Epoch ms"),
    Leaf(path="timestamps.submitted", sensitivity=Sensitivity.TIME, description="Epoch ms"),
    Leaf(
        path="interactions[].time", sensitivity=Sensitivity.HARMLESS, description="ms since display"
    ),
    Leaf(
        path="interactions[].position",
        sensitivity=Sensitivity.MEASURE,
        description="Slider position",
    ),
    Leaf(path="interactions[].value", sensitivity=Sensitivity.MEASURE, description="Slider value"),
    Leaf(
        path="interactions[].dimension",
        sensitivity=Sensitivity.QUASI,
        description="Rapid-rate label",
    ),
    Leaf(path="questionId", sensitivity=Sensitivity.HARMLESS, description="Question"),
    Leaf(path="questionType", sensitivity=Sensitivity.HARMLESS, description="Kind of question"),
    Leaf(
        path="questionText",
        sensitivity=Sensitivity.TEXT,
        description="Question as shown; variables may be filled in",
    ),
    Leaf(path="question", sensitivity=Sensitivity.TEXT, description="Question as shown"),
    Leaf(
        path="pageIndex", sensitivity=Sensitivity.HARMLESS, description="Page of the questionnaire"
    ),
    Leaf(path="pageId", sensitivity=Sensitivity.HARMLESS, description="Page of the questionnaire"),
    Leaf(path="pageTitle", sensitivity=Sensitivity.TEXT, description="Title as shown"),
    Leaf(
        path="attemptNumber", sensitivity=Sensitivity.HARMLESS, description="Comprehension attempt"
    ),
    Leaf(path="score", sensitivity=Sensitivity.MEASURE, description="Comprehension score 0-100"),
    Leaf(path="passed", sensitivity=Sensitivity.MEASURE, description="Comprehension passed"),
    Leaf(path="correctCount", sensitivity=Sensitivity.MEASURE, description="Right answers"),
    Leaf(path="totalQuestions", sensitivity=Sensitivity.HARMLESS, description="Questions asked"),
    Leaf(path="totalPages", sensitivity=Sensitivity.HARMLESS, description="Pages shown"),
    Leaf(path="totalResponseTime", sensitivity=Sensitivity.HARMLESS, description="ms"),
    Leaf(
        path="duration",
        sensitivity=Sensitivity.HARMLESS,
        description="Duration; seconds for audio answers",
    ),
    Leaf(
        path="format",
        sensitivity=Sensitivity.HARMLESS,
        description="Media format of an audio answer",
    ),
    Leaf(path="fileSize", sensitivity=Sensitivity.HARMLESS, description="Bytes of an audio answer"),
    Leaf(path="filename", sensitivity=Sensitivity.LOCATOR, description="Holds the participant id"),
    Leaf(path="storageUrl", sensitivity=Sensitivity.LOCATOR, description="Storage path"),
    Leaf(
        path="deviceInfo.microphoneLabel",
        sensitivity=Sensitivity.NAME,
        description="Often a person's name",
    ),
    Leaf(path="deviceInfo.sampleRate", sensitivity=Sensitivity.HARMLESS, description="Hz"),
    Leaf(path="stateEntered", sensitivity=Sensitivity.TIME, description="Epoch ms"),
    Leaf(path="stateExited", sensitivity=Sensitivity.TIME, description="Epoch ms"),
)
"""What a participant's answer may look like, by component (reference section 3.5)."""
