with landed as (
    {{ xero_gl.landed('invoices', {'TenantID': 'text', 'InvoiceID': 'text', 'LineItems': 'json'}) | indent }}
)

select
    landed.tenantid,
    landed.invoiceid,
    line.place as linenumber,
    {{ xero_gl.json_text('line.item', 'LineItemID') }} as lineitemid,
    {{ xero_gl.json_text('line.item', 'ItemCode') }} as itemcode,
    cast({{ xero_gl.json_text('line.item', 'Quantity') }} as {{ xero_gl.type_of('amount') }}) as quantity,
    cast({{ xero_gl.json_text('line.item', 'UnitAmount') }} as {{ xero_gl.type_of('amount') }}) as unitamount,
    cast({{ xero_gl.json_text('line.item', 'DiscountRate') }} as {{ xero_gl.type_of('amount') }}) as discountrate,
    cast({{ xero_gl.json_text('line.item', 'DiscountEnteredAsPercent') }} as {{ xero_gl.type_of('boolean') }}) as discountenteredaspercent,
    {{ xero_gl.line_columns('line.item') }}
from landed
{{ xero_gl.join_items('landed.lineitems', 'line') }}
