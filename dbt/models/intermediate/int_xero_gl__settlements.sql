-- R5: the base value at which each payment and each use of a credit clears a document. Cumulative: what is cleared so far less what was
-- cleared before, each rounded once, so that a document that is settled ends at exactly zero.
with parts as (
    select tenantid, paymentid as settlementid, documentid, date, amount
    from {{ ref('int_xero_gl__payments') }}
    where unposted_because is null
    union all
    select tenantid, allocationid, invoiceid, date, amount
    from {{ ref('int_xero_gl__allocations') }}
    union all
    select tenantid, allocationid, creditid, date, amount
    from {{ ref('int_xero_gl__allocations') }}
),

running as (
    select
        parts.tenantid,
        parts.settlementid,
        parts.documentid,
        parts.amount,
        documents.currencyrate,
        documents.total - documents.cisdeduction as total,
        documents.owed,
        documents.settledaccountid,
        sum(parts.amount) over (
            partition by parts.tenantid, parts.documentid
            order by parts.date, parts.settlementid
            rows between unbounded preceding and current row
        ) as settled
    from parts
    inner join {{ ref('int_xero_gl__document_totals') }} as documents
        on parts.tenantid = documents.tenantid and parts.documentid = documents.documentid
    where documents.unposted_because is null and documents.settledaccountid is not null
)

select
    tenantid,
    settlementid,
    documentid,
    settledaccountid,
    case
        when currencyrate = 1 or total = 0 then cast(amount as {{ xero_gl.type_of('cents') }})
        else
            {{ xero_gl.cents('owed * settled / nullif(total, 0)') }}
            - {{ xero_gl.cents('owed * (settled - amount) / nullif(total, 0)') }}
    end as base_amount
from running
