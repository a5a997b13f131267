"""A long read can be followed in the log: the lines stand among the records that they count, whatever the streams do at once."""

from __future__ import annotations

import re
import sys
from collections import Counter

from integration_tests.connector import COMMAND, Connector
from integration_tests.protocol import Output
from local_xero.process import XeroServerProcess

_HURRIED = (
    "import source_xero_gl.engine.progress as p; p.INTERVAL_SECONDS = 0.0; from source_xero_gl.run import main; main()"
)
"""The connector, but for a line with each batch instead of one a minute."""

_LINE = re.compile(
    r"(?P<stream>[a-z_]+): (all read, )?(?P<rows>[\d,]+)( of about (?P<all>[\d,]+))? records? in \d+ (s|min)"
    r"(, at [A-Za-z]+ [\dTZ:.-]+)?(, about \d+ (s|min) to go)?\. "
    r"Calls of all streams in this sync: [\d,]+; left today: [\d,]+\."
)


def lines(output: Output) -> list[re.Match[str]]:
    """List the lines of progress, which hold numbers and dates and nothing else."""
    told = [log["message"] for log in output.of("LOG") if "Calls of all streams" in log["message"]]
    found = [match for match in map(_LINE.fullmatch, told) if match]
    assert len(found) == len(told)
    return found


def number(text: str) -> int:
    """Read a number with separators."""
    return int(text.replace(",", ""))


def test_lines_of_all_streams_stand_among_their_records(connector: Connector, xero: XeroServerProcess) -> None:
    """With every stream at once each line of each stream counts exactly the records that stand before it on stdout."""
    names = [stream["name"] for stream in connector.discover(xero.config()).of("CATALOG")[0]["streams"]]
    line = connector.read_line(xero.config(), *names)
    output = connector.run([sys.executable, "-c", _HURRIED, *line[len(COMMAND) :]], xero.config())
    assert output.status == 0
    before: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for message in output.messages:
        if message["type"] == "RECORD":
            before[message["record"]["stream"]] += 1
        elif match := _LINE.fullmatch(message.get("log", {}).get("message", "")):
            assert number(match["rows"]) == before[match["stream"]]
            told[match["stream"]] += 1
    assert told.keys() == {*names}
    assert len(lines(output)) == told.total()
