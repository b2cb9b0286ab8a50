"""Imports point backwards only, and what must start quickly imports nothing heavy."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import archive_tool
from archive_tool.cli.main import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = Path(archive_tool.__file__).parent

LAYERS: Final = (
    "errors",
    "model",
    "schemas",
    "bundle",
    "ingest",
    "validation",
    "policy",
    "keys",
    "anonymize",
    "disclose",
    "archive",
    "lifecycle",
    "report",
    "pipeline",
    "cli",
)
"""The order of docs/architecture.md: a layer imports those before it, and itself."""

SHORTER: Final = {
    "errors": frozenset[str](),
    "model": frozenset({"errors"}),
    "bundle": frozenset({"errors", "model", "schemas"}),
    "policy": frozenset({"errors", "model", "schemas"}),
    "keys": frozenset({"errors", "model"}),
}
"""Layers that may import less than everything before them."""

TOP: Final = "__init__"
"""The front door: it shows the library and may import anything, but nothing imports it."""


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.parts[-2] != "policies"]


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and layer of every import of our own, lazy ones and those for type checkers too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            first, *rest = name.split(".")
            if first == "archive_tool":
                yield node.lineno, rest[0] if rest else TOP


def allowed(layer: str) -> frozenset[str]:
    before = frozenset(LAYERS[: LAYERS.index(layer)])
    return SHORTER.get(layer, before) | {layer}


def test_every_module_lies_in_a_layer() -> None:
    found = {layer_of(path) for path in modules()} - {TOP, "__main__"}
    assert found == set(LAYERS)


def test_every_layer_that_the_house_names_was_read() -> None:
    read = {layer for path in modules() for _, layer in imported(path)}
    for layer in ("errors", "model", "schemas", "bundle", "ingest", "validation", "policy", "keys",
                  "anonymize", "disclose", "archive", "report", "pipeline", "cli"):  # fmt: skip
        assert layer in read, f"nothing imports {layer}: is this test blind?"
    assert len(modules()) > 120


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_point_backwards(layer: str) -> None:
    forwards = [
        f"{path.relative_to(PACKAGE)}:{line} imports {other}"
        for path in modules()
        if layer_of(path) == layer
        for line, other in imported(path)
        if other not in allowed(layer)
    ]
    assert forwards == []


IN_A_CIRCLE: Final = {"keys.grant", "keys.vault"}
"""A grant is a vault of less, and its path opens one wherever that of a vault does."""


def test_no_files_import_each_other() -> None:
    files = {name_of(path): path for path in modules()}
    needs = {name: set(needed(path, set(files))) - {name} for name, path in files.items()}
    while ends := {
        name
        for name, others in needs.items()
        if not others & set(needs) or not any(name in more for more in needs.values())
    }:
        needs = {name: others for name, others in needs.items() if name not in ends}
    assert set(needs) == IN_A_CIRCLE


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != TOP)


def needed(path: Path, files: set[str]) -> Iterator[str]:
    """Files that a file imports, for type checkers too; of a room its first page."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            room = (node.module or "").removeprefix("archive_tool").lstrip(".")
            for alias in node.names:
                name = f"{room}.{alias.name}".lstrip(".")
                yield name if name in files else room


def test_the_architecture_page_has_the_layers_in_this_order() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = page.split("\n\n    ", 1)[1].split("\n\n", 1)[0]
    named = [word.strip(",") for line in block.splitlines() for word in line.split()[:2]]
    order = [word for word in named if word in LAYERS]
    assert order == list(LAYERS)


MOST_FILES: Final = 22

GUIDED: Final = ("ingest", "lifecycle", "pipeline", "validation")
"""Rooms with so many files that their first page says where to look."""


@pytest.mark.parametrize("room", GUIDED)
def test_a_full_room_names_each_of_its_files_once(room: str) -> None:
    page = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8"))) or ""
    lines = [line[21:] for line in page.splitlines()[2:]]
    named = sorted(name for line in lines for name in line.split(", ") if name)
    assert named == sorted(inside(room)), unlisted(room, named)


def unlisted(room: str, named: list[str]) -> str:
    odd = sorted(set(named) ^ set(inside(room)))
    return f"archive_tool/{room}/__init__.py lists what lies in the room: see {', '.join(odd)}"


def inside(room: str) -> list[str]:
    """Files of a room, and rooms within it."""
    files = [path.stem for path in (PACKAGE / room).glob("[a-z]*.py")]
    return files + [f"{path.parent.name}/" for path in (PACKAGE / room).glob("*/__init__.py")]


