{{ config(meta={'dagster': {'ref': {'name': 'aged_receivables'}}}) }}
-- What is open on a document at the last month end is Xero's AmountDue or RemainingCredit. Set apart: documents that are not posted.
-- Nothing is compared where a stream of what settles documents was not synced.
{%- set unknown = xero_gl.not_synced(['payments', 'credit_notes', 'prepayments', 'overpayments']) %}

with of_xero as (
    select tenantid, invoiceid as documentid, amountdue as amount from {{ ref('stg_xero_gl__invoices') }}
    union all
    select tenantid, creditnoteid, -remainingcredit from {{ ref('stg_xero_gl__credit_notes') }}
    union all
    select tenantid, prepaymentid, -remainingcredit from {{ ref('stg_xero_gl__prepayments') }}
    union all
    select tenantid, overpaymentid, -remainingcredit from {{ ref('stg_xero_gl__overpayments') }}
),

aged as (
    select tenantid, as_at, documentid, documentamount from {{ ref('aged_receivables') }}
    union all
    select tenantid, as_at, documentid, documentamount from {{ ref('aged_payables') }}
),

last_month_ends as (
    select tenantid, max(monthend) as monthend
    from {{ ref('int_xero_gl__ledger_months') }}
    group by tenantid
)

select of_xero.tenantid, of_xero.documentid, of_xero.amount, aged.documentamount
from of_xero
inner join {{ ref('int_xero_gl__document_totals') }} as documents
    on of_xero.tenantid = documents.tenantid and of_xero.documentid = documents.documentid
inner join last_month_ends on of_xero.tenantid = last_month_ends.tenantid and documents.date <= last_month_ends.monthend
left join aged
    on
        of_xero.tenantid = aged.tenantid
        and of_xero.documentid = aged.documentid
        and last_month_ends.monthend = aged.as_at
where
    documents.unposted_because is null
    and of_xero.amount <> coalesce(aged.documentamount, 0)
    and {{ '1 = 0' if unknown else '1 = 1' }}
