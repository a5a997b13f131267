{{ xero_gl.landed('tax_rates', {
    'TenantID': 'text',
    'TaxType': 'text',
    'Name': 'text',
    'Status': 'text',
    'EffectiveRate': 'rate',
}) }}
