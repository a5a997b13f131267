{{ xero_gl.landed('currencies', {'TenantID': 'text', 'Code': 'text'}) }}
