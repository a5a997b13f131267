{{ xero_gl.landed('accounts', {
    'TenantID': 'text',
    'AccountID': 'text',
    'Code': 'text',
    'Name': 'text',
    'Type': 'text',
    'Class': 'text',
    'Status': 'text',
    'SystemAccount': 'text',
    'CurrencyCode': 'text',
    '_airbyte_extracted_at': 'instant',
}) }}
