"""One way for every command to answer: text for people, or one JSON document."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from archive_tool.model.paths import as_argument
from archive_tool.model.texts import unsteered
from archive_tool.model.version import NAME, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command has to say."""

    text: str
    """For stdout, without the last line break."""
    fields: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)
    """For ``--json``; a function where they are much work."""
    exit_code: int = 0


def document(name: str, fields: Mapping[str, Any], exit_code: int) -> str:
    """The JSON document of a command: versioned, and on one line so that logs can hold it.

    In ASCII: pipes of Windows have a code page, which would make something else of all other signs.
    """
    body = {
        "schema": f"{NAME}/{name}/1",
        "tool": {"name": NAME, "version": VERSION},
        "exit_code": exit_code,
        **fields,
    }
    return json.dumps(body)


def written(*paths: Path | None) -> str:
    """Say at the end of an answer which files it was written to; nothing where there are none."""
    named = ", ".join(as_argument(path) for path in paths if path is not None)
    return f"\n\nwritten: {named}" if named else ""


def answers(name: str) -> Callable[[Callable[..., Answer]], Callable[..., int]]:
    """Turn a function that returns an :class:`Answer` into a command's callback.

    Adds ``--json``. The exit code is the same with and without it.
    """

    def decorate(function: Callable[..., Answer]) -> Callable[..., int]:
        @click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document.")
        @functools.wraps(function)
        def callback(*, as_json: bool, **options: Any) -> int:  # noqa: ANN401
            answer = function(**options)
            if as_json:
                fields = answer.fields() if callable(answer.fields) else answer.fields
                click.echo(document(name, fields, answer.exit_code))
            elif answer.text:
                click.echo(unsteered(answer.text))
            return answer.exit_code

        return callback

    return decorate
