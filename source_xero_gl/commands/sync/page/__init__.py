"""``ledger.html``: what a ledger says, and whether it agrees with Xero, in one file that opens without a server.

The page has no script at all. Its charts are SVG and tables that are made here: a library for charts would put a runtime of
almost a megabyte into each page, and the page's security policy would have to allow scripts.
"""

from source_xero_gl.commands.sync.page.page import Cost, NoLedgerError, write_page

__all__ = ["Cost", "NoLedgerError", "write_page"]
