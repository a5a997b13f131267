{{ xero_gl.landed_document('invoices', {
    'InvoiceID': 'text',
    'InvoiceNumber': 'text',
    'DueDate': 'date',
    'FullyPaidOnDate': 'date',
    'ExpectedPaymentDate': 'date',
    'PlannedPaymentDate': 'date',
    'CISDeduction': 'amount',
    'AmountDue': 'amount',
    'AmountPaid': 'amount',
    'AmountCredited': 'amount',
    'SentToContact': 'boolean',
    'Url': 'text',
}) }}
