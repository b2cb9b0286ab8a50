"""Laws of the preview that counts texts with names: however many names, as if each was looked for alone."""

import re

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive_tool.validation.for_report.named import Names

WORDS = st.sampled_from(["ana", "Bo", "BO", "p-1", "o'Brien", "Zoë", "王芳", "7", "x_9", "ë"])
NAMES = st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), max_size=8)
TEXTS = st.lists(
    st.none()
    | st.lists(WORDS | st.sampled_from([" ", "-", ". ", "c", "é", "\n"]), max_size=7).map("".join)
    | st.lists(WORDS, max_size=5).map(" ".join),
    max_size=12,
)


def alone(name: str, text: str) -> bool:
    """Whether a text holds one name, by the definition."""
    words = r"[^0-9A-Za-z]+".join(map(re.escape, name.split(" ")))
    if re.search(r"[^0-9A-Za-z ]", name):
        words = r"\W{1,3}".join(map(re.escape, name.split(" ")))
    return bool(re.search(rf"(?i)(?<![0-9A-Za-z]){words}(?![0-9A-Za-z])", text))


@given(NAMES, TEXTS)
@example(["Ana Bo", "ana"], ["the Ana", "banana", "ana  bo", "Bo ana", "ana7bo", None, ""])
@example(["Ana Bo"], ["the Bo", "Ana Bo", "Ana c Bo", "Ana", "Bo"])
@example(["p-1", "p-2"], ["p-1", "p 1", "(p-1)", "p-12", "xp-1"])
@settings(max_examples=200)
def test_names_together_find_what_each_finds(names: list[str], texts: list[str | None]) -> None:
    found = Names(names=names).found_in(pa.array(texts, pa.string())).tolist()
    assert found == [text is not None and any(alone(n, text) for n in names) for text in texts]
