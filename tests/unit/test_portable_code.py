"""Calls that mean something else on another system stand in one place, or nowhere."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import archive_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = Path(archive_tool.__file__).parent

ZONED: Final = frozenset(
    {
        "floor_temporal", "ceil_temporal", "round_temporal", "year", "month", "day",
        "hour", "iso_calendar", "local_timestamp", "assume_timezone", "day_of_week",
    }
)  # fmt: skip
"""Functions of Arrow that look a time zone up, even UTC: neither Windows nor a small container has
the system's zones."""

POSIX_ONLY: Final = frozenset({"fcntl", "resource", "pwd", "grp", "termios", "readline", "syslog"})


def problems(source: str) -> list[str]:
    """What in a module would go wrong on another system."""
    return [
        f"line {node.lineno}: {said}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        for said in _of_call(node)
    ]


def _of_call(call: ast.Call) -> Iterator[str]:
    name = _name(call.func)
    words = {keyword.arg for keyword in call.keywords}
    if name == "read_text" and not call.args and "encoding" not in words:
        yield "read_text without an encoding"
    if name == "write_text" and not {"encoding", "newline"} <= words:
        yield "write_text without encoding and newline"
    if name == "open" and isinstance(call.func, ast.Name) and _is_text(call):
        yield "open in text mode: the encoding and the ends of lines are the system's"
    if name in ("Popen", "run", "check_output") and words & {"text", "universal_newlines"}:
        yield f"{name} in text mode"
    moves = name == "rename" or (name == "replace" and len(call.args) == 1 and not words)
    if moves or (name == "rmtree" and "ignore_errors" not in words):
        yield f"{name}: keys/disk.py knows what Windows does"
    if name in ("cpu_count", "sched_getaffinity"):
        yield f"{name}: model/processors.py knows how many may be used"
    if name == "strftime" and _name(getattr(call.func, "value", call)) == "pc":
        yield "pc.strftime looks UTC up even for moments without a zone"
    if name in ZONED and isinstance(call.func, ast.Attribute) and _name(call.func.value) == "pc":
        first = call.args[0] if call.args else None
        if not (isinstance(first, ast.Call) and _name(first.func) == "without_zone"):
            yield f"pc.{name} of moments with a zone"


def _is_text(call: ast.Call) -> bool:
    mode = call.args[1] if len(call.args) > 1 else None
    mode = next((k.value for k in call.keywords if k.arg == "mode"), mode)
    return not (isinstance(mode, ast.Constant) and "b" in str(mode.value))


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


MODULES: Final = {
    path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
}

AT_HOME: Final = {
    "keys/disk.py": ("rename", "replace", "rmtree"),
    "model/processors.py": ("cpu_count", "sched_getaffinity"),
}
"""Where such calls belong."""


def test_no_module_relies_on_one_system() -> None:
    found = {
        name: said
        for name, source in MODULES.items()
        if (said := [p for p in problems(source) if not _is_at_home(name, p)])
    }
    assert found == {}
    assert len(MODULES) > 200


def _is_at_home(name: str, problem: str) -> bool:
    return problem.partition(": ")[2].partition(":")[0] in AT_HOME.get(name, ())


def test_modules_of_one_system_are_loaded_where_they_are() -> None:
    """Such an import at the top of a module would end every command elsewhere."""
    found = [
        name
        for name, source in MODULES.items()
        for node in ast.parse(source).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and POSIX_ONLY & {alias.name for alias in node.names}
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "open(path)",
        "open(path, 'w')",
        "open(path, mode='r')",
        "path.read_text()",
        "path.write_text(text, newline='')",
        "path.write_text(text, encoding='utf-8')",
        "subprocess.run(words, text=True)",
        "place.rename(other)",
        "ThreadPoolExecutor(os.cpu_count())",
        "beside.replace(path)",
        "shutil.rmtree(folder)",
        "pc.strftime(without_zone(column), format='%Y')",
        "pc.floor_temporal(column, unit='day')",
    ],
)
def test_the_test_sees(source: str) -> None:
    assert problems(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "open(path, 'rb')",
        "bundle.open(file)",
        "path.read_text(encoding='utf-8')",
        "path.write_text(text, encoding='utf-8', newline='\\n')",
        "text.replace('a', 'b')",
        "replace(finding, count=1)",
        "shutil.rmtree(folder, ignore_errors=True)",
        "pc.floor_temporal(without_zone(column), unit='day')",
    ],
)
def test_the_test_lets_pass(source: str) -> None:
    assert problems(source) == []