LISTED: Final = (
    "anonymize",
    *(f"anonymize/{room}" for room in ("known", "nested", "texts")),
    "archive",
    "archive/extraction",
    "cli",
    "disclose",
    *(f"disclose/{room}" for room in ("cells", "gate", "noise", "protection", "releases")),
    *(f"disclose/protection/{room}" for room in ("hiding", "solving")),
    *(f"ingest/{room}" for room in ("cells", "csv_files", "json_files", "overlaps")),
    "keys",
    *(
        f"lifecycle/{room}"
        for room in ("applying", "audit_log", "dates", "mentioned", "planning", "subjects")
    ),
    "model",
    *(f"pipeline/{room}" for room in ("first_pass", "processes", "second_pass", "sources")),
    "policy",
    *(f"validation/{room}" for room in ("across_types", "for_report", "missing", "one_type")),
)
"""Rooms whose first page has a line for each file and inner room."""


@pytest.mark.parametrize("room", LISTED)
def test_a_listed_room_has_a_line_for_each_of_its_files(room: str) -> None:
    page = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8"))) or ""
    named = sorted(line.split(None, 1)[0] for line in page.splitlines()[2:])
    assert named == sorted(inside(room)), unlisted(room, named)


def test_a_room_without_a_guide_is_small() -> None:
    rooms = {path.parent for path in PACKAGE.rglob("__init__.py")} - {PACKAGE}
    full = {room.name for room in rooms if len(list(room.glob("[a-z]*.py"))) > MOST_FILES}
    assert full == set(), f"more than {MOST_FILES} files in one room: give some a room of their own"


HEAVY: Final = ("numpy", "pyarrow", "pandas", "pandera", "scipy", "polars", "duckdb")

SHOW: Final = """
import sys
from archive_tool.cli.main import run
code = run(sys.argv[1:])
loaded = [name for name in {heavy} if name in sys.modules]
print("loaded:", code, ",".join(loaded), file=sys.stderr)
"""


def loaded_by(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SHOW.format(heavy=HEAVY), *arguments],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stderr.splitlines()[-1]


def test_help_imports_nothing_heavy() -> None:
    assert loaded_by("--help") == "loaded: 0 "


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_imports_nothing_heavy(command: str) -> None:
    assert loaded_by(command, "--help") == "loaded: 0 "


def test_policy_check_imports_nothing_heavy() -> None:
    assert loaded_by("policy", "check", "pseudonymize") == "loaded: 0 "


def test_info_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "archives").mkdir()
    assert loaded_by("info", str(tmp_path)) == "loaded: 0 "


ONE_MESSAGE: Final = (
    "messageId,experimentId,roomId,senderId,content,timestamp,onset\n"
    "m1,e,room_a,user_1,hello,2026-04-20T14:30:45.123Z,5\n"
)

ALONE: Final = (
    "from archive_tool.pipeline.processes.interpreter import ours_alone; ours_alone()" + SHOW
)
"""As the program starts: the other tests share their process with us."""


def test_only_cells_in_doubt_load_pandas(tmp_path: Path) -> None:
    folder, odd, keys, store = (str(tmp_path / name) for name in ("bundle", "odd", "keys", "store"))
    for name in (folder, odd):
        os.mkdir(name)
    Path(folder, "chat.csv").write_text(ONE_MESSAGE)
    Path(odd, "chat.csv").write_text(ONE_MESSAGE.replace("m1", "m" * 300))

    def loaded(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", ALONE.format(heavy=("pandas", "pandera")), *arguments],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stderr.splitlines()[-1]

    assert loaded("inspect", folder) == "loaded: 0 "
    assert loaded("validate", folder) == "loaded: 0 "
    assert loaded("validate", odd) == "loaded: 12 pandas,pandera"
    assert loaded("key", "init", "--vault", keys) == "loaded: 0 "
    made = ("create", folder, "--policy", "keep", "--store", store, "--vault", keys)
    assert loaded(*made) == "loaded: 0 "
    assert loaded("verify", store, "--vault", keys) == "loaded: 0 "
    (archive,) = map(str, (tmp_path / "store" / "archives").iterdir())
    to = str(tmp_path / "tables")
    assert loaded("extract", archive, "--vault", keys, "--to", to) == "loaded: 0 "
    assert (tmp_path / "tables" / "chat.csv").read_text().count("hello") == 1


def test_an_archive_of_rows_loads_nothing_that_others_need(tmp_path: Path) -> None:
    named = ONE_MESSAGE.replace("senderId,", "senderId,senderName,").replace(
        "user_1,", "user_1,Ada,"
    )
    folder, keys, store = (str(tmp_path / name) for name in ("bundle", "keys", "store"))
    os.mkdir(folder)
    Path(folder, "chat.csv").write_text(named)
    loaded_by("key", "init", "--vault", keys)
    others = "archive_tool.disclose.aggregate", "archive_tool.archive.extraction.extract"
    code = ALONE.format(heavy=("pyarrow.acero", "pyarrow.dataset", *others))
    made = ("create", folder, "--policy", "pseudonymize", "--store", store, "--vault", keys)
    done = subprocess.run(
        [sys.executable, "-c", code, *made], capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "loaded: 0 "


def test_the_library_imports_nothing_heavy_before_it_works() -> None:
    code = f"import sys, archive_tool; print([n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
