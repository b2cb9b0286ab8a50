"""Somebody reads the words that scrubbing leaves, decides and signs; only then text leaves."""

import csv
import json

import pytest

from archive_tool.anonymize.residual import CAPITALISED, RARE, ResidualWord, Residue
from archive_tool.anonymize.review import Subject, read_sign_off, sign_sheet, write_sheet
from archive_tool.archive.opening import open_archive
from archive_tool.errors import IntegrityError, PolicyError
from archive_tool.keys import Vault
from archive_tool.pipeline.review import residual_words
from archive_tool.policy import load_policy, parse
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.commands import command
from tests.support.pipelines import NOW, lab

TEXT = load_policy("pseudonymize").text + '\n[text]\nreview = "required"\n'
POLICY = parse(TEXT, where="t")
ABOUT = Subject(bundle="b" * 64, policy="p" * 64)
SEED = bytes(32)
WORDS = [
    ResidualWord(word="quentin", kind=CAPITALISED, times=3, contexts=2),
    ResidualWord(word="lighthouse", kind=RARE, times=1, contexts=1),
]


def test_what_sticks_out():
    residue = Residue()
    residue.add([("I met Quentin there. He laughed", 2), ("Often, he is with Quentin", 1),
                 ("he is there [NAME] [P-0123456789]", 5), ("He was there", 1)])  # fmt: skip
    words = {one.word: one for one in residue.words()}
    assert words["quentin"] == ResidualWord(word="quentin", kind=CAPITALISED, times=3, contexts=2)
    assert words["laughed"].kind == RARE
    assert "name" not in words
    assert "there" not in words
    assert "he" not in words
    assert residue.words()[0].word == "quentin"


def decided(sheet, **decisions):
    rows = list(csv.reader(sheet.splitlines()))
    for row in rows[2:]:
        row[4] = decisions.get(row[0], "keep")
    return "\r\n".join(",".join(row) for row in rows)


def test_a_sheet_is_read_back_signed():
    sheet = decided(write_sheet(WORDS, ABOUT), quentin="Mask ")
    content, review = sign_sheet(sheet, SEED, now=NOW)
    assert read_sign_off(content) == review
    assert (review.about, review.words, review.masked) == (ABOUT, 2, ("quentin",))
    review.require(ABOUT, signer=review.reviewer)
    assert "quentin" not in repr(review)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s, "sheet: line 3: undecided (expected keep or mask)"),
        (lambda s: decided(s).replace("contexts", "x"),
         "sheet: is no review sheet (expected what policy review wrote)"),
        (lambda s: decided(s, lighthouse="maybe"),
         "sheet: line 4: undecided (expected keep or mask)"),
        (lambda _: "", "sheet: is no review sheet (expected what policy review wrote)"),
    ],
)  # fmt: skip
def test_an_undecided_sheet_is_not_signed(change, message):
    with pytest.raises(PolicyError) as caught:
        sign_sheet(change(write_sheet(WORDS, ABOUT)), SEED, now=NOW)
    assert str(caught.value) == message


def test_a_review_of_something_else_does_not_count():
    content, review = sign_sheet(decided(write_sheet(WORDS, ABOUT)), SEED, now=NOW)
    other = Subject(bundle="c" * 64, policy=ABOUT.policy)
    with pytest.raises(PolicyError, match="is about another bundle, policy or scrubber"):
        review.require(other, signer=review.reviewer)
    with pytest.raises(PolicyError, match="signed by another key than the vault's"):
        review.require(ABOUT, signer="ssh-ed25519 other")
    with pytest.raises(IntegrityError):
        read_sign_off(content.replace(b'"words":2', b'"words":1'))


def test_from_the_sheet_to_the_archive(tmp_path):
    made = lab(tmp_path)
    study = small_study()
    study.rows["chat"].append(
        study.rows["chat"][-1] | {"messageId": "m9", "content": "I told Quentin about it"}
    )
    bundle = write_form(study, "api-pages", tmp_path / "bundle")
    board = tmp_path / "board.toml"
    board.write_text(TEXT)
    vault = made.folder / "vault"
    create = (
        "create",
        bundle,
        "--policy",
        board,
        "--store",
        made.store,
        "--vault",
        vault,
        "--json",
    )
    refused = command(*create)
    assert refused.code == 13
    assert "the policy asks for a review of the texts (expected --review FILE)" in refused.out

    sheet, review = tmp_path / "words.csv", tmp_path / "review.json"
    ran = command("policy", "review", bundle, "--policy", board, "--sheet", sheet)
    assert ran.code == 0, ran.err
    assert sheet.stat().st_mode & 0o777 == 0o600
    text = sheet.read_text()
    assert "quentin,capitalised,1,1," in text
    for row in study.rows["chat"]:
        assert row["senderId"] not in text
    assert command("policy", "sign", sheet, "--vault", vault, "--to", review).code == 13
    sheet.write_text(decided(text, quentin="mask"))
    signed = command("policy", "sign", sheet, "--vault", vault, "--to", review, "--json")
    assert (signed.code, signed.json["masked"]) == (0, 1)

    ran = command(*create, "--review", review)
    assert ran.code == 0, ran.err
    path = made.store / "archives" / ran.json["archive"]["id"]
    stated = json.loads((path / "data/reports/privacy.json").read_text())
    assert stated["review"] == {
        "reviewer": made.vault.public_key, "signed": read_sign_off(review.read_bytes()).signed,
        "words": signed.json["words"], "masked": 1,
    }  # fmt: skip
    contents = open_archive(path, vault=Vault.open(vault)).read("chat")["content"].to_pylist()
    assert "I told [NAME] about it" in contents
    other = command("create", bundle, "--policy", "pseudonymize", "--store", made.store,
                    "--vault", vault, "--review", review)  # fmt: skip
    assert (other.code, "about another bundle" in other.err) == (13, True)


def test_words_of_scrubbed_labels_and_of_unknown_columns_are_on_the_sheet(tmp_path):
    text = TEXT.replace('extra = "drop"', 'extra = "scrub"')
    text = text.replace('"quasi-identifier" = "keep"', '"quasi-identifier" = "scrub"')
    study = small_study()
    study.rows["events"][0] |= {"participantRole": "helper Zebediah", "diary": "with Xaverl"}
    bundle = write_form(study, "api-pages", tmp_path / "bundle")
    words, _ = residual_words([bundle], policy=parse(text, where="t"), now=NOW)
    assert {"zebediah", "xaverl"} <= {one.word for one in words}
    kept, _ = residual_words([bundle], policy=POLICY, now=NOW)
    assert not {"zebediah", "xaverl"} & {one.word for one in kept}


def test_codes_inside_documents_are_no_words(tmp_path):
    study = small_study()
    told = study.rows["chat"][0]
    someone = [row["senderId"] for row in study.rows["chat"] if row["senderId"] != told["senderId"]]
    study.rows["chat"] = [row | {"recipientIds": someone[:1]} for row in study.rows["chat"]]
    bundle = write_form(study, "api-pages", tmp_path / "bundle")
    sheets = [
        {one.word for one in residual_words([bundle], policy=POLICY, now=NOW)[0]} for _ in "ab"
    ]
    without = write_form(small_study(), "api-pages", tmp_path / "without")
    assert (
        sheets[0]
        == sheets[1]
        == {one.word for one in residual_words([without], policy=POLICY, now=NOW)[0]}
    )
