"""What is installed is what is here: every package, every data file, one version."""

from __future__ import annotations

import tomllib
from pathlib import Path

from archive_tool.model.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]


def test_every_package_is_listed() -> None:
    here = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "archive_tool").rglob("__init__.py")
    }
    assert len(here) > 10
    of_data = {"archive_tool.policies", "archive_tool.report.html.templates"}
    assert set(SETUPTOOLS["packages"]) == here | of_data


def test_every_data_file_is_listed() -> None:
    found = []
    for path in (ROOT / "archive_tool").rglob("*"):
        if path.is_file() and path.suffix != ".py" and path.parent.name != "__pycache__":
            package = max((p for p in SETUPTOOLS["packages"] if _inside(path, p)), key=len)
            inner = path.relative_to(ROOT / Path(*package.split(".")))
            patterns = SETUPTOOLS["package-data"].get(package, [])
            assert any(inner.match(pattern) for pattern in patterns), path
            found.append(path)
    assert found


def test_the_ready_policies_are_packaged() -> None:
    assert SETUPTOOLS["package-dir"]["archive_tool.policies"] == "policies"
    assert len(list((ROOT / "policies").glob("*.toml"))) == 3


def test_there_is_one_version() -> None:
    assert SETUPTOOLS["dynamic"]["version"]["attr"] == "archive_tool.model.version.VERSION"
    assert VERSION.count(".") == 2


def test_the_lowest_versions_are_those_that_are_promised() -> None:
    """`.ci/lowest.txt` is what the tests are run with to see that the promise holds."""
    extras = dict(PROJECT["project"]["optional-dependencies"])
    tests_have = extras.pop("test")
    wanted = [*PROJECT["project"]["dependencies"]]
    wanted += [one for extra in extras.values() for one in extra if one in tests_have]
    promised = {name: bound for name, _, bound in (one.partition(">=") for one in wanted)}
    lines = (ROOT / ".ci" / "lowest.txt").read_text(encoding="utf-8").splitlines()[1:]
    lowest = {name: version for name, _, version in (line.partition("==") for line in lines)}
    assert {name: _padded(bound) for name, bound in promised.items()} == lowest
    assert len(lowest) > 12


def _padded(version: str) -> str:
    return ".".join([*version.split("."), "0", "0"][:3])


def _inside(path: Path, package: str) -> bool:
    return path.is_relative_to(ROOT / Path(*package.split(".")))
