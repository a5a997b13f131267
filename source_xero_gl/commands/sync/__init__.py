"""``source-xero-gl sync``: an organisation's ledger in a database, compared with Xero, and a page that shows it."""
