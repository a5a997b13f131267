"""``source-xero-gl sync``: from config files to a ledger in DuckDB that is compared with Xero. Needs the extra ``sync``."""
