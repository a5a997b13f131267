{{ config(alias='account') }}

-- Xero's list of accounts, and what else is in the ledger, such as accounts that were deleted: without them their lines would be lost.
-- Those have no code, because the package finds the account of an invoice line by its code, and another account may have it by now.
with used as (
    select distinct tenantid, accountid
    from {{ ref('general_ledger') }}
)

select
    accounts.tenantid as _dbt_source_relation,
    accounts.accountid as account_id,
    listed.code,
    accounts.name,
    accounts.type,
    accounts.class,
    listed.status,
    listed._airbyte_extracted_at as _fivetran_synced
from {{ ref('int_xero_gl__ledger_accounts') }} as accounts
left join {{ ref('stg_xero_gl__accounts') }} as listed
    on accounts.tenantid = listed.tenantid and accounts.accountid = listed.accountid
left join used
    on accounts.tenantid = used.tenantid and accounts.accountid = used.accountid
where
    (listed.accountid is not null or used.accountid is not null)
    and {{ xero_gl.of_fivetran_tenant('accounts.tenantid') }}
