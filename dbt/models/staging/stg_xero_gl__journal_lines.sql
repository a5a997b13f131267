{{ xero_gl.landed_journal_lines('journal_lines') }}
