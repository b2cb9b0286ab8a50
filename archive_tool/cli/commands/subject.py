"""``archive-tool subject``: one person, in all archives of a store."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
import msgspec

from archive_tool.cli import cut_log, options, unreadable
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.ids import read_ids
from archive_tool.errors import UsageError
from archive_tool.model.outputs import refuse_outputs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.cli.keys import GivenVault
    from archive_tool.lifecycle.applying.destroy import Destroyed
    from archive_tool.lifecycle.planning.erase_plan import ErasePlan
    from archive_tool.lifecycle.subjects.named import Named
    from archive_tool.lifecycle.subjects.where import Found


@click.group("subject")
def command() -> None:
    r"""Find, hand out or erase what one person gave, across all archives of a store.

    Ids and names come from a file or from stdin, never from the command line.

    \b
      archive-tool subject ids    --store archives --vault keys --name-file names.txt --to ids.txt
      archive-tool subject find   --store archives --vault keys --id-file ids.txt
      archive-tool subject access --store archives --vault keys --id-file - --to person
      archive-tool subject erase  --store archives --vault keys --id-file ids.txt --plan erase.json
      archive-tool subject erase  --store archives --vault keys --id-file ids.txt --apply erase.json
    """


@command.command("ids", short_help="Look up the ids behind names or addresses.")
@options.store
@options.vault(required=True)
@options.name_file
@options.path_option("--to", "", "New file for the ids, for the owner's eyes only.", required=True)
@options.tells_waiting
@answers("subject-ids")
def ids(
    *,
    store: Path,
    vault: GivenVault,
    name_file: str,
    to: Path,
) -> Answer:
    """Look up the ids behind whole names or addresses, in archives that keep ids.

    For whoever writes in and knows no id: the file can be given to find, access and erase. The audit
    log gets a line before it is written.
    """
    from archive_tool.keys import disk
    from archive_tool.lifecycle.subjects import people
    from archive_tool.pipeline.store import open_store

    refuse_outputs((to,))
    names = read_ids(name_file, where=people.NAME_FILE)
    keys = vault.open()
    cut_log.tell(store, keys)
    named = open_store(store, vault=keys).ids_of(names)
    disk.write_new(to, "".join(f"{one}\n" for one in named.ids).encode())
    return Answer(
        text=_named_text(named, to),
        fields={
            "path": str(to),
            "ids": len(named.ids),
            "names": {"asked": named.asked, "unknown": named.unknown, "several": named.several},
            **unreadable.fields(named.unreadable),
        },
        exit_code=unreadable.exit_code(named.unreadable),
    )


@command.command("find", short_help="Say where the people are and how much there is.")
@options.store
@options.vault(required=True)
@options.id_file(required=True)
@answers("subject-find")
def find(*, store: Path, vault: GivenVault, id_file: str) -> Answer:
    """Say where the people are and how much there is, also as recipient, partner or mention."""
    from archive_tool.pipeline.store import open_store

    keys = vault.open()
    cut_log.tell(store, keys)
    found = open_store(store, vault=keys).find(read_ids(id_file))
    return Answer(
        text=_found_text(found),
        fields=_found_fields(found),
        exit_code=unreadable.exit_code(found.unreadable),
    )


@command.command("access", short_help="Write one person's own rows, to hand out.")
@options.store
@options.vault(required=True)
@options.id_file(required=True)
@options.path_option("--to", "", "New folder for the copy.", required=True)
@options.tells_waiting
@answers("subject-access")
def access(
    *,
    store: Path,
    vault: GivenVault,
    id_file: str,
    to: Path,
) -> Answer:
    """Write one person's own rows as CSV and JSON, with a dictionary and a page in plain words."""
    from archive_tool.pipeline.store import open_store
    from archive_tool.report.plans import unread
    from archive_tool.report.text import count

    ids = read_ids(id_file)
    keys = vault.open()
    cut_log.tell(store, keys)
    handed = open_store(store, vault=keys).access(ids, to=to)
    text = "\n".join(
        [
            f"{handed.summary} in {handed.folder}",
            f"{count(len(handed.doubts), 'item')} to look at first: {handed.folder}/to-review.json",
            *unread(handed.unreadable),
        ]
    )
    fields = {
        "path": str(handed.folder),
        "rows": handed.rows,
        "recordings": handed.recordings,
        "files": [str(path) for path in handed.files],
        "review": [asdict(doubt) for doubt in handed.doubts],
        **unreadable.fields(handed.unreadable),
    }
    return Answer(text=text, fields=fields, exit_code=unreadable.exit_code(handed.unreadable))


