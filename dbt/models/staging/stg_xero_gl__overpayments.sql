{{ xero_gl.landed_document('overpayments', {
    'OverpaymentID': 'text',
    'RemainingCredit': 'amount',
}) }}
