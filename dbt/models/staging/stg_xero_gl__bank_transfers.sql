{{ xero_gl.landed('bank_transfers', {
    'TenantID': 'text',
    'BankTransferID': 'text',
    'Date': 'date',
    'Amount': 'amount',
    'CurrencyRate': 'rate',
    'Reference': 'text',
    'Status': 'text',
    'FromBankTransactionID': 'text',
    'ToBankTransactionID': 'text',
    'CreatedDateUTC': 'instant',
}, fields={
    'fromaccountid': ['FromBankAccount', 'AccountID'],
    'toaccountid': ['ToBankAccount', 'AccountID'],
}) }}
