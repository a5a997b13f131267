"""``source-xero-gl sync``: from config files to a ledger in a database, compared with Xero, and a page that shows it."""
