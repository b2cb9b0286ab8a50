"""The examples of ``docs/r-and-spss.md`` run in R and PSPP, and read what was extracted."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from contextlib import suppress
from pathlib import Path
from statistics import correlation, fmean
from typing import Any, Final

import pyarrow as pa
import pytest

from archive_tool.archive.extraction.columns import plain_answers
from archive_tool.archive.extraction.extract import extract
from archive_tool.policy import load_policy
from tests.support.pipelines import lab

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "r-and-spss.md").read_text(encoding="utf-8")
AT: Final = {"experimentId": "x1", "roomId": "r1", "timestamp": "2026-03-02T10:00:00.123Z"}
TYPED: Final = ("NA", "two\nlines", 'a "quoted", text', "=1+1", "Żółć 日本 😀", "  space ", "")
"""What somebody typed into a chat."""
PEOPLE: Final = ("00123", "1E5")


def code(language: str) -> str:
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL))


def run(folder: Path, *words: str, script: str) -> str:
    done = subprocess.run(
        [*words], cwd=folder, input=script, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def extracted(folder: Path, bundle: Path, policy: str) -> Path:
    """The folder as after the commands at the top of the page."""
    own = lab(folder)
    created = own.create(bundle, policy=load_policy(policy))
    archive = own.open(created)
    extract(archive, to=folder / "tables")
    extract(archive, to=folder / "tables", format="ndjson", types=["events", "chat"])
    extract(archive, to=folder / "spss", format="sav")
    listing = created.path / "data" / "dictionary" / "fields.csv"
    (folder / "tables" / "fields.csv").write_bytes(listing.read_bytes())
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the README's first job."""
    folder = tmp_path_factory.mktemp("study")
    return extracted(folder, ROOT / "sample_data" / "study_pages", "pseudonymize")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ids that look like numbers, texts that break lines, a time and a missing number."""
    folder = tmp_path_factory.mktemp("odd")
    bundle = folder / "bundle"
    bundle.mkdir()
    first, second = PEOPLE
    rows: dict[str, list[dict[str, Any]]] = {
        "chat": [
            {"messageId": f"m{n}", "senderId": first, "content": text, "onset": n / 4,
             "recipientIds": [second], **AT}
            for n, text in enumerate(TYPED)
        ],
        "events": [
            {"id": f"e{n}", "participantId": second, "eventType": "component.response",
             "response": {"value": text}, **AT}
            for n, text in enumerate(("NA", "007"))
        ],
        "ratings_continuous": [
            {"ratingId": f"c{n}", "participantId": person, "componentId": "k", "onset": 1e6 + n,
             "value": value, "normalizedValue": value, "rawValue": 0.1, "scaleMin": 0,
             "scaleMax": 1, **AT}
            for n, (person, value) in enumerate(zip(PEOPLE, (0.3125, None), strict=True))
        ],
    }  # fmt: skip
    for name, content in rows.items():
        (bundle / f"{name}.json").write_text(json.dumps(content))
    return extracted(folder, bundle, "keep")


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_examples_in_r_run_as_they_stand(study: Path) -> None:
    said = run(study, "Rscript", "-", script=code("r"))
    persons = {row["participantId"] for row in table(study, "ratings_continuous")}
    assert len(persons) > 20
    assert all(person in said for person in persons)


def test_the_usual_steps_in_r_give_what_the_tables_hold(study: Path) -> None:
    ask = 'cat("\\n", toJSON(list(w = wide, p = pairs, m = merge(ratings, roles)), digits = NA))'
    *_, answer = (
        run(study, "Rscript", "-", script=f"{code('r')}\n{code('r steps')}\n{ask}")
        .strip()
        .split("\n")
    )
    seen = json.loads(answer)
    ratings, sparse = table(study, "ratings_continuous"), table(study, "ratings_sparse")
    given: dict[str, list[float]] = {}
    for row in sparse:
        if row["value"]:
            given.setdefault(row["participantId"], []).append(float(row["value"]))
    (component,) = {row["componentId"] for row in sparse}
    means = {row["participantId"]: row[f"rating.{component}"] for row in seen["w"]}
    assert means == pytest.approx({who: sum(all_) / len(all_) for who, all_ in given.items()})
    assert len(seen["m"]) == len(ratings)
    seats = {(row["roomId"], row["participantId"]) for row in ratings}
    together = {(a, b) for room, a in seats for other, b in seats if room == other and a != b}
    assert {(row["participantId"], row["participantId.partner"]) for row in seen["p"]} == together


def test_what_people_do_together_is_matched_by_room_and_person(tmp_path: Path) -> None:
    """Two rooms with other states at the same onsets, somebody who is in both, and one alone."""
    curves = {("r1", "ann"): (1, 2, 3, 5), ("r1", "bob"): (2, 4, 7, 9), ("r2", "ann"): (3, 1, 2, 0),
              ("r2", "cy"): (0, 5, 1, 4), ("r2", "dee"): (1, 1, 2, 9), ("r3", "eve"): (1, 2, 3, 4)}  # fmt: skip
    states = {"r1": (("film", 0), ("talk", 1000)), "r2": (("talk", 400), ("film", 1600)), "r3": ()}
    rows: dict[str, list[dict[str, Any]]] = {
        "ratings_continuous": [
            {"ratingId": f"{room}{who}{n}", "roomId": room, "participantId": who, "value": value,
             "componentId": "k", "onset": n * 500 + 3, "normalizedValue": 0, "rawValue": 0}
            for (room, who), values in curves.items()
            for n, value in enumerate(values)
        ],
        "events": [
            {"id": f"{room}{who}{at}", "roomId": room, "participantId": who, "stateName": state,
             "eventType": "state.enter", "onset": at}
            for room, who in curves
            for state, at in states[room]
        ],
        "chat": [{"messageId": "m1", "roomId": "r1", "senderId": "ann", "content": "hi"}],
    }  # fmt: skip
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    for name, content in rows.items():
        given = [{"timestamp": AT["timestamp"], "experimentId": "x1", **row} for row in content]
        (bundle / f"{name}.json").write_text(json.dumps(given))
    folder = extracted(tmp_path, bundle, "keep")
    ask = 'cat("\\n", toJSON(list(r = ratings, s = synchrony), digits = NA))'
    script = "\n".join((code("r").split("ratings <- ")[0], 'ratings <- read_table("ratings/continuous")',
                        code("r together"), "library(jsonlite)", ask))  # fmt: skip
    *_, answer = run(folder, "Rscript", "-", script=script).strip().split("\n")
    seen = json.loads(answer)

    def state(room: str, onset: float) -> str | None:
        return next((name for name, at in reversed(states[room]) if at <= onset), None)

    assert len(seen["r"]) == len(rows["ratings_continuous"])
    for row in seen["r"]:
        assert row.get("state") == state(row["roomId"], row["onset"])
    pairs = {"r1": [("ann", "bob")], "r2": [("ann", "cy"), ("ann", "dee"), ("cy", "dee")]}
    wanted = {
        room: fmean(correlation(curves[room, a], curves[room, b]) for a, b in both)
        for room, both in pairs.items()
    }
    found = {row["roomId"]: row["correlation"] for row in seen["s"] if "correlation" in row}
    assert found == pytest.approx(wanted)


def test_tables_of_two_archives_are_put_together_in_r(
    odd: Path, study: Path, tmp_path: Path
) -> None:
    for name, folder in (("spring", odd), ("autumn", study), ("tables", study)):
        (tmp_path / name).mkdir()
        for file in ("events.csv", "fields.csv"):
            (tmp_path / name / file).write_bytes((folder / "tables" / file).read_bytes())
    ask = 'cat("\\n", toJSON(events))'
    script = "\n".join(
        (code("r").split("ratings <- ")[0], code("r archives"), "library(jsonlite)", ask)
    )
    *_, answer = run(tmp_path, "Rscript", "-", script=script).strip().split("\n")
    seen = json.loads(answer)
    both = [table(odd, "events"), table(study, "events")]
    assert both[0][0].keys() != both[1][0].keys()
    wanted = [row["id"] for rows in both for row in rows]
    assert [row["id"] for row in seen] == wanted


def test_r_reads_ids_answers_and_numbers_as_they_are(odd: Path) -> None:
    ask = 'cat("\\n", toJSON(list(r=ratings, c=read_table("chat"), n=chat, e=events), digits=NA))'
    moment = 'cat("\\n", format(as_time(ratings$timestamp[1]), "%H:%M:%OS2 %Z"))'
    said = run(odd, "Rscript", "-", script=f"{code('r')}\n{ask}\n{moment}")
    *_, answer, time = said.strip().split("\n")
    seen = json.loads(answer)
    assert [row["participantId"] for row in seen["r"]] == list(PEOPLE)
    assert [row.get("value") for row in seen["r"]] == [0.3125, None]
    assert [row["senderId"] for row in seen["c"]] == [PEOPLE[0]] * len(TYPED)
    assert [row["content"] for row in seen["n"]] == list(TYPED)
    typed = ["'=1+1" if text == "=1+1" else text for text in TYPED[:-1]]
    assert [row.get("content") for row in seen["c"]] == [*typed, None]
    assert [row["response"]["value"] for row in seen["e"]] == ["NA", "007"]
    assert time.strip() == "10:00:00.12 UTC"


LIKE_MORE: Final = (
    "T", "F", "TRUE", "true", "007", "7", ".5", "1e5", "0x1F", "0X1p3", "-0x2", "1i", "2+3i", "-1.5i", "Inf", "-inf",
    "infinity", "NaN", "nan", "NA",
)  # fmt: skip
"""Answers in words that R takes for flags, numbers and missing values."""


def test_a_text_answer_is_a_text_to_read_csv_alone(tmp_path: Path) -> None:
    """One answer to a file, as a column of one sort of answers is."""
    cells = plain_answers(pa.array([json.dumps(text) for text in LIKE_MORE])).to_pylist()
    for number, cell in enumerate(cells):
        quoted = cell.replace('"', '""')
        (tmp_path / f"{number}.csv").write_text(f'value,x\r\n"{quoted}",1\r\n', encoding="utf-8")
    ask = (
        f"for (n in 0:{len(cells) - 1}) cat(class(read.csv(paste0(n, '.csv'))$value), sep = '\\n')"
    )
    assert set(run(tmp_path, "Rscript", "-", script=ask).split()) == {"character"}


def test_pandas_reads_ids_answers_numbers_and_times_as_they_are(
    odd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(odd)
    names: dict[str, Any] = {}
    exec(code("python"), names)
    ratings, chat = names["ratings"], names["read_table"]("chat")
    assert list(ratings["participantId"]) == list(PEOPLE)
    assert ratings["value"].isna().tolist() == [False, True]
    assert str(ratings["timestamp"][0]) == "2026-03-02 10:00:00.123000+00:00"
    typed = ["'=1+1" if text == "=1+1" else text for text in TYPED[:-1]]
    assert chat["content"].dropna().tolist() == typed
    assert names["means"].dropna().tolist() == [0.3125]


def test_the_example_with_an_spss_file_runs_as_it_stands(study: Path) -> None:
    values = saved(study, code("spss-sav"), "ratingId participantId onset value scaleMax")
    rows = table(study, "ratings_continuous")
    assert values == [
        [row["ratingId"], row["participantId"], *map(number, (row["onset"], row["value"], "100"))]
        for row in rows
    ]
    means = saved(study, "GET FILE='spss/means.sav'.", "participantId componentId mean")
    assert len(means) == len({(row["participantId"], row["componentId"]) for row in rows}) > 20


def test_roles_stand_beside_ratings_in_spss(study: Path) -> None:
    values = saved(study, code("spss-roles"), "ratingId participantId role")
    roles = {row["participantId"]: row["participantRole"] for row in table(study, "events")
             if row["participantRole"]}  # fmt: skip
    rows = table(study, "ratings_continuous")
    assert sorted(values) == sorted(
        [row["ratingId"], row["participantId"], roles[row["participantId"]]] for row in rows
    )


def test_spss_files_have_what_the_page_says(odd: Path) -> None:
    chat = saved(odd, "GET FILE='spss/chat.sav'.", "senderId content onset")
    assert [row[0] for row in chat] == [PEOPLE[0]] * len(TYPED)
    assert [str(row[1]).rstrip() for row in chat] == [text.rstrip() for text in TYPED]
    assert [row[2] for row in chat] == [n / 4 for n in range(len(TYPED))]
    ratings = saved(
        odd, "GET FILE='spss/ratings_continuous.sav'.", "ratingId participantId value timestamp"
    )
    assert [row[1] for row in ratings] == list(PEOPLE)
    assert ratings[0][2] == 0.3125
    assert ratings[1][2] != ratings[1][2]  # missing
    assert ratings[0][3] == "03/02/2026 10:00:00"


def test_the_examples_in_spss_run_as_they_stand(study: Path) -> None:
    values = saved(study, code("spss"), "ratingId participantId onset value scaleMax")
    assert values == [
        [row["ratingId"], row["participantId"], *map(number, (row["onset"], row["value"], "100"))]
        for row in table(study, "ratings_continuous")
    ]
    assert (study / "tables" / "means.sav").stat().st_size > 1000


def saved(folder: Path, syntax: str, names: str) -> list[list[str | float]]:
    """What PSPP holds after a syntax; numbers as numbers."""
    out = folder / "seen.csv"
    out.unlink(missing_ok=True)
    write = f"SAVE TRANSLATE /OUTFILE='{out}' /TYPE=CSV /KEEP={names} /CELLS=VALUES."
    said = run(folder, "pspp", "-", script=f"{syntax}\n{write}\n")
    assert "error" not in said, said
    with out.open(encoding="utf-8", newline="") as file:
        return [
            [cell if n < 2 else number(cell) for n, cell in enumerate(r)] for r in csv.reader(file)
        ]


def number(text: str) -> str | float:
    """A number, missing as NaN; a time stays text."""
    with suppress(ValueError):
        return float("nan" if text.strip() in {"", "."} else text)
    return text


def test_spss_reads_ids_numbers_and_times_as_they_are(odd: Path) -> None:
    syntax = code("spss").replace("componentId A64\n", "componentId A64 timestamp A24\n")
    assert "timestamp A24" in syntax
    values = saved(odd, syntax + code("spss-timestamp"), "ratingId participantId value moment")
    assert [row[1] for row in values] == list(PEOPLE)
    assert values[0][2] == 0.3125
    assert values[1][2] != values[1][2]  # missing
    assert values[0][3] == "03/02/2026 10:00:00"


def test_a_table_with_texts_of_several_lines_reaches_spss_through_r(odd: Path) -> None:
    run(odd, "Rscript", "-", script=code("r"))
    header = next(csv.reader((odd / "tables" / "chat_for_spss.csv").open(encoding="utf-8")))
    types = " ".join(f"{name} {'F8.2' if name == 'onset' else 'A200'}" for name in header)
    syntax = re.sub(r"VARIABLES=.*?\.\n.*", f"VARIABLES={types}.\n", code("spss"), flags=re.DOTALL)
    syntax = syntax.replace("ratings_continuous", "chat_for_spss")
    values = saved(odd, syntax, "senderId content onset")
    assert [row[0] for row in values] == [PEOPLE[0]] * len(TYPED)
    assert [row[1] for row in values][:3] == ["NA", "two lines", 'a "quoted", text']
    assert [row[2] for row in values] == [n / 4 for n in range(len(TYPED))]
