"""Names that nobody listed: guessed by whatever stands behind the interface."""

import re
import sys
from types import ModuleType, SimpleNamespace

import pyarrow as pa
import pytest

from archive_tool.anonymize.recognize import presidio
from archive_tool.anonymize.texts.lookup import Lookup
from archive_tool.anonymize.texts.text import Scrubber
from archive_tool.errors import PolicyError
from archive_tool.policy import load_policy, parse
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.pipelines import lab

POLICY = parse(load_policy("pseudonymize").text + '\n[text]\nner = "xx_small"\n', where="t")
KNOWN = {("anna",): (2, "[P-0123456789]")}


def after_a_title(text):
    """A small pipeline: whatever follows Mr, Mrs or Dr."""
    return [match.span(1) for match in re.finditer(r"(?:Mrs?|Dr)\.? ([A-Z]\w+)", text)]


def test_guessed_names_go_and_known_ones_keep_their_code():
    scrubber = Scrubber(Lookup.of(KNOWN), recognize=after_a_title)
    texts = pa.array(["ask Dr. Quentin", "ask Dr Anna", "ask nobody", None, "ask Dr. Quentin"])
    column, cells = scrubber.column(texts)
    assert column.to_pylist() == [
        "ask Dr. [NAME]", "ask Dr [P-0123456789]", "ask nobody", None, "ask Dr. [NAME]",
    ]  # fmt: skip
    assert cells == 3
    assert scrubber.scrub("and Mr Quentin, x") == "and Mr [NAME], x"
    assert Scrubber(Lookup.of(KNOWN)).scrub("ask Dr. Quentin") == "ask Dr. Quentin"


def installed(monkeypatch, *models):
    """Presidio and spaCy as far as they are asked, over the small pipeline."""

    class Engine:
        def __init__(self, *, registry, nlp_engine, supported_languages):
            assert registry.recognizers[0].supported_entities == ["PERSON"]
            assert (nlp_engine.models[0]["model_name"], supported_languages) == ("xx_small", ["xx"])

        def analyze(self, text, *, language, entities):
            assert (language, entities) == ("xx", ["PERSON"])
            return [SimpleNamespace(start=s, end=e) for s, e in after_a_title(text)]

    def module(name, **members):
        made = ModuleType(name)
        made.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, made)

    module("spacy", util=SimpleNamespace(is_package=models.__contains__))
    module("presidio_analyzer", AnalyzerEngine=Engine, RecognizerRegistry=SimpleNamespace)
    module("presidio_analyzer.nlp_engine", SpacyNlpEngine=SimpleNamespace)
    module("presidio_analyzer.predefined_recognizers", SpacyRecognizer=SimpleNamespace)


def bundle(tmp_path):
    study = small_study()
    study.rows["chat"].append(
        study.rows["chat"][-1] | {"messageId": "m9", "content": "then Mr Quentin came"}
    )
    return write_form(study, "api-pages", tmp_path / "bundle")


def test_a_policy_asks_for_it(tmp_path, monkeypatch):
    installed(monkeypatch, "xx_small")
    made = lab(tmp_path)
    created = made.create(bundle(tmp_path), policy=POLICY)
    assert "then Mr [NAME] came" in made.open(created).read("chat")["content"].to_pylist()
    page = (created.path / "data/reports/privacy.json").read_text()
    assert '"unknown_names": "xx_small"' in page
    assert "guessed by xx_small, which misses some" in page


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (None, "text.ner: presidio-analyzer is not installed (expected the extra archive-tool[ner])"),
        ((), "text.ner: the model is not installed (expected an installed spaCy model)"),
    ],
)  # fmt: skip
def test_nothing_is_fetched_and_nothing_left_out_silently(tmp_path, monkeypatch, models, message):
    if models is None:
        monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    else:
        installed(monkeypatch, *models)
    made = lab(tmp_path)
    with pytest.raises(PolicyError) as caught:
        made.create(bundle(tmp_path), policy=POLICY)
    assert str(caught.value) == message
    with pytest.raises(PolicyError, match="not installed"):
        presidio("xx_small")
