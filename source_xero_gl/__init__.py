"""Airbyte source connector for the Xero General Ledger: journals, invoices and what a ledger needs to be read."""

from source_xero_gl.source import SourceXeroGl

__all__ = ["SourceXeroGl"]
