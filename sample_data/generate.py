"""Rewrite the committed samples, or make a bundle of any size.

    python -m sample_data.generate
    python -m sample_data.generate --ratings 1000000 --events 100000 --chat 20000 --people 400 \\
        --form csv|pages|envelope --out DIR
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Final

from sample_data import defects
from sample_data.bulk import BULK_FORMS, write_bulk
from sample_data.forms import PAGE_ROWS, write_form
from sample_data.study import SEVEN, Study, planted, small_study

HERE: Final = Path(__file__).parent
SAMPLES: Final = (
    "study_pages",
    "study_gui.zip",
    "study_csv",
    "room_download",
    "study_sdk",
    "planted.json",
)
"""What ``write_samples`` replaces, all of it beside this file; ``defects`` it adds to."""


def write_samples(out: Path) -> None:
    """Write every committed sample below ``out``, replacing what is there."""
    for name in SAMPLES:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
    study = small_study()
    few = rooms_of(study, study.rooms[:3])
    write_form(study, "api-pages", out / "study_pages")
    write_form(few.only(*SEVEN), "script-folders", out / "study_csv")
    write_form(study.in_room(study.rooms[5]), "older-folders", out / "room_download")
    write_form(few.only("events", "chat", "ratings/sparse"), "sdk-csv", out / "study_sdk")
    write_form(few, "gui-zip", out).rename(out / "study_gui.zip")
    text = json.dumps(planted(), ensure_ascii=False, indent=0)
    (out / "planted.json").write_bytes((text + "\n").encode())
    defects.write_all(out / "defects", study)


def rooms_of(study: Study, rooms: tuple[str, ...]) -> Study:
    """The part of a study that took place in some rooms."""
    parts = [study.in_room(room).rows for room in rooms]
    rows = {name: [row for part in parts for row in part[name]] for name in study.rows}
    return Study(experiment_id=study.experiment_id, rows=rows, zeros=study.zeros)


def main() -> None:
    """Read the options and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=HERE, help="where to write")
    for name in ("ratings", "events", "chat", "sparse", "sync"):
        parser.add_argument(f"--{name}", type=int, default=0, help=f"rows of {name}")
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--page", type=int, default=PAGE_ROWS, help="rows per page")
    parser.add_argument("--form", choices=BULK_FORMS, default="csv")
    given = parser.parse_args()
    rows = {
        "ratings/continuous": given.ratings,
        "events": given.events,
        "chat": given.chat,
        "ratings/sparse": given.sparse,
        "sync": given.sync,
    }
    wanted = {name: number for name, number in rows.items() if number}
    if wanted:
        write_bulk(given.out, wanted, people=given.people, form=given.form, page=given.page)
    else:
        write_samples(given.out)


if __name__ == "__main__":
    main()
