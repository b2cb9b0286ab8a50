"""Noise from OpenDP: the discrete Laplace mechanism over whole numbers (an optional extra).

Its samplers work on integers and rationals, so that no pattern of floating-point numbers tells the
figure under the noise. The noise comes from the system's source of randomness, and nobody keeps it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.errors import DisclosureError, PolicyError

if TYPE_CHECKING:
    from archive_tool.disclose.noise.contributions import Part
    from archive_tool.model.aggregates import Aggregate

MECHANISM: Final = "discrete Laplace"
_DIGITS: Final = 6
"""Significant digits of a scale: what is published of it is what was used."""


@dataclass(frozen=True, kw_only=True)
class Noised:
    """Figures with their noise."""

    values: np.ndarray
    """float64, one per cell."""
    scale: float
    """Of the noise, in the unit of the figures."""
    step: float
    """What lies between two possible figures."""

    def within(self, share: float) -> float:
        """Say how far from the truth this share of figures is at most."""
        return self.scale * math.log(1 / (1 - share)) + self.step


def laplace(part: Part, epsilon: float) -> Noised:
    """Add noise to all cells; together they give away ``epsilon`` of one person.

    Raises DisclosureError when OpenDP does not promise that.
    """
    import opendp.prelude as dp

    dp.enable_features("contrib")
    steps = _up(part.sensitivity / epsilon)
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    mechanism = dp.m.make_laplace(*space, scale=steps)
    if not mechanism.map(part.sensitivity) <= epsilon:
        raise DisclosureError(
            "the noise is less than the epsilon asks for", where="aggregate.noisy"
        )
    values = np.array(mechanism(part.values.tolist()), np.float64)
    return Noised(values=values * part.step, scale=steps * part.step, step=part.step)


def refuse_uninstalled(asked: Aggregate) -> None:
    """PolicyError (13) when a policy asks for noise and OpenDP is not installed."""
    if not asked.noisy:
        return
    try:
        import opendp.prelude  # noqa: F401
    except ImportError:
        raise PolicyError(
            "opendp is not installed",
            where="aggregate.noisy",
            expected="the extra archive-tool[dp]",
            hint="pip install 'archive-tool[dp]', or take the tables with noise out of the policy",
        ) from None


def _up(scale: float) -> float:
    """Round a scale up to so many digits."""
    unit = 10.0 ** (_DIGITS - 1 - math.floor(math.log10(scale)))
    return math.ceil(scale * unit) / unit
