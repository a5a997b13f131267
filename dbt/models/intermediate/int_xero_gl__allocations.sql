-- R7, R8: uses of credit notes, overpayments and prepayments on invoices. Xero dates a use with the later of the two documents.
select
    allocations.tenantid,
    allocations.allocationid,
    allocations.creditid,
    allocations.kind,
    allocations.invoiceid,
    coalesce(
        case when allocations.date > cast('1970-01-01' as date) then allocations.date end,
        case when credits.date > invoices.date then credits.date else coalesce(invoices.date, credits.date) end
    ) as date,
    allocations.amount,
    credits.updateddateutc
from {{ ref('stg_xero_gl__allocations') }} as allocations
inner join {{ ref('int_xero_gl__document_totals') }} as credits
    on allocations.tenantid = credits.tenantid and allocations.creditid = credits.documentid and credits.unposted_because is null
left join {{ ref('int_xero_gl__document_totals') }} as invoices
    on allocations.tenantid = invoices.tenantid and allocations.invoiceid = invoices.documentid and invoices.unposted_because is null
where allocations.status in ('AUTHORISED', 'PAID') and not allocations.isdeleted
