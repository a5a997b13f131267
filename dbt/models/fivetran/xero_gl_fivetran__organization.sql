{{ config(alias='organization') }}

select
    tenantid as _dbt_source_relation,
    organisationid as organisation_id,
    name,
    basecurrency as base_currency,
    cast(financialyearendmonth as integer) as financial_year_end_month,
    cast(financialyearendday as integer) as financial_year_end_day,
    _airbyte_extracted_at as _fivetran_synced
from {{ ref('stg_xero_gl__organisations') }}
where {{ xero_gl.of_fivetran_tenant('tenantid') }}
