"""What happens and what is said: the written part of the synthetic study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Step:
    """One kind of event. Texts may name ``{me}``, ``{partner}``, ``{email}``, ``{phone}`` …"""

    event: str
    category: str
    at: int
    """Onset in ms; in the loop, ms from the start of a round."""
    component: str | None = None
    component_id: str | None = None
    state: str | None = None
    content: str | None = None
    duration: int | None = None
    answers: tuple[str, ...] = ()
    """JSON texts of what people answer; one is drawn for every row."""
    shape: str = ""
    """``object`` (answer and response time), ``scalar``, or ``value`` (questionnaire payload)."""


OPENING: Final = (
    Step(
        event="consent.accepted",
        category="pre_experiment",
        at=-92_000,
        content="agreed",
        component_id="consent_form",
    ),
    Step(
        event="instructions.comprehension_passed",
        category="pre_experiment",
        at=-31_500,
        component_id="comprehension",
        content="correct",
        shape="value",
        answers=(
            '{"attemptNumber":1,"score":100,"passed":true}',
            '{"attemptNumber":2,"score":80,"passed":true}',
        ),
    ),
    Step(event="video.recording.started", category="media", at=-369, content="Recording started"),
    Step(event="experiment.start", category="state", at=0, content="Experiment started"),
)

ROUND_MS: Final = 240_000
ROUND: Final = (
    Step(
        event="state.enter", category="state", at=0, state="watch", content="Entered state: watch"
    ),
    Step(
        event="component.start",
        category="component",
        at=120,
        component="ShowVideo",
        component_id="video_main",
        state="watch",
        content="Video: clip.mp4",
    ),
    Step(
        event="media.play",
        category="media",
        at=400,
        component="ShowVideo",
        component_id="video_main",
        state="watch",
        content="Playing",
    ),
    Step(
        event="media.pause",
        category="media",
        at=30_400,
        component="ShowVideo",
        component_id="video_main",
        state="watch",
        content="Paused",
    ),
    Step(
        event="component.response",
        category="component",
        at=34_100,
        component="SparseRating",
        component_id="mood_assessment",
        state="watch",
        content="Rating given",
        shape="object",
        answers=("7", "3", "10", "1", "6.5"),
    ),
    Step(
        event="media.ended",
        category="media",
        at=93_000,
        component="ShowVideo",
        component_id="video_main",
        state="watch",
        content="Ended",
    ),
    Step(
        event="component.complete",
        category="component",
        at=93_050,
        component="ShowVideo",
        component_id="video_main",
        state="watch",
        content="Video: clip.mp4",
        duration=92_930,
    ),
    Step(
        event="state.transition", category="state", at=94_000, state="talk", content="watch -> talk"
    ),
    Step(
        event="communication.message",
        category="communication",
        at=120_000,
        component="TextChat",
        component_id="chat_main",
        state="talk",
        content="Message sent",
    ),
    Step(
        event="component.response",
        category="component",
        at=150_000,
        component="MultipleChoice",
        component_id="choice_trust",
        state="decide",
        content="Choice made",
        shape="object",
        answers=('"yes"', '"no"', '["kind","honest"]', '{"value":"maybe","label":"Maybe"}'),
    ),
    Step(
        event="component.response",
        category="component",
        at=165_000,
        component="TextInput",
        component_id="text_impression",
        state="decide",
        content="Text given",
        shape="object",
        answers=(
            '"It was pleasant to work with {partner}."',
            '"My partner was quick. Reach me at {email} if anything is unclear."',
            '"I am 34 and a {job}, so I had seen it before."',
            '"=SUM(A1:A9)"',
            '"NA"',
            '"None"',
            '"Nothing to add, \\"really\\".\\nThanks!"',
        ),
    ),
    Step(
        event="component.response",
        category="component",
        at=180_000,
        component="rapidrate",
        component_id="rapid_affect",
        state="decide",
        content="Rated",
        shape="value",
        answers=(
            '{"ratings":{"Valence":72,"Arousal":31},"responseTime":5210}',
            '{"ratings":{"Valence":18,"Arousal":64},"responseTime":7008}',
        ),
    ),
    Step(
        event="component.response",
        category="component",
        at=190_000,
        component="textinput",
        component_id="age",
        state="decide",
        content="Text given",
        shape="scalar",
        answers=('"28"', '"41"', "7", "true"),
    ),
    Step(
        event="variable.update",
        category="component",
        at=195_000,
        state="decide",
        content="offer = 4",
    ),
    Step(
        event="questionnaire.response",
        category="post_experiment",
        at=210_000,
        component_id="questionnaire",
        state="debrief",
        content="Answered",
        shape="value",
        answers=(
            '{"questionId":"q_1","questionType":"text-short","answer":"{job}","pageIndex":0}',
            '{"questionId":"q_2","questionType":"likert","answer":5,"pageIndex":1}',
        ),
    ),
)

CLOSING: Final = Step(
    event="experiment.end",
    category="state",
    at=900_000,
    state="debrief",
    content="Experiment ended",
)
DECLINED: Final = Step(
    event="consent.declined",
    category="pre_experiment",
    at=-88_000,
    component_id="consent_form",
    content="declined",
)

JOBS: Final = ("nurse", "glazier", "harbour pilot", "teacher", "student", "organ builder")

LINES: Final = (
    "hi!",
    "Hello, everyone!",
    "that clip was strange",
    "which one did you pick?",
    "I took the first",
    "ok",
    "same here :)",
    "shall we say 4?",
    "4 is fine",
    "haha 😀",
    "I was not sure about the second one",
    "Hi {partner_first}, I am {me_first}",
    "are you the {partner} from the statistics course?",
    "{partner_first} you decide",
    "write to me at {email}",
    "my number is {phone}",
    "add me, I am {handle}",
    "{email} or {phone}, whatever is easier",
    "look at https://forum.example.net/u/{uid}?ref=chat",
    "my address is 203.0.113.{octet}",
    "my sister Gwendolyn was in this study too",
    '=HYPERLINK("http://198.51.100.7","click")',
    "line one\nline two, with a comma",
    'she said "no way"',
    "null",
    "-5 for me",
    "yes, you too!",
    "good luck",
    "done",
    "bye {partner_first}",
)
"""Chat lines; every ninth message or so carries something that must not leave."""

COMPONENTS: Final = (
    (
        "video_main",
        "ShowVideo",
        "watch",
        '{"videoUrl":"https://media.example.com/clip.mp4","autoplay":true,"controls":false}',
        120,
    ),
    ("mood_assessment", "SparseRating", "watch", '{"min":1,"max":10,"step":0.5}', 30_400),
    (
        "chat_main",
        "TextChat",
        "talk",
        '{"prompt":"Talk with {partner_first}","duration":120}',
        94_100,
    ),
    (
        "choice_trust",
        "MultipleChoice",
        "decide",
        '{"question":"Do you trust them?","options":["yes","no","maybe"]}',
        140_000,
    ),
    (
        "text_impression",
        "TextInput",
        "decide",
        '{"prompt":"Your impression of {partner}?","required":true}',
        155_000,
    ),
)
