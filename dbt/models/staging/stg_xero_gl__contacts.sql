{{ xero_gl.landed('contacts', {
    'TenantID': 'text',
    'ContactID': 'text',
    'Name': 'text',
    'ContactStatus': 'text',
    '_airbyte_extracted_at': 'instant',
}) }}
