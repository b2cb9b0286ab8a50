"""The README's transcripts, run as they stand: a document that drifts turns red."""

from __future__ import annotations

import difflib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def steps(transcript: str) -> list[tuple[str, str]]:
    """Commands and what they print."""
    pieces = re.split(r"^\$ ", transcript, flags=re.MULTILINE)[1:]
    return [(piece.split("\n", 1)[0], piece.split("\n", 1)[1]) for piece in pieces]


def pattern(expected: str) -> re.Pattern[str]:
    """``…`` alone on a line stands for any lines, inside a line for anything up to its end."""
    expected = re.sub(r"\[exit \d+\]\n?\Z", "", expected)
    if not expected.strip():
        return re.compile("")
    parts = []
    for line in expected.rstrip("\n").split("\n"):
        if line == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(re.escape(part) for part in line.split("…")) + r"\n")
    return re.compile("".join(parts))


def exit_code(expected: str) -> int:
    stated = re.search(r"\[exit (\d+)\]\n?\Z", expected)
    return int(stated.group(1)) if stated else 0


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words: list[str] = []
    for word in shlex.split(command)[1:]:
        found = sorted(str(p.relative_to(folder)) for p in folder.glob(word)) if "*" in word else []
        words += found or [word]
    return subprocess.run(
        [sys.executable, "-c", "from archive_tool.cli.main import main; main()", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def unlike(command: str, expected: str, printed: str) -> str:
    """What a command prints and its page does not say; lines with … are always among them."""
    lines = difflib.unified_diff(
        expected.splitlines(), printed.splitlines(), "on the page", "printed", lineterm="", n=0
    )
    return "\n".join([f"$ {command}", *lines])


def play(text: str, folder: Path) -> int:
    """Run the transcripts of a document in one folder; gives their number."""
    shutil.copytree(ROOT / "sample_data", folder / "sample_data")
    transcripts = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    for transcript in transcripts:
        for command, expected in steps(transcript):
            done = run(command, folder)
            assert done.returncode == exit_code(expected), (command, done.stderr)
            assert pattern(expected).fullmatch(done.stdout), unlike(command, expected, done.stdout)
            answered = done.returncode == 0 or command.split()[1] == "validate"
            assert (done.stderr == "") == answered, done.stderr
    return len(transcripts)


def test_the_transcripts_and_the_python_example_are_real(tmp_path: Path) -> None:
    assert play(README, tmp_path) >= 3
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "emotion_rating" in done.stdout


def test_the_how_tos_are_real(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8")
    assert play(page, tmp_path) >= 5
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(examples) >= 5
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(examples)], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<Archive 2")
    for said in ("1 under hold", "<Swept: nothing destroyed>", "<Handed: ", "<Destroyed C-"):
        assert said in done.stdout, said


def test_a_transcript_that_drifted_is_seen() -> None:
    assert pattern("one\n…\ntwo …\n").fullmatch("one\nx\ny\ntwo 2\n")
    assert not pattern("one\ntwo …\n").fullmatch("one\ntoo 2\n")
    assert not pattern("one\n").fullmatch("one\nmore\n")


def test_help_stands_in_the_readme_and_the_house() -> None:
    from archive_tool.cli.main import COMMANDS

    for command in COMMANDS:
        assert f"archive-tool {command}" in README or f"`{command}`" in README, command


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for link in links:
        assert link.startswith("http") or (ROOT / link).exists(), link
