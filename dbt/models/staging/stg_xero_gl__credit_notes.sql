{{ xero_gl.landed_document('credit_notes', {
    'CreditNoteID': 'text',
    'CreditNoteNumber': 'text',
    'DueDate': 'date',
    'CISDeduction': 'amount',
    'RemainingCredit': 'amount',
}) }}
