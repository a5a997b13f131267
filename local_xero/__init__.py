"""A local stand-in for Xero's public HTTP API: sign-in, ledger, limits and faults, started as a process."""
