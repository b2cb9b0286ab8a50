"""What a defect is, and the sound bundle that every defect starts from.

A defect folder holds ``bundle/`` or ``bundle.zip``, ``expected.toml`` with the exit codes of
``validate`` and of ``create`` under the ready policy ``pseudonymize`` and the finding codes that the
defect is about, and ``findings.csv`` with everything that ``validate`` says. That list is looked at
and kept, not made: ``python -m tests.vectors.list_defects`` writes what is said today.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from sample_data import csv_text
from sample_data.forms import PAGE_ROWS, dumps, envelope, stem
from sample_data.study import Row, Study, room_of

if TYPE_CHECKING:
    from pathlib import Path

Files = dict[str, bytes]
"""Content by path below ``bundle/``."""

KEPT: Final = {
    "events": 9,
    "chat": 6,
    "ratings/continuous": 6,
    "ratings/sparse": 4,
    "sync": 3,
    "recordings": 2,
    "participants": 3,
}
"""Rows of each type in the sound bundle that every defect starts from."""


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One thing that is wrong."""

    name: str
    what: str
    """In a sentence."""
    make: Callable[[Study], Files | bytes]
    """Files of ``bundle/``, or the bytes of ``bundle.zip``."""
    validate_exit: int
    create_exit: int
    codes: tuple[str, ...] = ()

    def expected(self) -> str:
        """The text of ``expected.toml``."""
        codes = ", ".join(f'"{code}"' for code in self.codes)
        return (
            f"what = {json.dumps(self.what)}\nvalidate_exit = {self.validate_exit}\n"
            f"create_exit = {self.create_exit}\ncodes = [{codes}]\n"
        )


DEFECTS: Final[list[Defect]] = []

Make = Callable[[Study], Files | bytes]
Maker = TypeVar("Maker", bound=Make)


def defect(name: str, what: str, code: int, *codes: str) -> Callable[[Maker], Maker]:
    """Register a maker: the exit code of ``validate`` and ``create``, and the finding codes."""

    def register(make: Maker) -> Maker:
        DEFECTS.append(
            Defect(
                name=name,
                what=what,
                make=make,
                validate_exit=code,
                create_exit=code,
                codes=codes,
            )
        )
        return make

    return register


def write_all(out: Path, study: Study) -> None:
    """Write every defect below ``out``, beside lists of findings and folders made by hand."""
    small = sound(study)
    for defect in DEFECTS:
        folder = out / defect.name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / "bundle", ignore_errors=True)
        (folder / "expected.toml").write_bytes(defect.expected().encode())
        made = defect.make(small)
        if isinstance(made, bytes):
            (folder / "bundle.zip").write_bytes(made)
            continue
        for path, content in made.items():
            file = folder / "bundle" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def sound(study: Study) -> Study:
    """A small part of one room with nothing wrong in it; rows are fresh copies."""
    part = study.in_room(study.rooms[1])
    rows = {name: part.rows[name][:number] for name, number in KEPT.items()}
    return Study(experiment_id=study.experiment_id, rows=rows, zeros=study.zeros)


def files(study: Study, *names: str) -> Files:
    """The sound answers at room scope, of some types or of all."""
    return {
        f"{stem(name)}.json": answer(study, name, rows)
        for name, rows in study.rows.items()
        if not names or name in names
    }


def answer(
    study: Study,
    name: str,
    rows: list[Row],
    offset: int = 0,
    limit: int = PAGE_ROWS,
    total: int | None = None,
) -> bytes:
    room = next((room_of(row) for row in rows), None) or study.rooms[0]
    answer = envelope(
        study, name, rows, scope="room", scope_id=room, offset=offset, limit=limit, total=total
    )
    return dumps(answer).encode()


def changed(study: Study, name: str, **changes: object) -> Files:
    """The sound bundle with keys of the second row of one type set; None removes the key."""
    rows = [dict(row) for row in study.rows[name]]
    rows[1] = {key: value for key, value in (rows[1] | changes).items() if value is not None}
    return files(study) | {f"{stem(name)}.json": answer(study, name, rows)}


def table(study: Study, name: str, encoding: str = "utf-8") -> bytes:
    return csv_text.api_csv(study.rows[name]).encode(encoding)
