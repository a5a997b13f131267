{{ config(materialized='ephemeral') }}

-- R8: a credit note or an overpayment that is used on an invoice of another rate. Both are on the same account, so nothing else is posted.
with uses as (
    select
        allocations.tenantid,
        allocations.allocationid,
        credits.settledaccountid,
        -- What the use leaves on the account: what the credit gave up less what it cleared of the invoice.
        invoices.direction * (cleared_credits.base_amount - cleared_invoices.base_amount) as net,
        system_accounts.realised_gain
    from {{ ref('int_xero_gl__allocations') }} as allocations
    inner join {{ ref('int_xero_gl__document_totals') }} as credits
        on allocations.tenantid = credits.tenantid and allocations.creditid = credits.documentid
    inner join {{ ref('int_xero_gl__document_totals') }} as invoices
        on allocations.tenantid = invoices.tenantid and allocations.invoiceid = invoices.documentid
    inner join {{ ref('int_xero_gl__settlements') }} as cleared_credits
        on
            allocations.tenantid = cleared_credits.tenantid
            and allocations.allocationid = cleared_credits.settlementid
            and allocations.creditid = cleared_credits.documentid
    inner join {{ ref('int_xero_gl__settlements') }} as cleared_invoices
        on
            allocations.tenantid = cleared_invoices.tenantid
            and allocations.allocationid = cleared_invoices.settlementid
            and allocations.invoiceid = cleared_invoices.documentid
    inner join {{ ref('int_xero_gl__system_accounts') }} as system_accounts on allocations.tenantid = system_accounts.tenantid
    where cleared_credits.base_amount <> cleared_invoices.base_amount
)

select
    tenantid, 'CREDITALLOCATION' as sourcetype, allocationid as sourceid,
    {{ xero_gl.posting('settled', 0, 'settledaccountid', 'net') }}
from uses
union all
select
    tenantid, 'CREDITALLOCATION', allocationid,
    {{ xero_gl.posting('realised gain', 9003, 'realised_gain', '-net') }}
from uses
