"""One archive in the making: what was read and admitted, and what will take it apart and attack it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.archive import manifest
from archive_tool.disclose.gate.risk import changed_columns
from archive_tool.disclose.gate.traces import Traces
from archive_tool.disclose.releasing import Releasing
from archive_tool.pipeline.second_pass.bench import gate_of
from archive_tool.pipeline.second_pass.leaving import new_archive_id
from archive_tool.pipeline.validating import validation_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from archive_tool.anonymize import Context
    from archive_tool.anonymize.known.consent import ConsentCounts
    from archive_tool.disclose.gate import Gate
    from archive_tool.keys import Vault
    from archive_tool.model.validation import Validation
    from archive_tool.pipeline.admitted import Admitted
    from archive_tool.pipeline.processes.worker import Worker
    from archive_tool.pipeline.request import Request


@dataclass(frozen=True, kw_only=True)
class Run:
    """One archive in the making. The caller holds the lock of the vault."""

    admitted: Admitted
    pool: Executor
    workers: Sequence[Worker]
    archive_id: str
    context: Context
    gate: Gate
    traces: Traces
    """How a person can be told apart in the bundle: what the attack starts from."""
    releasing: Releasing
    consent: ConsentCounts

    @classmethod
    def start(cls, admitted: Admitted, *, pool: Executor, workers: Sequence[Worker]) -> Run:
        """Decide who is left out, and give the archive its id and its codes."""
        request, vault = admitted.request, admitted.request.vault
        archive_id = new_archive_id(request.now)
        decisions, known = admitted.decisions, admitted.gathered.identifiers
        excluded = admitted.left_out(vault)
        context = admitted.context(vault, archive_id, excluded)
        return cls(
            admitted=admitted,
            pool=pool,
            workers=workers,
            archive_id=archive_id,
            context=context,
            gate=gate_of(context, admitted.window),
            traces=Traces(changed_columns(decisions)),
            releasing=Releasing(
                decisions=decisions,
                leave_out=known.agents | excluded,
                vault=vault,
                name=archive_id,
                now=request.now,
                clean=context.level_text,
                out=lambda: _entries(request.store, vault),
            ),
            consent=admitted.source.consent(admitted.gathered, request.withdrawn),
        )

    @property
    def request(self) -> Request:
        """What was asked for."""
        return self.admitted.request

    def people_left_out(self) -> int:
        """Count the people of the bundle of whom nothing is in the archive."""
        source, gathered = self.admitted.source, self.admitted.gathered
        return source.people_left_out(self.context.excluded, gathered)

    def validation(self) -> Validation:
        """What validation found, for its report."""
        return validation_of(
            self.admitted.gathered,
            self.admitted.source,
            as_of=self.request.now,
            accepted=self.admitted.accepted,
            policy=self.admitted.decisions.policy.name,
            digest=self.admitted.digest.result(),
        )


def _entries(store: Path, vault: Vault) -> list[str]:
    """Entries of the release ledger that archives of this vault in the store name."""
    readable, _ = manifest.listing(store)  # what is wrong with the others is for verify to say
    manifests = [stored.manifest for stored in readable]
    return [one.release for one in manifests if one.release and vault.has_signed(one.signer)]
