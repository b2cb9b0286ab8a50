"""Names that nobody listed, guessed by a trained model: optional, and behind one interface.

A recognizer gives the stretches of a text that it takes for names of people. The best trained
systems find 70 % of the names in chat, and 44 % of those in lower case (disclosure-control.md): it
comes after everything that is known, never in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from archive_tool.errors import PolicyError

Recognizer = Callable[[str], Iterable[tuple[int, int]]]
"""Text -> start and end of every name in it."""

PERSON: Final = "PERSON"


def presidio(model: str) -> Recognizer:
    """Give Presidio's recognizer of people over an installed spaCy model, e.g. ``en_core_web_sm``.

    Raises PolicyError (13) when one of them is not installed; nothing is ever downloaded.
    """
    try:
        import spacy
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
        from presidio_analyzer.predefined_recognizers import SpacyRecognizer
    except ImportError:
        raise PolicyError(
            "presidio-analyzer is not installed",
            where="text.ner",
            expected="the extra archive-tool[ner]",
        ) from None
    if not spacy.util.is_package(model):  # or it would be fetched
        raise PolicyError(
            "the model is not installed", where="text.ner", expected="an installed spaCy model"
        )
    language = model.split("_", 1)[0]
    people = SpacyRecognizer(supported_language=language, supported_entities=[PERSON])
    engine = AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=[people], supported_languages=[language]),
        nlp_engine=SpacyNlpEngine(models=[{"lang_code": language, "model_name": model}]),
        supported_languages=[language],
    )

    def recognize(text: str) -> Iterable[tuple[int, int]]:
        found = engine.analyze(text, language=language, entities=[PERSON])
        return [(one.start, one.end) for one in found]

    return recognize
