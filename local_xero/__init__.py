"""A local copy of Xero's public HTTP API: sign-in, ledger, limits and faults, started as a process."""
