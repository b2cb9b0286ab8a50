"""What a whole column of texts may hold, told by RE2 before any of them is taken apart.

A clue is never missing where something could be found: a text without one holds no such thing.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Final, NamedTuple

from archive_tool.anonymize.texts import encodings
from archive_tool.anonymize.texts.detector import ANY_DIGIT, DIGITS
from archive_tool.anonymize.texts.pieces import WAYS, Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    import pyarrow as pa

    from archive_tool.anonymize.texts.detector import Detector

_PLAIN: Final = r"^[\t\n\r -~]*$"
"""RE2: texts that ``re`` and RE2 read alike: ASCII, and no space that RE2 takes for none."""
_LATIN: Final = (
    "^[\t\n\r -~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u012f\u0132-\u017e\u0180-\u024f"
    "\u2013\u2014\u2018-\u201e\u2026\u20ac\u2600-\u2775\U0001f300-\U0001faff]*$"
)
"""RE2: texts with letters, quotes and pictures beside, of which triggers of detectors and escapes
tell no less in RE2 than in ``re``: none is a digit, a space or another case of an ASCII letter."""


class Clues(NamedTuple):
    """What is worth looking for in one text."""

    detectors: tuple[Detector, ...]
    known: bool = True
    """Words of the dictionary, whole or with a typo."""
    pieces: tuple[Way, ...] = WAYS
    """Ways in which a name may stand there in pieces."""
    hidden: bool = True


def plain(texts: pa.Array) -> pa.BooleanArray:
    """Which texts RE2 can speak for; any other has to be looked at."""
    import pyarrow.compute as pc

    return pc.match_substring_regex(texts, _PLAIN)


def matching(texts: pa.Array, patterns: Iterable[str], needs: str = "") -> Iterator[np.ndarray]:
    """Which texts match, pattern by pattern; of texts that lack what all of them need, none is asked."""
    import numpy as np

    some = _matches(texts, needs) if needs else np.ones(len(texts), bool)
    asked = texts.filter(some) if needs else texts
    for pattern in patterns:
        found = np.zeros(len(texts), bool)
        found[some] = _matches(asked, pattern)
        yield found


def _matches(texts: pa.Array, pattern: str) -> np.ndarray:
    import pyarrow.compute as pc

    found: np.ndarray = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return found


def clues_of(
    texts: pa.Array, detectors: tuple[Detector, ...], *, known: pa.BooleanArray
) -> list[Clues]:
    """Give the clues of each text; texts in other scripts get all there are.

    ``known``: which texts hold words of the dictionary.
    """
    import numpy as np
    import pyarrow.compute as pc

    numbers = [one.trigger for one in detectors if one.needs == DIGITS]
    others = [one.trigger for one in detectors if one.needs != DIGITS]
    others += [*(way.clue for way in WAYS), encodings.MAY_HIDE]
    told = dict(zip(numbers, matching(texts, numbers, ANY_DIGIT), strict=True))
    told |= dict(zip(others, matching(texts, others), strict=True))
    ordered = (*(one.trigger for one in detectors), *others[-len(WAYS) - 1 :])
    masks = [known.to_numpy(zero_copy_only=False), *(told[pattern] for pattern in ordered)]
    bits = np.zeros(len(texts), np.int64)
    for place, mask in enumerate(masks):
        bits |= mask.astype(np.int64) << place
    by_letters = 1 | ((1 << len(WAYS)) - 1) << (1 + len(detectors))  # known words, names in pieces
    bits[~plain(texts).to_numpy(zero_copy_only=False)] |= by_letters
    latin = pc.match_substring_regex(texts, _LATIN)
    bits[~latin.to_numpy(zero_copy_only=False)] = (1 << len(masks)) - 1
    kinds, which = np.unique(bits, return_inverse=True)
    made = [_clues(kind, detectors) for kind in kinds.tolist()]
    return [made[at] for at in which.tolist()]


def _clues(bits: int, detectors: tuple[Detector, ...]) -> Clues:
    """Give the clues that stand in bits: known words, detectors, names in pieces, hidden."""
    known, *more, hidden = (bool(bits >> at & 1) for at in range(len(detectors) + len(WAYS) + 2))
    return Clues(
        tuple(compress(detectors, more)), known, tuple(compress(WAYS, more[-len(WAYS) :])), hidden
    )
