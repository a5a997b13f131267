{{ config(alias='tracking_category_option') }}

-- The package drops options that are not ACTIVE, and with them the tracking of their lines. So archived options are ACTIVE here, and
-- is_archived says which ones are archived.
select
    tenantid as _dbt_source_relation,
    trackingoptionid as tracking_option_id,
    name,
    case when status = 'DELETED' then 'DELETED' else 'ACTIVE' end as status,
    hasvalidationerrors as has_validation_errors,
    status = 'ACTIVE' as is_active,
    status = 'ARCHIVED' as is_archived,
    status = 'DELETED' as is_deleted,
    _airbyte_extracted_at as _fivetran_synced
from {{ ref('stg_xero_gl__tracking_options') }}
where {{ xero_gl.of_fivetran_tenant('tenantid') }}
