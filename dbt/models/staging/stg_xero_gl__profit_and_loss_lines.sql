{{ xero_gl.landed('profit_and_loss_lines', {
    'TenantID': 'text',
    'Date': 'date',
    'LineNumber': 'integer',
    'Section': 'text',
    'AccountID': 'text',
    'Account': 'text',
    'Amount': 'amount',
    'UpdatedDateUTC': 'instant',
}) }}
