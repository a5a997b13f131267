"""``make verify-live CONFIG=…``: ask a real organisation, read-only, whether Xero does what the connector relies on.

Nothing of the ledger is printed. Exit status: 0 when no claim failed that the connector relies on, 1 when one failed or Xero
could not be asked. Other claims may fail: they are printed as failed and do not count.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from source_xero_gl.commands.console import run
from source_xero_gl.commands.organisation import organisation
from source_xero_gl.wording import PROGRAM
from tools.verify_live import journal_probes, ledger_probes, list_probes, other_probes, sign_in_probe
from tools.verify_live.live_xero import LEDGER_CALLS, MOST_CALLS, LiveXero
from tools.verify_live.probe import FAILED, HELD, NOT_TESTED, Probe

PROBES = (*journal_probes.PROBES, *list_probes.PROBES, *sign_in_probe.PROBES, *other_probes.PROBES)
"""In the order in which they are printed. The last ones look at the answers to all others, so they stay last."""

LEDGER_PROBES = ledger_probes.PROBES
"""Asked afterwards, with calls of their own."""


_DESCRIPTION = (
    "Ask a real organisation, read-only, whether Xero does what the connector relies on. Prints nothing of the ledger."
)


def main(args: list[str]) -> int:
    """Run every probe; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.verify_live", description=_DESCRIPTION)
    parser.add_argument("--config", type=Path, required=True, help="JSON file with the connector's settings")
    parser.add_argument(
        "--second",
        type=Path,
        metavar="CONFIG",
        help="settings with another sign-in of the same user with the same app: both are renewed in turns. If Xero lets only the "
        "newer one live, this ends the other",
    )
    options = parser.parse_args(args)
    return run("verify-live", lambda stop: _verify(options.config, options.second, stop))


def _verify(config: Path, second: Path | None, stop: threading.Event) -> int:
    outcomes: Counter[str] = Counter()
    with organisation(config, stop, verify=True) as opened:
        xero = LiveXero(opened, stop, second)
        kind = "a custom connection" if xero.tenant_id is None else "a sign-in"
        _print(
            f"{PROGRAM} {version(PROGRAM)}, {datetime.now(timezone.utc):%d %B %Y}, by {kind}.",
            f"{len(PROBES)} claims that the connector is built on, with at most {MOST_CALLS} calls;",
            f"then {len(LEDGER_PROBES)} of the rebuilt ledger, with at most {LEDGER_CALLS} more. Every call is a GET.",
            "This report holds claims, outcomes and counts, and nothing of the ledger: you can send it to others.",
            "",
        )
        broken = sum(_asked(probe, xero, outcomes) for probe in PROBES)
        xero.allow(LEDGER_CALLS)
        _print("")
        for probe in LEDGER_PROBES:
            _asked(probe, xero, outcomes)
    summary = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in (HELD, FAILED, NOT_TESTED))
    _print("", f"{summary}; {xero.calls} calls.")
    if outcomes[FAILED]:
        _print(f"The connector relies on {broken or 'none'} of what failed.")
    return 1 if broken else 0


def _asked(probe: Probe, xero: LiveXero, outcomes: Counter[str]) -> bool:
    """Print and count what a probe finds; return whether the connector relies on a claim that failed."""
    outcome, reason = probe.outcome(xero)
    outcomes[outcome] += 1
    _print(f"{outcome:10}  {probe.claim}", f"{'':10}  {reason}.")
    return probe.relied and outcome == FAILED


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
