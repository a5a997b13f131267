"""``python -m benchmarks``: measure the connector against the local Xero server and print tables."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from benchmarks import calls, ledger, memory, pace, scale, throughput, traffic
from benchmarks.harness import BenchmarkError, Setting

BENCHMARKS = {
    "calls": calls.run,
    "pace": pace.run,
    "throughput": throughput.run,
    "memory": memory.run,
    "traffic": traffic.run,
    "ledger": ledger.run,
    "scale": scale.run,
}

_TERMINATED = 128 + signal.SIGTERM
_INTERRUPTED = 128 + signal.SIGINT


def main() -> int:
    """Run the benchmarks that are named, all by default; return the exit status."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))  # so that servers and readers are stopped
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as directory:
        setting = Setting(options.connector, Path(directory), large=options.large, long=options.long)
        try:
            for name in options.benchmarks or BENCHMARKS:
                BENCHMARKS[name](setting)
        except BenchmarkError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        except KeyboardInterrupt:
            return _INTERRUPTED
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the connector and print tables.")
    names = ", ".join(BENCHMARKS)
    parser.add_argument("benchmarks", nargs="*", metavar="benchmark", help=f"of {names}; all by default")
    parser.add_argument("--large", action="store_true", help="also 500,000 and a million journals (some minutes more)")
    parser.add_argument("--long", action="store_true", help="pace over five minutes instead of two")
    parser.add_argument(
        "--connector",
        type=Path,
        default=Path(sys.executable).with_name("source-xero-gl"),
        help="another console script, to compare versions",
    )
    options = parser.parse_args()
    unknown = [name for name in options.benchmarks if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}; choose from {names}")
    if not options.connector.is_file():
        parser.error(f"there is no connector at {options.connector}; 'make venv' installs it")
    return options


if __name__ == "__main__":
    sys.exit(main())
