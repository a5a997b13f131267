{{ xero_gl.landed_journal_lines('cash_journal_lines') }}
