"""Write down what ``validate`` says of each defect today: ``python -m tests.vectors.list_defects``.

Read the difference before it is kept: a line that surprises is a mistake in a check, or in the
defect. Names of defects as arguments write only those.
"""

from __future__ import annotations

import sys

from tests.support.defects import NAMES, defect, found, listed, validated


def main(names: list[str]) -> None:
    """Write ``findings.csv`` of some defects, or of all."""
    for name in names or NAMES:
        listed(name).touch()
        listed(name).write_text(found(validated(defect(name).bundle)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
