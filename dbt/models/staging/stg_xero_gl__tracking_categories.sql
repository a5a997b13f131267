{{ xero_gl.landed('tracking_categories', {
    'TenantID': 'text',
    'TrackingCategoryID': 'text',
    'Name': 'text',
    'Status': 'text',
    '_airbyte_extracted_at': 'instant',
}) }}
