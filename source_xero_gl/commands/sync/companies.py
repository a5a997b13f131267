"""Which organisations the configs name: Xero is asked."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from airbyte_cdk.utils import AirbyteTracedException

from source_xero_gl.commands import console
from source_xero_gl.commands.layout import shown
from source_xero_gl.commands.organisation import organisation
from source_xero_gl.commands.sync.display import Display
from source_xero_gl.commands.sync.report import Outcome
from source_xero_gl.signals import ending_on_signals, leave
from source_xero_gl.wording import shown_name


@dataclass(frozen=True)
class Company:
    """An organisation that is synced."""

    config: Path
    tenant_id: str
    name: str


def companies_of(configs: Sequence[Path], outcome: Outcome, display: Display) -> list[Company]:
    """Ask Xero which organisation each config names; one that cannot be asked becomes a problem, and the others go on."""
    stop = threading.Event()
    with console.silence(), ending_on_signals(stop) as ending:
        with display.telling(lambda: "Xero is being asked which organisation each config names"):
            found = [_company(config, stop, outcome) for config in configs]
        if ending.status:
            leave(ending.status)
    companies: dict[str, Company] = {}
    for company in filter(None, found):
        first = companies.setdefault(company.tenant_id, company)
        if first is not company:
            outcome.problems.append(
                f"{shown(first.config)} and {shown(company.config)} name the same organisation: leave one of them out."
            )
    return list(companies.values())


def _company(config: Path, stop: threading.Event, outcome: Outcome) -> Company | None:
    try:
        with organisation(config, stop) as opened:
            name = opened.connection.organisation.tenant().name
    except AirbyteTracedException as error:
        outcome.problems.append(f"{shown(config)}: {error.message}")
        outcome.json_report.refused(config, error)
        outcome.whole = False
        return None
    company = Company(config, opened.tenant_id, shown_name(name or opened.tenant_id))
    outcome.json_report.named(config, company.tenant_id, company.name)
    return company
