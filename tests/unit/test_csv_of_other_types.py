"""Tables of types that no archive holds are counted and left out, as CSV too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive_tool.model.findings import Rows
from tests.support.ingesting import read

if TYPE_CHECKING:
    from pathlib import Path

CSV = {
    "rooms": "id,status,participantCount,createdAt\nr1,done,2,2024-10-20T14:30:00Z\n",
    "variables": "variable,value,source,persisted\npartner_name,Zofia,human,true\n",
    "eyetracking": "gazeX,gazeY,timestamp\n0.5,0.5,1\n",
    "counts": "participantId,roomId,counts,hasData\nu1,r1,{},{}\n",
    "experiments": "id,roomCount,name\ne1,2,Dyads\n",
    "deployments": "id,maxParticipants\nd1,4\n",
    "agent_decisions": "id,turnKind,action\na_1,chat,send_message\n",
    "videochat": "participantId,track\nu1,t\n",
}


@pytest.mark.parametrize("data_type", CSV)
def test_a_csv_of_any_other_type_is_counted(tmp_path: Path, data_type: str) -> None:
    """It ended every command with a bug."""
    got = read(tmp_path, {f"{data_type}.csv": CSV[data_type]})
    assert got.batches == []
    assert got.found("TYPE-NOT-ARCHIVED").data_type == data_type
    assert got.found("TYPE-NOT-ARCHIVED").rows == Rows(count=1)
