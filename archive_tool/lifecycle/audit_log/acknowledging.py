"""Goes on after lines of the audit log were lost (:mod:`.lost_lines`)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from archive_tool.errors import UsageError
from archive_tool.keys import sshsig
from archive_tool.lifecycle import places
from archive_tool.lifecycle.audit_log import audit, checkpoints, lost_lines
from archive_tool.lifecycle.dates import holds

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault


def acknowledge(
    store: Path, vault: Vault, *, reason: str, now: datetime
) -> lost_lines.Acknowledged:
    """Write into the log, signed, which lines of it archives and vault know and it has no more.

    So is the line that ``head.json`` notes as the newest: after a copy of the lines alone was put
    back nothing else could go on. The vault takes the log from then on for what it is, and so is the
    list of holds taken, if lines about it are among the lost. Raises
    UsageError (2) where nothing is missing that the vault's key knows of, and for a reason that is
    none; IntegrityError (16) for a log whose lines do not follow one another: that is no loss.
    """
    holds.check_text(reason, "reason")
    places.require_store(store)
    own = sshsig.parse_openssh_line(vault.public_key)
    with vault.lock(take_newer=True), places.locked(store):
        records = audit.read(store, heed_head=False)
        line, digest = audit.noted(store)
        if line <= len(records):
            records = audit.read(store)  # another line in its place was edited: that is no loss
        newest = checkpoints.Known(line=line, hash=digest, source=places.HEAD, signer=own)
        every = [*checkpoints.known_elsewhere(store, records, vault).known, newest]
        there = [known.line for known in every if known.is_in(records)]
        lost = audit.lost(records, every)
        known = sorted({(one.line, one.hash) for one in lost if one.signer == own})
        if not known:
            raise UsageError(
                "no line is missing that this vault knows of",
                where="audit log",
                hint="if audit verify names an archive of another vault, acknowledge with that vault"
                if lost
                else "",
            )
        if known[0][0] > len(records):
            there.append(len(records))
        about = lost_lines.LostLines(
            format=lost_lines.FORMAT,
            vault_id=vault.vault_id,
            time=now.astimezone(UTC),
            reason=reason.strip(),
            first=1 + max((line for line in there if line < known[0][0]), default=0),
            last=known[-1][0],
            known=known,
        )
        detail = {
            "first": about.first,
            "last": about.last,
            "reason": about.reason,
            lost_lines.SIGNED: lost_lines.seal(about, vault.signing_key),
            **holds.since_lost(store, records),
        }
        last = audit.append(store, lost_lines.EVENT, detail=detail, now=now, heed_head=False)
        vault.note_checkpoint(checkpoints.log_id([*records, last]), last.line, last.hash)
        vault.save(now)
    return lost_lines.Acknowledged(line=last.line, about=about, signer=own)
