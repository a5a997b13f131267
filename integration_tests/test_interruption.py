"""Interruptions: a sync that is killed, stopped or left alone loses nothing and repeats a page at most."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import LISTS, assert_same, truth
from integration_tests.protocol import LONGEST_RUN_SECONDS, Json, Output, parse
from local_xero.process import XeroServerProcess

JOURNALS, INVOICES = 3000, 4000
PAGE = 100


@pytest.fixture
def books(xero: XeroServerProcess) -> XeroServerProcess:
    """Put a ledger of many pages, with gaps, into the local Xero."""
    options = {"journals": JOURNALS, "gaps": 0.05, "invoices": INVOICES, "invoice_step_ms": 1000}
    xero.control("company", {"preset": "bulk", "options": options})
    return xero


@contextmanager
def started(connector: Connector, config: Json, stream: str) -> Iterator[subprocess.Popen[str]]:
    """Start a sync whose output is taken line by line; it ends with the block at the latest."""
    line = connector.read_line(config, stream)
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=connector.environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def take(process: subprocess.Popen[str], lines: int) -> str:
    """Take so many lines of records and states, slowly or not as the pipe allows."""
    assert process.stdout
    taken: list[str] = []
    while sum(line.startswith(('{"type":"RECORD"', '{"type":"STATE"')) for line in taken) < lines:
        taken.append(process.stdout.readline())
        assert taken[-1], "the sync ended too early"
    return "".join(taken)


def rest(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Take what is left, and wait for the end."""
    assert process.stdout
    assert process.stderr
    left = process.stdout.read(), process.stderr.read()
    process.wait(LONGEST_RUN_SECONDS)
    return left


@pytest.mark.parametrize("lines", [120, 1990])
def test_killed_sync_of_journals_repeats_a_page_at_most(
    connector: Connector, books: XeroServerProcess, lines: int
) -> None:
    """Killed at any moment, journals go on from the last STATE that got out: none is lost, at most a page comes again."""
    with started(connector, books.config(), "journals") as process:
        text = take(process, lines)
        process.kill()
        tail, errors = rest(process)
    first = parse((text + tail).rpartition("\n")[0] + "\n", errors, process.returncode)
    connector.check_output(first, None)
    assert first.status == -signal.SIGKILL
    books.control("reset", {"what": ["log"]})
    second = connector.read(books.config(), "journals", state=first.last_state() or None)
    assert_nothing_lost(books, "journals", first, second)
    again = {row["JournalNumber"] for row in first.records("journals")} & {
        row["JournalNumber"] for row in second.records("journals")
    }
    assert len(again) <= PAGE
    assert len(books.log("Journals")) <= (JOURNALS - len(first.records("journals"))) // PAGE + 8


def assert_nothing_lost(xero: XeroServerProcess, stream: str, *outputs: Output) -> None:
    """Check that the last of the outputs ended well, and that all of them together brought everything."""
    assert outputs[-1].status == 0
    last = {row[LISTS[stream][1]]: row for output in outputs for row in output.records(stream)}
    assert_same(stream, last.values(), truth(xero, stream))


def test_killed_sync_of_invoices_loses_nothing(connector: Connector, books: XeroServerProcess) -> None:
    """Killed in the middle, invoices go on from the last STATE that got out and not from the beginning."""
    with started(connector, books.config(), "invoices") as process:
        text = take(process, 2500)
        process.kill()
        tail, errors = rest(process)
    first = parse((text + tail).rpartition("\n")[0] + "\n", errors, process.returncode)
    assert first.last_state()
    second = connector.read(books.config(), "invoices", state=first.last_state())
    assert_nothing_lost(books, "invoices", first, second)
    assert len(first.records("invoices")) + len(second.records("invoices")) <= INVOICES + 2000


def test_terminated_sync_with_a_stuck_destination_ends(connector: Connector, books: XeroServerProcess) -> None:
    """SIGTERM ends a sync also when nobody takes its output any more."""
    with started(connector, books.config(), "journals") as process:
        take(process, 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == -signal.SIGTERM


def test_terminated_sync_with_unbuffered_output_keeps_lines_whole(
    connector: Connector, books: XeroServerProcess
) -> None:
    """SIGTERM ends a sync by the signal, and in the middle of a write cuts no line, even where PYTHONUNBUFFERED is set."""
    connector.environment["PYTHONUNBUFFERED"] = "1"
    with started(connector, books.config(), "journals") as process:
        text = take(process, 300)
        time.sleep(1.5)  # until the connector waits in the middle of a write
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        tail, errors = rest(process)
    first = parse(text + tail, errors, process.returncode)
    connector.check_output(first, None)
    assert first.status == -signal.SIGTERM
    assert len(first.records("journals")) < JOURNALS
    second = connector.read(books.config(), "journals", state=first.last_state())
    assert_nothing_lost(books, "journals", first, second)
