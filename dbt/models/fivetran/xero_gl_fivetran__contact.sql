{{ config(alias='contact') }}

-- Archived contacts are included: the package leaves out those that are deleted, which none is.
select
    tenantid as _dbt_source_relation,
    contactid as contact_id,
    name,
    false as _fivetran_deleted,
    _airbyte_extracted_at as _fivetran_synced
from {{ ref('stg_xero_gl__contacts') }}
where {{ xero_gl.of_fivetran_tenant('tenantid') }}
