"""What a sync did: of each organisation, and all in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from source_xero_gl.commands.sync.json_report import JsonReport
from source_xero_gl.commands.sync.listener import Listener
from source_xero_gl.commands.sync.page import Cost


@dataclass(frozen=True)
class SyncReport:
    """What one sync of an organisation did; what has arrived is stored, whatever happened.

    Attributes:
        records: records received, by stream.
        calls: calls to Xero that count against its limits; None when the connector did not say.
        left_today: calls that Xero still allows today; None when the connector did not say.
        seconds: how long it took.
        failure: why a stream was not read to its end; None when all were.
        incomplete: the streams that were not read to their end.
        passing: whether the failure may be over in some minutes.
    """

    records: Counter[str]
    calls: int | None
    left_today: int | None
    seconds: float
    failure: str | None = None
    incomplete: frozenset[str] = frozenset()
    passing: bool = False

    @classmethod
    def of(cls, heard: Listener, selected: Collection[str], seconds: float, *, failed: bool) -> SyncReport:
        """Report what was heard of ``selected``; ``failed`` says whether the connector ended with a failure."""
        numbers = (heard.records, heard.calls, heard.left_today, seconds)
        if not failed:
            return cls(*numbers)
        reason = heard.error or "The connector ended without a reason."
        incomplete = frozenset(heard.incomplete or set(selected) - heard.complete)
        return cls(*numbers, reason, incomplete, heard.passing)


@dataclass
class Outcome:
    """What a sync has come to so far.

    Attributes:
        problems: why the exit status is not 0; each says what to do.
        whole: whether every stream was read that a ledger is made from.
        reports: what was read, a report for each organisation.
        filters: settings that keep journals out of the ledger, each with its config: why it may not agree.
        json_report: what a program is told.
    """

    problems: list[str] = field(default_factory=list)
    whole: bool = True
    reports: list[SyncReport] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)
    json_report: JsonReport = field(default_factory=JsonReport)

    def cost(self) -> Cost | None:
        """Return what all organisations together took; None where the connector did not say how many calls."""
        calls = [report.calls for report in self.reports if report.calls is not None]
        if not calls or len(calls) < len(self.reports):
            return None
        left = [report.left_today for report in self.reports if report.left_today is not None]
        return Cost(sum(calls), sum(report.seconds for report in self.reports), min(left, default=None))
