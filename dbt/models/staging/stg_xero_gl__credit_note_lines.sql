with landed as (
    {{ xero_gl.landed('credit_notes', {'TenantID': 'text', 'CreditNoteID': 'text', 'LineItems': 'json'}) | indent }}
)

select
    landed.tenantid,
    landed.creditnoteid,
    line.place as linenumber,
    {{ xero_gl.line_columns('line.item') }}
from landed
{{ xero_gl.join_items('landed.lineitems', 'line') }}
