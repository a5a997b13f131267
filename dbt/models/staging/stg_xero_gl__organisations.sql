{{ xero_gl.landed('organisations', {
    'TenantID': 'text',
    'OrganisationID': 'text',
    'Name': 'text',
    'BaseCurrency': 'text',
    'FinancialYearEndDay': 'integer',
    'FinancialYearEndMonth': 'integer',
    'PeriodLockDate': 'date',
    'EndOfYearLockDate': 'date',
    '_airbyte_extracted_at': 'instant',
}) }}
