"""The landed streams of an organisation: ``source-xero-gl sync`` reads them, and says in a report what has come of it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from xero_gl_dagster.organisations import Organisation, partitions

LANDED = dg.AssetKey("landed")
POOL = "xero_app"
"""How many organisations an app may read at a time: Xero admits 10,000 calls a minute to an app, 60 for each organisation."""

WAITS = (60, 600)
"""Seconds before each further try of a sync that failed for a reason that passes."""

_SYNC = Path(sys.executable).with_name("source-xero-gl")
_TRIAL_BALANCE = {"trial_balance_lines"}

Report = dict[str, Any]


class Landing(dg.Config):
    """What a run may be asked for.

    Attributes:
        fresh: streams to read again from their beginning.
    """

    fresh: list[str] = []  # noqa: RUF012 - Dagster's settings are copied for each run


@dg.asset(
    key=LANDED,
    partitions_def=partitions,
    pool=POOL,
    group_name="xero",
    kinds={"xero", "duckdb"},
    output_required=False,
    check_specs=[
        dg.AssetCheckSpec(
            "read_to_the_end",
            asset=LANDED,
            blocking=True,
            partitions_def=partitions,
            description="Every stream was read to its end. If not, the result says why and what to do.",
        )
    ],
)
def landed(context: dg.AssetExecutionContext, config: Landing) -> Iterator[Any]:
    """Read what is new in Xero since the last run, from where that one ended, however it ended.

    Raises:
        RetryRequested: it failed for a reason that passes in minutes.
        Failure: the sync ended without a report.
    """
    found = _sync(Organisation(context.partition_key), config)
    if found["again"] and context.retry_number < len(WAITS):
        context.log.warning("It is tried again later: %s", found["why"])
        raise dg.RetryRequested(max_retries=len(WAITS), seconds_to_wait=WAITS[context.retry_number])
    if "records" in found:
        yield dg.MaterializeResult(metadata=_figures(found))
    yield _verdict(found)


def _sync(organisation: Organisation, config: Landing) -> Report:
    """Read an organisation in a process of its own, and return what the report says of it."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        line = [_SYNC, "sync", "--no-ledger", "--config", organisation.config, "--database", organisation.database]
        fresh = [word for stream in config.fresh for word in ("--fresh", stream)]
        status = _run([*map(str, line), "--report", str(report), *fresh])
        if not report.exists():
            raise dg.Failure(f"sync ended with status {status} and said nothing else than what the log has.")
        content: Report = json.loads(report.read_text(encoding="utf-8"))
    found: Report = content["organisations"][0]
    if "complete" not in found:
        raise dg.Failure(
            f"sync was stopped, with status {status}. What has arrived is stored; the next run goes on there."
        )
    if status and found["complete"]:  # as when a rotated token could not be kept
        found |= {"complete": False, "why": " ".join(content["problems"])}
    return found


def _run(line: list[str]) -> int:
    """Run a command whose output goes to the log of the run; when the run is ended, the command ends in order."""
    with subprocess.Popen(line, stdin=subprocess.DEVNULL) as process:  # noqa: S603 - our own program
        try:
            return process.wait()
        except BaseException:
            process.terminate()  # what has arrived is stored
            raise


def _figures(found: Report) -> dict[str, Any]:
    streams = [
        dg.TableRecord({"stream": name, "received": found["records"].get(name, 0), "rows": rows})
        for name, rows in found["rows"].items()
    ]
    return {
        "organisation": found["name"],
        "received": sum(found["records"].values()),
        "dagster/row_count": sum(found["rows"].values()),
        "calls": found["calls"],
        "calls left today": found["left_today"],
        "minutes": round(found["seconds"] / 60, 2),
        "streams": dg.MetadataValue.table(streams),
    }


def _verdict(found: Report) -> dg.AssetCheckResult:
    if found["complete"]:
        return dg.AssetCheckResult(passed=True, check_name="read_to_the_end")
    incomplete = set(found.get("incomplete", ()))
    # A ledger can be made without the trial balance; it is then not compared for the months that are missing.
    severity = (
        dg.AssetCheckSeverity.WARN if incomplete and incomplete <= _TRIAL_BALANCE else dg.AssetCheckSeverity.ERROR
    )
    return dg.AssetCheckResult(
        passed=False,
        check_name="read_to_the_end",
        severity=severity,
        description=found["why"],
        metadata={"incomplete": ", ".join(sorted(incomplete))} if incomplete else {},
    )
