{{ xero_gl.landed('balance_sheet_lines', {
    'TenantID': 'text',
    'Date': 'date',
    'LineNumber': 'integer',
    'Section': 'text',
    'AccountID': 'text',
    'Account': 'text',
    'Amount': 'amount',
    'UpdatedDateUTC': 'instant',
}) }}
