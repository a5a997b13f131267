{{ config(alias='bank_transaction') }}

select
    tenantid as _dbt_source_relation,
    banktransactionid as bank_transaction_id,
    contactid as contact_id,
    _airbyte_extracted_at as _fivetran_synced
from {{ ref('stg_xero_gl__bank_transactions') }}
where {{ xero_gl.of_fivetran_tenant('tenantid') }}
