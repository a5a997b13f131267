with landed as (
    {{ xero_gl.landed('tracking_categories', {
        'TenantID': 'text',
        'TrackingCategoryID': 'text',
        'Name': 'text',
        'Status': 'text',
        'Options': 'json',
        '_airbyte_extracted_at': 'instant',
    }) | indent }}
)

select
    landed.tenantid,
    landed.trackingcategoryid,
    landed.name as category,
    landed.status as categorystatus,
    landed._airbyte_extracted_at,
    {{ xero_gl.json_text('tracking_option.item', 'TrackingOptionID') }} as trackingoptionid,
    {{ xero_gl.json_text('tracking_option.item', 'Name') }} as name,
    {{ xero_gl.json_text('tracking_option.item', 'Status') }} as status,
    cast({{ xero_gl.json_text('tracking_option.item', 'HasValidationErrors') }} as {{ xero_gl.type_of('boolean') }}) as hasvalidationerrors
from landed
{{ xero_gl.join_items('landed.options', 'tracking_option') }}
