"""``make sync``: a real organisation's ledger goes into DuckDB."""
