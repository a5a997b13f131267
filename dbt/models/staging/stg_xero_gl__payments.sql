{{ xero_gl.landed('payments', {
    'TenantID': 'text',
    'PaymentID': 'text',
    'PaymentType': 'text',
    'Status': 'text',
    'Date': 'date',
    'Amount': 'amount',
    'BankAmount': 'amount',
    'CurrencyRate': 'rate',
    'Reference': 'text',
    'UpdatedDateUTC': 'instant',
}, fields={
    'invoiceid': ['Invoice', 'InvoiceID'],
    'creditnoteid': ['CreditNote', 'CreditNoteID'],
    'prepaymentid': ['Prepayment', 'PrepaymentID'],
    'overpaymentid': ['Overpayment', 'OverpaymentID'],
    'accountid': ['Account', 'AccountID'],
    'accountcode': ['Account', 'Code'],
}) }}
