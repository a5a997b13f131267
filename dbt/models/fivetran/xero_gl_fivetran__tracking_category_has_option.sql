{{ config(alias='tracking_category_has_option') }}

select
    tenantid as _dbt_source_relation,
    trackingcategoryid as tracking_category_id,
    trackingoptionid as tracking_option_id,
    _airbyte_extracted_at as _fivetran_synced
from {{ ref('stg_xero_gl__tracking_options') }}
where {{ xero_gl.of_fivetran_tenant('tenantid') }}
