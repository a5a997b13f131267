{{ xero_gl.landed_document('prepayments', {
    'PrepaymentID': 'text',
    'InvoiceNumber': 'text',
    'RemainingCredit': 'amount',
}) }}
