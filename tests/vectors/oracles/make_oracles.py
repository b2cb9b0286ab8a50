"""Ask ACRO and pyCANON again: ``python tests/vectors/oracles/make_oracles.py``.

Needs ``acro`` 1.0.2 and ``pycanon`` 1.3.6, which want an older pandas: give them an environment of
their own. The tests need their answers only, which are beside this file.
"""

from __future__ import annotations

import json
import random
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
RULES: Final = {
    "MinimumThresholdCheck": "threshold",
    "NKCheck": "nk",
    "PPercentCheck": "p",
}
"""What ACRO calls a rule, and what we call it."""
SHAPES: Final = ((12, 15, 14, 13), (10, 10, 10, 25), (19, 11, 30, 40), (12, 12, 200, 13))
"""People by role and condition, two of each."""


def people_of_cells() -> dict[str, list[float]]:
    """What every person of every cell gives: one row per person, where rows are people."""
    draw = random.Random(20261120)
    cells: dict[str, list[float]] = {}
    for number in range(60):
        spread = (0.3, 1.5, 3.0)[number % 3]
        size = draw.randint(8, 20)
        size += size == 10  # ten people lack a degree of freedom here, which ACRO asks of models
        cells[f"drawn{number:02}"] = [round(draw.lognormvariate(4, spread), 2) for _ in range(size)]
    ones = [float(one) for one in (1, 2) * 10]
    cells["below two at nine tenths"] = [130.0, 130.0, *ones]
    cells["two at nine tenths"] = [135.0, 135.0, *ones]
    cells["others at a tenth of the largest"] = [290.0, 1.0, *ones]
    cells["others below a tenth of the largest"] = [291.0, 1.0, *ones]
    cells["nine people"] = [float(one) for one in range(1, 10)]
    return cells


def ask_acro(cells: dict[str, list[float]]) -> dict[str, list[str]]:
    """Let ACRO judge the sum of every cell: which rules it breaks."""
    import pandas as pd
    from acro import ACRO

    rows = [(cell, value) for cell, values in cells.items() for value in values]
    frame = pd.DataFrame(rows, columns=["cell", "value"])
    frame["all"] = "all"
    session = ACRO(suppress=False)
    session.crosstab(frame["cell"], frame["all"], values=frame["value"], aggfunc="sum")
    outcome = session.results.get_index(0).outcome
    found = {}
    for cell in cells:
        words = str(outcome.loc[cell].iloc[0])
        broken = [one.strip() for one in words.split(";") if one.strip() not in ("", "ok")]
        found[cell] = sorted(RULES[one] for one in broken)
    return found


def ask_acro_to_count(rows: list[str]) -> str:
    """Let ACRO judge a count of rows, one cell."""
    import pandas as pd
    from acro import ACRO

    frame = pd.DataFrame({"person": rows, "cell": "film", "all": "all"})
    session = ACRO(suppress=False)
    session.crosstab(frame["cell"], frame["all"])
    return str(session.results.get_index(0).status)


def ask_pycanon(people: list[tuple[str, str]]) -> int:
    """Let pyCANON find the smallest group."""
    import pandas as pd
    from pycanon import anonymity

    frame = pd.DataFrame(people, columns=["role", "condition"])
    return int(anonymity.k_anonymity(frame, ["role", "condition"]))


def groups(shape: tuple[int, ...]) -> list[tuple[str, str]]:
    """People by role and condition."""
    places = [("host", "x"), ("host", "y"), ("guest", "x"), ("guest", "y")]
    return [place for place, size in zip(places, shape, strict=True) for _ in range(size)]


def write(name: str, body: dict[str, Any]) -> None:
    """Write one file of answers."""
    (HERE / name).write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Ask both and write their answers down."""
    cells = people_of_cells()
    broken = ask_acro(cells)
    one_person = ["u1"] * 50
    write(
        "acro.json",
        {
            "version": version("acro"),
            "cells": {cell: {"people": cells[cell], "broken": broken[cell]} for cell in cells},
            "one person with 50 rows": ask_acro_to_count(one_person),
        },
    )
    write(
        "pycanon.json",
        {
            "version": version("pycanon"),
            "shapes": [{"people": shape, "k": ask_pycanon(groups(shape))} for shape in SHAPES],
            "one person with 50 rows": ask_pycanon([("host", "x")] * 50),
        },
    )


if __name__ == "__main__":
    main()
