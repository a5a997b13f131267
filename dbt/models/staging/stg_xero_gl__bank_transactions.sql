{{ xero_gl.landed_document('bank_transactions', {
    'BankTransactionID': 'text',
    'PrepaymentID': 'text',
    'OverpaymentID': 'text',
}, fields={
    'bankaccountid': ['BankAccount', 'AccountID'],
    'bankaccountcode': ['BankAccount', 'Code'],
}) }}
