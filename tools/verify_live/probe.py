"""A probe: a claim about the live API, and the function that tests it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.verify_live.live_xero import LiveXero, NotTestedError

HELD, FAILED, NOT_TESTED = "held", "failed", "not tested"


@dataclass(frozen=True)
class Finding:
    """What a probe has found.

    Attributes:
        held: whether the claim holds.
        reason: what Xero answered, without anything of the ledger.
    """

    held: bool
    reason: str


@dataclass(frozen=True)
class Probe:
    """One claim.

    Attributes:
        claim: what should be true of Xero.
        relied: whether the connector relies on it. If not, it works either way.
        find: tests the claim; raises NotTestedError when the organisation lacks what the test needs.
        relier: what relies on a claim that the connector does not rely on; empty when nothing does.
    """

    claim: str
    relied: bool
    find: Callable[[LiveXero], Finding]
    relier: str = ""

    def outcome(self, xero: LiveXero) -> tuple[str, str]:
        """Return ``held``, ``failed`` or ``not tested``, and the reason."""
        try:
            finding = self.find(xero)
        except NotTestedError as untested:
            return NOT_TESTED, str(untested)
        if finding.held:
            return HELD, finding.reason
        relier = "the connector relies on it" if self.relied else self.relier or "the connector works either way"
        return FAILED, f"{finding.reason}; {relier}"
