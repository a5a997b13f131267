with landed as (
    {{ xero_gl.landed('bank_transactions', {'TenantID': 'text', 'BankTransactionID': 'text', 'LineItems': 'json'}) | indent }}
)

select
    landed.tenantid,
    landed.banktransactionid,
    line.place as linenumber,
    {{ xero_gl.line_columns('line.item') }}
from landed
{{ xero_gl.join_items('landed.lineitems', 'line') }}
