"""All faults at once: syncs that are killed and started again while the books change and Xero fails in every way.

    python -m integration_tests.soak [--minutes 3] [--seed 7]

At the end the books rest, some quiet syncs follow, and what was delivered is compared with the books. The exit status is 1 when
a record is lost, comes twice in one sync, or an output breaks the protocol. The seed decides what is done, not how fast.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from integration_tests.connector import COMMAND, Connector, bare_environment
from integration_tests.expected import assert_same, truth
from integration_tests.ledger import journal
from integration_tests.load.books import DAY_MS, assert_no_version_twice, move_clock, newest, now_ms, numbers
from integration_tests.load.running import Running
from integration_tests.protocol import Json, Output, run
from local_xero.process import XeroServerProcess

STREAMS = ("journals", "invoices", "contacts")
PAGE = 100
MOST_QUIET_SYNCS = 40
"""Late journals are looked for with two calls a sync: so many syncs are enough for all that a soak can post."""

KILLED, TERMINATED = -9, -15
_PAUSE_S = 0.15
_TIMES_OF_FAULTS = {
    **dict.fromkeys(("500", "502", "503", "504", "reset", "lost_answer"), 0.01),
    **dict.fromkeys(("reset_mid_body", "close_mid_body", "truncated_json", "html_200"), 0.01),
}
_FAULTS: list[Json] = [
    *({"kind": kind, "probability": chance, "path": "/api.xro"} for kind, chance in _TIMES_OF_FAULTS.items()),
    {"kind": "slow", "probability": 0.03, "ms": 900, "path": "/api.xro"},
    {"kind": "rate_limit", "problem": "minute", "retry_after": 1, "probability": 0.02, "path": "/api.xro"},
    {"kind": "rate_limit", "problem": "concurrent", "probability": 0.01, "path": "/api.xro"},
    {"kind": "503", "probability": 0.05, "path": "/connect/token"},
    {"kind": "lost_answer", "probability": 0.05, "path": "/connect/token"},
]
_SWITCHES = {"latency_ms": 40, "access_token_seconds": 5, "journals_short_pages": 0.2, "hide_deleted": True}


class Editor(threading.Thread):
    """Changes the books all the time, as people and other jobs do."""

    def __init__(self, xero: XeroServerProcess, random: Random) -> None:
        super().__init__(daemon=True)
        self._xero = xero
        self._random = random
        self._rest = threading.Event()
        self._skipped: list[int] = []
        self.acts: Counter[str] = Counter()
        self.failure: Exception | None = None

    def run(self) -> None:
        """Change something, again and again."""
        try:
            while not self._rest.wait(self._random.random() * 2 * _PAUSE_S):
                act = self._random.choice((self._post, self._post_late, self._edit, self._edit, self._forget_token))
                self.acts[act.__name__.strip("_")] += 1
                act()
        except Exception as error:  # noqa: BLE001 - whatever ends the edits must end the soak as a failure
            self.failure = error

    def rest(self) -> None:
        """Stop, and let every journal appear that is still to come."""
        self._rest.set()
        self.join()
        while self._skipped:
            self._post_late()

    def _post(self) -> None:
        gap = self._random.choice((0, 0, 0, 0, 2))
        posted = self._xero.control("journals/add", {"count": self._random.randrange(1, 9), "gap": gap})["numbers"]
        self._skipped += [number - 1 for number in posted[:gap]]

    def _post_late(self) -> None:
        if self._skipped:
            number = self._skipped.pop(self._random.randrange(len(self._skipped)))
            self._xero.control("journals/add", {"journals": [journal(number, now_ms())]})

    def _edit(self) -> None:
        kind = self._random.choice(("edit", "edit", "revalue", "void", "delete", "redate"))
        more: dict[str, Any] = {"date_ms": now_ms() - self._random.randrange(900) * DAY_MS} if kind == "redate" else {}
        for _ in range(self._random.randrange(1, 30)):
            self._xero.control(f"invoices/{kind}", {"index": self._random.randrange(100_000), **more})
        self._xero.control("records/edit", {"list": "Contacts", "index": self._random.randrange(100_000)})

    def _forget_token(self) -> None:
        if self._random.random() < 0.2:
            self._xero.control("tokens", {"expire_access": True})


class Soak:
    """One soak: what has been delivered so far, and what was wrong with it."""

    def __init__(self, xero: XeroServerProcess, connector: Connector, random: Random) -> None:
        self._xero = xero
        self._connector = connector
        self._random = random
        self._config = connector.write(xero.config(tenant=xero.tenant_id))
        self._state: dict[str, Json] = {}
        self._read: set[int] = set()
        self.outputs: list[Output] = []
        self.endings: Counter[str] = Counter()
        self.faults: list[str] = []
        self.repeated = 0

    def sync(self, *, quiet: bool = False) -> Output:
        """Run one sync on from the last states; unless ``quiet`` it may be killed or stopped at any moment."""
        ending = "finish" if quiet else self._random.choice(("finish", "finish", "kill", "kill", "terminate"))
        with Running(self._connector, self._config, *STREAMS, state=list(self._state.values())) as sync:
            if ending != "finish":
                pause = self._random.choice((0.0, 0.002))
                sync.take(int(10 ** (self._random.random() * 3.5)), pause_s=pause)
                time.sleep(self._random.random())
            output: Output = getattr(sync, ending)()
        self.outputs.append(output)
        self.endings[f"{ending}: {output.status}"] += 1
        self._examine(output, quiet=quiet)
        for state in output.last_state():
            self._state[state["stream"]["stream_descriptor"]["name"]] = state
        return output

    def reconnect(self) -> None:
        """Go on with the tokens of another consent."""
        self._config = self._connector.write(self._xero.config(tenant=self._xero.tenant_id))

    def waits_for_late_journals(self) -> bool:
        """Tell whether the state names missing numbers."""
        return "missing" in self._state["journals"]["stream"]["stream_state"]

    def _examine(self, output: Output, *, quiet: bool) -> None:
        """Note what breaks a promise."""
        if output.status not in ((0,) if quiet else (0, KILLED, TERMINATED)):
            kinds = {error["failure_type"] for error in output.errors()}
            if quiet or kinds != {"transient_error"}:
                self.faults.append(f"ended with status {output.status}: {[e['message'] for e in output.errors()]}")
        came = numbers(output)
        if len(set(came)) != len(came):
            self.faults.append("a journal came twice in one sync")
        again = self._read & set(came)
        self.repeated += len(again)
        if len(again) > PAGE or (again and self.outputs[-2].status == 0):
            ended = self.outputs[-2].status
            self.faults.append(f"{len(again)} journals came again after a sync that ended with {ended}")
        self._read |= set(came)
        reached = [state["JournalNumber"] for state in self._journal_states(output)]
        if reached != sorted(reached):
            self.faults.append("JournalNumber went back in the states of journals")
        self._assert(assert_no_version_twice, output)
        self._assert(self._connector.check_output, output, None)

    def _journal_states(self, output: Output) -> list[Json]:
        before = self._state.get("journals")
        return [*([before["stream"]["stream_state"]] if before else []), *output.states("journals")]

    def compare(self) -> None:
        """Compare everything that was delivered with the books."""
        for stream in STREAMS:
            self._assert(assert_same, stream, newest(stream, *self.outputs), truth(self._xero, stream))

    def _assert(self, check: Any, *arguments: Any) -> None:
        try:
            check(*arguments)
        except AssertionError as error:
            self.faults.append(str(error)[:500] or check.__name__)


def soak(folder: Path, minutes: float, seed: int) -> list[str]:
    """Run one soak in a folder; give what was wrong."""
    options = {
        "journals": 2500,
        "gaps": 0.03,
        "invoices": 2600,
        "contacts": 300,
        "calls_per_minute": 6000,
        "seed": seed,
    }
    with XeroServerProcess("bulk", calls_per_day=1_000_000, **options) as xero:
        connector = Connector(folder, xero.environment(), _catalog(folder))
        random = Random(seed)
        editor, work = Editor(xero, Random(seed + 1)), Soak(xero, connector, random)
        xero.control("switches", _SWITCHES)
        xero.control("faults", {"faults": [{"times": None, **fault} for fault in _FAULTS]})
        editor.start()
        began = time.monotonic()
        while (passed := time.monotonic() - began) < minutes * 60 and not editor.failure:
            crowded = passed > minutes * 30
            xero.control("switches", {"high_volume_threshold": 900 if crowded else 100_000})
            xero.control("switches", {"invoices_since_exclusive": random.random() < 0.5})
            work.sync()
        editor.rest()
        report = xero.control("log")
        played = xero.control("faults")["played"]
        xero.control("faults/clear")
        quiet = _settle(xero, work)
        work.compare()
        if editor.failure:
            work.faults.append(f"the books could not be changed: {editor.failure}")
    calls = ", ".join(f"{name} {count}" for name, count in sorted(report["counts"].items()))
    _tell(f"syncs       {dict(sorted(work.endings.items()))}, of which {quiet} in quiet")
    _tell(f"edits       {dict(editor.acts)}")
    _tell(f"calls       {calls}; faults {played}, 429 {report['statuses'].get('429', 0)}")
    delivered = ", ".join(f"{name} {sum(len(o.records(name)) for o in work.outputs)}" for name in STREAMS)
    _tell(f"delivered   {delivered}; journals repeated {work.repeated}")
    return work.faults


def _settle(xero: XeroServerProcess, work: Soak) -> int:
    """Sync in quiet until nothing is missing any more, the last gaps a day later; say how many syncs that took."""
    work.sync(quiet=True)
    move_clock(xero, DAY_MS)
    work.reconnect()
    for count in range(1, MOST_QUIET_SYNCS):
        work.sync(quiet=True)
        if not work.waits_for_late_journals():
            return count + 1
    work.faults.append(f"after {MOST_QUIET_SYNCS} quiet syncs late journals are still waited for")
    return MOST_QUIET_SYNCS


def _catalog(folder: Path) -> Json:
    config = folder / "discover.json"
    config.write_text('{"credentials": {"auth_type": "access_token", "access_token": "none"}}', encoding="utf-8")
    (found,) = run([*COMMAND, "discover", "--config", str(config)], bare_environment()).of("CATALOG")
    return found


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Run the command line; 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="soak", description="All faults at once, for some minutes.")
    parser.add_argument("--minutes", type=float, default=3.0, help="time of unrest; some quiet syncs follow")
    parser.add_argument("--seed", type=int, default=None, help="repeats what another soak did")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else int(time.time()) % 100_000
    _tell(f"soak        {arguments.minutes:g} minutes, --seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        faults = soak(Path(folder), arguments.minutes, seed)
    for fault in faults:
        _tell(f"FAULT       {fault}")
    _tell(f"outcome     {'nothing lost, nothing twice' if not faults else f'{len(faults)} faults'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
