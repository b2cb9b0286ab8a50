"""HyperStudy bundles into archives that an ethics board accepts; and back.

The whole product is here: :func:`open_bundle`, :func:`validate`, :func:`load_policy`,
:func:`create`, :func:`open_archive`, :func:`verify`, :func:`extract`, :func:`open_store` and
:class:`Vault`. Names are loaded when they are first used, so that ``import archive_tool`` costs
nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archive_tool.model.version import VERSION

if TYPE_CHECKING:
    from archive_tool.archive.extraction.extract import extract as extract
    from archive_tool.archive.manifest import info as info
    from archive_tool.archive.opening import open_archive as open_archive
    from archive_tool.archive.reader import Archive as Archive
    from archive_tool.bundle import Bundle as Bundle
    from archive_tool.bundle import Limits as Limits
    from archive_tool.bundle import open_bundle as open_bundle
    from archive_tool.errors import ArchiveToolError as ArchiveToolError
    from archive_tool.keys import Vault as Vault
    from archive_tool.keys.lock import waiting as waiting
    from archive_tool.lifecycle.planning.erase_plan import ErasePlan as ErasePlan
    from archive_tool.lifecycle.planning.sweep_plan import SweepPlan as SweepPlan
    from archive_tool.lifecycle.whole import verify as verify
    from archive_tool.model.policy import Accepted as Accepted
    from archive_tool.pipeline.create import create as create
    from archive_tool.pipeline.created import Created as Created
    from archive_tool.pipeline.store import Store as Store
    from archive_tool.pipeline.store import open_store as open_store
    from archive_tool.pipeline.validate import validate as validate
    from archive_tool.policy import load_policy as load_policy

_HOMES = {
    "Accepted": "archive_tool.model.policy",
    "Archive": "archive_tool.archive.reader",
    "ArchiveToolError": "archive_tool.errors",
    "Bundle": "archive_tool.bundle",
    "Created": "archive_tool.pipeline.created",
    "ErasePlan": "archive_tool.lifecycle.planning.erase_plan",
    "Limits": "archive_tool.bundle",
    "Store": "archive_tool.pipeline.store",
    "SweepPlan": "archive_tool.lifecycle.planning.sweep_plan",
    "Vault": "archive_tool.keys",
    "create": "archive_tool.pipeline.create",
    "extract": "archive_tool.archive.extraction.extract",
    "info": "archive_tool.archive.manifest",
    "load_policy": "archive_tool.policy",
    "open_archive": "archive_tool.archive.opening",
    "open_bundle": "archive_tool.bundle",
    "open_store": "archive_tool.pipeline.store",
    "validate": "archive_tool.pipeline.validate",
    "verify": "archive_tool.lifecycle.whole",
    "waiting": "archive_tool.keys.lock",
}

__version__ = VERSION
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Load a name from the room it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'archive_tool' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
