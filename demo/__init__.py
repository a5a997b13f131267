"""The connector at work: a ledger goes from Xero through PyAirbyte into DuckDB and is checked against Xero's own report."""
