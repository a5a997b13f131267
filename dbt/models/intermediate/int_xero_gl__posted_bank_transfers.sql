{{ config(materialized='ephemeral') }}

-- R9: transfers between bank accounts.
select
    tenantid, 'TRANSFER' as sourcetype, banktransferid as sourceid,
    {{ xero_gl.posting('transfer', 0, 'toaccountid', 'base_amount') }}
from {{ ref('int_xero_gl__bank_transfers') }}
where unposted_because is null
union all
select
    tenantid, 'TRANSFER', banktransferid,
    {{ xero_gl.posting('transfer', 1, 'fromaccountid', '-base_amount') }}
from {{ ref('int_xero_gl__bank_transfers') }}
where unposted_because is null
