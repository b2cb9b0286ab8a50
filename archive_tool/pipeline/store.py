"""A store over time, for scripts and notebooks, and for the commands of the third job.

What is made is made at once. What destroys is a plan first: look at it, then have exactly that done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.keys import refuse_grant, refuse_nested, require_open
from archive_tool.lifecycle import places
from archive_tool.model.paths import as_path
from archive_tool.pipeline.stores.asking import Asking
from archive_tool.pipeline.stores.at_once import AtOnce
from archive_tool.pipeline.stores.planning import Planning

if TYPE_CHECKING:
    from archive_tool.keys import Vault
    from archive_tool.model.paths import AnyPath


@dataclass(frozen=True, kw_only=True, repr=False)
class Store(Asking, Planning, AtOnce):
    """The archives of a study over time; :func:`open_store` gives it.

    :meth:`archives`, :meth:`dates`, :meth:`holds` and :meth:`log` give rows that a data frame takes as
    they are: ``pandas.DataFrame(store.archives())``. What destroys is two steps: :meth:`plan_sweep` and
    :meth:`sweep`, :meth:`plan_erasure` and :meth:`erase`, :meth:`plan_shortening` and
    :meth:`shorten_retention`; ``print(plan)`` between them. A plan may be saved (``plan.save(path)``)
    and applied on another day, here or by the command; a plan that a command wrote is applied here
    by its path.

    ``now`` is the machine's time where it is not given; log, plans and certificates tell it. Whatever
    looks through the store reads the vault anew if another process has written it, and raises LockError
    (21) when its keys were renewed; whatever writes raises it too while another process does.
    """


def open_store(path: AnyPath, *, vault: Vault | None = None) -> Store:
    """Open the store of a study, to ask what is due and who holds what, and to sweep and erase.

    With its vault (:class:`Vault`, no grant); without, only what needs no key can be asked. An empty
    folder is a store into which nothing was put yet. Raises FormatError (15) for a path that is no
    store, VaultError (17) for a grant and for a vault inside the store, UsageError (2).
    """
    store = as_path(path, "store")
    places.require_store(store)
    if vault is not None:
        require_open(vault)
        refuse_grant(vault)
        refuse_nested(store, vault.folder)
    return Store(path=store, vault=vault)
