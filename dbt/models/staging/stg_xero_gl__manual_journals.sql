{{ xero_gl.landed('manual_journals', {
    'TenantID': 'text',
    'ManualJournalID': 'text',
    'Narration': 'text',
    'Date': 'date',
    'LineAmountTypes': 'text',
    'Status': 'text',
    'UpdatedDateUTC': 'instant',
}) }}