@command.command("erase", short_help="Make people unreadable in every copy.")
@options.store
@options.vault(required=True)
@options.id_file(required=False)
@options.path_option("--plan", "", "Write what would be erased to this file.")
@options.path_option("--apply", "", "Erase exactly what the plan in this file says.")
@click.option(
    "--rewrite-mentions", is_flag=True, help="Plan to take the people out of others' rows too."
)
@options.operator
@options.lock_wait
@answers("subject-erase")
def erase(
    *,
    store: Path,
    vault: GivenVault,
    id_file: str | None,
    plan: Path | None,
    apply: Path | None,
    rewrite_mentions: bool,
    operator: str,
) -> Answer:
    """Make people unreadable in every copy: a plan first, then the plan applied.

    The ids are needed for the plan, and again to apply one that rewrites mentions.
    """
    from archive_tool.lifecycle.planning import erase_plan, plans
    from archive_tool.lifecycle.subjects import people
    from archive_tool.pipeline.store import open_store

    if (plan is None) == (apply is None):
        raise UsageError("needs one of --plan and --apply", where="erase")
    plans.refuse_other(plan, erase_plan.ErasePlan, erase_plan.SCHEMA)
    ids = None if id_file is None else read_ids(id_file)
    keys = vault.open()
    stored = open_store(store, vault=keys)
    if apply is not None:
        return _erased(stored.erase(apply, ids=ids, operator=operator))
    if ids is None:
        raise UsageError("a plan needs the ids", where="erase", expected="--id-file FILE")
    cut_log.tell(store, keys)
    decided = stored.plan_erasure(ids, rewrite_mentions=rewrite_mentions)
    if plan is not None:
        decided.save(plan)
    return _planned(decided, plan, people.unknown(keys, ids))


def _places(what: str, of: Sequence[int]) -> str:
    return f"{what if len(of) == 1 else f'{what}s'} {', '.join(map(str, of))} of the file"


def _strangers(unknown: Sequence[int]) -> list[str]:
    """Say which ids are nobody's, so that a person on a list is not passed over."""
    said = "mistyped, a heading, or of another study"
    return [f"nobody has {_places('id', unknown)}: {said}"] if unknown else []


def _named_text(named: Named, to: Path) -> str:
    from archive_tool.report.plans import unread

    lines = [f"{named.summary} in {to}"]
    if named.unknown:
        which = _places("name", named.unknown)
        lines.append(f"nobody has {which}: erased, misspelt, or in no such archive")
    if named.several:
        which = _places("name", named.several)
        lines.append(f"several ids have {which}: one person, or people of one name")
        lines.append("subject access of each id says in participant.json what is known of it")
    return "\n".join([*lines, "delete it when it is done with", *unread(named.unreadable)])


def _found_fields(found: Found) -> dict[str, Any]:
    return {
        "ids": {
            "asked": found.asked,
            "known": found.known,
            "erased": found.erased,
            "unknown": found.unknown,
        },
        "places": [asdict(place) for place in found.places],
        "mentions": [asdict(mention) for mention in found.mentions],
        "aggregates": list(found.aggregates),
        **unreadable.fields(found.unreadable),
    }


def _found_text(found: Found) -> str:
    from archive_tool.report.plans import unread
    from archive_tool.report.text import table

    lines = [found.summary, *_strangers(found.unknown)]
    if found.places:
        rows = [(p.archive_id, p.data_type, p.rows, p.files) for p in found.places]
        lines += ["", table(("archive", "type", "rows", "files"), rows)]
    if found.mentions:
        named = [(m.archive_id, m.data_type, m.column, m.rows) for m in found.mentions]
        lines += ["", "named in rows of others:"]
        lines.append(table(("archive", "type", "column", "rows"), named))
    if found.aggregates:
        lines += ["", f"may be counted in the aggregates of {', '.join(found.aggregates)}"]
    return "\n".join([*lines, *unread(found.unreadable)])


def _planned(decided: ErasePlan, path: Path | None, unknown: Sequence[int]) -> Answer:
    from archive_tool.report.plans import erase_text

    written = f"plan {decided.digest[:12]} written to {path}; look at it, then --apply it"
    text = "\n".join([erase_text(decided), *_strangers(unknown), written])
    fields = {
        "plan": {"path": str(path), "digest": decided.digest},
        "people": {
            "asked": decided.asked,
            "known": len(decided.people),
            "unknown": list(unknown),
            "to_erase": len(decided.ready),
            "held": len(decided.held),
        },
        "archives": [
            {
                "archive": i.archive,
                "people": len(i.subjects),
                "rows": i.rows,
                "files": i.files,
                "holds": i.holds,
            }
            for i in decided.items
        ],
        "mentions": msgspec.to_builtins(decided.mentions),
        "not_reached": msgspec.to_builtins(decided.not_reached),
    }
    code = unreadable.exit_code_after(decided.not_reached)
    return Answer(text=text, fields=fields, exit_code=code)


def _erased(done: Destroyed) -> Answer:
    from archive_tool.report.text import count

    work, archives = done.work, count(len(done.work.tasks), "archive")
    went = f"from {archives}" if work.people else f"(files went from {archives}, keys stay)"
    lines = [
        f"erased    {count(work.people, 'person', 'people')} {went}, vault epoch {done.epoch}",
        f"proof     {done.certificate}",
    ]
    if done.deferred:
        lines.append(f"under hold, not erased: {count(done.deferred, 'person', 'people')}")
    lines += [f"not reached: {item.what}" for item in work.not_reached]
    fields = {
        "erased": work.people,
        "deferred": done.deferred,
        "archives": [task.archive_id for task in work.tasks],
        "certificate": str(done.certificate),
        "epoch": done.epoch,
        "not_reached": msgspec.to_builtins(work.not_reached),
    }
    code = unreadable.exit_code_after(work.not_reached)
    return Answer(text="\n".join(lines), fields=fields, exit_code=code)
