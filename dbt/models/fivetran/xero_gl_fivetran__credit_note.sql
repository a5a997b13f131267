{{ config(alias='credit_note') }}

select
    tenantid as _dbt_source_relation,
    creditnoteid as credit_note_id,
    contactid as contact_id,
    _airbyte_extracted_at as _fivetran_synced
from {{ ref('stg_xero_gl__credit_notes') }}
where {{ xero_gl.of_fivetran_tenant('tenantid') }}
