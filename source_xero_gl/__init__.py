"""Airbyte source connector for the Xero General Ledger: journals, invoices and what a ledger needs to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from source_xero_gl.source import SourceXeroGl

__all__ = ["SourceXeroGl"]


def __getattr__(name: str) -> Any:
    """Import the source when it is wanted: Airbyte's CDK takes more than a second, and not every command needs it."""
    if name == "SourceXeroGl":
        from source_xero_gl.source import SourceXeroGl  # noqa: PLC0415 - slow, and not every command needs it

        return SourceXeroGl
    raise AttributeError(name)
