with landed as (
    {{ xero_gl.landed('tax_rates', {'TenantID': 'text', 'TaxType': 'text', 'TaxComponents': 'json'}) | indent }}
)

select
    landed.tenantid,
    landed.taxtype,
    component.place,
    {{ xero_gl.json_text('component.item', 'Name') }} as name,
    cast({{ xero_gl.json_text('component.item', 'Rate') }} as {{ xero_gl.type_of('rate') }}) as rate,
    coalesce({{ xero_gl.json_text('component.item', 'IsNonRecoverable') }}, 'false') = 'true' as isnonrecoverable
from landed
{{ xero_gl.join_items('landed.taxcomponents', 'component') }}
