{{ config(alias='account') }}

-- Every account of the ledger, also those that Xero's list of accounts no longer has: without them their lines would be lost.
select
    accounts.tenantid as _dbt_source_relation,
    accounts.accountid as account_id,
    accounts.code,
    accounts.name,
    accounts.type,
    accounts.class,
    listed.status,
    listed._airbyte_extracted_at as _fivetran_synced
from {{ ref('int_xero_gl__ledger_accounts') }} as accounts
left join {{ ref('stg_xero_gl__accounts') }} as listed
    on accounts.tenantid = listed.tenantid and accounts.accountid = listed.accountid
where {{ xero_gl.of_fivetran_tenant('accounts.tenantid') }}
