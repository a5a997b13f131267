{%- set field = xero_gl.json_texts(
    'line.item', ['LineItemID', 'ItemCode', 'Quantity', 'UnitAmount', 'DiscountRate', 'DiscountEnteredAsPercent']
) -%}
with landed as (
    {{ xero_gl.landed('invoices', {'TenantID': 'text', 'InvoiceID': 'text', 'LineItems': 'json'}) | indent }}
)

select
    landed.tenantid,
    landed.invoiceid,
    line.place as linenumber,
    {{ field['LineItemID'] }} as lineitemid,
    {{ field['ItemCode'] }} as itemcode,
    cast({{ field['Quantity'] }} as {{ xero_gl.type_of('amount') }}) as quantity,
    cast({{ field['UnitAmount'] }} as {{ xero_gl.type_of('amount') }}) as unitamount,
    cast({{ field['DiscountRate'] }} as {{ xero_gl.type_of('amount') }}) as discountrate,
    cast({{ field['DiscountEnteredAsPercent'] }} as {{ xero_gl.type_of('boolean') }}) as discountenteredaspercent,
    {{ xero_gl.line_columns('line.item') }}
from landed
{{ xero_gl.join_items('landed.lineitems', 'line') }}
