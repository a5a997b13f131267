{{ xero_gl.landed('trial_balance_lines', {
    'TenantID': 'text',
    'Date': 'date',
    'LineNumber': 'integer',
    'Section': 'text',
    'AccountID': 'text',
    'Account': 'text',
    'YTDDebit': 'amount',
    'YTDCredit': 'amount',
    'UpdatedDateUTC': 'instant',
}) }}
